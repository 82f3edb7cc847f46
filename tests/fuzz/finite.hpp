// Numbers that must be finite, whatever the input was.
#pragma once

#include "targets.hpp"
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/run_inputs.hpp>

#include <cmath>
#include <string>
#include <string_view>

namespace kwhatif::fuzz {

inline void require_finite(double x, std::string_view what) {
  if (!std::isfinite(x)) broken(std::string{what} + " is " + std::to_string(x));
}

inline void require_finite(const run::RunInputs<double>& inputs) {
  run::for_each_known(inputs,
                      [](run::Slot slot, double value) { require_finite(value, run::info(slot).key); });
}

inline void require_finite(const run::RunEstimate<double>& result) {
  run::for_each_result(result, [](const run::ResultInfo& info, const auto& field) {
    if (field) require_finite(field->coherent(), info.key);
  });
}

}  // namespace kwhatif::fuzz
