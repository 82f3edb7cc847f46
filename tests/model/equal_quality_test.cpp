// Dense against sparse at equal quality: against an independent calculation and measured pairs, and laws of
// the rule.
#include "support.hpp"
#include <kwhatif/model/equal_quality.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;

namespace {

constexpr auto by_leverage = SparseEquivalence::leverage;

QualitySide side(double total, double active, double used = 0) {
  const SparseShape shape{
      .total = total, .active = active, .used = used > 0 ? std::optional{used} : std::nullopt};
  return {shape, 6 * active};
}

EqualQuality compared(const QualitySide& reference, double tokens, const QualitySide& other) {
  return *equal_quality(by_leverage, reference, tokens, other, quality_laws());
}

bool has_digit(const std::string& text) {
  return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Of a refused number nothing is left that could be taken for one.
void check_refused(const AsSized& sized) {
  CHECK_FALSE(sized.refused.empty());
  CHECK_FALSE(has_digit(sized.refused));
  CHECK_FALSE(sized.tokens);
  CHECK_FALSE(sized.compute_ratio);
  CHECK_FALSE(sized.low);
  CHECK_FALSE(sized.high);
  const bool differ =
      std::ranges::all_of(sized.laws, [](const LawTokens& l) { return l.refusal == Refusal::laws_differ; });
  CHECK(sized.fewest.has_value() == differ);
}

std::optional<double> number(const std::string& cell) {
  return cell.empty() || cell == "open" ? std::nullopt : std::optional{std::stod(cell)};
}

void check_near(std::optional<double> ours, std::optional<double> expected, double relative) {
  REQUIRE(ours.has_value() == expected.has_value());
  if (ours) CHECK(*ours == Approx(*expected).epsilon(relative));
}

}  // namespace

TEST_CASE("leverage of models as published", "[model][golden]") {
  struct Row {
    double total, active, used;
    const char* routing;
    double k, low, high;
    std::size_t notes;
  };
  const Row rows[] = {
      {46.7e9, 12.9e9, 2, "coarse", 1.9486, 1.0256, 3.6202, 0},
      {30.5e9, 3.3e9, 8, "fine", 4.0798, 2.2665, 7.3436, 0},
      {70e9, 13e9, 0, "unknown", 2.6361, 1.3180, 5.2721, 0},
      {671e9, 37e9, 8, "fine", 5.7265, 3.1814, 10.3076, 0},
      {6.92e9, 1.28e9, 8, "fine", 2.9945, 1.6636, 5.3900, 0},
      {116.8e9, 5.1e9, 4, "fine", 6.3373, 3.5207, 11.4072, 0},
      {1200e9, 96.6e9, 2, "coarse", 3.4136, 1.2833, 9.0801, 1},
      {1571e9, 1.6e9, 1, "coarse", 6.8655, 2.5810, 18.2621, 1},
      {1000e9, 1e9, 8, "fine", 11.6154, 4.6093, 29.2707, 1},
      {7e9, 7e9, 0, "dense", 1, 1, 1, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.total, row.active);
    const auto e = *equivalence(by_leverage, side(row.total, row.active, row.used).shape);
    CHECK(routing_name(e.routing) == row.routing);
    CHECK(e.factor == Approx(row.k).epsilon(1e-4));
    CHECK(e.low == Approx(row.low).epsilon(1e-4));
    CHECK(e.high == Approx(row.high).epsilon(1e-4));
    CHECK(e.notes.size() == row.notes);
  }
}

TEST_CASE("leverage lies between active and total, rises with total and saturates", "[model]") {
  std::mt19937_64 random{20261128};
  std::uniform_real_distribution<double> logarithm{0, 4};
  const std::map<double, double> most{{8, 11.86}, {2, 6.98}, {0, 8.94}};
  for (const auto& [used, cap] : most) {
    CHECK(equivalence(by_leverage, side(1e9, 1e9, used).shape)->factor == 1);
    double before = 1;
    std::vector<double> ratios;
    for (int i = 0; i < 500; ++i) ratios.push_back(std::pow(10, logarithm(random)));
    std::ranges::sort(ratios);
    for (const double r : ratios) {
      const auto e = *equivalence(by_leverage, side(r, 1, used).shape);
      CAPTURE(r, used);
      CHECK(1 <= e.low);
      CHECK(e.low <= e.half_low);
      CHECK(e.half_low <= e.factor);
      CHECK(e.factor <= e.half_high);
      CHECK(e.half_high <= e.high);
      CHECK(e.high <= r);
      CHECK(e.factor >= before);
      CHECK(e.factor < cap);
      before = e.factor;
    }
  }
}

TEST_CASE("leverage agrees with the measured pairs", "[model][golden]") {
  // Those of one laboratory on the same or nearly the same data whose sizes and quality were published.
  std::vector<std::string> heads;
  double squares = 0;
  double squares_of_active = 0;
  int pairs = 0;
  int within = 0;
  for (const auto& row : read_csv("tests/model/sparse_pairs.csv")) {
    REQUIRE(row.size() == 32);
    const std::string& kind = row[19];
    if (row[27] == "0" || kind == "confounded") continue;
    CAPTURE(row[0]);
    const double used = std::stod(row[23]);
    const auto e = *equivalence(by_leverage, side(std::stod(row[3]), std::stod(row[4]), used).shape);
    CHECK(routing_name(e.routing) == row[21]);
    const double measured = std::stod(row[12]);
    squares += std::pow(std::log(e.factor / measured), 2);
    squares_of_active += std::pow(std::log(measured), 2);
    within += measured >= e.low && measured <= e.high ? 1 : 0;
    CHECK_FALSE(row[29].empty());
    CHECK_FALSE(row[30].empty());
    ++pairs;
  }
  CHECK(pairs == 16);
  CHECK(within == 15);  // nine of ten; Switch-XXL is the one below
  CHECK(std::sqrt(squares / pairs) == Approx(0.286).margin(0.002));
  CHECK(std::sqrt(squares_of_active / pairs) == Approx(1.39).margin(0.02));
}

TEST_CASE("equal quality as calculated elsewhere", "[model][golden]") {
  struct Pair {
    const char* name;
    QualitySide reference;
    double tokens;
    QualitySide other;
  };
  const Pair pairs[] = {
      {"llama-2-70b > mixtral-8x7b", side(69e9, 69e9), 2e12, side(46.7e9, 12.9e9, 2)},
      {"qwen3-32b > qwen3-30b-a3b", side(32.8e9, 32.8e9), 36e12, side(30.5e9, 3.3e9, 8)},
      {"qwen3-14b > qwen3-30b-a3b", side(14.8e9, 14.8e9), 36e12, side(30.5e9, 3.3e9, 8)},
      {"70B dense > 70B-A13B, routing unknown", side(70e9, 70e9), 1.4e12, side(70e9, 13e9)},
      {"gpt-3 > glam-64b-64e", side(175e9, 175e9), 300e9, side(1.2e12, 96.6e9, 2)},
      {"t5-11b > switch-c", side(11.3e9, 11.3e9), 524e9, side(1571e9, 1.6e9, 1)},
      {"llama-3.1-405b > deepseek-v3", side(405e9, 405e9), 15.6e12, side(671e9, 37e9, 8)},
      {"olmo-7b > olmoe-1b-7b", side(6.9e9, 6.9e9), 2.75e12, side(6.92e9, 1.28e9, 8)},
      {"olmo-1b > olmoe-1b-7b", side(1.28e9, 1.28e9), 130e9, side(6.92e9, 1.28e9, 8)},
      {"32B dense > gpt-oss-120b", side(32e9, 32e9), 15e12, side(116.8e9, 5.1e9, 4)},
      {"gpt-oss-120b > deepseek-v3", side(116.8e9, 5.1e9, 4), 15e12, side(671e9, 37e9, 8)},
  };
  const auto rows = read_csv("tests/model/sparse_examples.csv");
  REQUIRE(rows.size() == std::size(pairs));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    CAPTURE(row[0]);
    REQUIRE(row[0] == pairs[i].name);
    const auto found = compared(pairs[i].reference, pairs[i].tokens, pairs[i].other);
    constexpr double digits = 6e-4;  // four printed
    CHECK(found.other.factor == Approx(std::stod(row[1])).epsilon(digits));
    REQUIRE(found.kind);
    CHECK(found.sized->other.size == Approx(std::stod(row[4])).epsilon(digits));
    CHECK(found.sized->other.low == Approx(std::stod(row[5])).epsilon(digits));
    CHECK(found.sized->other.high == Approx(std::stod(row[6])).epsilon(digits));
    CHECK(verdict_name(found.sized->verdict) == row[7]);
    CHECK(found.kind->compute_ratio == Approx(std::stod(row[8])).epsilon(digits));
    CHECK(found.kind->low == Approx(std::stod(row[9])).epsilon(digits));
    CHECK(found.kind->high == Approx(std::stod(row[10])).epsilon(digits));
    CHECK(found.kind->active_needed == Approx(std::stod(row[11])).epsilon(digits));
    CHECK(found.kind->total_needed == Approx(std::stod(row[12])).epsilon(digits));
    if (row[17].empty()) {
      CHECK(found.sized->refused.empty());
      check_near(found.sized->tokens, number(row[13]), digits);
      check_near(found.sized->compute_ratio, number(row[14]), digits);
      check_near(found.sized->low, number(row[15]), 5e-3);  // three printed
      check_near(found.sized->high, number(row[16]), 5e-3);
    } else {
      check_refused(*found.sized);
    }
    CHECK((found.reference.notes.empty() && found.other.notes.empty()) == row[18].empty());
  }
}

