// What the property tests share: answers of the program as numbers, and how failures name their run.
#pragma once

#include "support/catch.hpp"
#include "support/csv.hpp"
#include "support/json.hpp"
#include "support/program.hpp"
#include "support/random_run.hpp"

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace kwhatif::test {

/// Results by JSON key; what is null is missing.
using Numbers = std::map<std::string, double>;

inline Numbers numbers_of(const Json& object) {
  Numbers out;
  for (const auto& [key, value] : object.entries) {
    if (value.is_number()) out[key] = value.number;
  }
  return out;
}

/// The document that a command prints; the test fails where it prints none.
inline Json answer(const std::vector<std::string>& words, std::string_view input = {}) {
  const Ran ran = run_program(words, input);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  std::string fault;
  const auto read = parse_json(ran.out, fault);
  INFO(fault);
  REQUIRE(read);
  return *read;
}

inline std::vector<std::string> words(const std::string& verb, const RandomRun& run,
                                      const std::vector<std::string>& more = {}) {
  std::vector<std::string> out{verb};
  const auto flags = run.flags();
  out.insert(out.end(), flags.begin(), flags.end());
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

/// `results` of estimate --json.
inline Numbers estimated(const RandomRun& run) {
  const Json document = answer(words("estimate", run, {"--json"}));
  REQUIRE(document.find("results") != nullptr);
  return numbers_of(*document.find("results"));
}

/// Whether two numbers are the same but for rounding of the last digits.
inline bool close(double a, double b, double tolerance = 1e-12) {
  return a == b || std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

/// One key of both, by factor: b = factor · a. Where one of them misses the key, both must.
inline void check_factor(const Numbers& a, const Numbers& b, const std::string& key, double factor) {
  INFO(key << " times " << factor);
  REQUIRE(a.contains(key) == b.contains(key));
  if (!a.contains(key)) return;
  INFO(a.at(key) << " and " << b.at(key));
  CHECK(close(factor * a.at(key), b.at(key)));
}

/// Runs body(Random&) with `count` seeds of this test; a failure names the seed, and KWHATIF_SEED=N tries
/// others.
template <class Body>
void for_seeds(std::uint64_t test, std::uint64_t count, Body body) {
  const auto tried = static_cast<std::uint64_t>(repeats(static_cast<int>(count)));
  for (std::uint64_t n = 0; n < tried; ++n) {
    const auto seed = seed_of(test, n);
    INFO("seed " << seed << " (test " << test << ", case " << n << ')');
    Random random(seed);
    body(random);
  }
}

}  // namespace kwhatif::test
