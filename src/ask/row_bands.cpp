#include <kwhatif/ask/row_bands.hpp>
#include <kwhatif/run/stage.hpp>
#include <kwhatif/uncertain/certainty.hpp>

namespace kwhatif::ask {

uncertain::Intervals row_bands(const grid::Space& space, std::uint64_t row, const catalog::Catalog& tables) {
  const auto indices = space.indices(row);
  if (!space.inputs(indices)) return {};
  const run::Scenario scenario = space.scenario(indices);
  if (!scenario.stages.empty()) {
    const run::StagedRun staged = run::resolve_stages(scenario, tables);
    return {uncertain::certainty(staged.stages).bands};
  }
  const run::ResolvedRun run = run::resolve(scenario, tables);
  if (!uncertain::uncertain(run)) return {};
  return uncertain::intervals(run.inputs, uncertain::spread_of(run));
}

}  // namespace kwhatif::ask