TEST_CASE("which cases are refused, and why", "[model][golden]") {
  struct Case {
    QualitySide reference;
    double tokens;
    QualitySide other;
    const char* verdict;
    Refusal first;
  };
  const Case cases[] = {
      {side(32.8e9, 32.8e9), 36e12, side(30.5e9, 3.3e9, 8), "smaller", Refusal::unreachable},
      {side(14.8e9, 14.8e9), 36e12, side(30.5e9, 3.3e9, 8), "equal within the band", Refusal::size_decides},
      {side(6.9e9, 6.9e9), 2.75e12, side(6.92e9, 1.28e9, 8), "smaller", Refusal::size_decides},
      {side(70e9, 70e9), 2e12, side(13e9, 13e9), "smaller", Refusal::size_decides},
      {side(70e9, 70e9), 15e12, side(8e9, 8e9), "smaller", Refusal::unreachable},
      {side(8e9, 8e9), 300e9, side(405e9, 405e9), "larger", Refusal::too_short},
      {side(0.1e9, 0.1e9), 30e12, side(0.095e9, 0.095e9), "smaller", Refusal::size_decides},
      {side(1200e9, 1200e9), 30e12, side(900e9, 900e9), "smaller", Refusal::none},
  };
  for (const Case& c : cases) {
    CAPTURE(c.reference.shape.active, c.tokens, c.other.shape.active);
    const auto found = compared(c.reference, c.tokens, c.other);
    CHECK(verdict_name(found.sized->verdict) == c.verdict);
    CHECK(found.sized->laws.front().refusal == c.first);
    if (!found.sized->refused.empty()) check_refused(*found.sized);
    CHECK(found.kind.has_value() == c.other.shape.sparse());
  }
  const auto mixtral = compared(side(70e9, 70e9), 2e12, side(46.7e9, 12.9e9, 2));
  CHECK(*mixtral.sized->tokens == Approx(9.03e12).epsilon(1e-3));
  CHECK(*mixtral.sized->compute_ratio == Approx(0.832).epsilon(1e-3));
  CHECK(*mixtral.sized->low == Approx(0.252).epsilon(5e-3));
  CHECK_FALSE(mixtral.sized->high);
}

