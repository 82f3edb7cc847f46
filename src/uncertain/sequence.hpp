// Points of any number of dimensions in (0, 1): Sobol's where there is one, else strata in random order.
// Private to uncertainty.
#pragma once

#include <kwhatif/uncertain/sobol.hpp>

#include <numeric>
#include <optional>
#include <random>
#include <vector>

namespace kwhatif::uncertain {

/// One dimension. Every one has one point in each interval of length 1/points.
class Sequence {
 public:
  /// @param points  a power of two
  Sequence(std::size_t dimension, std::uint32_t seed, std::uint32_t points) {
    if (dimension < sobol_dimensions) {
      sobol_.emplace(dimension, seed);
      return;
    }
    strata_.resize(points);
    std::iota(strata_.begin(), strata_.end(), 0U);
    std::mt19937 random(seed + static_cast<std::uint32_t>(dimension));
    for (std::uint32_t left = points; left > 1; --left)
      std::swap(strata_[left - 1], strata_[random() % left]);
  }

  /// Points first … first + N - 1. N is a power of two that divides `first`.
  template <std::size_t N>
  void block(std::uint32_t first, std::array<double, N>& out) const {
    if (sobol_) return sobol_->block(first, out);
    for (std::size_t i = 0; i < N; ++i)
      out[i] = (strata_[first + i] + 0.5) / static_cast<double>(strata_.size());
  }

 private:
  std::optional<Sobol> sobol_;
  std::vector<std::uint32_t> strata_;
};

}  // namespace kwhatif::uncertain
