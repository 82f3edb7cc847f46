// Each result of a run as a figure: how sure, forecast or measured, what it follows from.
#include "figures.hpp"

#include <kwhatif/ask/eu_compute.hpp>
#include <kwhatif/ask/missing.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/units.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace kwhatif::dossier {

using catalog::Responsible;
using run::Slot;

namespace {

// --- what was measured ---------------------------------------------------------------------------------

bool given(const run::ResolvedRun& run, Slot slot) {
  bool known = false;
  run::for_each_known(run.inputs, [&](Slot each, double) { known = known || each == slot; });
  const auto& origin = run.record(slot).origin;
  return known && origin.responsible == Responsible::user && !origin.in_table;
}

// What of a run is a measurement. The flag --energy is one by its meaning; a time or a power may be planned,
// so somebody has to say that it was measured.
struct Measured {
  bool time = false, power = false, boards = false, energy = false;
};

Measured measured_of(const run::ResolvedRun& run, bool said) {
  Measured out;
  out.time = said && (given(run, Slot::wall_time) || given(run, Slot::device_time));
  out.boards = said && given(run, Slot::board_power);
  out.power = said && (out.boards || given(run, Slot::power) || given(run, Slot::total_power));
  out.energy = given(run, Slot::measured_energy) || (out.time && out.power);
  return out;
}

// Of a run of stages what all of them are.
Measured measured_of(const ask::Estimate& estimate, bool said) {
  Measured out{true, true, true, true};
  for (const run::ResolvedStage& phase : estimate.phases) {
    const Measured one = measured_of(phase.run, said);
    out = {out.time && one.time, out.power && one.power, out.boards && one.boards, out.energy && one.energy};
  }
  return out;
}

Status status_of(std::string_view key, const Measured& measured) {
  constexpr std::array of_time{"achieved", "mfu", "hfu", "step_rate", "cost", "embodied"};
  constexpr std::array of_energy{"facility_energy",  "operational_location", "operational_market",
                                 "electricity_cost", "total_co2e",           "water",
                                 "water_on_site",    "water_off_site"};
  const auto among = [&](const auto& keys) { return std::ranges::find(keys, key) != keys.end(); };
  const bool is = key == "power"                               ? measured.power
                  : key == "accelerator_energy"                ? measured.time && measured.boards
                  : key == "device_time" || key == "wall_time" ? measured.time
                  : key == "it_energy"                         ? measured.energy
                                                               : false;
  if (is) return Status::measured;
  const bool from_it = (among(of_time) && measured.time) || (among(of_energy) && measured.energy);
  return from_it ? Status::calculated : Status::forecast;
}

// --- what a figure follows from ---------------------------------------------------------------------------

struct Evidence {
  // Labels by who is responsible, the weakest first.
  std::array<std::vector<std::string>, 5> labels;
  std::vector<std::string> sources;

