#include "levers_forecast.hpp"
#include "levers_rules.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace kwhatif::ask {

using catalog::Kind;
using catalog::Row;
using diag::refuse;
using quantity::significant;
using run::ResolvedRun;
using run::Slot;

namespace {

// What was published of a lever; none where only the forecast knows it.
std::optional<FactorBand> band_of(const Row& row) {
  const auto cell = row.cell("factor");
  if (!cell) return std::nullopt;
  FactorBand out{cell->value(), cell->value(), cell->value()};
  if (cell->has_spread()) {
    out.low = std::min(cell->low(), cell->value());
    out.high = std::max(cell->high(), cell->value());
  }
  return out;
}

// The part of the run that the lever acts on, s, mixed with the rest, which changes by `rest`.
FactorBand on_share(const FactorBand& f, double share, const FactorBand& rest) {
  return {share * f.low + (1 - share) * rest.low, share * f.typical + (1 - share) * rest.typical,
          share * f.high + (1 - share) * rest.high};
}

// The companion row that tells the time of the same experiment.
std::optional<Row> time_side(const Row& row, const catalog::Catalog& catalog) {
  const auto companion = catalog.find(Kind::lever, row.text("companion"));
  return companion && companion->text("effect_on") == "time" ? companion : std::nullopt;
}

// A slow-down that belongs to an energy lever is that lever's other side, no lever of its own.
bool is_other_side(const Row& row, const catalog::Catalog& catalog) {
  const auto companion = catalog.find(Kind::lever, row.text("companion"));
  if (!companion) return false;
  const std::string_view effect = row.text("effect_on");
  const std::string_view other = companion->text("effect_on");
  const bool other_is_energy = other == "energy" || other == "gpu_energy";
  return other_is_energy && (effect == "time" || effect == "tokens" || effect == "co2e");
}

// The levers of the same mechanism that the forecast counts.
std::vector<std::string> counted_instead(const Row& row, const catalog::Catalog& catalog) {
  std::vector<std::string> out;
  for (const Row& other : catalog.rows(Kind::lever)) {
    if (sets_input(other) && !row.text("mechanism").empty() &&
        other.text("mechanism") == row.text("mechanism"))
      out.emplace_back(other.id());
  }
  return out;
}

LeverEffect effect_of(const Row& row, const LeverFacts& facts, double gpu_share) {
  LeverEffect out{
      .row = row, .applies = Applies::perhaps, .reason = {}, .energy = {}, .co2e = {}, .time = {}};
  out.published = band_of(row);
  const std::string unknown = why_not_forecast(facts);
  if (sets_input(row) && unknown.empty()) return forecast_effect(std::move(out), facts);
  if (!out.published) {
    out.forecast = sets_input(row);
    out.applies = Applies::no;
    out.reason = out.forecast ? unknown : "no factor is known of it";
    return out;
  }
  const Judgement judgement = judge_lever(row, facts);
  out.applies = judgement.applies;
  out.reason = judgement.reason;
  FactorBand f = *out.published;
  const std::string_view effect = row.text("effect_on");
  if (const auto side = time_side(row, facts.catalog); side && effect == "gpu_energy")
    out.time = band_of(*side).value_or(FactorBand{});
  if (row.text("mechanism") == "search-early-stopping" && facts.run.inputs.runs()) {
    const double runs = facts.run.inputs.runs()->coherent();
    f = on_share(f, (runs - 1) / runs, {});
    out.reason += "; on the trials, not on the last run";
  }
  if (effect == "energy") {
    out.energy = out.co2e = f;
  } else if (effect == "gpu_energy") {
    out.energy = out.co2e = on_share(f, gpu_share, out.time);
    if (gpu_share < 1) out.reason += "; on the GPU's " + significant(100 * gpu_share, 2) + " % of the power";
  } else if (effect == "co2e") {
    out.co2e = f;
  } else if (effect == "time" || effect == "flops" || effect == "tokens") {
    out.energy = out.co2e = out.time = f;
  }
  out.penalty = f.typical > 1;
  if (is_other_side(row, facts.catalog)) {
    out.applies = Applies::no;
    out.reason = "the other side of " + std::string{row.text("companion")} + ": use that one";
  }
  if (const auto others = counted_instead(row, facts.catalog); unknown.empty() && !others.empty()) {
    out.applies = Applies::no;
    out.reason = "the forecast of this run counts it: " + diag::listed(others);
  }
  return out;
}

double share_of_gpu(const ResolvedRun& run, const run::RunEstimate<double>& result) {
  const std::optional<double> rating = run.inputs.tdp() ? std::optional{run.inputs.tdp()->coherent()}
                                       : run.hardware   ? run.hardware->number("tdp")
                                                        : std::nullopt;
  if (!rating || !result.power || result.power->coherent() <= 0) return 1;
  return std::min(1.0, *rating / result.power->coherent());
}

// Levers of the forecast that go together: each added where the devices still hold the run and it saves
// more.
class Together {
 public:
  explicit Together(const LeverFacts& facts) : facts_(facts) {}

