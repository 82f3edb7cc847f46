// The ratio of two runs as a product of causes, and how far it can be off.
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

using quantity::human;
using quantity::significant;
using run::ResolvedRun;
using run::RunEstimate;
using run::Slot;
namespace dim = quantity::dim;

namespace {

struct MeasureInfo {
  Measure measure;
  std::string_view key;
  std::string_view label;
};
constexpr std::array measures{
    MeasureInfo{Measure::energy, "facility_energy", "Energy"},
    MeasureInfo{Measure::location, "operational_location", "CO2e, location-based"},
    MeasureInfo{Measure::market, "operational_market", "CO2e, market-based"},
    MeasureInfo{Measure::wall_time, "wall_time", "Wall time"},
    MeasureInfo{Measure::cost, "cost", "Cost"},
};

// One factor of a run's result: the result is the product of its terms, or of their inverses.
struct Term {
  std::string_view key;
  std::string_view label;
  double value = 0;
  bool inverse = false;
  std::string text;
};
using Terms = std::optional<std::vector<Term>>;

double repeats(const ResolvedRun& run) {
  const double runs = run.inputs.runs() ? run.inputs.runs()->coherent() : 1;
  const double overhead = run.inputs.overhead() ? run.inputs.overhead()->coherent() : 0;
  return runs * (1 + overhead);
}

// FLOP per joule is FLOP/s per watt.
std::string per_watt(const RunEstimate<double>& r, double value) {
  std::string out = significant(value / 1e9) + " GFLOP/s per W";
  if (r.achieved && r.power)
    out += " (" + human(r.achieved->coherent(), dim::flop_rate) + " at " +
           human(r.power->coherent(), dim::power) + ')';
  return out;
}

// Compute of all runs over what it took, so that the product is exact whatever the rounding of the inputs.
Terms compute_terms(const ResolvedRun& run, const RunEstimate<double>& r, bool with_repeats, double per_work,
                    Term last) {
  std::vector<Term> out;
  out.push_back({"model", "model (FLOP)", r.training_flop->coherent(), false, human(*r.training_flop)});
  if (with_repeats)
    out.push_back(
        {"repetition", "repetition (runs, failed work)", repeats(run), false, significant(repeats(run))});
  last.value = r.training_flop->coherent() * repeats(run) / per_work;
  last.inverse = true;
  out.push_back(std::move(last));
  return out;
}

Terms energy_terms(const ResolvedRun& run, const RunEstimate<double>& r, bool compute, bool with_repeats) {
  if (!r.it_energy || !r.device_time || !r.facility_energy || !run.inputs.pue()) return std::nullopt;
  Terms out;
  if (compute) {
    out = compute_terms(run, r, with_repeats, r.it_energy->coherent(),
                        {"machine", "machine (FLOP/s per watt)", 0, true, {}});
    out->back().text = per_watt(r, out->back().value);
  } else {
    const double power = r.it_energy->coherent() / r.device_time->coherent();
    out = std::vector<Term>{
        {"device_time", "device-time", r.device_time->coherent(), false, human(*r.device_time)},
        {"power", "power per device", power, false, human(power, dim::device_power)}};
  }
  const double pue = r.facility_energy->coherent() / r.it_energy->coherent();
  out->push_back({"mechanisation", "mechanisation (PUE)", pue, false, "PUE " + significant(pue)});
  return out;
}

Terms time_terms(const ResolvedRun& run, const RunEstimate<double>& r, bool compute, bool with_repeats) {
  if (!r.device_time) return std::nullopt;
  if (!compute)
    return std::vector<Term>{
        {"device_time", "device-time", r.device_time->coherent(), false, human(*r.device_time)}};
  Terms out = compute_terms(run, r, with_repeats, r.device_time->coherent(),
                            {"rate", "rate per device", 0, true, {}});
  out->back().text = human(out->back().value, dim::device_flop_rate);
  return out;
}

Terms terms(const ResolvedRun& run, const RunEstimate<double>& r, Measure measure, bool compute,
            bool with_repeats) {
  switch (measure) {
    case Measure::energy:
      return energy_terms(run, r, compute, with_repeats);
    case Measure::location:
    case Measure::market: {
      const auto& ci = measure == Measure::location ? run.inputs.ci() : run.inputs.ci_market();
      Terms out = energy_terms(run, r, compute, with_repeats);
      if (out && ci) out->push_back({"map", "map (carbon intensity)", ci->coherent(), false, human(*ci)});
      return ci ? out : std::nullopt;
    }
    case Measure::wall_time: {
      Terms out = time_terms(run, r, compute, with_repeats);
      if (!out || !r.devices) return std::nullopt;
      out->push_back({"devices", "devices", r.devices->coherent(), true, human(*r.devices)});
      return out;
    }
    case Measure::cost: {
      Terms out = time_terms(run, r, compute, with_repeats);
      if (!out || !run.inputs.price()) return std::nullopt;
      out->push_back({"price", "price per device-hour", run.inputs.price()->coherent(), false,
                      human(*run.inputs.price())});
      return out;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view key(Measure measure) { return measures[static_cast<std::size_t>(measure)].key; }
std::string_view label(Measure measure) { return measures[static_cast<std::size_t>(measure)].label; }

std::optional<double> measured(const RunEstimate<double>& r, Measure measure) {
  const auto of = [](const auto& q) { return q ? std::optional{q->coherent()} : std::nullopt; };
  switch (measure) {
    case Measure::energy:
      return of(r.facility_energy);
    case Measure::location:
      return of(r.operational_location);
    case Measure::market:
      return of(r.operational_market);
    case Measure::wall_time:
      return of(r.wall_time);
    case Measure::cost:
      return of(r.cost);
  }
  return std::nullopt;
}

std::vector<Cause> split_ratio(const ResolvedRun& run, const RunEstimate<double>& result,
                               const ResolvedRun& against, const RunEstimate<double>& against_result,
                               Measure measure) {
  const bool compute = result.training_flop && against_result.training_flop;
  const bool with_repeats =
      run.inputs.runs() || run.inputs.overhead() || against.inputs.runs() || against.inputs.overhead();
  const Terms over = terms(run, result, measure, compute, with_repeats);
  const Terms under = terms(against, against_result, measure, compute, with_repeats);
  std::vector<Cause> out;
  if (!over || !under) return out;
  double whole = 1;
  for (std::size_t i = 0; i < over->size(); ++i) {
    const Term& a = (*over)[i];
    const Term& b = (*under)[i];
    const double ratio = a.inverse ? b.value / a.value : a.value / b.value;
    if (!std::isfinite(ratio)) return {};
    whole *= ratio;
    out.push_back(
        {std::string{a.key}, std::string{a.label}, ratio, std::nullopt, a.value, b.value, a.text, b.text});
  }
  constexpr double rounding = 1e-12;  // logarithms of what is 1 but for the last digits
  const double logarithm = std::log(whole);
  for (Cause& cause : out) {
    if (!std::isfinite(logarithm) || std::fabs(logarithm) <= rounding) continue;
    const double own = std::log(cause.ratio);
    cause.log_share = std::fabs(own) > rounding ? own / logarithm : 0;
  }
  return out;
}

bool are_shares(const std::vector<Cause>& causes) {
  constexpr double most = 1.5;
  constexpr double rounding = 1e-9;
  double all = 0;
  double largest = 0;
  for (const Cause& cause : causes) {
    const double share = std::fabs(cause.log_share.value_or(0));
    largest = std::max(largest, share);
    all += share;
  }
  return largest <= 1 + rounding && all <= most;
}

std::vector<RunRatio> ratios_of(const Compared& run, const Compared& against,
                                const std::vector<Measure>& all) {
  uncertain::Intervals bands;
  if (uncertain::uncertain(run.run) || uncertain::uncertain(against.run)) {
    const uncertain::Spread over = uncertain::spread_of(run.run);
    const uncertain::Spread under = uncertain::spread_of(against.run);
    bands = uncertain::ratios({run.run.inputs, over}, {against.run.inputs, under});
  }
  std::vector<RunRatio> out;
  for (const Measure measure : all) {
    RunRatio ratio;
    ratio.measure = measure;
    const auto over = measured(run.result, measure);
    const auto under = measured(against.result, measure);
    if (over && under && *under != 0) {
      ratio.ratio = *over / *under;
      if (const uncertain::Band* band = bands.find(key(measure))) {
        ratio.low = band->p05;
        ratio.high = band->p95;
      }
      ratio.causes = split_ratio(run.run, run.result, against.run, against.result, measure);
    }
    out.push_back(std::move(ratio));
  }
  return out;
}

RunRatio ratio_of(const Compared& run, const Compared& against, Measure measure) {
  return ratios_of(run, against, {measure}).front();
}

}  // namespace kwhatif::ask
