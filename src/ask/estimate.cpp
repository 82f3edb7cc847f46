#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/missing.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/scale.hpp>
#include <kwhatif/run/work_words.hpp>

#include <algorithm>
#include <utility>

namespace kwhatif::ask {

std::vector<std::string> Outcome::sources() const {
  std::vector<std::string> out;
  for (const run::ResolvedStage& phase : phases) {
    for (std::string& id : phase.run.sources()) {
      if (std::ranges::find(out, id) == out.end()) out.push_back(std::move(id));
    }
  }
  return out;
}

namespace {

// The phases are there, and their sum: what follows from them.
Outcome with_result(Outcome out) {
  out.result = run::estimate(out.run().inputs);
  out.warnings = out.run().warnings;
  for (const run::ResolvedStage& phase : out.phases) out.predictions.push_back(prediction_of(phase.run));
  for (auto& gap : missing_parts(out.run(), out.result)) {  // some were told where they were met
    if (std::ranges::find(out.warnings, gap.code, &diag::Diagnostic::code) == out.warnings.end())
      out.warnings.push_back(std::move(gap));
  }
  return out;
}

Outcome outcome_of(run::ResolvedRun run) {
  Outcome out;
  run::ResolvedStage& whole = out.phases.emplace_back();
  whole.result = run::estimate(run.inputs);
  whole.run = std::move(run);
  return with_result(std::move(out));
}

Outcome outcome_of(const run::Scenario& run, const catalog::Catalog& tables) {
  Outcome out;
  if (run.stages.empty()) {
    out = outcome_of(run::resolve(run, tables));
  } else {
    auto staged = run::resolve_stages(run, tables);
    out.phases = std::move(staged.stages);
    out.sum = std::move(staged.total);
    out = with_result(std::move(out));
  }
  const auto& r = out.result;
  if (!r.training_flop && !r.device_time && !r.wall_time && !r.it_energy) {
    const bool epochs = run.has(run::Input::epochs) && !run.has(run::Input::tokens);
    const std::string work_flag{run::work_flag(out.run().work)};
    throw diag::ScenarioError(
        {.code = "no-work",
         .message = "the work is unknown: neither compute nor device-time follows from what is given",
         .help = (epochs ? "--epochs counts passes over " + work_flag + ": give both; or " : std::string{}) +
                 "give " + (out.run().network ? "" : "--params and ") + work_flag +
                 ", or --flops, or --hours and --chips, or --device-hours, or a measured --energy"});
  }
  return out;
}

uncertain::Certainty certainty(const Outcome& outcome, uncertain::Wanted wanted) {
  return outcome.staged() ? uncertain::certainty(outcome.phases, wanted)
                          : uncertain::certainty(outcome.run(), wanted);
}

Estimate estimated(Outcome outcome, const catalog::Catalog& tables, Extent extent) {
  Estimate out{std::move(outcome), {}, {}, {}, {}};
  if (!out.staged()) out.progress = progress_of(out.run(), out.result, {});
  if (extent == Extent::numbers) return out;
  // how a run under way goes on is told with the bands of all that adds up
  if (extent == Extent::page && !out.progress) out.certainty = certainty(out, uncertain::Wanted{page_bands});
  return completed(std::move(out), tables);
}

Explanation explained(Outcome outcome) {
  Explanation out{std::move(outcome), {}, {}};
  out.derivations = ask::explain(out.outcome.run());
  if (!out.outcome.staged()) return out;
  for (const run::ResolvedStage& phase : out.outcome.phases) out.phases.push_back(ask::explain(phase.run));
  return out;
}

}  // namespace

uncertain::Certainty certainty_of(const Outcome& outcome) { return certainty(outcome, {}); }

Estimate completed(Estimate out, const catalog::Catalog& tables) {
  if (out.certainty.bands.empty()) out.certainty = certainty_of(out);
  if (out.progress) out.progress = progress_of(out.run(), out.result, out.certainty);
  for (const run::ResolvedStage& phase : out.phases) out.assumptions.push_back(assumptions(phase.run));
  if (!out.staged()) {
    if (auto beyond = run::beyond_published(out.run(), tables)) out.warnings.push_back(std::move(*beyond));
  }
  if (const auto& co2e = out.result.operational_location) out.drive = drive(tables, co2e->coherent());
  return out;
}

Estimate estimate_of(run::ResolvedRun run, const catalog::Catalog& tables, Extent extent) {
  return estimated(outcome_of(std::move(run)), tables, extent);
}

Estimate estimate(const run::Scenario& run, const catalog::Catalog& tables, Extent extent) {
  return estimated(outcome_of(run, tables), tables, extent);
}

Explanation explanation_of(run::ResolvedRun run) { return explained(outcome_of(std::move(run))); }

Explanation explain(const run::Scenario& run, const catalog::Catalog& tables) {
  return explained(outcome_of(run, tables));
}

run::RunEstimate<double> of_all_runs(const run::ResolvedStage& phase) {
  auto out = phase.result;
  if (out.training_flop && phase.run.inputs.runs())
    out.training_flop = quantity::TrainingFlop<>::from_coherent(out.training_flop->coherent() *
                                                                phase.run.inputs.runs()->coherent());
  return out;
}

}  // namespace kwhatif::ask
