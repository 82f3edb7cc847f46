// The unit that a run's work is counted in: what stands for "token" where an architecture sees images, clips
// or proteins, and how long a sample of it is.
#pragma once

#include <kwhatif/quantity/dimension.hpp>
#include <kwhatif/run/network.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::run {

/// What the tokens of the formulas are in a run, in words.
struct WorkUnit {
  std::string_view one = "token";
  std::string_view many = "tokens";
  std::string_view sample = "sequence";  ///< what --samples counts
  std::string_view samples = "sequences";
  std::optional<double> tokens_per_sample = {};  ///< none: a sample has no known length

  bool text() const { return one == "token"; }
  /// quantity::human() in these words: "1.28 M images", "1.05e11 FLOP/image".
  std::string human(double coherent, const quantity::Dimension& dimension, int digits = 3) const;
  /// A text about tokens in these words.
  std::string said(std::string text) const;
};

/// Of an architecture.
WorkUnit work_unit(const Network& network);

}  // namespace kwhatif::run
