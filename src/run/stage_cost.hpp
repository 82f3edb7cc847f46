// What a stage costs where resolve() alone cannot count it: shared by the parts of resolve_stages().
#pragma once

#include <kwhatif/run/stage.hpp>

namespace kwhatif::run {

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

/// The run that stages add up to.
/// @param around  the run file outside its stages: title and what it gives
ResolvedRun sum_of_stages(const std::vector<ResolvedStage>& stages, const Scenario& around);

/// Rank of adapters where none is given.
inline constexpr std::uint64_t assumed_rank = 16;
/// Whether the run tunes adapters (--finetune lora or qlora).
bool is_low_rank(const Scenario& scenario);
/// Parameters of the adapters that the run asks for.
model::Count adapters_of(const Scenario& scenario, const Network& network);
/// FLOPs of one token of such a run; without an architecture the adapters' own share is left out.
/// @param network  may be null
/// @param active   parameters of the base, where there is no network  [param]
model::StageCost low_rank_cost(const Scenario& scenario, const Network* network, double active);

}  // namespace kwhatif::run
