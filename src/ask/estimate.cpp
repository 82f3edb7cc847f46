#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/missing.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <utility>

namespace kwhatif::ask {

std::vector<std::string> Estimate::sources() const {
  std::vector<std::string> out;
  for (const run::ResolvedStage& phase : phases) {
    for (std::string& id : phase.run.sources()) {
      if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(std::move(id));
    }
  }
  return out;
}

namespace {

// The phases are there, and their sum: what follows from them.
Estimate completed(Estimate out) {
  out.result = run::estimate(out.run().inputs);
  out.certainty = out.staged() ? uncertain::certainty(out.phases) : uncertain::certainty(out.run());
  for (const run::ResolvedStage& phase : out.phases) out.assumptions.push_back(assumptions(phase.run));
  out.warnings = out.run().warnings;
  for (auto& gap : missing_parts(out.run(), out.result)) out.warnings.push_back(std::move(gap));
  return out;
}

}  // namespace

Estimate estimate_of(run::ResolvedRun run) {
  Estimate out;
  run::ResolvedStage& whole = out.phases.emplace_back();
  whole.result = run::estimate(run.inputs);
  whole.run = std::move(run);
  return completed(std::move(out));
}

Estimate estimate(const run::Scenario& run, const catalog::Catalog& tables) {
  Estimate out;
  if (run.stages.empty()) {
    out = estimate_of(run::resolve(run, tables));
  } else {
    auto staged = run::resolve_stages(run, tables);
    out.phases = std::move(staged.stages);
    out.sum = std::move(staged.total);
    out = completed(std::move(out));
  }
  const auto& r = out.result;
  if (!r.training_flop && !r.device_time && !r.wall_time) {
    const bool epochs = run.has(run::Input::epochs) && !run.has(run::Input::tokens);
    throw diag::ScenarioError(
        {.code = "no-work",
         .message = "the work is unknown: neither compute nor device-time follows from what is given",
         .help = std::string{epochs ? "--epochs counts passes over --tokens: give both; or " : ""} +
                 "give --params and --tokens, or --flops, or --hours and --chips, or --device-hours"});
  }
  return out;
}

run::RunEstimate<double> of_all_runs(const run::ResolvedStage& phase) {
  auto out = phase.result;
  if (out.training_flop && phase.run.inputs.runs())
    out.training_flop = quantity::TrainingFlop<>::from_coherent(out.training_flop->coherent() *
                                                                phase.run.inputs.runs()->coherent());
  return out;
}

Explanation explanation_of(Estimate estimate) {
  Explanation out;
  out.estimate = std::move(estimate);
  out.derivations = ask::explain(out.estimate.run());
  if (out.estimate.staged()) {
    for (const run::ResolvedStage& phase : out.estimate.phases) out.phases.push_back(ask::explain(phase.run));
  }
  return out;
}

Explanation explain(const run::Scenario& run, const catalog::Catalog& tables) {
  return explanation_of(estimate(run, tables));
}

}  // namespace kwhatif::ask