  static std::size_t place(Responsible responsible) {
    switch (responsible) {
      case Responsible::predicted:
        return 0;
      case Responsible::fallback:
        return 1;
      case Responsible::table:
        return 2;
      case Responsible::derived:
        return 3;
      case Responsible::user:
        break;
    }
    return 4;
  }
  void label(Responsible responsible, std::string text) {
    auto& list = labels[place(responsible)];
    if (std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
  }
  void source(const std::string& id) {
    if (!id.empty() && std::ranges::find(sources, id) == sources.end()) sources.push_back(id);
  }
  std::string words() const {
    constexpr std::array<std::string_view, 5> heads{"predicted", "default", "tables", "counted", "given"};
    std::string out;
    for (std::size_t i = 0; i < heads.size(); ++i) {
      if (labels[i].empty()) continue;
      out += (out.empty() ? "" : "; ") + std::string{heads[i]} + ": " + diag::listed(labels[i]);
    }
    return out;
  }
};

void add_slot(Evidence& out, const ask::Estimate& estimate, std::size_t phase, Slot slot) {
  const run::ResolvedRun& run = estimate.phases[phase].run;
  const auto& origin = run.record(slot).origin;
  std::string label = run.work.said(std::string{run::info(slot).label});
  const auto& prediction = estimate.predictions[phase];
  if (slot == Slot::mfu && origin.responsible == Responsible::predicted && prediction) {
    label += prediction->rows == 0
                 ? " (no such device has been measured)"
                 : " (" + std::to_string(prediction->rows) + " measured times on such devices)";
  }
  if (slot == Slot::flop_per_token && run.network) label += " (of " + run.network->name + ')';
  if (slot == Slot::mfu && run.pilot) label += " (calibrated by a pilot)";
  const bool in_table = origin.responsible == Responsible::user && origin.in_table;
  out.label(in_table ? Responsible::table : origin.responsible, std::move(label));
  out.source(origin.source);
  const bool place = slot == Slot::ci || slot == Slot::ci_market;
  if (place && run.intensity && origin.responsible == Responsible::table) {
    for (const std::string& id : run.intensity->sources) out.source(id);
  }
}

std::vector<std::vector<ask::Dependence>> dependences_of(const ask::Estimate& estimate) {
  std::vector<std::vector<ask::Dependence>> out;
  for (const run::ResolvedStage& phase : estimate.phases) out.push_back(ask::dependences(phase.run));
  return out;
}

Evidence evidence_of(std::string_view key, const ask::Estimate& estimate,
                     const std::vector<std::vector<ask::Dependence>>& all) {
  Evidence out;
  for (std::size_t phase = 0; phase < all.size(); ++phase) {
    const auto found = std::ranges::find(all[phase], key, &ask::Dependence::result);
    if (found == all[phase].end()) continue;
    for (const Slot slot : found->slots) add_slot(out, estimate, phase, slot);
  }
  return out;
}

// --- what would give it ---------------------------------------------------------------------------------

struct Need {
  std::string_view key;
  std::string_view words;
};
// Of results that are known only where more is said.
constexpr std::array needs{
    Need{"hfu", "--recompute gives it, where the run's utilisation is known"},
    Need{"achieved", "--tflops, or --hours and --chips, give it"},
    Need{"mfu", "--mfu, or time and devices of known peak, give it"},
    Need{"step_rate", "tokens and time are not both known"},
    Need{"devices", "--chips gives it"},
    Need{"power", "--power gives it"},
    Need{"accelerator_energy", "the boards' share of the power is not known: --accelerator-power gives it"},
    Need{"operational_market", "no contracts are known: --ci-market gives it"},
    Need{"cost_low", "--price-low gives it"},
    Need{"cost_high", "--price-high gives it"},
    Need{"electricity_cost", "--electricity-price gives it"},
    Need{"base_flop", "--base-flops or --base-model gives it"},
    Need{"flop_with_base", "--base-flops or --base-model gives it"},
    Need{"training_flop", "--params and --tokens, or --flops, give it"},
    Need{"development_energy", "--development gives it"},
    Need{"development_co2e", "--development gives it"},
};

// Gaps of a run (ask/missing.hpp) that keep a result from being known, the first cause first.
std::vector<std::string_view> gaps_for(std::string_view key) {
  if (key == "device_time" || key == "wall_time") return {"no-time", "no-device-count"};
  if (key == "cost") return {"no-time", "no-device-count", "no-price"};
  std::vector<std::string_view> out{"no-time", "no-device-count", "no-power"};
  if (key == "it_energy") return out;
  if (key == "facility_energy" || key == "water" || key == "water_off_site") {
    out.emplace_back("no-pue");
    return out;
  }
  if (key == "operational_location" || key == "total_co2e") {
    out.insert(out.end(), {"no-pue", "no-place"});
    return out;
  }
  return {};
}

std::string missing_words(std::string_view key, const ask::Estimate& estimate) {
  for (const run::ResolvedStage& phase : estimate.phases) {
    for (const run::MissingFactor& factor : phase.run.missing) {
      if (factor.result == key) return factor.why + ": " + factor.flag + " gives it";
    }
  }
  if (key == "total_co2e" && estimate.result.operational_location) return missing_words("embodied", estimate);
  const auto gaps = ask::missing_parts(estimate.run(), estimate.result);
  for (const std::string_view code : gaps_for(key)) {
    // without a count of devices the energy is known all the same, where the device-time is
    if (code == "no-device-count" && key != "wall_time" && estimate.result.device_time) continue;
    const auto gap = std::ranges::find(gaps, code, &diag::Diagnostic::code);
    if (gap != gaps.end()) return gap->message + ": " + gap->help;
  }
  if (key == "total_co2e") return missing_words("embodied", estimate);
  if (key == "water") {
    std::string part = missing_words("water_on_site", estimate);
    return estimate.result.water_on_site ? missing_words("water_off_site", estimate) : part;
  }
  for (const Need& need : needs) {
    if (need.key == key) return std::string{need.words};
  }
  return "what it follows from is not known";
}

// --- the figures -------------------------------------------------------------------------------------------

Interval interval_of(const uncertain::Band& band, double per = 1) {
  const auto in_unit = [&](double x) { return run::machine_value(band.info, x) / per; };
  return {in_unit(band.p05), in_unit(band.p25), in_unit(band.p50), in_unit(band.p75), in_unit(band.p95)};
}

// What counting the compute in another published way would give.
std::optional<Conventions> conventions_of(const ask::Estimate& estimate) {
  if (estimate.staged()) return std::nullopt;
  const auto range = ask::counting_range(estimate.phases.front());
  if (!range) return std::nullopt;
  return Conventions{range->low, range->high,
                     "from 6 x active parameters x tokens to the whole square of attention"};
}

void add_one_run(std::vector<Figure>& out, std::string_view key, std::string_view label,
                 std::optional<double> repeats) {
  Figure figure = out.back();
  figure.key = key;
  figure.label = label;
  if (figure.value && !repeats) {
    figure = {.key = key, .label = label, .unit = figure.unit, .dimension = figure.dimension};
    figure.missing = "stages differ in their repeats";
  } else if (figure.value) {
    *figure.value /= *repeats;
    *figure.coherent /= *repeats;
    if (figure.interval) {
      for (double Interval::*p :
           {&Interval::p05, &Interval::p25, &Interval::p50, &Interval::p75, &Interval::p95})
        (*figure.interval).*p /= *repeats;
    }
  }
  out.push_back(std::move(figure));
}

}  // namespace

bool gives_a_measure(const ask::Estimate& estimate) {
  return std::ranges::any_of(estimate.phases, [](const run::ResolvedStage& phase) {
    return std::ranges::any_of(std::array{Slot::wall_time, Slot::device_time, Slot::power, Slot::total_power,
                                          Slot::board_power, Slot::measured_energy},
                               [&](Slot slot) { return given(phase.run, slot); });
  });
}

std::optional<double> repeats_of(const ask::Estimate& estimate) {
  std::optional<double> out;
  for (const run::ResolvedStage& phase : estimate.phases) {
    const auto& in = phase.run.inputs;
    const double runs = in.runs() ? in.runs()->coherent() : 1;
    const double one = runs * (1 + (in.overhead() ? in.overhead()->coherent() : 0));
    if (out && *out != one) return std::nullopt;
    out = one;
  }
  return out;
}

std::vector<Figure> figures_of(const ask::Estimate& estimate, bool said_measured) {
  const Measured measured = measured_of(estimate, said_measured);
  const auto dependences = dependences_of(estimate);
  const auto repeats = repeats_of(estimate);
  // without contracts the market-based result repeats the location-based one: that is no account
  const bool contracts = std::ranges::all_of(estimate.phases, [](const run::ResolvedStage& phase) {
    const auto& in = phase.run.inputs;
    return in.ci_market() && (!in.ci() || *in.ci_market() != *in.ci() || given(phase.run, Slot::ci_market));
  });
  std::vector<Figure> out;
  run::for_each_result(estimate.result, [&](const run::ResultInfo& info, const auto& field) {
    Figure figure{.key = info.json_key, .label = info.label, .unit = info.unit, .dimension = info.dimension};
    figure.work = estimate.run().work;
    if (field && (contracts || info.key != "operational_market")) {
      figure.coherent = field->coherent();
      figure.value = run::machine_value(info, field->coherent());
      figure.status = status_of(info.key, measured);
      Evidence evidence = evidence_of(info.key, estimate, dependences);
      figure.evidence = evidence.words();
      figure.sources = std::move(evidence.sources);
      if (const auto* band = estimate.certainty.find(info.key)) figure.interval = interval_of(*band);
      if (info.key == "training_flop") figure.conventions = conventions_of(estimate);
    } else {
      figure.missing = missing_words(info.key, estimate);
    }
    out.push_back(std::move(figure));
    if (info.key == "device_time")
      add_one_run(out, "one_run_device_hours", "Device-hours of one run", repeats);
    if (info.key == "wall_time") add_one_run(out, "one_run_wall_hours", "Wall time of one run", repeats);
  });
  return out;
}

}  // namespace kwhatif::dossier
