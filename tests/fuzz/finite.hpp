// Numbers that must be finite, whatever the input was.
#pragma once

#include "targets.hpp"
#include <kwhatif/estimate/inputs.hpp>
#include <kwhatif/estimate/result.hpp>

#include <cmath>
#include <string>
#include <string_view>

namespace kwhatif::fuzz {

inline void require_finite(double x, std::string_view what) {
  if (!std::isfinite(x)) broken(std::string{what} + " is " + std::to_string(x));
}

inline void require_finite(const estimate::RunInputs<double>& inputs) {
  estimate::for_each_known(
      inputs, [](estimate::Slot slot, double value) { require_finite(value, estimate::info(slot).key); });
}

inline void require_finite(const estimate::RunEstimate<double>& result) {
  estimate::for_each_result(result, [](const estimate::ResultInfo& info, const auto& field) {
    if (field) require_finite(field->coherent(), info.key);
  });
}

}  // namespace kwhatif::fuzz
