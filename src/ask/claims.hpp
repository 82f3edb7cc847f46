// Statements as arithmetic: products, quotients and sums of cited values, and the split of a ratio of two
// runs.
#pragma once

#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/number/interval.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>

#include <optional>
#include <string>

namespace kwhatif::ask {

/// What a claim row computes.
struct Claim {
  double value = 0;  ///< coherent
  number::Interval bounds;
  std::vector<Factor> factors;
  std::string problem;  ///< why there is no value; empty where there is
};

/// The row's [row.compute], or none where it has none.
///
/// A term may name a result of another row. In a claim of the same source it is the printed figure, as the
/// paper's own arithmetic takes it; in what others say of a study it is what follows from the study's inputs,
/// where these suffice; and a claim that is one such term alone is never the printed figure compared with
/// itself.
std::optional<Claim> evaluate_claim(const catalog::Row& row, const catalog::Catalog& catalog);

/// The row's printed inputs as given (reproduce.cpp).
run::Scenario scenario_of(const catalog::Row& row);

/// The row's printed inputs as a run (reproduce.cpp).
std::optional<run::ResolvedRun> resolve_printed(const catalog::Row& row, const catalog::Catalog& catalog,
                                                std::string& problem);

/// A number and the interval that the rounding of its inputs allows.
struct Computed {
  double value = 0;  ///< coherent
  number::Interval bounds;
};

/// What follows from a row's own printed inputs (reproduce.cpp).
class PrintedRun {
 public:
  PrintedRun(const catalog::Row& row, const catalog::Catalog& catalog);
  PrintedRun(const run::Scenario& given, const catalog::Catalog& catalog);
  /// A result by its key: facility_energy.
  std::optional<Computed> result(std::string_view key) const;
  /// Why the inputs could not be resolved; empty where they could.
  const std::string& problem() const { return problem_; }

 private:
  run::RunEstimate<double> exact_;
  run::RunEstimate<number::Interval> bounds_;
  std::string problem_;
};

/// A printed figure read, and held against what was computed; the unit it is printed in is the check's.
/// @param relation  of a claim: about (where empty), under, over
/// @return          nothing where the text is no quantity of the result: then a mismatch that says why
std::optional<quantity::Parsed> read_printed(Check& check, std::string_view key);
void judge(Check& check, const std::optional<Computed>& computed, const quantity::Parsed& printed,
           std::string_view relation);

}  // namespace kwhatif::ask
