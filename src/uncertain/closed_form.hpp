// Percentiles of results that are products of powers of inputs, or sums of few, with few draws or none.
// Private to uncertainty.
//
// Which results are, the formula itself says: it is run over number::Terms. The logarithm of such a result is
// a sum of functions of the scores that its inputs are drawn from; inputs of one source, or what follows
// another, have one score, and two predictions with parts in common have two scores that correlate. All else
// is independent, so that percentiles_of_sum() has the answer, and percentiles_of_terms() that of sums. Does
// not live here: all else (draws), sources.
#pragma once

#include "scores.hpp"
#include <kwhatif/number/terms.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace kwhatif::uncertain {

class ClosedForm {
 public:
  /// @param sources  of these runs: sources_of()
  ClosedForm(std::span<const Uncertain> runs, std::span<const Source> sources);

  /// Percentiles of a result, by its number in the order of for_each_result, whose typical value is known;
  /// none where it is no product, or sum of products, of positive inputs. All alike where nothing moves it.
  std::optional<Band> band(const run::ResultInfo& info, double typical, std::size_t run, std::size_t result);
  /// Those of the ratio of the result in two runs.
  std::optional<Band> ratio(const run::ResultInfo& info, double typical, std::size_t over, std::size_t under,
                            std::size_t result);

 private:
  using Powers = number::Product<run::slot_count>;
  /// A number that is drawn: an input of a run, or a factor on one.
  struct Variable {
    std::size_t run = 0;
    run::Slot slot{};
    const InputDistribution* distribution = nullptr;
    double typical = 1;
    std::vector<std::pair<std::size_t, double>> parts = {};  ///< what its score is the weighted sum of
    std::size_t score = 0;                                   ///< variables of one score move together
    Curve logarithm = {};                                    ///< of the value over the typical one, by score
    bool positive = true;
    std::optional<std::size_t> follows = {};  ///< the variable of the utilisation
    Curve following = {};                     ///< logarithm of what it is multiplied by, by the score of that
  };
  /// The logarithm of a result: a whole power of each variable.
  using Exponents = std::vector<int>;

  void add_variables(std::span<const Uncertain> runs, std::span<const Source> sources);
  void add_scores();
  void add_powers(std::span<const Uncertain> runs);
  double correlation(std::size_t a, std::size_t b) const;
  double at(const Exponents& exponents, std::size_t score, const Score& where) const;
  Curve curve(const Exponents& exponents, std::size_t score) const;
  bool add(const Powers& powers, std::size_t run, int sign, Exponents& exponents) const;
  double typical(const Powers& powers, std::size_t run) const;
  std::vector<double> of_sum(std::size_t run, const std::vector<Powers>& terms) const;
  std::optional<Band> band(const run::ResultInfo& info, double typical, const Exponents& exponents);
  std::optional<std::vector<double>> logarithms(const Exponents& exponents) const;

  std::vector<Variable> variables_;
  std::vector<std::size_t> scores_;                              ///< one variable of each score
  std::vector<std::vector<std::vector<Powers>>> powers_;         ///< by run, result, term; none: no such sum
  std::vector<std::array<double, run::slot_count>> value_;       ///< of the inputs, by run
  std::vector<std::pair<Exponents, std::vector<double>>> done_;  ///< results often share them
};

}  // namespace kwhatif::uncertain
