// What a stage costs where it is not plain training: shared by the two halves of resolve_stages().
#pragma once

#include <kwhatif/scenario/stage.hpp>

namespace kwhatif::scenario {

/// The passes of a stage, and what was assumed for them.
struct CostedStage {
  model::StageCost cost;
  std::vector<Choice> choices;
};

/// Whether the regime is counted by resolve() itself: training of all weights, or of adapters.
bool is_plain(Regime regime);

/// The FLOPs and bytes of a stage whose regime is not plain.
///
/// @param stage       its regime and the keys of the regime
/// @param inputs      all inputs of the stage, inherited ones included
/// @param known       the same inputs resolved without the work: its network and parameters
/// @param final_flop  compute of the run that a search precedes, where another stage says it  [FLOP]
/// @return            nothing where a fault was added
/// @errors            appended: missing-input, unknown-model, conflict, and those of config.json
std::optional<CostedStage> cost_of(const StageGiven& stage, const Scenario& inputs, const ResolvedRun& known,
                                   std::optional<double> final_flop, const catalog::Catalog& catalog,
                                   std::vector<diag::Diagnostic>& faults);

}  // namespace kwhatif::scenario
