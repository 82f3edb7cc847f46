#include "support/catch.hpp"
#include <kwhatif/diag/words.hpp>

#include <string>
#include <vector>

namespace kwhatif::diag {
namespace {

struct Named {
  std::string name;
};

TEST_CASE("names are listed with what parts them") {
  CHECK(listed(std::vector<std::string>{}) == "");
  CHECK(listed(std::vector<std::string>{"a"}) == "a");
  CHECK(listed(std::vector<std::string_view>{"a", "b", "c"}) == "a, b, c");
  CHECK(listed(std::vector<Named>{{"a"}, {"b"}}, " and ", &Named::name) == "a and b");
  CHECK(listed(std::vector<int>{1, 2}, "|", [](int n) { return std::to_string(n); }) == "1|2");
}

}  // namespace
}  // namespace kwhatif::diag
