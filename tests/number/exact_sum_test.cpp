#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/number/exact_sum.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using kwhatif::number::ExactSum;
using namespace kwhatif;

namespace {

double sum_of(const std::vector<double>& values) {
  ExactSum sum;
  for (const double v : values) sum.add(v);
  return sum.value();
}

}  // namespace

TEST_CASE("an exact sum is the correctly rounded one") {
  __extension__ using Quad = __float128;
  test::Random random(21);
  for (int i = 0; i < 2000; ++i) {
    // 2^-20 … 2^20 times up to 100 numbers of 53 bits: 100 bits or so, which a quad holds
    std::vector<double> values;
    Quad expected = 0;
    for (std::uint64_t n = random.below(100); n-- > 0;) {
      values.push_back(random.magnitude(-6, 6) * (random.below(2) == 0 ? 1 : -1));
      expected += values.back();
    }
    CHECK(test::same_bits(sum_of(values), static_cast<double>(expected) + 0.0));
  }
  CHECK(sum_of({1e300, 1, -1e300}) == 1);
  CHECK(sum_of({1, 0x1p-53}) == 1);  // a tie goes to even
  CHECK(sum_of({1, 0x1p-53, 0x1p-1000}) == 1 + 0x1p-52);
  CHECK(sum_of({-1, -0x1p-53, -0x1p-1000}) == -1 - 0x1p-52);
  CHECK(sum_of({std::numeric_limits<double>::denorm_min(), -0.0}) ==
        std::numeric_limits<double>::denorm_min());
  CHECK(sum_of({}) == 0);
}

TEST_CASE("an exact sum depends neither on the order nor on how it was put together") {
  test::Random random(22);
  for (int i = 0; i < 300; ++i) {
    std::vector<double> values;
    for (std::uint64_t n = 1 + random.below(60); n-- > 0;)
      values.push_back(std::ldexp(random.between(-1, 1), static_cast<int>(random.below(1900)) - 950));
    const double all = sum_of(values);
    std::vector<double> mixed = values;
    for (std::size_t k = mixed.size(); k > 1; --k) std::swap(mixed[k - 1], mixed[random.below(k)]);
    CHECK(test::same_bits(sum_of(mixed), all));
    ExactSum whole;
    for (std::size_t k = 0; k < mixed.size();) {
      ExactSum part;
      for (std::uint64_t n = 1 + random.below(7); n > 0 && k < mixed.size(); --n) part.add(mixed[k++]);
      whole.merge(part);
    }
    CHECK(test::same_bits(whole.value(), all));
    for (const double v : values) whole.add(-v);
    CHECK(test::same_bits(whole.value(), 0.0));
  }
}
