// The nearest known name.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/diag/suggest.hpp>

#include <array>
#include <string>

namespace kwhatif::diag {
namespace {

using namespace std::string_view_literals;
constexpr std::array known{"a100-sxm4-80gb"sv, "h100-sxm5"sv, "v100-sxm2-16gb"sv, "tpu-v3"sv, "tpu-v4"sv};

TEST_CASE("a slip of the finger is recognised") {
  CHECK(did_you_mean("a100-smx4-80gb", known) == "did you mean 'a100-sxm4-80gb'?");
  CHECK(did_you_mean("H100_SXM5", known) == "did you mean 'h100-sxm5'?");
  CHECK(did_you_mean("h10-sxm5", known) == "did you mean 'h100-sxm5'?");
}

TEST_CASE("the beginning of a name is recognised") {
  CHECK(did_you_mean("v100", known) == "did you mean 'v100-sxm2-16gb'?");
}

TEST_CASE("several near names are listed, in the order of the table where equally near") {
  CHECK(did_you_mean("tpu-v9", known, 3) == "did you mean 'tpu-v3' or 'tpu-v4'?");
  constexpr std::array four{"aaaa1"sv, "aaaa2"sv, "aaaa3"sv, "aaaa4"sv};
  CHECK(did_you_mean("aaaa", four, 3) == "did you mean 'aaaa1', 'aaaa2' or 'aaaa3'?");
}

TEST_CASE("nothing near gives no suggestion") {
  CHECK(did_you_mean("toaster", known).empty());
  CHECK(did_you_mean("", known).empty());
  CHECK(did_you_mean(" -_.", known).empty());
  CHECK(did_you_mean(std::string(1000, 'a'), known).empty());
}

TEST_CASE("names that differ in case, blanks and dashes are the same name") {
  CHECK(fold("A100 80-GB_SXM.4") == "a10080gbsxm4");
}

TEST_CASE("edits are inserting, deleting, replacing and swapping neighbours") {
  CHECK(edit_distance("abc", "abc", 3) == 0);
  CHECK(edit_distance("abc", "ab", 3) == 1);
  CHECK(edit_distance("abc", "abxc", 3) == 1);
  CHECK(edit_distance("abc", "axc", 3) == 1);
  CHECK(edit_distance("abc", "acb", 3) == 1);
  CHECK(edit_distance("", "abc", 3) == 3);
  CHECK(edit_distance("abcdef", "uvwxyz", 3) == 4);
  CHECK(edit_distance("a", "abcdef", 3) == 4);
}

TEST_CASE("the distance is symmetric and never more than the longer word") {
  test::Random random(31);
  for (int i = 0; i < 3000; ++i) {
    const std::string a = random.text("abcd", 8);
    const std::string b = random.text("abcd", 8);
    const std::size_t there = edit_distance(a, b, 20);
    if (there != edit_distance(b, a, 20) || there > std::max(a.size(), b.size())) FAIL(a << ' ' << b);
  }
}

}  // namespace
}  // namespace kwhatif::diag