  bool take(const LeverEffect& effect) {
    auto settings = settings_;
    settings.push_back(*effect.setting);
    try {
      WhatIf with = what_if(facts_, settings);
      if (held(with.run) > held(facts_.run) || !saves(with.result)) return false;
      settings_ = std::move(settings);
      best_ = std::move(with);
    } catch (const diag::ScenarioError&) {
      return false;
    }
    return true;
  }
  WhatIfRatio ratio() const { return best_ ? ratio_of(*best_, facts_) : WhatIfRatio{}; }

 private:
  bool saves(const run::RunEstimate<double>& result) const {
    const auto& before = best_ ? best_->result : facts_.result;
    const auto less = [](const auto& a, const auto& b) { return a->coherent() < b->coherent(); };
    if (result.it_energy && before.it_energy) return less(result.it_energy, before.it_energy);
    return less(result.device_time, before.device_time);
  }

  const LeverFacts& facts_;
  std::vector<LeverSetting> settings_;
  std::optional<WhatIf> best_;
};

Combination combine(const std::vector<const LeverEffect*>& candidates, const LeverFacts& facts) {
  Combination out;
  Together forecast(facts);
  std::set<std::string, std::less<>> mechanisms;
  std::set<std::string, std::less<>> excluded;
  for (const LeverEffect* e : candidates) {  // best first
    const std::string mechanism{e->row.text("mechanism")};
    if (!mechanism.empty() && mechanisms.contains(mechanism)) continue;
    if (excluded.contains(e->row.id())) continue;
    if (e->forecast && !forecast.take(*e)) continue;
    if (!mechanism.empty()) mechanisms.insert(mechanism);
    if (!e->row.text("companion").empty()) excluded.insert(std::string{e->row.text("companion")});
    out.ids.emplace_back(e->row.id());
    if (e->forecast) continue;
    out.energy = out.energy * e->energy;
    out.co2e = out.co2e * e->co2e;
    out.time = out.time * e->time;
  }
  const WhatIfRatio ratio = forecast.ratio();
  out.energy = ratio.energy * out.energy;
  out.co2e = ratio.co2e * out.co2e;
  out.time = ratio.time * out.time;
  return out;
}

template <class Q>
std::optional<Q> times(const std::optional<Q>& quantity, double factor) {
  return quantity ? std::optional{Q::from_coherent(quantity->coherent() * factor)} : std::nullopt;
}

}  // namespace

Levers levers_for(const run::Scenario& given, const ResolvedRun& run, const run::RunEstimate<double>& result,
                  const catalog::Catalog& catalog) {
  Levers out;
  out.gpu_share = share_of_gpu(run, result);
  const LeverFacts facts = facts_of(given, run, result, catalog);
  for (const Row& row : catalog.rows(Kind::lever))
    out.effects.push_back(effect_of(row, facts, out.gpu_share));
  std::ranges::stable_sort(out.effects, [](const LeverEffect& a, const LeverEffect& b) {
    if (a.applies != b.applies) return a.applies < b.applies;
    if (a.co2e.typical != b.co2e.typical) return a.co2e.typical < b.co2e.typical;
    return a.row.id() < b.row.id();
  });
  std::vector<const LeverEffect*> sure;
  for (const LeverEffect& e : out.effects) {
    if (!e.penalty && e.applies == Applies::yes) sure.push_back(&e);
  }
  out.best = combine(sure, facts);
  const auto& energy = result.facility_energy;
  const auto& co2e = result.operational_location;
  for (LeverEffect& e : out.effects) {
    if (e.penalty) continue;
    if (e.energy.typical != 1) e.saved_energy = times(energy, 1 - e.energy.typical);
    if (e.co2e.typical != 1) e.saved_co2e = times(co2e, 1 - e.co2e.typical);
  }
  out.best.left_energy = times(energy, out.best.energy.typical);
  out.best.left_co2e = times(co2e, out.best.co2e.typical);
  return out;
}