TEST_CASE("a model against itself is equal on equal tokens, wherever the laws are", "[model]") {
  for (const QualitySide& m : {side(8e9, 8e9), side(46.7e9, 12.9e9, 2)}) {
    for (const double tokens : {1e9, 15e12, 90e12}) {
      const auto found = compared(m, tokens, m);
      CHECK(found.same_model);
      CHECK(*found.sized->tokens == tokens);
      CHECK(*found.sized->compute_ratio == Approx(1));
      CHECK(found.sized->refused.empty());
    }
  }
}

TEST_CASE("no pair of models of the tables explodes", "[model]") {
  std::vector<QualitySide> models;
  for (const auto& row : read_csv("tests/model/published_parameters.csv")) {
    const ReadConfig read = read_config(preset_text(row[0]), row[0] + ".json");
    const auto inventory = take_inventory(read.architecture);
    if (inventory.unit != Unit::token) continue;
    const SparseShape shape = sparse_shape(read.architecture, count_parameters(inventory));
    models.push_back({shape, 6 * shape.active});
  }
  REQUIRE(models.size() > 40);
  CHECK(std::ranges::count_if(models, [](const QualitySide& m) { return m.shape.sparse(); }) >= 5);
  int answered = 0;
  int refused = 0;
  double most = 0;
  for (const QualitySide& reference : models) {
    for (const QualitySide& other : models) {
      for (double tokens = 1e9; tokens < 41e12; tokens *= 3) {
        const auto found = compared(reference, tokens, other);
        const AsSized& sized = *found.sized;
        if (!sized.refused.empty()) {
          ++refused;
          if (has_digit(sized.refused) || sized.tokens || sized.compute_ratio) check_refused(sized);
          continue;
        }
        ++answered;
        most = std::max(most, *sized.compute_ratio);
        const bool bounded = *sized.tokens <= 100e12 && *sized.compute_ratio < 100 &&
                             (!sized.low || *sized.low <= *sized.compute_ratio * (1 + 1e-9)) &&
                             (!sized.high || *sized.high >= *sized.compute_ratio * (1 - 1e-9));
        if (!bounded) {
          CAPTURE(reference.shape.active, other.shape.active, tokens, *sized.tokens, *sized.compute_ratio);
          CHECK(bounded);
        }
      }
    }
  }
  CHECK(answered > 1000);
  CHECK(refused > 1000);
  CHECK(most > 1);
}
