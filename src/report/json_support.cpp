#include "json_support.hpp"

#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/table.hpp>

namespace kwhatif::report {

namespace {

// JSON's own escape of a character, as one or two UTF-16 units.
std::string escaped(diag::Hidden hidden) {
  constexpr char32_t replacement = 0xFFFD;
  char32_t c = hidden.is_character ? hidden.value : replacement;
  if (c < 0x10000) return "\\u" + diag::hexadecimal(c, 4);
  c -= 0x10000;
  return "\\u" + diag::hexadecimal(0xD800 + (c >> 10U), 4) + "\\u" +
         diag::hexadecimal(0xDC00 + (c & 0x3FFU), 4);
}

// A string, number or word on one line, with nothing in it that steers a terminal.
std::string scalar(const Json& value) {
  return diag::through_hidden(value.dump(-1, ' ', false, Json::error_handler_t::replace), diag::Layout::none,
                              escaped);
}

void write(const Json& json, std::size_t depth, std::string& out) {
  const auto line = [&](std::size_t indent) {
    out += '\n';
    out.append(2 * indent, ' ');
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

std::string json_text(std::string_view text) { return scalar(Json(text)); }

std::string printed(const Json& json) {
  std::string out;
  write(json, 0, out);
  return out + '\n';
}

}  // namespace kwhatif::report