namespace {

// Multiplies one input and its spread; the lever becomes its origin, its band a factor of its own.
void scale(ResolvedRun& run, Slot slot, const FactorBand& f, const Row& lever) {
  const auto value = run::slot_value(run.inputs, slot);
  if (!value || *value <= 0) return;
  auto& record = run.records[static_cast<std::size_t>(slot)];
  run::set_slot(run.inputs, slot, *value * f.typical);
  if (record.low) *record.low *= f.typical;
  if (record.high) *record.high *= f.typical;
  if (record.distribution) record.distribution->unit *= f.typical;
  record.factors.push_back({std::string{lever.id()}, f.low / f.typical, f.high / f.typical});
  const std::string words = "x " + significant(f.typical) + " by lever " + std::string{lever.id()};
  if (record.origin.responsible == catalog::Responsible::user) {
    record.origin.note = "given as " + record.origin.text + ", " + words;
    record.origin.source = lever.source();
    record.origin.at = lever.at();
    record.origin.standing = lever.cell("factor")->standing();
  } else {
    record.origin.note += (record.origin.note.empty() ? "" : "; ") + words;
  }
  record.origin.responsible = catalog::Responsible::derived;
}

// Work scales compute (and the time given for it); time scales the time or the rate.
void scale_time(ResolvedRun& run, const FactorBand& f, const Row& lever) {
  if (run.inputs.device_time() || run.inputs.wall_time()) {
    scale(run, Slot::device_time, f, lever);
    scale(run, Slot::wall_time, f, lever);
    return;
  }
  const FactorBand faster{1 / f.high, 1 / f.typical, 1 / f.low};
  scale(run, run.inputs.achieved() ? Slot::achieved : Slot::mfu, faster, lever);
}

void apply(ResolvedRun& run, const LeverEffect& e) {
  const std::string_view effect = e.row.text("effect_on");
  if (effect == "co2e") {
    scale(run, Slot::ci, e.co2e, e.row);
    scale(run, Slot::ci_market, e.co2e, e.row);
    return;
  }
  if (effect == "time") return scale_time(run, e.time, e.row);
  if (effect == "flops" || effect == "tokens") {
    const bool timed = run.inputs.device_time() || run.inputs.wall_time();
    scale(run, run.inputs.training_flop() ? Slot::training_flop : Slot::tokens, e.time, e.row);
    if (timed) {
      scale(run, Slot::device_time, e.time, e.row);
      scale(run, Slot::wall_time, e.time, e.row);
    }
    return;
  }
  // energy: the power changes by what the time does not explain
  const FactorBand power{e.energy.low / e.time.typical, e.energy.typical / e.time.typical,
                         e.energy.high / e.time.typical};
  for (const Slot slot : {Slot::power, Slot::total_power}) scale(run, slot, power, e.row);
  if (!run.inputs.power() && !run.inputs.total_power()) scale(run, Slot::power_ratio, power, e.row);
  if (e.time.typical != 1) scale_time(run, {e.time.typical, e.time.typical, e.time.typical}, e.row);
}

// The rows of the ids, of which none excludes another.
std::vector<Row> rows_of(const std::vector<std::string>& ids, const diag::Span& where,
                         const catalog::Catalog& catalog) {
  std::vector<Row> taken;
  for (const std::string& id : ids) {
    const auto found = catalog.lookup(Kind::lever, id);
    if (!found.row)
      refuse("unknown-lever", "no lever '" + id.substr(0, 60) + "'", where,
             found.suggestion + (found.suggestion.empty() ? "" : " ") + "`kwhatif list levers` prints all");
    const Row row = *found.row;
    for (const Row& other : taken) {
      if (other.text("mechanism") == row.text("mechanism") || other.text("companion") == row.id())
        refuse("conflict",
               std::string{row.id()} + " and " + std::string{other.id()} + " are of one mechanism (" +
                   std::string{row.text("mechanism")} + ") and cannot both be applied",
               where, "take one of them");
    }
    taken.push_back(row);
  }
  return taken;
}

// What stands in the record of an applied lever.
void record(ResolvedRun& run, const LeverEffect& e) {
  const Row& row = e.row;
  const auto factor = row.cell("factor");
  const std::string how = e.setting ? e.setting->flag() + ": " : "";
  run.choices.push_back({"lever",
                         std::string{row.id()},
                         {.responsible = catalog::Responsible::derived,
                          .standing = e.forecast || !factor ? catalog::Standing::derived : factor->standing(),
                          .source = e.forecast ? "kwhatif-fit" : std::string{row.source()},
                          .at = e.forecast ? "data/predict/times.toml" : std::string{row.at()},
                          .note = "applied by --apply: " + how + std::string{row.text("name")} +
                                  "; condition: " + std::string{row.text("condition")},
                          .text = std::string{row.id()}}});
  if (e.applies == Applies::yes) return;
  run.warnings.push_back({.code = "lever-condition",
                          .message = std::string{row.id()} + ": " + e.reason,
                          .help = "condition: " + std::string{row.text("condition")},
                          .severity = diag::Severity::warning});
}

}  // namespace

ResolvedRun with_levers(const run::Scenario& given, const ResolvedRun& run,
                        const run::RunEstimate<double>& result, const std::vector<std::string>& ids,
                        const diag::Span& where, const catalog::Catalog& catalog) {
  const double gpu_share = share_of_gpu(run, result);
  const LeverFacts facts = facts_of(given, run, result, catalog);
  std::vector<LeverEffect> effects;
  std::vector<LeverSetting> settings;
  for (const Row& row : rows_of(ids, where, catalog)) {
    LeverEffect& e = effects.emplace_back(effect_of(row, facts, gpu_share));
    const bool nothing_known = e.forecast ? !e.setting : !e.published;
    const bool counted =
        !e.forecast && why_not_forecast(facts).empty() && !counted_instead(row, catalog).empty();
    if (row.text("category") == "inference" || is_other_side(row, catalog) || nothing_known || counted)
      refuse("inapplicable", std::string{row.id()} + " cannot be applied: " + e.reason, where,
             "`kwhatif levers` lists those that can");
    if (e.setting) settings.push_back(*e.setting);
  }
  ResolvedRun out = settings.empty() ? run : what_if(facts, settings).run;
  for (const LeverEffect& e : effects) {
    if (!e.forecast) apply(out, e);
    record(out, e);
  }
  return out;
}

}  // namespace kwhatif::ask
