// Threads that do not start cost time and no answer.
#include "analysis/grids.hpp"
#include "support/catch.hpp"
#include <kwhatif/analysis/sink.hpp>
#include <kwhatif/analysis/threads.hpp>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <system_error>

using namespace kwhatif;

namespace {

// Gives out so many threads and no more.
analysis::StartThread at_most(unsigned threads) {
  return [left = threads](const std::function<void()>& call) mutable {
    if (left == 0) throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    --left;
    return std::thread(call);
  };
}

}  // namespace

TEST_CASE("every call is made once, however few threads start") {
  for (unsigned n = 1; n <= 9; ++n) {
    for (unsigned threads = 0; threads <= n; ++threads) {
      std::vector<std::atomic<int>> calls(n);
      analysis::in_parallel(
          n, [&](unsigned i) { ++calls[i]; }, at_most(threads));
      CHECK(std::all_of(calls.begin(), calls.end(), [](const auto& c) { return c == 1; }));
    }
  }
}

TEST_CASE("an exception of a thread arrives once all have ended") {
  for (unsigned threads = 0; threads <= 3; ++threads) {
    std::atomic<int> ended = 0;
    CHECK_THROWS_AS(analysis::in_parallel(
                        4,
                        [&](unsigned i) {
                          ++ended;
                          if (i == 0 || i == 3) throw std::runtime_error("one");
                        },
                        at_most(threads)),
                    std::runtime_error);
    CHECK(ended == 4);
  }
}

TEST_CASE("a sweep whose threads do not start gives the answer of one thread") {
  scenario::Scenario run;
  for (const auto& [input, text] : {std::pair{scenario::Input::flops, "1e21"},
                                    {scenario::Input::hardware, "h100-sxm5"},
                                    {scenario::Input::grid, "FRA"}})
    run.set(input, {text, {}, "--flag"});
  const analysis::Space space(
      run,
      analysis::read_axes({test::given("mfu=0.1:0.5:lin50"), test::given("pue=1:2:lin50"),
                           test::given("chips=1:1000:lin100")},
                          test::tables()),
      test::tables());
  const analysis::Kernel kernel(space, {*analysis::result_named("co2e")}, true);
  for (const auto route : {analysis::Route::stream, analysis::Route::search}) {
    analysis::TopSink expected(kernel, 0, 50);
    REQUIRE(analysis::run(kernel, expected, {.threads = 1, .route = route}));
    for (const unsigned threads : {0U, 1U, 2U}) {
      analysis::TopSink found(kernel, 0, 50);
      REQUIRE(analysis::run(kernel, found, {.threads = 8, .route = route, .start = at_most(threads)}));
      CHECK(found.best() == expected.best());
    }
  }
}
