// Reduction measures applied to one run: which apply, what each saves, the best of them together.
//
// What a lever does is known in one of two ways. A lever that sets an input which the forecast goes by
// (recomputation, precision, batch, layout, software) is counted by the forecast of this very run: the run is
// estimated with the input and without, so that it says what `estimate` says. All others, and these too where
// the time is given and so nothing is forecast, multiply one thing (energy, energy of the GPU, time, compute,
// tokens, CO2e) by a published factor with a band. Rules of combination: one lever per mechanism, never a
// lever and its companion (which tells the other side of the same experiment and is used as such), GPU
// percentages on the GPU's share only; levers of the forecast are forecast together, typical factors of the
// others multiplied, bands added in quadrature of their logarithms. Whether a lever applies follows from the
// run where it can; where only a person can judge the condition, it is kept apart. Does not live here: the
// levers (data/levers), wording of tables (report).
#pragma once

#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/uncertain/factor_band.hpp>

#include <string>
#include <vector>

namespace kwhatif::ask {

using uncertain::FactorBand;

enum class Applies { yes, perhaps, no };

/// An input that a lever sets.
struct LeverSetting {
  run::Input input{};
  std::string was;           ///< as given, else what is taken as usual
  std::string value;         ///< as its flag takes it
  std::string flag() const;  ///< as estimate takes it: "--recompute none"
};

/// What one lever does to this run.
struct LeverEffect {
  catalog::Row row;
  Applies applies = Applies::perhaps;
  std::string reason;  ///< why it applies or not
  FactorBand energy;   ///< factor on facility energy
  FactorBand co2e;
  FactorBand time;  ///< factor on device-time
  bool penalty = false;
  bool forecast = false;  ///< counted by the forecast of this run; else by a published factor
  std::optional<LeverSetting> setting = {};  ///< of a lever of the forecast that can be set here
  std::optional<FactorBand> published = {};  ///< on what the lever acts on, of its source, for comparison
  std::optional<quantity::FacilityEnergy<>> saved_energy = {};     ///< typically; none where it saves none
  std::optional<quantity::OperationalLocation<>> saved_co2e = {};  ///< the same
};

/// Several levers together.
struct Combination {
  std::vector<std::string> ids;
  FactorBand energy;
  FactorBand co2e;
  FactorBand time;
  std::optional<quantity::FacilityEnergy<>> left_energy = {};     ///< typically, where the run's is known
  std::optional<quantity::OperationalLocation<>> left_co2e = {};  ///< the same
};

struct Levers {
  std::vector<LeverEffect> effects;  ///< all levers, best first within yes, perhaps, no
  double gpu_share = 1;              ///< of the system's power
  Combination best;                  ///< of those that apply; never of those that only may
};

/// All levers of the tables on this run.
///
/// @param given   the run as given: levers of the forecast set inputs of it
/// @param run     the same in numbers
/// @param result  its estimate
/// @tested property: never two of one mechanism, never a companion; what a lever of the forecast does is what
/// its flag does to the estimate
Levers levers_for(const run::Scenario& given, const run::ResolvedRun& run,
                  const run::RunEstimate<double>& result, const catalog::Catalog& catalog);

/// The run with levers applied: inputs set, then numbers multiplied, each change with its lever as origin,
/// band and source.
///
/// @param ids    lever ids as given
/// @param where  of the whole text, for messages
/// @errors diag::UsageError: unknown-lever, conflict (one mechanism twice, companion), inapplicable
/// (inference, nothing to set)
run::ResolvedRun with_levers(const run::Scenario& given, const run::ResolvedRun& run,
                             const run::RunEstimate<double>& result, const std::vector<std::string>& ids,
                             const diag::Span& where, const catalog::Catalog& catalog);

struct LeversQuestion {
  run::Scenario run;
  bool all = false;  ///< people are also told of the levers that do not apply, with the reason
};

/// A run and what the levers do to it.
struct LeversAnswer {
  run::ResolvedRun run;
  run::RunEstimate<double> result;
  Levers levers;
  bool all = false;  ///< as asked
};

/// @errors those of run::resolve(); diag::ScenarioError: no-work where the device-time is unknown
LeversAnswer levers(const LeversQuestion& question, const catalog::Catalog& tables);

/// The estimate of a run with levers applied.
/// @param ids  of the levers, parted by commas
/// @errors     those of levers() and with_levers()
Estimate estimate_with_levers(const run::Scenario& run, const run::Given& ids,
                              const catalog::Catalog& tables);

}  // namespace kwhatif::ask
