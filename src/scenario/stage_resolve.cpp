// From stages as given to runs, and the sum.
#include <kwhatif/estimate/run.hpp>
#include <kwhatif/quantity/format.hpp>

#include "stage_cost.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace kwhatif::scenario {

using estimate::Slot;
using provenance::Responsible;
using provenance::Standing;
using quantity::human;

namespace {

// The work of a stage is its own; what it gives anew displaces what says the same in another way.
constexpr std::array work{Input::tokens, Input::epochs, Input::flops, Input::hours, Input::device_hours};
struct Displaced {
  Input by;
  Input what;
};
constexpr std::array displaced{
    Displaced{Input::model, Input::config},       Displaced{Input::model, Input::params},
    Displaced{Input::model, Input::active},       Displaced{Input::config, Input::model},
    Displaced{Input::config, Input::params},      Displaced{Input::config, Input::active},
    Displaced{Input::params, Input::model},       Displaced{Input::params, Input::config},
    Displaced{Input::params, Input::active},      Displaced{Input::mfu, Input::tflops},
    Displaced{Input::tflops, Input::mfu},         Displaced{Input::power, Input::total_power},
    Displaced{Input::total_power, Input::power},  Displaced{Input::chips, Input::nodes},
    Displaced{Input::nodes, Input::chips},        Displaced{Input::hardware, Input::nodes},
    Displaced{Input::hardware, Input::power},     Displaced{Input::hardware, Input::total_power},
    Displaced{Input::hardware, Input::tflops},    Displaced{Input::hardware, Input::price},
    Displaced{Input::hardware, Input::price_low}, Displaced{Input::hardware, Input::price_high},
    Displaced{Input::region, Input::grid},        Displaced{Input::region, Input::ci},
    Displaced{Input::region, Input::ci_market},   Displaced{Input::region, Input::pue},
    Displaced{Input::grid, Input::region},        Displaced{Input::grid, Input::ci},
    Displaced{Input::grid, Input::ci_market},     Displaced{Input::hours, Input::mfu},
    Displaced{Input::hours, Input::tflops},       Displaced{Input::device_hours, Input::mfu},
    Displaced{Input::device_hours, Input::tflops},
};

Scenario inputs_of(const StageGiven& stage, const Scenario& base, Regime regime) {
  Scenario out = base;
  out.stages.clear();
  out.title.clear();
  for (const Input input : work) out.clear(input);
  for (const Displaced& d : displaced) {
    if (stage.inputs.has(d.by)) out.clear(d.what);
  }
  const bool adapters = regime == Regime::lora || regime == Regime::qlora;
  if (!adapters) {
    out.clear(Input::rank);
    out.clear(Input::targets);
  }
  if (regime != Regime::pretrain) out.clear(Input::loss_law);
  out.overlay(stage.inputs);
  if (adapters || regime == Regime::finetune)
    out.set(Input::finetune, {adapters ? stage.regime : "full", stage.where, "stage.regime"});
  return out;
}

class Stages {
 public:
  Stages(const Scenario& base, const catalog::Catalog& catalog, const ResolveOptions& options)
      : base_(base), catalog_(catalog), options_(options) {}

  StagedRun resolve_all() {
    refuse_work_outside();
    StagedRun out;
    for (const StageGiven& stage : base_.stages) {
      try {
        out.stages.push_back(resolve_one(stage));
      } catch (const diag::Error& error) {
        faults_.insert(faults_.end(), error.diagnostics().begin(), error.diagnostics().end());
      }
    }
    if (!faults_.empty()) throw diag::ScenarioError(each_once(std::move(faults_)));
    return out;
  }

 private:
  void refuse_work_outside() {
    const auto refuse = [&](Input input, const std::string& help) {
      if (const auto& given = base_.get(input))
        faults_.push_back({.code = "conflict",
                           .message = given->named + " = " + given->text.substr(0, 40) + " stands beside stages",
                           .where = given->where,
                           .help = help});
    };
    for (const Input input : work) refuse(input, "the work is that of the stages: give it in a [[stage]]");
    refuse(Input::finetune, "fine-tuning is a stage here: regime = \"lora\"");
  }

  // A fault outside the stages is found by each of them.
  static std::vector<diag::Diagnostic> each_once(std::vector<diag::Diagnostic> all) {
    std::set<std::string> seen;
    std::vector<diag::Diagnostic> out;
    for (diag::Diagnostic& d : all) {
      if (seen.insert(diag::render(d)).second) out.push_back(std::move(d));
    }
    return out;
  }

