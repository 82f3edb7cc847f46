// What moves a result: elasticities by exact derivatives, and what each input's own spread does (tornado).
#pragma once

#include <kwhatif/analysis/uncertainty.hpp>
#include <kwhatif/estimate/inputs.hpp>

#include <string_view>
#include <vector>

namespace kwhatif::analysis {

/// Percent of a result per percent of one input.
struct Elasticity {
  estimate::Slot slot{};
  double value = 0;       ///< of the input, coherent
  double derivative = 0;  ///< of the result by the input, coherent units
  double elasticity = 0;  ///< derivative · input / result
};

/// Elasticities of one result by every input that it depends on, largest first.
///
/// @param result  key of a result ("facility_energy"); an absent one gives an empty list
/// @tested property: -1 for MFU and +1 for power, PUE, tokens in a plain run; agrees with finite differences
std::vector<Elasticity> elasticities(const estimate::RunInputs<double>& inputs, std::string_view result);

/// The result with one input at its 5 and at its 95 % point and all others as they are.
struct TornadoRow {
  estimate::Slot slot{};
  double input_low = 0, input_high = 0;    ///< 5 and 95 % of the input
  double result_low = 0, result_high = 0;  ///< result there (result_low belongs to input_low)
  double swing = 0;                        ///< |result_high - result_low|
};

/// Rows by swing, largest first.
std::vector<TornadoRow> tornado(const estimate::RunInputs<double>& inputs, const Spread& spread,
                                std::string_view result);

}  // namespace kwhatif::analysis
