// How sure an estimate is, in words.
#pragma once

#include <kwhatif/analysis/certainty.hpp>

#include <string>

namespace kwhatif::report {

/// The 50 and 90 % bands of the main results in plain words, and which inputs to settle first; empty where
/// nothing is uncertain.
std::string uncertainty_text(const analysis::Certainty& certainty);

}  // namespace kwhatif::report