  // Compute of the first pre-training: what the trials of a search are measured by.
  std::optional<double> final_flop() {
    for (const StageGiven& stage : base_.stages) {
      if (regime_by_id(stage.regime) != Regime::pretrain) continue;
      const auto run = resolve(inputs_of(stage, base_, Regime::pretrain), catalog_, options_);
      if (const auto flop = estimate::estimate(run.inputs).training_flop) return flop->coherent();
      return std::nullopt;
    }
    return std::nullopt;
  }

  ResolvedStage resolve_one(const StageGiven& stage) {
    ResolvedStage out;
    out.name = stage.name;
    out.regime = *regime_by_id(stage.regime);
    Scenario inputs = inputs_of(stage, base_, out.regime);
    const bool own_work = std::any_of(work.begin(), work.end(),
                                      [&](Input i) { return i != Input::epochs && stage.inputs.has(i); });
    const bool timed = inputs.has(Input::flops) || inputs.has(Input::hours) || inputs.has(Input::device_hours);
    const bool counted = !is_plain(out.regime) && !inputs.has(Input::flops) &&
                         (!timed || inputs.has(Input::tokens) || !stage.own.empty());
    if (!counted) {
      if (!own_work && out.regime != Regime::pretrain)
        throw diag::ScenarioError({.code = "missing-input",
                                   .message = "stage '" + stage.name + "': the work is unknown",
                                   .where = stage.where,
                                   .help = "give tokens, flops, device_hours, or hours and chips"});
      out.run = resolve(inputs, catalog_, options_);
      out.result = estimate::estimate(out.run.inputs);
      return out;
    }
    Scenario without_work = inputs;
    for (const Input input : work) without_work.clear(input);
    without_work.set(Input::flops, {"1e6", stage.where, "stage"});  // keeps a preset's own training length out
    const auto known = resolve(without_work, catalog_, options_);
    std::optional<double> final_run;
    if (out.regime == Regime::search && !inputs.has(Input::tokens)) final_run = final_flop();
    auto cost = cost_of(stage, inputs, known, final_run, catalog_, faults_);
    if (!cost) return out;
    inputs.clear(Input::tokens);
    inputs.clear(Input::epochs);
    inputs.set(Input::flops, {quantity::shortest(cost->cost.flop()), stage.where, "the compute of stage '" + stage.name + "'"});
    out.run = resolve(inputs, catalog_, options_);
    out.cost = std::move(cost->cost);
    say_how(out, std::move(cost->choices));
    bound_by_memory(out);
    out.result = estimate::estimate(out.run.inputs);
    return out;
  }

  // The compute is counted, not given.
  static void say_how(ResolvedStage& stage, std::vector<Choice> choices) {
    ResolvedRun& run = stage.run;
    std::erase_if(run.summary, [](const auto& line) { return line.first == "flops"; });
    const RegimeInfo& regime = info(stage.regime);
    SlotRecord record;
    record.origin = {.responsible = Responsible::derived, .standing = Standing::derived, .source = std::string{regime.source},
                     .at = std::string{regime.at}, .note = stage.cost.regime + ": ", .text = {}};
    for (std::size_t i = 0; i < stage.cost.terms.size(); ++i)
      record.origin.note += (i == 0 ? "" : " + ") + stage.cost.terms[i].label + " " + human(stage.cost.terms[i].flop, quantity::dim::flop);
    if (!stage.cost.note.empty()) record.origin.note += "; " + stage.cost.note;
    run.records[static_cast<std::size_t>(Slot::training_flop)] = std::move(record);
    if (run.inputs.executed_ratio && stage.cost.flop() > 0)
      run.inputs.executed_ratio = quantity::Ratio<>::from_coherent(stage.cost.executed_flop() / stage.cost.flop());
    run.choices.insert(run.choices.end(), std::make_move_iterator(choices.begin()), std::make_move_iterator(choices.end()));
  }

