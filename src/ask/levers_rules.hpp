// Whether a lever applies to a run.
#pragma once

#include <kwhatif/ask/levers.hpp>
#include <kwhatif/run/stage.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// What the rules look at.
struct LeverFacts {
  const run::Scenario& given;
  const run::ResolvedRun& run;
  const run::RunEstimate<double>& result;
  const catalog::Catalog& catalog;
  std::vector<run::ResolvedStage> phases = {};  ///< of a run of stages
};

struct Judgement {
  Applies applies = Applies::perhaps;
  std::string reason;
};

Judgement judge_lever(const catalog::Row& lever, const LeverFacts& facts);

/// The text given for an input, empty where it was not.
std::string_view given_text(const run::ResolvedRun& run, std::string_view flag);

}  // namespace kwhatif::ask
