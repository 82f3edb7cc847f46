#include "json_support.hpp"

#include <kwhatif/quantity/format.hpp>

namespace kwhatif::report {

namespace {

void write(const Json& json, std::size_t depth, std::string& out) {
  const auto line = [&](std::size_t indent) {
    out += '\n';
    out.append(2 * indent, ' ');
  };
  const auto scalar = [](const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  if (json.is_object() && !json.empty()) {
    out += '{';
    bool first = true;
    for (const auto& [key, value] : json.items()) {
      if (!first) out += ',';
      first = false;
      line(depth + 1);
      out += scalar(key) + ": ";
      write(value, depth + 1, out);
    }
    line(depth);
    out += '}';
  } else if (json.is_array() && !json.empty()) {
    out += '[';
    bool first = true;
    for (const Json& value : json) {
      if (!first) out += ',';
      first = false;
      line(depth + 1);
      write(value, depth + 1, out);
    }
    line(depth);
    out += ']';
  } else if (json.is_number_float()) {
    out += quantity::shortest(json.get<double>());
  } else {
    out += scalar(json);
  }
}

}  // namespace

std::string printed(const Json& json) {
  std::string out;
  write(json, 0, out);
  return out + '\n';
}

}  // namespace kwhatif::report