  // Decoding reads all weights for every token: where that takes longer than its FLOPs, it decides the time.
  static void bound_by_memory(ResolvedStage& stage) {
    ResolvedRun& run = stage.run;
    if (stage.cost.decode_bytes <= 0 || run.inputs.device_time || run.inputs.wall_time) return;
    const auto rate = estimate::estimate(run.inputs).achieved;
    if (!rate) return;
    const auto bandwidth = run.hardware ? run.hardware->cell("memory_bandwidth") : std::nullopt;
    if (!bandwidth) {
      run.warnings.push_back({.code = "no-bandwidth",
                              .message = "the time of decoding follows from its FLOPs alone, which is too short: the memory bandwidth of the device is unknown",
                              .where = {}, .help = "give device_hours for the stage", .severity = diag::Severity::warning});
      return;
    }
    const double by_flop = stage.cost.decode_flop / rate->coherent();
    const double by_bytes = stage.cost.decode_bytes / bandwidth->value();
    if (by_bytes <= by_flop) return;
    stage.bandwidth_bound = true;
    const double rest = (stage.cost.flop() - stage.cost.decode_flop) / rate->coherent();
    SlotRecord record;
    record.origin = bandwidth->origin(Responsible::derived);
    record.origin.note = "decoding reads " + human(stage.cost.decode_bytes, quantity::dim::data) + " at " +
                         human(bandwidth->value(), quantity::dim::bandwidth) + " per device: " +
                         human(by_bytes, quantity::dim::device_time) + " (its FLOPs alone: " +
                         human(by_flop, quantity::dim::device_time) + "); the rest at " +
                         human(rate->coherent(), quantity::dim::device_flop_rate) + ": " + human(rest, quantity::dim::device_time);
    if (run.inputs.mfu && run.record(Slot::mfu).origin.responsible != Responsible::user)
      run.choices.push_back({"mfu", human(run.inputs.mfu->coherent(), quantity::dim::one), run.record(Slot::mfu).origin});
    run.inputs.mfu.reset();
    run.inputs.achieved.reset();
    run.inputs.device_time = quantity::DeviceTime<>::from_coherent(rest + by_bytes);
    run.records[static_cast<std::size_t>(Slot::device_time)] = std::move(record);
  }

  const Scenario& base_;
  const catalog::Catalog& catalog_;
  const ResolveOptions& options_;
  std::vector<diag::Diagnostic> faults_;
};

// The sum of all stages as one run.
class Sum {
 public:
  explicit Sum(const std::vector<ResolvedStage>& stages) : stages_(stages) {}

  ResolvedRun run(const Scenario& base) {
    out_.title = base.title;
    for (const InputInfo& row : input_table()) {
      if (const auto& given = base.get(row.input)) out_.summary.emplace_back(row.flag, given->text);
    }
    using Result = estimate::RunEstimate<double>;
    const auto flop = sum([](const ResolvedStage& s) -> std::optional<double> {
      if (!s.result.training_flop) return std::nullopt;
      return s.result.training_flop->coherent() * (s.run.inputs.runs ? s.run.inputs.runs->coherent() : 1);
    });
    const auto time = sum_of(&Result::device_time);
    const auto wall = sum_of(&Result::wall_time);
    const auto it = sum_of(&Result::it_energy);
    const auto facility = sum_of(&Result::facility_energy);
    take(Slot::training_flop, flop, "sum of the stages");
    take(Slot::device_time, time, "sum of the stages");
    if (!same(Slot::devices)) take(Slot::wall_time, wall, "sum of the stages, one after the other");
    same(Slot::peak);
    average(Slot::power, it, time);
    average(Slot::pue, facility, it);
    average(Slot::ci, sum_of(&Result::operational_location), facility);
    average(Slot::ci_market, sum_of(&Result::operational_market), facility);
    average(Slot::price, sum_of(&Result::cost), time);
    average(Slot::price_low, sum_of(&Result::cost_low), time);
    average(Slot::price_high, sum_of(&Result::cost_high), time);
    average(Slot::electricity_price, sum_of(&Result::electricity_cost), facility);
    const auto common = [&](auto member) {
      const auto& first = (stages_.front().run.*member);
      const bool all = first && std::all_of(stages_.begin(), stages_.end(), [&](const ResolvedStage& s) {
        return (s.run.*member) && (s.run.*member)->id() == first->id();
      });
      if (all) out_.*member = first;
    };
    common(&ResolvedRun::hardware);
    common(&ResolvedRun::host);
    common(&ResolvedRun::region);
    common(&ResolvedRun::grid);
    warnings();
    return std::move(out_);
  }

 private:
  template <class Value>
  std::optional<double> sum(Value value) const {
    double total = 0;
    for (const ResolvedStage& stage : stages_) {
      const auto v = value(stage);
      if (!v) return std::nullopt;
      total += *v;
    }
    return total;
  }

  template <class Field>
  std::optional<double> sum_of(Field estimate::RunEstimate<double>::*field) const {
    return sum([&](const ResolvedStage& s) -> std::optional<double> {
      const auto& f = s.result.*field;
      return f ? std::optional{f->coherent()} : std::nullopt;
    });
  }

