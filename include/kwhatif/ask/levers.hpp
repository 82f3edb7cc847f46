// Published reduction measures applied to one run: which apply, what each saves, the best of them together.
//
// A lever multiplies one thing (energy, energy of the GPU, time, compute, tokens, CO2e) by a factor with a
// band. Rules of combination: one lever per mechanism, never a lever and its companion (which tells the other
// side of the same experiment and is used as such), GPU percentages on the GPU's share only, typical factors
// multiplied, bands added in quadrature of their logarithms. Whether a lever applies follows from the run
// where it can; where only a person can judge the condition, it is kept apart. Does not live here: the
// factors (data/levers), wording of tables (report).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/uncertain/factor_band.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>

#include <string>
#include <vector>

namespace kwhatif::ask {

using uncertain::FactorBand;

enum class Applies { yes, perhaps, no };

/// What one lever does to this run.
struct LeverEffect {
  catalog::Row row;
  Applies applies = Applies::perhaps;
  std::string reason;  ///< why it applies or not
  FactorBand energy;   ///< factor on facility energy
  FactorBand co2e;
  FactorBand time;  ///< factor on device-time
  bool penalty = false;
};

/// Several levers together.
struct Combination {
  std::vector<std::string> ids;
  FactorBand energy;
  FactorBand co2e;
  FactorBand time;
};

struct Levers {
  std::vector<LeverEffect> effects;  ///< all levers, best first within yes, perhaps, no
  double gpu_share = 1;              ///< of the system's power
  Combination best;                  ///< of those that apply; never of those that only may
};

/// All levers of the tables on this run.
/// @tested property: never two of one mechanism, never a companion, combined factor = product
Levers levers_for(const run::ResolvedRun& run, const run::RunEstimate<double>& result,
                  const catalog::Catalog& catalog);

/// The run with levers applied: inputs changed, each change with its lever as origin, band and source.
///
/// @param ids    lever ids as given
/// @param where  of the whole text, for messages
/// @errors diag::UsageError: unknown-lever, conflict (one mechanism twice, companion), inapplicable
/// (inference)
run::ResolvedRun with_levers(const run::ResolvedRun& run, const run::RunEstimate<double>& result,
                             const std::vector<std::string>& ids, const diag::Span& where,
                             const catalog::Catalog& catalog);

}  // namespace kwhatif::ask
