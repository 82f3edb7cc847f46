// A service as given: by flags, or by the keys of a serve file.
#include "serve_reading.hpp"

#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/toml.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

using document::Value;

std::string serve_key(std::string_view flag) {
  std::string out{flag};
  std::ranges::replace(out, '-', '_');
  return out;
}

const run::Given* ServeReading::given(std::string_view flag) const {
  const auto found = question_.inputs.find(flag);
  return found == question_.inputs.end() ? nullptr : &found->second;
}

void ServeReading::refuse(std::string_view flag, std::string code, const std::string& message,
                          std::string help) const {
  const run::Given& value = *given(flag);
  diag::refuse(std::move(code), value.named + ' ' + message, value.where, std::move(help));
}

std::optional<double> ServeReading::number(std::string_view flag, const quantity::Dimension& dimension,
                                           const ServeRange& range, std::string_view example) const {
  const run::Given* const value = given(flag);
  if (value == nullptr) return std::nullopt;
  const auto parsed = quantity::parse(
      value->text,
      {.dimension = dimension, .bare_number = quantity::may_be_bare(dimension), .example = example});
  if (!parsed.ok)
    diag::refuse(parsed.fault.code, value->named + ": " + parsed.fault.message, value->where,
                 parsed.fault.help);
  return in_range(flag, parsed.value.coherent, range);
}

double ServeReading::in_range(std::string_view flag, double x, const ServeRange& range) const {
  if (x >= range.low && x <= range.high) return x;
  std::string help = "allowed: " + std::string{range.words};
  if (!range.hint.empty()) help += "; " + std::string{range.hint};
  refuse(flag, "out-of-range", given(flag)->text.substr(0, 40) + " is out of range", std::move(help));
}

std::optional<double> ServeReading::rate(std::string_view flag, const ServeRange& range) const {
  struct Per {
    std::string_view unit;
    double seconds;
  };
  constexpr std::array units{Per{"/s", 1}, Per{"/min", 60}, Per{"/h", 3600}, Per{"/day", 86400}};
  const run::Given* const value = given(flag);
  if (value == nullptr) return std::nullopt;
  std::string_view text = value->text;
  double seconds = 1;
  for (const Per& per : units) {
    if (!text.ends_with(per.unit)) continue;
    text.remove_suffix(per.unit.size());
    seconds = per.seconds;
    break;
  }
  const auto parsed =
      quantity::parse(text, {.dimension = quantity::dim::one, .bare_number = true, .example = "2/s"});
  if (!parsed.ok)
    diag::refuse(parsed.fault.code, value->named + ": " + parsed.fault.message, value->where,
                 "write for example 2/s, 100/min or 1M/day");
  return in_range(flag, parsed.value.coherent / seconds, range);
}

std::optional<double> ServeReading::whole(std::string_view flag, const ServeRange& range) const {
  const auto x = number(flag, quantity::dim::one, range, "8");
  if (x && *x != std::floor(*x))
    refuse(flag, "out-of-range", "must be a whole number, not '" + given(flag)->text.substr(0, 40) + "'",
           "allowed: " + std::string{range.words});
  return x;
}

void ServeReading::apart(std::string_view one, std::string_view other, std::string help) const {
  if (has(one) && has(other))
    refuse(one, "conflict",
           given(one)->text.substr(0, 40) + " and " + given(other)->named + ' ' +
               given(other)->text.substr(0, 40) + " exclude each other",
           std::move(help));
}

ServeQuestion read_service(const std::shared_ptr<const diag::SourceText>& source) {
  auto out = read_service_with_faults(source);
  if (!out.faults.empty()) throw diag::ScenarioError(std::move(out.faults));
  return out;
}

ServeQuestion read_service_with_faults(const std::shared_ptr<const diag::SourceText>& source) {
  const Value root = document::parse_toml(source, document::run_file_limits);
  ServeQuestion out;
  auto& faults = out.faults;
  const auto fault = [&](std::string code, std::string message, const diag::Span& where, std::string help) {
    faults.push_back(
        {.code = std::move(code), .message = std::move(message), .where = where, .help = std::move(help)});
  };
  std::vector<std::string> keys;
  for (const ServeInput& input : serve_inputs) keys.push_back(serve_key(input.flag));
  const std::vector<std::string_view> known(keys.begin(), keys.end());
  bool found = false;
  for (const auto& [key, span, value] : root.entries) {
    if (key == "title" && value.type == Value::Type::text) continue;
    if (key != "serve" || value.type != Value::Type::table) {
      fault("unknown-key", "no key '" + key + "' at the top of a serve file", span,
            "a serve file holds title and a table [serve]");
      continue;
    }
    found = true;
    for (const auto& [name, at, inner] : value.entries) {
      const auto row = std::ranges::find(keys, name);
      if (row == keys.end()) {
        const std::string near = diag::did_you_mean(name, known);
        fault("unknown-key", "no key '" + name + "' in [serve]", at,
              near.empty() ? "keys of [serve]: " + diag::listed(keys) : near);
        continue;
      }
      const bool plain = inner.type == Value::Type::text || inner.type == Value::Type::integer ||
                         inner.type == Value::Type::real;
      if (!plain) {
        fault("wrong-type",
              "serve." + name + " must be a text or a number, not " +
                  std::string{document::type_name(inner.type)},
              inner.span, "write for example " + name + " = \"…\"");
        continue;
      }
      const auto flag = serve_inputs[static_cast<std::size_t>(row - keys.begin())].flag;
      out.inputs.insert_or_assign(std::string{flag}, run::Given{inner.text, inner.span, "serve." + name});
    }
  }
  if (!found && faults.empty())
    fault("missing-input", "a serve file needs a table [serve]", {source, 1, 1, 0},
          "write [serve] and below it model = \"llama-3.1-70b\", hardware = \"h100-sxm5\"");
  return out;
}

}  // namespace kwhatif::ask
