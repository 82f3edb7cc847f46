// Threads that do not start cost time and no answer.
#include "grid/grids.hpp"
#include "support/catch.hpp"
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/uncertain/threads.hpp>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <system_error>

using namespace kwhatif;

namespace {

// Gives out so many threads and no more.
uncertain::StartThread at_most(unsigned threads) {
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
      uncertain::in_parallel(
          n, [&](unsigned i) { ++calls[i]; }, at_most(threads));
      CHECK(std::all_of(calls.begin(), calls.end(), [](const auto& c) { return c == 1; }));
    }
  }
}

TEST_CASE("an exception of a thread arrives once all have ended") {
  for (unsigned threads = 0; threads <= 3; ++threads) {
    std::atomic<int> ended = 0;
    CHECK_THROWS_AS(uncertain::in_parallel(
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
  run::Scenario run;
  for (const auto& [input, text] :
       {std::pair{run::Input::flops, "1e21"}, {run::Input::hardware, "h100-sxm5"}, {run::Input::grid, "FRA"}})
    run.set(input, {text, {}, "--flag"});
  const grid::Space space(run,
                          grid::read_axes({test::given("mfu=0.1:0.5:lin50"), test::given("pue=1:2:lin50"),
                                           test::given("chips=1:1000:lin100")},
                                          test::tables()),
                          test::tables());
  const grid::Kernel kernel(space, {*grid::result_named("co2e")}, true);
  for (const auto route : {grid::Route::stream, grid::Route::search}) {
    grid::TopSink expected(kernel, 0, 50);
    REQUIRE(grid::walk(kernel, expected, {.threads = 1, .route = route}));
    for (const unsigned threads : {0U, 1U, 2U}) {
      grid::TopSink found(kernel, 0, 50);
      REQUIRE(grid::walk(kernel, found, {.threads = 8, .route = route, .start = at_most(threads)}));
      CHECK(found.best() == expected.best());
    }
  }
}
