// Axes whose values are asked for in ways that could take for ever.
#include "grid/grids.hpp"
#include "support/catch.hpp"
#include <kwhatif/grid/sink.hpp>

#include <algorithm>
#include <regex>
#include <string>

using namespace kwhatif;
using test::given;
using test::tables;

namespace {

std::string code_of(const std::string& text) {
  try {
    grid::read_axis(given(text), tables());
  } catch (const diag::Error& error) {
    return error.diagnostics().front().code;
  }
  return "none";
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("a pattern of stars fits what it says") {
  test::Random random(42);
  std::vector<std::string> ids;
  for (const catalog::Row& row : tables().rows(catalog::Kind::hardware)) ids.emplace_back(row.id());
  for (int i = 0; i < 300; ++i) {
    // pieces of a name with stars between, or anything
    std::string pattern = ids[random.below(ids.size())];
    for (char& c : pattern) {
      if (random.below(3) == 0) c = '*';
    }
    if (i % 3 == 0) pattern = random.text("*ah10v-", 6);
    if (pattern.find('*') == std::string::npos) pattern += '*';
    std::string expression;
    for (const char c : pattern) expression += c == '*' ? std::string{".*"} : "[" + std::string{c} + "]";
    const std::regex fitting{expression};
    std::vector<std::string> expected;
    for (const std::string& id : ids) {
      if (std::regex_match(id, fitting)) expected.push_back(id);
    }
    INFO(pattern);
    if (expected.empty())
      CHECK(code_of("hardware=" + pattern) == "bad-axis");
    else
      CHECK(grid::read_axis(given("hardware=" + pattern), tables(), {.unavailable = true}).texts == expected);
  }
}

TEST_CASE("no axis takes long to read") {
  // each of these took minutes or all memory, or would with another algorithm
  CHECK(code_of("region=" + repeated("*a", 200) + "*!") == "bad-axis");
  CHECK(code_of("region=" + repeated("*", 100'000)) == "none");
  CHECK(code_of("region=" + repeated("*,", 50'000) + "*") == "none");
  CHECK(code_of("pue=" + repeated("1:2:lin1000000,", 5000) + "1") == "bad-axis");
  CHECK(code_of("chips=" + repeated("1:2:lin1000000,", 5000) + "1") == "bad-axis");
  std::string names;
  for (int i = 0; i < 20'000; ++i) names += "device-" + std::to_string(i) + ',';
  CHECK(code_of("hardware=" + names + "h100-sxm5") == "bad-axis");
}

TEST_CASE("a front without end is refused") {
  run::Scenario run;
  for (const auto& [input, text] : {std::pair{run::Input::flops, "1e21"},
                                    {run::Input::hardware, "h100-sxm5"},
                                    {run::Input::mfu, "0.4"},
                                    {run::Input::power, "700 W"}})
    run.set(input, {text, {}, "--flag"});
  const auto front_of = [&](const char* axis) -> std::string {
    const grid::Space space(run, grid::read_axes({given(axis)}, tables()), tables());
    const grid::Kernel kernel(space, {*grid::result_named("chips"), *grid::result_named("time")}, true);
    grid::ParetoSink sink(kernel, {0, 1});
    try {
      grid::walk(kernel, sink, {.threads = 2});
    } catch (const diag::Error& error) {
      return error.diagnostics().front().code;
    }
    return std::to_string(sink.front().size());
  };
  CHECK(front_of("chips=1:2000:lin2000") == "2000");  // fewer devices or less time: no row beats another
  CHECK(front_of("chips=1:30000:lin30000") == "too-many-rows");
}