  void take(Slot slot, std::optional<double> value, const std::string& note) {
    if (!value) return;
    estimate::set_slot(out_.inputs, slot, *value);
    SlotRecord record;
    record.origin = {.responsible = Responsible::derived, .standing = Standing::derived, .source = {}, .at = {}, .note = note, .text = {}};
    out_.records[static_cast<std::size_t>(slot)] = std::move(record);
  }

  // Takes what is the same in all stages, with its origin.
  bool same(Slot slot) {
    const auto first = estimate::slot_value(stages_.front().run.inputs, slot);
    const bool all = first && std::all_of(stages_.begin(), stages_.end(), [&](const ResolvedStage& s) {
      return estimate::slot_value(s.run.inputs, slot) == first;
    });
    if (!all) return false;
    estimate::set_slot(out_.inputs, slot, first);
    out_.records[static_cast<std::size_t>(slot)] = stages_.front().run.record(slot);
    return true;
  }

  // What gives the sum of a product when multiplied with the sum of the other factor.
  void average(Slot slot, std::optional<double> product, std::optional<double> factor) {
    if (same(slot) || !product || !factor) return;
    take(slot, *factor > 0 ? *product / *factor : 0, "average over the stages");
  }

  void warnings() {
    std::vector<std::pair<std::string, std::size_t>> counted;  // rendered, how many stages say it
    for (const ResolvedStage& stage : stages_) {
      for (const diag::Diagnostic& w : stage.run.warnings) {
        const std::string text = diag::render(w);
        const auto found = std::find_if(counted.begin(), counted.end(), [&](const auto& c) { return c.first == text; });
        if (found == counted.end()) counted.emplace_back(text, 1);
        else ++found->second;
      }
    }
    std::set<std::string> said;
    for (const ResolvedStage& stage : stages_) {
      for (diag::Diagnostic w : stage.run.warnings) {
        const std::string text = diag::render(w);
        if (!said.insert(text).second) continue;
        const auto found = std::find_if(counted.begin(), counted.end(), [&](const auto& c) { return c.first == text; });
        if (found->second < stages_.size()) w.message = "stage '" + stage.name + "': " + w.message;
        out_.warnings.push_back(std::move(w));
      }
    }
    gaps();
  }

  // A result that some stages have and others have not is unknown in the sum: say whose fault that is.
  void gaps() {
    const auto missing = [](const ResolvedStage& stage) {
      std::vector<std::string> out;
      estimate::for_each_result(stage.result, [&](const estimate::ResultInfo& result, const auto& field) {
        static constexpr std::array<std::string_view, 7> summed{"training_flop", "device_time", "wall_time", "it_energy",
                                                                "facility_energy", "operational_location", "cost"};
        if (!field && std::find(summed.begin(), summed.end(), result.key) != summed.end()) out.emplace_back(result.label);
      });
      return out;
    };
    std::vector<std::string> by_all = missing(stages_.front());
    for (const ResolvedStage& stage : stages_) {
      const auto own = missing(stage);
      std::erase_if(by_all, [&](const std::string& label) { return std::find(own.begin(), own.end(), label) == own.end(); });
    }
    for (const ResolvedStage& stage : stages_) {
      std::string list;
      for (const std::string& label : missing(stage)) {
        if (std::find(by_all.begin(), by_all.end(), label) == by_all.end()) list += (list.empty() ? "" : ", ") + label;
      }
      if (list.empty()) continue;
      out_.warnings.push_back({.code = "stage-unknown",
                               .message = "not known for stage '" + stage.name + "', so neither for the total: " + list,
                               .where = {},
                               .help = "give what the stage lacks (devices, utilisation, power, place or price), or leave it out",
                               .severity = diag::Severity::warning});
    }
  }

  const std::vector<ResolvedStage>& stages_;
  ResolvedRun out_;
};

}  // namespace

std::vector<std::string> StagedRun::sources() const {
  std::vector<std::string> out;
  for (const ResolvedStage& stage : stages) {
    for (std::string& id : stage.run.sources()) {
      if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(std::move(id));
    }
  }
  return out;
}

StagedRun resolve_stages(const Scenario& scenario, const catalog::Catalog& catalog, const ResolveOptions& options) {
  StagedRun out = Stages{scenario, catalog, options}.resolve_all();
  if (!out.stages.empty()) out.total = Sum{out.stages}.run(scenario);
  return out;
}

}  // namespace kwhatif::scenario
