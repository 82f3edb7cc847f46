#include "claims.hpp"
#include <kwhatif/ask/claim.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/solve.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::ask {

using run::Input;
using run::Slot;

namespace {

constexpr double z90 = 1.6449;  // from the median to the ends of a 90 % band, in standard deviations

// What is known of an input beside what the run says: the middle and the 90 % band of such inputs.
struct Prior {
  double low = 0;
  double high = 0;

  // In standard deviations of ln from the middle of the band.
  double distance(double value) const {
    if (value <= 0) return std::numeric_limits<double>::infinity();
    const double middle = std::sqrt(low * high);
    return std::fabs(std::log(value / middle)) / (std::log(high / low) / (2 * z90));
  }
};

std::optional<Prior> prior_of(const run::ResolvedRun& run, Slot slot) {
  const auto& record = run.record(slot);
  if (!run.inputs.has(slot) || !record.low || !record.high) return std::nullopt;
  if (*record.low <= 0 || *record.high <= *record.low) return std::nullopt;
  return Prior{*record.low, *record.high};
}

// The result that an input says beforehand.
std::string_view result_of(Input input) {
  switch (input) {
    case Input::power:
      return "power";
    case Input::energy:
      return "it_energy";
    case Input::hours:
      return "wall_time";
    case Input::device_hours:
      return "device_time";
    case Input::tflops:
      return "achieved";
    case Input::chips:
      return "devices";
    default:
      return {};
  }
}

// The band of an input that the run says, as it would be if the run did not say it.
std::optional<Prior> prior_without(const run::Scenario& scenario, Input input, Slot slot,
                                   const catalog::Catalog& catalog) {
  run::Scenario silent = scenario;
  silent.clear(input);
  try {
    const auto resolved = run::resolve(silent, catalog);
    if (const auto prior = prior_of(resolved, slot)) return prior;
    const std::string_view result = result_of(input);
    if (result.empty()) return std::nullopt;
    const uncertain::Certainty certainty = uncertain::certainty(resolved);
    const uncertain::Band* band = certainty.find(result);
    if (band == nullptr || band->p05 <= 0 || band->p95 <= band->p05) return std::nullopt;
    return Prior{band->p05, band->p95};
  } catch (const diag::Error&) {
    return std::nullopt;  // the run cannot do without it
  }
}

Plausibility judged(const std::optional<Prior>& prior, double value) {
  constexpr double far = 3;  // standard deviations: one of 400
  if (!prior) return Plausibility::unknown;
  const double distance = prior->distance(value);
  return distance <= z90   ? Plausibility::plausible
         : distance <= far ? Plausibility::unusual
                           : Plausibility::implausible;
}

class ClaimCheck {
 public:
  ClaimCheck(const run::Scenario& scenario, const catalog::Catalog& catalog)
      : scenario_(scenario),
        catalog_(catalog),
        alone_(scenario, catalog),
        whole_(estimate(scenario, catalog)) {}

  Check figure(const run::PublishedFigure& figure) const {
    Check check;
    check.quantity = figure.result;
    check.printed = figure.given.text;
    const auto printed = read_printed(check, figure.result);
    if (!printed) return check;
    std::optional<Computed> computed = alone_.result(figure.result);
    if (!computed) computed = with_defaults(check, figure.result);
    judge(check, computed, *printed, {});
    // a reason stands for a known difference in the tables; here it only says what was compared
    if (check.verdict == Verdict::known_difference) check.verdict = Verdict::mismatch;
    if (check.verdict == Verdict::mismatch && computed && computed->bounds.overlaps(rounded(*printed)))
      check.verdict = Verdict::within;
    if (!computed && check.why.empty()) check.why = "its inputs do not suffice";
    if (check.verdict != Verdict::mismatch || printed->coherent <= 0) return check;
    find_repairs(check, *printed);
    find_slips(check, computed->value / printed->coherent);
    return check;
  }

