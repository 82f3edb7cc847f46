// Statements as arithmetic: products, quotients and sums of cited values, and the split of a ratio of two
// runs.
#pragma once

#include <kwhatif/analysis/reproduce.hpp>
#include <kwhatif/number/interval.hpp>
#include <kwhatif/scenario/resolve.hpp>

#include <optional>
#include <string>

namespace kwhatif::analysis {

/// What a claim row computes.
struct Claim {
  double value = 0;  ///< coherent
  number::Interval bounds;
  std::vector<Factor> factors;
  std::string problem;  ///< why there is no value; empty where there is
};

/// The row's [row.compute], or none where it has none.
std::optional<Claim> evaluate_claim(const catalog::Row& row, const catalog::Catalog& catalog);

/// The row's printed inputs as given (reproduce.cpp).
scenario::Scenario scenario_of(const catalog::Row& row);

/// The row's printed inputs as given (reproduce.cpp).
scenario::Scenario scenario_of(const catalog::Row& row);

/// The row's printed inputs as a run (reproduce.cpp).
std::optional<scenario::ResolvedRun> resolve_printed(const catalog::Row& row, const catalog::Catalog& catalog,
                                                     std::string& problem);

}  // namespace kwhatif::analysis
