// Random runs that resolve, for property tests: work, machine, rate, power, place, money, each given or left
// to tables and predictions. Numbers are kept as decimals with a unit, so that the same run can be written in
// other units, in another order, as flags or as a file.
#pragma once

#include "random.hpp"
#include <kwhatif/run/scenario.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kwhatif::test {

/// digits · 10^exponent, in the first unit of the input's list of units.
struct Decimal {
  std::uint64_t digits = 0;
  int exponent = 0;
};

/// One input of a run: a number in a unit, or a word.
struct RunPart {
  run::Input input = run::Input::count;
  Decimal number = {};
  std::size_t unit = 0;   ///< index into the input's units
  std::string word = {};  ///< instead of a number

  std::string text() const;
};

class RandomRun {
 public:
  std::vector<RunPart> parts;

  const RunPart* find(run::Input input) const;
  bool has(run::Input input) const { return find(input) != nullptr; }
  void set(run::Input input, Decimal number);
  void set(run::Input input, std::string word);
  void drop(run::Input input);

  /// "--tokens", "300B", …, in the order of `parts`.
  std::vector<std::string> flags() const;
  /// The same as text of a run file.
  std::string file() const;
  /// For the shell, to show when a test fails.
  std::string command(const std::string& verb) const;
  /// As from flags.
  run::Scenario scenario() const;

  /// The same quantities, each in any of its units.
  RandomRun in_other_units(Random& random) const;
  /// The same inputs in another order.
  RandomRun in_other_order(Random& random) const;
};

/// What a test needs of its runs.
struct RunWishes {
  bool rate = false;      ///< MFU or FLOP/s, and power, are given: nothing is predicted
  bool work = false;      ///< compute follows from parameters or --flops, and not from time
  bool tokens = false;    ///< of these only parameters and tokens
  bool place = false;     ///< CO2e is known
  bool hardware = false;  ///< a device of the tables, and how many
};

/// A run that resolves and whose device-time is known. Draws until there is one.
RandomRun random_run(Random& random, const RunWishes& wishes = {});

/// The seed of a test's n-th run: KWHATIF_SEED (0 where not set) moves all of them.
std::uint64_t seed_of(std::uint64_t test, std::uint64_t n);

}  // namespace kwhatif::test