 private:
  static number::Interval rounded(const quantity::Parsed& printed) {
    return {printed.coherent - printed.half_step, printed.coherent + printed.half_step};
  }

  // The estimate with what it takes from tables and forecasts, and its 90 % band.
  std::optional<Computed> with_defaults(Check& check, std::string_view key) const {
    const auto number = grid::result_named(key);
    const auto value = number ? grid::result_value(whole_.result, *number) : std::nullopt;
    if (!value) return std::nullopt;
    const uncertain::Band* band = whole_.certainty.find(key);
    check.by_estimate = true;
    check.why = "the inputs alone do not give it: held against the estimate and its 90 % band";
    return Computed{*value, band ? number::Interval{band->p05, band->p95} : number::Interval{*value}};
  }

  void find_repairs(Check& check, const quantity::Parsed& printed) const {
    const auto result = grid::result_named(check.quantity);
    struct Found {
      Repair repair;
      double distance = 0;
    };
    std::vector<Found> all;
    for (const run::InputInfo& row : run::input_table()) {
      if (!row.settles || !solvable(row.input)) continue;
      const auto now = run::slot_value(whole_.run().inputs, *row.settles);
      const bool given = scenario_.has(row.input);
      if (!now || *now <= 0 || (row.input == Input::active && !given)) continue;
      const auto found = fitting(row.input, *result, printed);
      if (!found) continue;
      auto prior = prior_of(whole_.run(), *row.settles);
      if (given) prior = prior_without(scenario_, row.input, *row.settles, catalog_);
      Repair repair{.input = std::string{row.flag},
                    .label = std::string{run::info(*row.settles).label},
                    .from = *now,
                    .to = *found,
                    .dimension = row.dimension,
                    .given = given,
                    .plausibility = judged(prior, *found),
                    .low = {},
                    .high = {}};
      if (prior) {
        repair.low = prior->low;
        repair.high = prior->high;
      }
      // of an input of which nothing is known, a factor of three is as far as the end of a band
      const double distance =
          prior ? prior->distance(*found) : z90 * std::fabs(std::log(*found / *now)) / std::log(3);
      all.push_back({std::move(repair), distance});
    }
    std::ranges::stable_sort(all, {}, &Found::distance);
    for (Found& found : all) check.repairs.push_back(std::move(found.repair));
  }

  // The value of one input with which the run has the printed result.
  std::optional<double> fitting(Input input, std::size_t result, const quantity::Parsed& printed) const {
    try {
      const Solution solution =
          solve(scenario_, catalog_, input, result, printed.coherent, printed.half_step);
      if (!solution.found || !solution.displaced.empty()) return std::nullopt;
      if (solution.before && solution.before->input == solution.found->input) return std::nullopt;
      return solution.found->input;
    } catch (const diag::Error&) {
      return std::nullopt;  // no value of it does
    }
  }

