// Loss laws and sparse-against-dense rules against published and independently calculated figures.
#include <kwhatif/model/equivalence.hpp>
#include <kwhatif/model/loss.hpp>

#include <cmath>

#include <catch2/catch.hpp>

using namespace kwhatif::model;

namespace {

const LossLaw& law(const char* id) {
  const LossLaw* found = find_loss_law(id);
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

TEST_CASE("Besiroglu's law is the default and gives its optimum for Chinchilla's compute",
          "[model][golden]") {
  const LossLaw& besiroglu = loss_laws().front();
  CHECK(besiroglu.id == "besiroglu-2024");
  const ComputeOptimal best = compute_optimal(besiroglu, 5.88e23);
  CHECK(best.parameters == Approx(7.30e10).epsilon(1e-3));
  CHECK(best.tokens == Approx(1.34e12).epsilon(3e-3));
  CHECK(best.loss == Approx(1.974).margin(5e-4));
}

TEST_CASE("tokens per parameter at Chinchilla's compute depend on the digits of the constants",
          "[model][golden]") {
  const auto ratio = [](const char* id) {
    const ComputeOptimal best = compute_optimal(law(id), 5.88e23);
    return best.tokens / best.parameters;
  };
  CHECK(ratio("hoffmann-2022") == Approx(93).margin(0.6));
  CHECK(ratio("hoffmann-2022-source") == Approx(59).margin(0.6));
  CHECK(ratio("besiroglu-2024") == Approx(18.4).margin(0.06));
}

TEST_CASE("the optimal ratio falls slowly with size", "[model][golden]") {
  const LossLaw& besiroglu = loss_laws().front();
  const double expected[][2] = {{1e8, 25}, {1e9, 23}, {7e9, 21}, {7e10, 18}, {1e12, 16}};
  for (const auto& row : expected) {
    CHECK(optimal_tokens(besiroglu, row[0]) / row[0] == Approx(row[1]).margin(0.6));
  }
  // The same optimum from either end.
  const ComputeOptimal best = compute_optimal(besiroglu, 1e24);
  CHECK(optimal_tokens(besiroglu, best.parameters) == Approx(best.tokens).epsilon(1e-9));
}

TEST_CASE("equal loss trades size against tokens", "[model][golden]") {
  const LossLaw& besiroglu = loss_laws().front();
  const ComputeOptimal best = compute_optimal(besiroglu, 5.88e23);
  const double expected[][2] = {{0.5, 2.5}, {0.75, 1.38}, {1.5, 0.70}, {2, 0.57}, {0.25, 18}};
  for (const auto& row : expected) {
    const auto tokens = tokens_for_loss(besiroglu, row[0] * best.parameters, best.loss);
    REQUIRE(tokens);
    CHECK(*tokens / best.tokens == Approx(row[1]).epsilon(0.03));
    CHECK(predicted_loss(besiroglu, row[0] * best.parameters, *tokens) == Approx(best.loss));
  }
  CHECK_FALSE(tokens_for_loss(besiroglu, 1e8, best.loss));
}

TEST_CASE("GPT-3 and Gopher spent more than their losses needed", "[model][golden]") {
  // Share of their FLOPs that would have sufficed: .61 and .50
  const LossLaw& besiroglu = loss_laws().front();
  const double expected[][3] = {{175e9, 300e9, 0.61}, {280e9, 300e9, 0.50}};
  for (const auto& row : expected) {
    const double loss = predicted_loss(besiroglu, row[0], row[1]);
    double low = 0.01;
    double high = 1;
    for (int i = 0; i < 60; ++i) {
      const double middle = (low + high) / 2;
      (compute_optimal(besiroglu, middle * 6 * row[0] * row[1]).loss > loss ? low : high) = middle;
    }
    CHECK(high == Approx(row[2]).margin(0.006));
  }
}

TEST_CASE("best tokens by both ends of the band", "[model][golden]") {
  // Independent calculation from the printed constants; two digits.
  const double expected[][3] = {{1e21, 60e9, 91e9}, {5.88e23, 1.34e12, 3.0e12}, {1e25, 5.3e12, 14.3e12}};
  for (const auto& row : expected) {
    CHECK(compute_optimal(law("besiroglu-2024"), row[0]).tokens == Approx(row[1]).epsilon(0.02));
    CHECK(compute_optimal(law("hoffmann-2022"), row[0]).tokens == Approx(row[2]).epsilon(0.02));
  }
}

TEST_CASE("the optimum is an optimum", "[model]") {
  for (const LossLaw& any : loss_laws()) {
    for (const double flop : {1e19, 1e22, 1e25}) {
      const ComputeOptimal best = compute_optimal(any, flop);
      CHECK(6 * best.parameters * best.tokens == Approx(flop));
      for (const double factor : {0.8, 1.25}) {
        CHECK(predicted_loss(any, best.parameters * factor, best.tokens / factor) > best.loss);
      }
    }
  }
}

TEST_CASE("leaving the fitted range is said", "[model]") {
  const LossLaw& besiroglu = loss_laws().front();
  CHECK(extrapolation_warnings(besiroglu, 1e9, 2e10).empty());
  CHECK(extrapolation_warnings(besiroglu, 70e9, 2e11).size() == 1);
  CHECK(extrapolation_warnings(besiroglu, 8e9, 15e12).size() == 2);
  CHECK(extrapolation_warnings(besiroglu, 1e9, 1e8).size() == 1);
  CHECK(find_loss_law("nobody-1900") == nullptr);
  const auto says = [&](double tokens) { return extrapolation_warnings(besiroglu, 1e8, tokens).back(); };
  CHECK(extrapolation_warnings(besiroglu, 1e8, 0.99e11).empty());
  CHECK(says(1e11).starts_with("1,000 tokens per parameter"));
  CHECK(says(1.01e12).starts_with("more than 10,000 tokens per parameter"));
}

TEST_CASE("Clark's effective dense sizes", "[model][golden]") {
  // 5M parameters with 128 experts: about 55M in the paper, 52M from its rounded constants
  CHECK(clark_dense_size(SparseEquivalence::clark_2022, 5e6, 128) == Approx(52e6).epsilon(0.01));
  const double expected[][2] = {{0.1e9, 0.46e9}, {1e9, 3.1e9}, {10e9, 21e9}, {100e9, 146e9}};
  for (const auto& row : expected) {
    CHECK(clark_dense_size(SparseEquivalence::clark_2022, row[0], 64) ==
          Approx(row[1]).epsilon(0.025));  // two digits
  }
  for (const auto rule : {SparseEquivalence::clark_2022, SparseEquivalence::clark_2022_rl,
                          SparseEquivalence::clark_2022_hash}) {
    CHECK(clark_dense_size(rule, 1e9, 1) == Approx(1e9));
  }
  CHECK_THROWS_AS(clark_dense_size(SparseEquivalence::none, 1e9, 8), std::invalid_argument);
}

TEST_CASE("every rule lies between active and total, and is named", "[model]") {
  // Mixtral 8x7B: the geometric mean is 24.5B
  const SparseShape mixtral{.total = 46702792704.0, .active = 12879925248.0, .used = 2, .per_used = 4};
  CHECK(equivalence(SparseEquivalence::geometric_mean, mixtral)->factor * mixtral.active ==
        Approx(24.5e9).epsilon(2e-3));
  CHECK(equivalence(SparseEquivalence::none, mixtral)->factor == 1);
  CHECK(equivalence_rules().front().rule == SparseEquivalence::leverage);
  for (const EquivalenceRule& rule : equivalence_rules()) {
    CAPTURE(rule.id);
    const double factor = equivalence(rule.rule, mixtral)->factor;
    CHECK(factor >= 1);
    CHECK(factor <= mixtral.ratio());
    CHECK_FALSE(rule.title.empty());
    CHECK_FALSE(rule.limits.empty());
    CHECK(find_equivalence_rule(rule.id) == &rule);
    const bool clark = rule.id.starts_with("clark");
    CHECK(equivalence(rule.rule, {.total = 70e9, .active = 13e9}).has_value() != clark);
    CHECK(equivalence(rule.rule, {.total = 7e9, .active = 7e9})->factor == 1);
    CHECK_THROWS_AS(equivalence(rule.rule, {.total = 7e9, .active = 8e9}), std::invalid_argument);
  }
}
