// Probabilities at even steps of the standard normal score, made once. Private to uncertainty.
#pragma once

#include <kwhatif/uncertain/uncertainty.hpp>

#include <array>
#include <cstddef>

namespace kwhatif::uncertain {

inline constexpr std::size_t score_count = 257;
inline constexpr double greatest_score = 5;  ///< beyond lie 3e-7 on either side, of the variance 1.5e-5
inline constexpr double score_step = 2 * greatest_score / (score_count - 1);

/// Scores from -greatest_score to +greatest_score.
struct Scores {
  std::array<Score, score_count> at;
  std::array<double, score_count> weight;  ///< the density times the step; they sum to 1
  std::array<double, score_count - 1>
      mass;  ///< probability between each and the next; the ends hold the rest
};
const Scores& scores();

/// A function of the score by its values at scores(), linear between them.
using Curve = std::array<double, score_count>;
double value_at(const Curve& curve, double score);

}  // namespace kwhatif::uncertain
