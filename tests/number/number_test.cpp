// The number types agree: Traced with double bit for bit, Interval with every sample inside.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/number/interval.hpp>
#include <kwhatif/number/terms.hpp>
#include <kwhatif/number/traced.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace kwhatif::number {
namespace {

static_assert(Number<double> && Number<Interval> && Number<Traced>);
static_assert(!Number<int*>);

/// A random formula as a list of steps on a growing stack of numbers; the same for every number type.
struct Formula {
  struct Step {
    std::uint64_t operation, left, right;
  };
  std::vector<Step> steps;

  Formula(test::Random& random, std::size_t inputs, std::size_t length, std::uint64_t operations) {
    for (std::size_t i = 0; i < length; ++i) {
      steps.push_back({random.below(operations), random.below(inputs + i), random.below(inputs + i)});
    }
  }

  template <Number T>
  T operator()(std::vector<T> numbers) const {
    for (const Step& s : steps) {
      const T& a = numbers[s.left];
      const T& b = numbers[s.right];
      T next = s.operation == 0 ? a * b : s.operation == 1 ? a + b : s.operation == 2 ? a - b : a / b;
      numbers.push_back(std::move(next));
    }
    return numbers.back();
  }
};

TEST_CASE("a traced formula gives the bits of the plain one") {
  test::Random random(11);
  for (int i = 0; i < 2000; ++i) {
    const Formula formula(random, 5, 12, 4);
    std::vector<double> plain;
    std::vector<Traced> traced;
    Tape tape;
    for (std::uint32_t k = 0; k < 5; ++k) {
      plain.push_back(random.magnitude(-8, 8) * (random.below(4) == 0 ? -1 : 1));
      // every third input is a constant that has no tape of its own
      traced.push_back(k % 3 == 2 ? Traced{plain.back()} : Traced{tape, tape.leaf(plain.back(), k)});
    }
    const double expected = formula(plain);
    const Traced got = formula(traced);
    if (!test::same_bits(got.value(), expected) && expected == expected)
      FAIL(got.value() << " is not " << expected);
  }
}

double sum_of(const Terms<5>& terms, const std::vector<double>& at) {
  double out = 0;
  for (const auto& product : terms.products()) {
    double term = product.factor;
    for (std::size_t k = 0; k < at.size(); ++k) term *= std::pow(at[k], product.power[k]);
    out += term;
  }
  return out;
}

TEST_CASE("the terms of a formula are the formula, at other inputs, too, and its value has the plain bits") {
  test::Random random(12);
  int products = 0;
  int sums = 0;
  int neither = 0;
  for (int i = 0; i < 4000; ++i) {
    const Formula formula(random, 5, 4, 4);
    std::vector<double> plain;
    std::vector<double> other;
    std::vector<Terms<5>> terms;
    for (std::size_t k = 0; k < 5; ++k) {
      plain.push_back(random.magnitude(-1, 1));
      other.push_back(k == 4 ? plain.back() : random.magnitude(-1, 1));
      terms.push_back(k == 4 ? Terms<5>{plain.back()} : Terms<5>::input(plain.back(), k));  // one constant
    }
    const Terms<5> got = formula(terms);
    const double expected = formula(plain);
    if (!std::isfinite(expected)) continue;
    if (!test::same_bits(got.value(), expected)) FAIL(got.value() << " is not " << expected);
    if (!got.known()) {
      ++neither;
      continue;
    }
    (got.products().size() > 1 ? sums : products) += 1;
    double size = 0;  // of the terms, which may cancel
    for (const auto& product : got.products()) {
      double term = product.factor;
      for (std::size_t k = 0; k < other.size(); ++k) term *= std::pow(other[k], product.power[k]);
      size += std::fabs(term);
    }
    if (std::isfinite(formula(other))) CHECK(std::fabs(sum_of(got, other) - formula(other)) <= 1e-9 * size);
  }
  CHECK(products > 1000);
  CHECK(sums > 500);
  CHECK(neither > 100);
  // what is divided by a sum is none, unless the sum is of like terms
  const auto x = Terms<2>::input(3, 0);
  const auto y = Terms<2>::input(4, 1);
  CHECK_FALSE((x / (x + y)).known());
  CHECK((x / (y + y)).known());
  CHECK((x - x).products().empty());
}

double replay(const Tape& tape, std::uint32_t index) {
  const TraceNode& node = tape.nodes()[index];
  switch (node.operation) {
    case Operation::leaf:
    case Operation::constant:
      return node.value;
    case Operation::add:
      return replay(tape, node.left) + replay(tape, node.right);
    case Operation::subtract:
      return replay(tape, node.left) - replay(tape, node.right);
    case Operation::multiply:
      return replay(tape, node.left) * replay(tape, node.right);
    case Operation::divide:
      return replay(tape, node.left) / replay(tape, node.right);
  }
  return 0;
}

TEST_CASE("the tape holds the whole derivation: replaying it gives the same bits") {
  test::Random random(12);
  for (int i = 0; i < 500; ++i) {
    const Formula formula(random, 4, 8, 4);
    Tape tape;
    std::vector<Traced> numbers;
    for (std::uint32_t k = 0; k < 4; ++k) numbers.emplace_back(tape, tape.leaf(random.between(1, 2), k));
    const Traced result = formula(numbers);
    const double again = replay(tape, result.node());
    if (!test::same_bits(again, result.value()) && again == again)
      FAIL(again << " is not " << result.value());
    for (std::uint32_t n = 0; n < tape.nodes().size(); ++n) {
      const TraceNode& node = tape.nodes()[n];
      const bool leaf = node.operation == Operation::leaf || node.operation == Operation::constant;
      if (!leaf && (node.left >= n || node.right >= n))
        FAIL("node " << n << " has a child that is not earlier");
    }
  }
}

TEST_CASE("a name stays with its step, the first one given") {
  Tape tape;
  const Traced a{tape, tape.leaf(2, 7)};
  const Traced energy = named("energy", a * Traced{3.0});
  CHECK(named("renamed", energy).value() == 6);
  CHECK(tape.name_of(energy.node()) == "energy");
  CHECK(tape.name_of(a.node()).empty());
  CHECK(tape.nodes()[a.node()].leaf == 7);
  CHECK(named("nothing happens", 2.5) == 2.5);
  CHECK(named("no tape", Traced{2.5}).tape() == nullptr);
}

TEST_CASE("constants without a tape stay constants") {
  const Traced sum = Traced{1.0} + Traced{2.0};
  CHECK(sum.value() == 3);
  CHECK(sum.tape() == nullptr);
}

TEST_CASE("an interval contains what every sample of its inputs gives") {
  test::Random random(13);
  for (int i = 0; i < 2000; ++i) {
    const Formula formula(random, 4, 6, 3);  // no division: ends may be negative or zero
    std::vector<Interval> bounds;
    for (int k = 0; k < 4; ++k) {
      const double a = random.between(-3, 3);
      const double b = random.between(-3, 3);
      bounds.emplace_back(std::min(a, b), std::max(a, b));
    }
    const Interval result = formula(bounds);
    const double slack = 1e-12 * std::max({1.0, std::abs(result.low), std::abs(result.high)});
    for (int s = 0; s < 20; ++s) {
      std::vector<double> sample;
      for (const Interval& b : bounds) sample.push_back(random.between(b.low, b.high));
      const double x = formula(sample);
      if (x < result.low - slack || x > result.high + slack)
        FAIL(x << " is outside [" << result.low << ", " << result.high << "]");
    }
  }
}

TEST_CASE("a quotient by an interval on one side of zero contains its samples") {
  test::Random random(14);
  for (int i = 0; i < 2000; ++i) {
    const double a = random.between(-5, 5);
    const Interval top{a, a + random.between(0, 2)};
    const double b = random.between(0.1, 3);
    const double sign = random.below(2) == 0 ? 1 : -1;
    const Interval bottom = sign > 0 ? Interval{b, b + 1} : Interval{-b - 1, -b};
    const Interval quotient = top / bottom;
    CHECK(quotient.low <= quotient.high);
    for (int s = 0; s < 10; ++s) {
      const double x = random.between(top.low, top.high) / random.between(bottom.low, bottom.high);
      if (x < quotient.low - 1e-12 || x > quotient.high + 1e-12) FAIL(x);
    }
  }
}

TEST_CASE("interval arithmetic is right at the ends") {
  CHECK(Interval{-1, 2} * Interval{-3, 4} == Interval{-6, 8});
  CHECK(Interval{-2, -1} * Interval{-4, -3} == Interval{3, 8});
  CHECK(Interval{1, 2} - Interval{1, 2} == Interval{-1, 1});
  CHECK(Interval{1, 2} / Interval{-2, -1} == Interval{-2, -0.5});
  CHECK(Interval{3.0}.contains(3.0));
  CHECK_FALSE(Interval{1, 2}.contains(2.1));
  CHECK(Interval{1, 2}.overlaps(Interval{2, 3}));
  CHECK_FALSE(Interval{1, 2}.overlaps(Interval{2.5, 3}));
  CHECK(value(Interval{1, 2}) == 1.5);
}

}  // namespace
}  // namespace kwhatif::number
