// ask: one question, one answer for each verb: explanations, comparisons, plans, reproductions, equivalents.
//
// Everything here calls run::estimate() with another number type or other inputs; no formula of its own.
// Does not live here: how results look (report), flags (cli).
#pragma once

#include <kwhatif/quantity/dimension.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// One step of a derivation: a quantity, how it follows from its parts, or where it comes from.
struct Derivation {
  std::string name;  ///< "facility energy"
  std::string key;   ///< slot or result key: "pue"
  double value = 0;  ///< coherent
  quantity::Dimension dimension;
  std::string formula;                    ///< "IT energy × PUE"; empty for a leaf
  std::optional<catalog::Origin> origin;  ///< of a leaf
  std::vector<Derivation> parts;
  bool repeated = false;  ///< derived further up; parts left out
};

/// The derivation of every result that follows from the run, the main ones first; a quantity that several
/// results use is derived where it first occurs.
/// @tested  property: each leaf has an origin; values equal those of the double run bit for bit
std::vector<Derivation> explain(const run::ResolvedRun& run);

/// The numbers that one result follows from.
struct Dependence {
  std::string_view result;       ///< key of the result: facility_energy
  std::vector<run::Slot> slots;  ///< in their order, each once
};
/// Of every result that the run has, in the order of output.
std::vector<Dependence> dependences(const run::ResolvedRun& run);

}  // namespace kwhatif::ask
