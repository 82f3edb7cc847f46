// From stages as given to runs, and the sum.
#include "stage_cost.hpp"
#include "stage_support.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace kwhatif::run {

using catalog::Responsible;
using catalog::Standing;
using quantity::human;

namespace {

Scenario inputs_of(const StageGiven& stage, const Scenario& base, Regime regime,
                   const catalog::Catalog& catalog) {
  Scenario out = base;
  out.stages.clear();
  out.title.clear();
  for (const Input input : stage_work) out.clear(input);
  const bool adapters = regime == Regime::lora || regime == Regime::qlora;
  if (!adapters) {
    out.clear(Input::rank);
    out.clear(Input::targets);
  }
  if (regime != Regime::pretrain) out.clear(Input::loss_law);
  out.overlay(stage.inputs, &catalog);
  out.displaced = base.displaced;  // a stage that differs from the run is no contradiction
  out.displaced.insert(out.displaced.end(), stage.inputs.displaced.begin(), stage.inputs.displaced.end());
  if (adapters || regime == Regime::finetune)
    out.set(Input::finetune, {adapters ? stage.regime : "full", stage.where, "stage.regime"});
  return out;
}

class Stages {
 public:
  Stages(const Scenario& base, const catalog::Catalog& catalog, const ResolveOptions& options)
      : base_(base), catalog_(catalog), options_(options) {}

