// Levers that set an input of the run: what the forecast of this very run says of them.
#pragma once

#include "levers_rules.hpp"

#include <span>
#include <string>
#include <vector>

namespace kwhatif::ask {

/// Whether a lever sets an input.
bool sets_input(const catalog::Row& lever);

/// What the rules look at of a run and its stages.
/// @errors those of run::resolve_stages()
LeverFacts facts_of(const run::Scenario& given, const run::ResolvedRun& run,
                    const run::RunEstimate<double>& result, const catalog::Catalog& catalog);

/// Why the forecast says nothing of the time of this run; empty where it does.
std::string why_not_forecast(const LeverFacts& facts);

/// What a lever would set, and whether it applies as far as the run says; no setting: it cannot be set here.
struct SettingJudgement : Judgement {
  std::optional<LeverSetting> setting = {};
};

/// @pre sets_input(), and the time of the run is forecast
SettingJudgement judge_setting(const catalog::Row& lever, const LeverFacts& facts);

/// A run with inputs set, as `estimate` with their flags has it.
struct WhatIf {
  run::ResolvedRun run;
  run::RunEstimate<double> result;
  std::vector<run::ResolvedStage> phases = {};  ///< of a run of stages
};
/// @errors those of run::resolve()
WhatIf what_if(const LeverFacts& facts, std::span<const LeverSetting> settings);

/// Factors of one what-if over the run; what both share of their spread cancels.
struct WhatIfRatio {
  FactorBand energy, co2e, time;
};
WhatIfRatio ratio_of(const WhatIf& what_if, const LeverFacts& facts);

/// Whether the devices hold a run in the memory that they have, as far as its warnings say.
enum class Held : std::uint8_t { yes, perhaps, no };
Held held(const run::ResolvedRun& run);

/// Sets what the forecast says of a lever.
/// @pre as judge_setting()
LeverEffect forecast_effect(LeverEffect effect, const LeverFacts& facts);

}  // namespace kwhatif::ask
