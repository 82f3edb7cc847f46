// The ratio of two runs as a product of causes, and how far it can be off.
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimate.hpp>

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
  const double runs = run.inputs.runs ? run.inputs.runs->coherent() : 1;
  const double overhead = run.inputs.overhead ? run.inputs.overhead->coherent() : 0;
  return runs * (1 + overhead);
}

template <class Q>
std::string shown(const std::optional<Q>& q) {
  return human(q->coherent(), Q::dimension);
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
  out.push_back({"model", "model (FLOP)", r.training_flop->coherent(), false, shown(r.training_flop)});
  if (with_repeats)
    out.push_back(
        {"repetition", "repetition (runs, failed work)", repeats(run), false, significant(repeats(run))});
  last.value = r.training_flop->coherent() * repeats(run) / per_work;
  last.inverse = true;
  out.push_back(std::move(last));
  return out;
}

Terms energy_terms(const ResolvedRun& run, const RunEstimate<double>& r, bool compute, bool with_repeats) {
  if (!r.it_energy || !r.device_time || !r.facility_energy || !run.inputs.pue) return std::nullopt;
  Terms out;
  if (compute) {
    out = compute_terms(run, r, with_repeats, r.it_energy->coherent(),
                        {"machine", "machine (FLOP/s per watt)", 0, true, {}});
    out->back().text = per_watt(r, out->back().value);
  } else {
    const double power = r.it_energy->coherent() / r.device_time->coherent();
    out = std::vector<Term>{
        {"device_time", "device-time", r.device_time->coherent(), false, shown(r.device_time)},
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
        {"device_time", "device-time", r.device_time->coherent(), false, shown(r.device_time)}};
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
      const auto& ci = measure == Measure::location ? run.inputs.ci : run.inputs.ci_market;
      Terms out = energy_terms(run, r, compute, with_repeats);
      if (out && ci) out->push_back({"map", "map (carbon intensity)", ci->coherent(), false, shown(ci)});
      return ci ? out : std::nullopt;
    }
    case Measure::wall_time: {
      Terms out = time_terms(run, r, compute, with_repeats);
      if (!out || !r.devices) return std::nullopt;
      out->push_back({"devices", "devices", r.devices->coherent(), true, shown(r.devices)});
      return out;
    }
    case Measure::cost: {
      Terms out = time_terms(run, r, compute, with_repeats);
      if (!out || !run.inputs.price) return std::nullopt;
      out->push_back(
          {"price", "price per device-hour", run.inputs.price->coherent(), false, shown(run.inputs.price)});
      return out;
    }
  }
  return std::nullopt;
}

// Whether an uncertain input of two runs is one and the same unknown.
bool shared(const ResolvedRun& a, const ResolvedRun& b, Slot slot) {
  if (run::slot_value(a.inputs, slot) != run::slot_value(b.inputs, slot)) return false;
  const auto& x = a.record(slot);
  const auto& y = b.record(slot);
  if (x.low != y.low || x.high != y.high || x.origin.source != y.origin.source || x.origin.at != y.origin.at)
    return false;
  const auto same = [](const std::optional<catalog::Row>& p, const std::optional<catalog::Row>& q) {
    return p.has_value() == q.has_value() && (!p || p->same_row(*q));
  };
  switch (slot) {
    case Slot::pue:
    case Slot::ci:
    case Slot::ci_market:
      return same(a.region, b.region) && same(a.grid, b.grid);
    default:
      return same(a.hardware, b.hardware) && same(a.host, b.host);
  }
}

std::optional<double> measure_with(const ResolvedRun& run, Slot slot, double value, Measure measure) {
  auto inputs = run.inputs;
  run::set_slot(inputs, slot, value);
  return measured(run::estimate(inputs), measure);
}

void bounds(RunRatio& out, const Compared& run, const Compared& against, Measure measure) {
  double up = 0;
  double down = 0;
  bool spread = false;
  const double middle = *out.ratio;
  // logarithm of the change of the ratio, into the side it moves to
  const auto add = [&](std::optional<double> over, std::optional<double> under) {
    if (!over || !under || *over <= 0 || *under <= 0) return;
    const double change = std::log(*over / *under / middle);
    (change > 0 ? up : down) += change * change;
  };
  for (std::size_t i = 0; i < run::slot_count; ++i) {
    const auto slot = static_cast<Slot>(i);
    const auto& x = run.run.record(slot);
    const auto& y = against.run.record(slot);
    const bool in_run = x.low && x.high && run::slot_value(run.run.inputs, slot);
    const bool in_other = y.low && y.high && run::slot_value(against.run.inputs, slot);
    if (!in_run && !in_other) continue;
    spread = true;
    if (in_run && in_other && shared(run.run, against.run, slot)) {
      for (const double v : {*x.low, *x.high})
        add(measure_with(run.run, slot, v, measure), measure_with(against.run, slot, v, measure));
      continue;
    }
    if (in_run) {
      for (const double v : {*x.low, *x.high})
        add(measure_with(run.run, slot, v, measure), measured(against.result, measure));
    }
    if (in_other) {
      for (const double v : {*y.low, *y.high})
        add(measured(run.result, measure), measure_with(against.run, slot, v, measure));
    }
  }
  if (!spread) return;
  constexpr double rounding = 1e-24;  // squares of logarithms that are rounding, not spread
  out.low = down > rounding ? middle * std::exp(-std::sqrt(down)) : middle;
  out.high = up > rounding ? middle * std::exp(std::sqrt(up)) : middle;
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
      run.inputs.runs || run.inputs.overhead || against.inputs.runs || against.inputs.overhead;
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

RunRatio ratio_of(const Compared& run, const Compared& against, Measure measure) {
  RunRatio out;
  out.measure = measure;
  const auto over = measured(run.result, measure);
  const auto under = measured(against.result, measure);
  if (!over || !under || *under == 0) return out;
  out.ratio = *over / *under;
  bounds(out, run, against, measure);
  out.causes = split_ratio(run.run, run.result, against.run, against.result, measure);
  return out;
}

}  // namespace kwhatif::ask
