// What moves a result: what one per cent more of each input does, and what each input's own spread does
// (tornado).
//
// An input is moved where it comes into the run, and the run is resolved anew: what depends on it (predicted
// power on MFU, predicted MFU on compute) moves with it.
#pragma once

#include <kwhatif/run/run_inputs.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <string_view>
#include <vector>

namespace kwhatif::uncertain {

/// Percent of a result per percent of one input.
struct Elasticity {
  run::Slot slot{};
  double value = 0;                  ///< of the input, coherent
  double derivative = 0;             ///< of the result by the input, coherent units
  double elasticity = 0;             ///< derivative · input / result
  std::vector<run::Slot> with = {};  ///< inputs that depend on this one, and have moved with it
};

/// Elasticities of one result by every input that estimate() takes it from, all others held, largest first:
/// exact derivatives.
///
/// @param result  key of a result ("facility_energy"); an absent one or zero gives an empty list
/// @tested property: -1 for MFU and +1 for power, PUE, tokens in a plain run; agrees with finite differences
std::vector<Elasticity> elasticities(const run::RunInputs<double>& inputs, std::string_view result);

/// Elasticities of all results, in the order of for_each_result, by all inputs; 0 where one is absent or
/// zero.
///
/// @param power_follows  what one per cent more of the utilisation does to the power, in per cent;
///                       the utilisation is that of the run's rate, given or predicted
std::vector<std::array<double, run::slot_count>> elasticity_table(const run::RunInputs<double>& inputs,
                                                                  double power_follows = 0);

/// The same with everything that depends on an input derived again.
///
/// @param run  a run, or a run of stages: then an input is moved in all of them
/// @tested property: agrees with differences of two runs whose inputs were given
std::vector<Elasticity> elasticities(const run::Scenario& run, const catalog::Catalog& catalog,
                                     std::string_view result);

/// The result with one input at its 5 and at its 95 % point, all that depends on it derived again.
struct TornadoRow {
  run::Slot slot{};
  double input_low = 0, input_high = 0;    ///< 5 and 95 % of the input
  double result_low = 0, result_high = 0;  ///< result there (result_low belongs to input_low)
  double swing = 0;                        ///< |result_high - result_low|
};

/// Rows by swing, largest first.
std::vector<TornadoRow> tornado(const run::Scenario& run, const catalog::Catalog& catalog,
                                std::string_view result);

}  // namespace kwhatif::uncertain
