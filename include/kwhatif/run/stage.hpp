// Stages: a training that is made of several kinds of work, one after the other.
//
// Data flow:  [[stage]] ──read_run()──► StageGiven ──resolve_stages()──► StagedRun: one ResolvedRun per
// stage, and one that they add up to. A stage is the run around it with some inputs exchanged; its regime
// decides how its FLOPs are counted (model/regimes.hpp). The work (tokens, compute, time) is always a stage's
// own, everything else is inherited. The sum is a run as well: its device-time is the sum, its power, PUE,
// intensity and price the averages that give the sums of energy, CO2e and money; what one stage does not know
// is unknown in the sum. So whatever takes a run takes it. Does not live here: what a regime costs per token
// (model), how a single run is resolved (resolve.hpp).
#pragma once

#include <kwhatif/model/regimes.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::run {

/// Kinds of work that a stage can be.
enum class Regime : std::uint8_t {
  pretrain,
  long_context,
  anneal,
  finetune,
  lora,
  qlora,
  distill,
  prune,
  qat,
  dpo,
  ppo,
  grpo,
  evaluate,
  search,
  other
};

struct RegimeInfo {
  Regime regime;
  std::string_view id;      ///< in run files: "long-context"
  std::string_view what;    ///< for people
  std::string_view source;  ///< of the way it is counted; empty for plain training
  std::string_view at;
};
std::span<const RegimeInfo> regime_table();
std::optional<Regime> regime_by_id(std::string_view id);
const RegimeInfo& info(Regime regime);

/// A key that only some regimes have.
struct StageKeyInfo {
  std::string_view name;  ///< "prompt_tokens"
  InputType type;
  quantity::Dimension dimension;
  std::string_view example;
  std::string_view help;     ///< one line, without a full stop
  std::string_view regimes;  ///< that take it, parted by '|'
  std::string_view choices = {};
  double low = 0;  ///< smallest value allowed, of quantities
  double high = 1e18;
};
std::span<const StageKeyInfo> stage_key_table();
const StageKeyInfo* stage_key(std::string_view name);

/// A stage in numbers.
struct ResolvedStage {
  std::string name;
  Regime regime = Regime::other;
  ResolvedRun run;
  RunEstimate<double> result;
  model::StageCost cost;         ///< its passes over tokens; empty where compute or time was given
  bool bandwidth_bound = false;  ///< decoding takes longer than its FLOPs would
};

/// A run of stages.
struct StagedRun {
  std::vector<ResolvedStage> stages;
  ResolvedRun
      total;  ///< the run that they add up to; its choices are empty, its warnings those of all stages
};

/// Resolves all stages of a run.
///
/// A generating stage takes the longer of two times for its decoding: FLOPs over the achieved rate, and bytes
/// read over memory bandwidth.
/// @errors  diag::ScenarioError with the faults of all stages: those of resolve(), missing-input, conflict
/// @tested  property: every result of the total is the sum over the stages, or absent where one stage's is
StagedRun resolve_stages(const Scenario& scenario, const catalog::Catalog& catalog,
                         const ResolveOptions& options = {});

}  // namespace kwhatif::run