  StagedRun resolve_all() {
    faults_ = faults_of_numbers(base_);
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
        faults_.push_back(
            {.code = "conflict",
             .message = given->named + " = " + given->text.substr(0, 40) + " stands beside stages",
             .where = given->where,
             .help = help});
    };
    for (const Input input : stage_work)
      refuse(input, "the work is that of the stages: give it in a [[stage]]");
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
      const auto run = resolve(inputs_of(stage, base_, Regime::pretrain, catalog_), catalog_, options_);
      if (const auto flop = estimate(run.inputs).training_flop) return flop->coherent();
      return std::nullopt;
    }
    return std::nullopt;
  }

  ResolvedStage resolve_one(const StageGiven& stage) {
    ResolvedStage out;
    out.name = stage.name;
    out.regime = *regime_by_id(stage.regime);
    Scenario inputs = inputs_of(stage, base_, out.regime, catalog_);
    const bool own_work = std::any_of(stage_work.begin(), stage_work.end(),
                                      [&](Input i) { return i != Input::epochs && stage.inputs.has(i); });
    const bool timed =
        inputs.has(Input::flops) || inputs.has(Input::hours) || inputs.has(Input::device_hours);
    if (!take_length_of_text(stage, inputs)) return out;
    const bool counted = !is_plain(out.regime) && !inputs.has(Input::flops) &&
                         (!timed || inputs.has(Input::tokens) || !stage.own.empty());
    if (!counted) {
      if (!own_work && out.regime != Regime::pretrain)
        throw diag::ScenarioError({.code = "missing-input",
                                   .message = "stage '" + stage.name + "': the work is unknown",
                                   .where = stage.where,
                                   .help = "give tokens, flops, device_hours, or hours and chips"});
      out.run = resolve(inputs, catalog_, options_);
      out.result = estimate(out.run.inputs);
      return out;
    }
    std::optional<double> final_run;
    if (out.regime == Regime::search && !inputs.has(Input::tokens)) final_run = final_flop();
    const Scenario with_work = inputs;
    for (const Input input : {Input::tokens, Input::epochs}) inputs.clear(input);
    std::vector<Choice> choices;
    ResolveOptions counting = options_;
    counting.count_work = [&](const ResolvedRun& known) -> std::optional<ResolveOptions::CountedWork> {
      auto costed = cost_of(stage, with_work, known, final_run, catalog_, faults_);
      if (!costed) return std::nullopt;
      out.cost = std::move(costed->cost);
      choices = std::move(costed->choices);
      return {{.compute = {quantity::shortest(out.cost.flop()), stage.where,
                           "the compute of stage '" + stage.name + "'"},
               .record = how_counted(out)}};
    };
    const std::size_t faults_before = faults_.size();
    out.run = resolve(inputs, catalog_, counting);
    if (faults_.size() > faults_before) return out;
    if (out.run.inputs.executed_ratio() && out.cost.flop() > 0)
      out.run.inputs.set(Slot::executed_ratio, out.cost.executed_flop() / out.cost.flop());
    out.run.choices.insert(out.run.choices.end(), std::make_move_iterator(choices.begin()),
                           std::make_move_iterator(choices.end()));
    bound_by_memory(out);
    // Nothing is trained: no gradients, no optimizer.
    if (out.regime == Regime::evaluate)
      std::erase_if(out.run.warnings, [](const diag::Diagnostic& w) {
        return w.code == "does-not-fit" || w.code == "may-not-fit";
      });
    out.result = estimate(out.run.inputs);
    return out;
  }

  // Where text is generated, attention reaches over prompt and answer, whatever context the model could take.
  bool take_length_of_text(const StageGiven& stage, Scenario& inputs) {
    const auto tokens = [&](const char* key) -> std::optional<double> {
      const auto given = stage.own.find(key);
      if (given == stage.own.end()) return std::nullopt;
      const auto n =
          quantity::parse(given->second.text, {.dimension = quantity::dim::token, .bare_number = true});
      return n.ok ? std::optional{n.value.coherent} : std::nullopt;
    };
    const auto prompt = tokens("prompt_tokens");
    const auto answer = tokens("answer_tokens");
    if (!answer) return true;
    const double whole = std::max(1.0, std::round(prompt.value_or(0) + *answer));
    if (const auto& own = stage.inputs.get(Input::seq_len)) {
      const auto given = quantity::parse(own->text, {.dimension = quantity::dim::one, .bare_number = true});
      if (given.ok && given.value.coherent != whole) {
        faults_.push_back({.code = "conflict",
                           .message = "stage '" + stage.name + "': seq_len = " + own->text +
                                      " is not prompt_tokens + answer_tokens = " + quantity::shortest(whole),
                           .where = own->where,
                           .help = "leave out seq_len: prompt and answer decide the length"});
        return false;
      }
    }
    inputs.set(Input::seq_len, {quantity::shortest(whole), stage.where, "prompt_tokens + answer_tokens"});
    return true;
  }

  static SlotRecord how_counted(const ResolvedStage& stage) {
    const RegimeInfo& regime = info(stage.regime);
    SlotRecord record;
    record.origin = {.responsible = Responsible::derived,
                     .standing = Standing::derived,
                     .source = std::string{regime.source},
                     .at = std::string{regime.at},
                     .note = stage.cost.regime + ": ",
                     .text = {}};
    for (std::size_t i = 0; i < stage.cost.terms.size(); ++i)
      record.origin.note += (i == 0 ? "" : " + ") + stage.cost.terms[i].label + " " +
                            human(stage.cost.terms[i].flop, quantity::dim::flop);
    if (!stage.cost.note.empty()) record.origin.note += "; " + stage.cost.note;
    return record;
  }

  // Decoding reads all weights for every token: where that takes longer than its FLOPs, it decides the time.
  void bound_by_memory(ResolvedStage& stage) const {
    ResolvedRun& run = stage.run;
    if (stage.cost.decode_bytes <= 0 || run.inputs.device_time() || run.inputs.wall_time()) return;
    const auto rate = estimate(run.inputs).achieved;
    if (!rate) return;
    const auto bandwidth = run.hardware ? run.hardware->cell("memory_bandwidth") : std::nullopt;
    if (!bandwidth) {
      run.warnings.push_back({.code = "no-bandwidth",
                              .message = "the time of decoding follows from its FLOPs alone, which is too "
                                         "short: the memory bandwidth of the device is unknown",
                              .where = {},
                              .help = "give device_hours for the stage",
                              .severity = diag::Severity::warning});
      return;
    }
    const auto reached = *catalog_.find(catalog::Kind::fallback, "decode-bandwidth")->cell("value");
    const double by_flop = stage.cost.decode_flop / rate->coherent();
    const auto by_bytes_at = [&](double share) {
      return stage.cost.decode_bytes / (bandwidth->value() * share);
    };
    const double by_bytes = by_bytes_at(reached.value());
    if (by_bytes <= by_flop) return;
    stage.bandwidth_bound = true;
    const double rest = (stage.cost.flop() - stage.cost.decode_flop) / rate->coherent();
    // Utilisation and bandwidth err together in the worst case: neither is known while text is generated.
    const SlotRecord& mfu = run.record(Slot::mfu);
    const auto rest_at = [&](const std::optional<double>& of_mfu) {
      return run.inputs.mfu() && of_mfu && *of_mfu > 0 ? rest * run.inputs.mfu()->coherent() / *of_mfu : rest;
    };
    SlotRecord record;
    record.low = rest_at(mfu.high) + by_bytes_at(reached.high());
    record.high = rest_at(mfu.low) + by_bytes_at(reached.low());
    record.origin = bandwidth->origin(Responsible::derived);
    run.choices.push_back({"decode_bandwidth", human(reached.value(), quantity::dim::one),
                           reached.origin(Responsible::fallback)});
    record.origin.note = "decoding reads " + human(stage.cost.decode_bytes, quantity::dim::data) + " at " +
                         quantity::significant(reached.value(), 2) + " of " +
                         human(bandwidth->value(), quantity::dim::bandwidth) +
                         " per device: " + human(by_bytes, quantity::dim::device_time) +
                         " (its FLOPs alone: " + human(by_flop, quantity::dim::device_time) +
                         "); the rest at " + human(rate->coherent(), quantity::dim::device_flop_rate) + ": " +
                         human(rest, quantity::dim::device_time);
    if (run.inputs.mfu() && run.record(Slot::mfu).origin.responsible != Responsible::user)
      run.choices.push_back(
          {"mfu", human(run.inputs.mfu()->coherent(), quantity::dim::one), run.record(Slot::mfu).origin});
    run.inputs.forget(Slot::mfu);
    run.inputs.forget(Slot::achieved);
    run.inputs.set(Slot::device_time, rest + by_bytes);
    run.records[static_cast<std::size_t>(Slot::device_time)] = std::move(record);
  }

  const Scenario& base_;
  const catalog::Catalog& catalog_;
  const ResolveOptions& options_;
  std::vector<diag::Diagnostic> faults_;
};

}  // namespace

StagedRun resolve_stages(const Scenario& scenario, const catalog::Catalog& catalog,
                         const ResolveOptions& options) {
  if (!scenario.faults.empty()) throw diag::ScenarioError(scenario.faults);
  StagedRun out = Stages{scenario, catalog, options}.resolve_all();
  if (!out.stages.empty()) out.total = sum_of_stages(out.stages, scenario);
  return out;
}

}  // namespace kwhatif::run
