#include "numbers.hpp"

#include <kwhatif/quantity/units.hpp>
#include <kwhatif/run/resolve.hpp>

#include <cmath>

namespace kwhatif::run {

void check_range(Input input, const Given& given, double v, std::vector<diag::Diagnostic>& faults) {
  const auto fault = [&](std::string message, std::string help) {
    faults.push_back({.code = "out-of-range",
                      .message = std::move(message),
                      .where = given.where,
                      .help = std::move(help)});
  };
  const Range& range = *info(input).range;
  const bool low = v < range.low && (v != 0 || !range.zero);
  const bool high = v > range.high;
  if (low || high || std::signbit(v)) {
    std::string help{std::signbit(v) ? "it cannot be negative" : low ? range.hint_low : range.hint_high};
    help.append(help.empty() ? "allowed: " : "; allowed: ").append(range.allowed);
    fault(given.named + " = " + given.text + " is out of range", std::move(help));
    return;
  }
  if (input == Input::chips && v != std::floor(v))
    fault(given.named + " = " + given.text + " is no whole number of devices", {});
}

void Numbers::read(Input input, const Given& given, std::vector<diag::Diagnostic>& faults) {
  const InputType type = info(input).type;
  if (type == InputType::whole) wholes_[index(input)] = read_whole(input, given, faults);
  if (type != InputType::quantity) return;
  auto& out = quantities_[index(input)];
  out = read_quantity(input, given, faults);
  if (out) check_range(input, given, out->coherent, faults);
}

void Numbers::convert(Input input, double times, const quantity::Dimension& to) {
  auto& number = quantities_[index(input)];
  if (!number) return;
  number->coherent *= times;
  number->half_step *= times;
  number->dimension = to;
}

Numbers read_numbers(const Scenario& scenario, std::vector<diag::Diagnostic>& faults) {
  Numbers out;
  for (const InputInfo& row : input_table()) {
    if (const auto& given = scenario.get(row.input)) out.read(row.input, *given, faults);
  }
  Numbers not_used;
  for (const Displaced& d : scenario.displaced) not_used.read(d.input, d.given, faults);
  return out;
}

std::vector<diag::Diagnostic> faults_of_numbers(const Scenario& scenario) {
  std::vector<diag::Diagnostic> out;
  read_numbers(scenario, out);
  for (const StageGiven& stage : scenario.stages) read_numbers(stage.inputs, out);
  return out;
}

}  // namespace kwhatif::run