  // ours over the printed figure, against the factors of what is commonly mistaken.
  void find_slips(Check& check, double ratio) const {
    const auto& in = whole_.run().inputs;
    const auto& result = whole_.result;
    const auto consider = [&](double factor, std::string what) {
      constexpr double near = 0.01;
      if (factor > 0 && std::fabs(std::log(factor)) > 2 * near && std::fabs(std::log(ratio / factor)) < near)
        check.slips.push_back({std::move(what), factor});
    };
    const auto dimension = run::result_dimension(check.quantity);
    const bool of_energy = dimension == quantity::dim::energy || dimension == quantity::dim::co2e;
    const bool of_facility = of_energy && check.quantity != "it_energy";
    if (in.pue() && of_facility) {
      consider(in.pue()->coherent(), "the PUE was left out");
      consider(1 / in.pue()->coherent(), "the PUE was counted twice");
    }
    if (in.pue() && (check.quantity == "it_energy" || check.quantity == "water_on_site"))
      consider(1 / in.pue()->coherent(), "the PUE was counted in it");
    if (of_energy && in.power_ratio())
      consider(in.power_ratio()->coherent(),
               "the rated power of the devices was taken for all that is drawn");
    if (of_energy && result.it_energy && result.accelerator_energy &&
        result.accelerator_energy->coherent() > 0)
      consider(result.it_energy->coherent() / result.accelerator_energy->coherent(),
               "the accelerators alone were counted, without their hosts");
    if (dimension == quantity::dim::co2e) {
      constexpr double co2_over_carbon = 44.0 / 12.0;  // molar masses
      consider(co2_over_carbon, "carbon was printed as CO2");
      consider(1 / co2_over_carbon, "CO2 was taken for carbon, and converted once more");
      if (in.ci() && in.ci_market() && in.ci_market()->coherent() > 0)
        consider(in.ci()->coherent() / in.ci_market()->coherent(), "the market-based intensity was used");
      constexpr double short_ton = 0.90718474;
      constexpr double pound = 0.45359237;
      consider(short_ton, "short tons were printed as tonnes");
      consider(1 / short_ton, "tonnes were converted as if they were short tons");
      consider(pound, "pounds were printed as kilograms");
      consider(1 / pound, "kilograms were printed as pounds");
    }
    if (in.runs()) consider(in.runs()->coherent(), "one run was counted instead of all");
    if (in.overhead()) consider(1 + in.overhead()->coherent(), "the repeated work was left out");
    constexpr double usual_host = 8;  // devices of most servers
    const auto of_host = whole_.run().host ? whole_.run().host->number("devices") : std::nullopt;
    const double devices = of_host.value_or(usual_host);
    if (result.devices || of_host || result.device_time) {
      consider(devices, "one device was counted for each host");
      consider(1 / devices, "each device was counted as a whole host");
    }
    if (result.devices) consider(result.devices->coherent(), "one device was counted instead of all");
    if (check.quantity == "training_flop" || !scenario_.has(Input::hours)) {
      constexpr double training_over_forward = 3;
      consider(training_over_forward, "the forward pass alone was counted (2ND instead of 6ND)");
    }
    constexpr std::array units{1e3, 1e6};
    for (const double unit : units) {
      const std::string times = quantity::grouped(static_cast<std::uint64_t>(unit));
      consider(unit, "its unit is too small, by " + times);
      consider(1 / unit, "its unit is too large, by " + times);
    }
    if (of_energy) {
      constexpr double megajoule_per_kwh = 3.6;
      consider(megajoule_per_kwh, "the figure was divided by 3.6 once too often (MJ to kWh)");
      consider(1 / megajoule_per_kwh, "MJ were printed as kWh");
    }
    constexpr double hours_a_day = 24;
    consider(hours_a_day, "hours were taken for days, or the other way round");
    consider(1 / hours_a_day, "days were taken for hours, or the other way round");
  }

  const run::Scenario& scenario_;
  const catalog::Catalog& catalog_;
  PrintedRun alone_;
  Estimate whole_;
};

}  // namespace

Study check_claim(const run::Scenario& run, const catalog::Catalog& catalog, const std::string& name) {
  if (!run.faults.empty()) throw diag::ScenarioError(run.faults);
  if (run.published.empty())
    throw diag::ScenarioError(
        {.code = "nothing-published",
         .message = name + " prints no results to hold against its inputs",
         .help = "write them below [published], such as facility_energy = \"1287 MWh\" or co2e = \"552 t\""});
  Study out{.id = name,
            .title = run.title.empty() ? "a run with its printed results" : run.title,
            .source = {},
            .note = {},
            .checks = {}};
  const ClaimCheck check(run, catalog);
  for (const run::PublishedFigure& figure : run.published) {
    out.checks.push_back(check.figure(figure));
    out.checks.back().row = "run";
    out.checks.back().name = out.title;
  }
  return out;
}

}  // namespace kwhatif::ask
