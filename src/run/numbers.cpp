#include "numbers.hpp"

#include "stage_cost.hpp"
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::run {

namespace {

constexpr double g_per_kwh = 1e-3 / 3.6e6;
constexpr double per_hour = 1 / 3600.0;
constexpr std::string_view price_range = "0, or 1e-9 to 36,000 USD per device-hour";
constexpr std::string_view intensity_range = "0, or 0.000001 to 9,000 g/kWh";
constexpr std::array limits{
    Limit{Input::params, 1e3, 1e17, false, "1,000 to 1e17 parameters", "counts take a suffix: 175B, not 175",
          "counts take a suffix: 175B"},
    Limit{Input::active, 1e3, 1e17, false, "1,000 to 1e17 parameters", "counts take a suffix: 13B, not 13",
          "counts take a suffix: 13B"},
    Limit{Input::tokens, 1e4, 1e18, false, "10,000 to 1e18 tokens", "counts take a suffix: 300B, not 300",
          "counts take a suffix: 300B"},
    Limit{Input::epochs, 1e-6, 1e6, false, "0.000001 to 1,000,000", "", ""},
    Limit{Input::flops, 1e6, 1e35, false, "1e6 to 1e35 FLOP",
          "write the whole number, 3.14e23, or 3634 PF-days", ""},
    Limit{Input::runs, 1, 1e9, false, "1 to 1e9", "one run is 1; a share of repeated work is --overhead", ""},
    Limit{Input::overhead, 1e-6, 10, true, "0, or 0.000001 to 10 (15 % is 0.15)", "",
          "a share of the useful work: 0.15 or 15 %"},
    Limit{Input::hours, 3.6e-3, 3.2e12, false, "0.000001 h to 100,000 years", "", ""},
    Limit{Input::device_hours, 3.6e-3, 1e20, false, "0.000001 to 2.8e16 device-h", "", ""},
    Limit{Input::chips, 1, 1e9, false, "1 to 1e9", "at least one device", ""},
    Limit{Input::nodes, 1, 1e9, false, "1 to 1e9", "at least one host", ""},
    Limit{Input::mfu, 1e-6, 1, false, "0.000001 to 1", "", "a fraction: 0.45 or 45 %, not 45"},
    Limit{Input::tflops, 1e6, 1e19, false, "1 MFLOP/s to 10 EFLOP/s per device", "", ""},
    Limit{Input::power, 1e-3, 1e6, false, "1 mW to 1 MW per device", "",
          "per device; the power of all together is --total-power"},
    Limit{Input::total_power, 1e-3, 1e12, false, "1 mW to 1 TW", "", ""},
    Limit{Input::price, 1e-9 * per_hour, 10, true, price_range, "", "per device and hour"},
    Limit{Input::price_low, 1e-9 * per_hour, 10, true, price_range, "", "per device and hour"},
    Limit{Input::price_high, 1e-9 * per_hour, 10, true, price_range, "", "per device and hour"},
    Limit{Input::ci, 1e-6 * g_per_kwh, 9000 * g_per_kwh, true, intensity_range, "",
          "0.429 kg/kWh is 429 g/kWh"},
    Limit{Input::ci_market, 1e-6 * g_per_kwh, 9000 * g_per_kwh, true, intensity_range, "",
          "0.429 kg/kWh is 429 g/kWh"},
    Limit{Input::pue, 1, 5, false, "1 to 5", "total over IT energy, at least 1: 10 % on top is 1.10",
          "total over IT energy: 10 % on top is 1.10, not 110"},
    Limit{Input::electricity_price, 1e-9 / 3.6e6, 100 / 3.6e6, true, "0, or 1e-9 to 100 USD/kWh", "", ""},
};

void check_range(Input input, const Given& given, const quantity::Parsed& parsed,
                 std::vector<diag::Diagnostic>& faults) {
  const auto fault = [&](std::string message, std::string help) {
    faults.push_back({.code = "out-of-range",
                      .message = std::move(message),
                      .where = given.where,
                      .help = std::move(help)});
  };
  const double v = parsed.coherent;
  const Limit* limit = limit_of(input);
  const bool low = limit != nullptr && v < limit->low && (v != 0 || !limit->zero);
  const bool high = limit != nullptr && v > limit->high;
  if (low || high || std::signbit(v)) {
    std::string help{std::signbit(v) ? "it cannot be negative" : low ? limit->hint_low : limit->hint_high};
    if (limit != nullptr) help.append(help.empty() ? "allowed: " : "; allowed: ").append(limit->allowed);
    fault(given.named + " = " + given.text + " is out of range", std::move(help));
    return;
  }
  if (input == Input::chips && v != std::floor(v))
    fault(given.named + " = " + given.text + " is no whole number of devices", {});
}

}  // namespace

const Limit* limit_of(Input input) {
  const auto* found =
      std::find_if(limits.begin(), limits.end(), [&](const Limit& l) { return l.input == input; });
  return found == limits.end() ? nullptr : found;
}

WholeRange whole_range(Input input) {
  constexpr long longest_sequence = 100'000'000;
  if (input == Input::year) return {oldest_year, newest_year};
  if (input == Input::rank) return {1, highest_rank};
  return {1, longest_sequence};
}

void Numbers::read(Input input, const Given& given, std::vector<diag::Diagnostic>& faults) {
  const InputType type = info(input).type;
  if (type == InputType::whole) {
    const WholeRange range = whole_range(input);
    wholes_[index(input)] = read_whole(input, given, range.low, range.high, faults);
  }
  if (type != InputType::quantity) return;
  auto& out = quantities_[index(input)];
  out = read_quantity(input, given, faults);
  if (out) check_range(input, given, *out, faults);
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
