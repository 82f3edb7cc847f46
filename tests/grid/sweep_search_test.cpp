// Searching a grid by boxes and going through it row by row are one answer, whatever the shape of the blocks.
#include "grid/grids.hpp"
#include "support/catch.hpp"
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <cmath>

using namespace kwhatif;
using grid::Kernel;
using grid::Limit;
using grid::Route;
using grid::Space;
using grid::WalkOptions;
using test::given;
using test::tables;

namespace {

std::size_t result(std::string_view name) { return *grid::result_named(name); }

run::Scenario one_run() {
  run::Scenario run;
  for (const auto& [input, text] : {std::pair{run::Input::flops, "1e21"},
                                    {run::Input::hardware, "h100-sxm5"},
                                    {run::Input::chips, "64"},
                                    {run::Input::mfu, "0.4"},
                                    {run::Input::power, "700 W"},
                                    {run::Input::price, "2 USD/h"},
                                    {run::Input::grid, "FRA"}})
    run.set(input, {text, {}, "--flag"});
  return run;
}

// Two to four axes of which some are as long as a block, a lane more or less, or several blocks; up to about
// 60,000 rows, so that every row can be looked at.
Space shaped_space(test::Random& random) {
  struct Shape {
    std::string_view axis, from, to;
  };
  std::vector<Shape> pool{{"mfu", "0.1", "0.5"},
                          {"pue", "1", "2"},
                          {"overhead", "0", "0.5"},
                          {"ci", "10g/kWh", "900g/kWh"},
                          {"power", "300W", "900W"},
                          {"price", "1 USD/h", "4 USD/h"},
                          {"flops", "1e20", "1e22"},
                          {"chips", "1", "1000000"},
                          {"electricity-price", "0.05 USD/kWh", "0.4 USD/kWh"}};
  constexpr std::array long_ones{7, 31, 33, 500, 1023, 1024, 1025, 2047, 2048, 2049, 3000, 5000};
  double rows = 1;
  std::vector<run::Given> chosen;
  for (std::uint64_t axes = 2 + random.below(3); axes-- > 0;) {
    const std::size_t at = random.below(pool.size());
    const auto most = static_cast<std::uint64_t>(60'000 / rows);
    std::uint64_t n = random.below(2) == 0
                          ? static_cast<std::uint64_t>(long_ones[random.below(long_ones.size())])
                          : 2 + random.below(60);
    n = std::clamp<std::uint64_t>(n, 2, std::max<std::uint64_t>(2, most));
    rows *= static_cast<double>(n);
    // falling as well as rising
    const bool falls = random.below(2) == 0;
    const Shape& s = pool[at];
    chosen.push_back(given(std::string{s.axis} + '=' + std::string{falls ? s.to : s.from} + ':' +
                           std::string{falls ? s.from : s.to} + ":lin" + std::to_string(n)));
    pool.erase(pool.begin() + static_cast<std::ptrdiff_t>(at));
  }
  if (random.below(3) == 0 && rows < 20'000)
    chosen.push_back(given("hardware=h100-sxm5,a100-sxm4-80gb,tpu-v4"));
  auto run = one_run();
  if (random.below(4) == 0) run.clear(run::Input::price);
  return {std::move(run), grid::read_axes(chosen, tables()), tables()};
}

std::vector<Limit> some_limits(test::Random& random, const Space& space) {
  using Compare = Limit::Compare;
  std::vector<Limit> out;
  for (std::uint64_t n = random.below(3); n-- > 0;) {
    const std::size_t r =
        std::array{result("co2e"), result("time"), result("energy"), result("cost")}[random.below(4)];
    const double value = test::estimated(space, random.below(space.size()))[r];
    if (std::isnan(value)) continue;
    const auto compare =
        std::array{Compare::at_most, Compare::less, Compare::at_least, Compare::more}[random.below(4)];
    out.push_back({.result = r,
                   .compare = compare,
                   .bound = random.below(2) == 0 ? value : value * random.between(0.5, 2),
                   .text = {}});
  }
  return out;
}

bool same_groups(const std::vector<grid::Group>& a, const std::vector<grid::Group>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.count == y.count && (x.count == 0 || x.best == y.best);
  });
}

}  // namespace

TEST_CASE("a search finds what a walk over every row finds, with several blocks a step") {
  test::Random random(20261127);
  std::size_t with_several_blocks = 0;
  for (int i = 0; i < 60; ++i) {
    const Space space = shaped_space(random);
    const auto limits = some_limits(random, space);
    const std::size_t by = std::array{result("co2e"), result("time"), result("cost")}[random.below(3)];
    std::vector<std::size_t> results{by, result("time"), result("energy")};
    std::sort(results.begin() + 1, results.end());
    results.erase(std::remove(results.begin() + 1, results.end(), by), results.end());
    grid::add_results(results, limits);
    // where the order is free the kernel chooses the inner axes; in the order of rows they are the last
    for (const bool any_order : {true, false}) {
      const Kernel kernel(space, results, any_order);
      with_several_blocks += kernel.inner_size() > Kernel::block_lanes ? 1 : 0;
      WalkOptions walk{.threads = 1, .route = Route::stream, .limits = limits};
      WalkOptions search{
          .threads = 1 + static_cast<unsigned>(random.below(3)), .route = Route::search, .limits = limits};
      INFO("case " << i << ", " << space.size() << " rows, " << kernel.inner_size() << " a step, "
                   << limits.size() << " limits, " << search.threads << " threads");

      for (const bool largest : {false, true}) {
        const std::size_t count = 1 + random.below(30);
        grid::TopSink expected(kernel, 0, count, largest);
        grid::TopSink found(kernel, 0, count, largest);
        REQUIRE(grid::walk(kernel, expected, walk));
        REQUIRE(grid::walk(kernel, found, search));
        CHECK(found.best() == expected.best());
      }

      grid::ParetoSink expected_front(kernel, {0, 1});
      grid::ParetoSink front(kernel, {0, 1});
      REQUIRE(grid::walk(kernel, expected_front, walk));
      REQUIRE(grid::walk(kernel, front, search));
      CHECK(front.front() == expected_front.front());

      const auto expected_bins = grid::histogram(kernel, 0, 9, walk);
      const auto bins = grid::histogram(kernel, 0, 9, search);
      REQUIRE((expected_bins && bins));
      CHECK(bins->rows == expected_bins->rows);
      CHECK(bins->counts == expected_bins->counts);
      CHECK(bins->from == expected_bins->from);

      if (i % 6 == 0) {  // and against one estimate() a row
        std::vector<grid::Ranked> all;
        for (std::uint64_t row = 0; row < space.size(); ++row) {
          const auto values = test::estimated(space, row);
          const bool fits = std::all_of(limits.begin(), limits.end(),
                                        [&](const Limit& l) { return l.holds(values[l.result]); });
          if (fits && !std::isnan(values[by])) all.push_back({values[by], row});
        }
        std::stable_sort(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return a.value < b.value; });
        if (all.size() > 10) all.resize(10);
        grid::TopSink found(kernel, 0, 10);
        REQUIRE(grid::walk(kernel, found, search));
        CHECK(found.best() == all);
      }

      const std::vector<std::size_t> axis{random.below(space.axes().size())};
      const Kernel grouped(space, results, any_order, axis);
      for (const auto reduce : {grid::Reduce::min, grid::Reduce::max}) {
        grid::GroupSink expected_groups(grouped, 0, axis, reduce);
        grid::GroupSink groups(grouped, 0, axis, reduce);
        REQUIRE(grid::walk(grouped, expected_groups, walk));
        REQUIRE(grid::walk(grouped, groups, search));
        CHECK(same_groups(groups.groups(), expected_groups.groups()));
      }
      if (space.axes()[axis.front()].size() > 4096) continue;  // more groups than quantiles are given for
      const auto expected_quantiles = grid::quantiles(grouped, 0, axis, walk);
      const auto quantiles = grid::quantiles(grouped, 0, axis, search);
      CHECK(same_groups(quantiles, expected_quantiles));
    }
  }
  CHECK(with_several_blocks > 20);
}

TEST_CASE("the least of a grid with three thousand points a step is the right one") {
  auto run = one_run();
  for (const auto input : {run::Input::power, run::Input::mfu, run::Input::price}) run.clear(input);
  const Space space(
      run,
      grid::read_axes({given("mfu=0.1:0.5:lin50"), given("pue=1:2:lin50"), given("chips=1:1000:lin100")},
                      tables()),
      tables());
  REQUIRE(space.size() == 250'000);
  grid::Ranked least{1e300, 0};
  for (std::uint64_t row = 0; row < space.size(); ++row) {
    const double co2e = test::estimated(space, row)[result("co2e")];
    if (co2e < least.value) least = {co2e, row};
  }
  CHECK(least.row == 245'000);
  const Kernel kernel(space, {result("co2e")}, true);
  grid::TopSink sink(kernel, 0, 1);
  REQUIRE(grid::walk(kernel, sink, {.threads = 2}));
  CHECK(sink.best() == std::vector<grid::Ranked>{least});
}

TEST_CASE("a limit copied from our output keeps or leaves out its own row") {
  test::Random random(32217133567279284);
  for (std::size_t r = 0; r < grid::result_count(); ++r) {
    const auto info = grid::result_info(r);
    for (int i = 0; i < 2000; ++i) {
      // any value, and such as whole numbers of the unit give
      double value = random.magnitude(-3, 15);
      if (i % 4 == 0) {
        const auto text =
            quantity::shortest(std::floor(random.magnitude(0, 6))) + ' ' + std::string{info.unit};
        value = quantity::parse(text, {.dimension = grid::result_dimension(r), .bare_number = true})
                    .value.coherent;
        for (std::uint64_t k = random.below(4); k-- > 0;) value = std::nextafter(value, 1e300);
      }
      const std::string shown =
          quantity::shortest(grid::machine_value(r, value)) + ' ' + std::string{info.unit};
      const auto holds = [&](const std::string& compare) {
        return grid::read_limits(given(std::string{info.key} + compare + shown)).front().holds(value);
      };
      INFO(info.key << ", " << shown);
      REQUIRE(holds("<="));
      REQUIRE(holds(">="));
      REQUIRE_FALSE(holds("<"));
      REQUIRE_FALSE(holds(">"));
    }
  }
}

TEST_CASE("a limit leaves out what is shown as more and keeps what is shown as less") {
  test::Random random(7);
  for (int i = 0; i < 4000; ++i) {
    const std::size_t r = random.below(grid::result_count());
    const auto text = [&](double value) {
      return quantity::shortest(grid::machine_value(r, value)) + ' ' + std::string{grid::result_info(r).unit};
    };
    const auto read = [&](const std::string& shown) {
      return quantity::parse(shown, {.dimension = grid::result_dimension(r), .bare_number = true})
          .value.coherent;
    };
    const double value = random.magnitude(-3, 15);
    double other = value;
    for (std::uint64_t k = random.below(12); k-- > 0;) other = std::nextafter(other, 1e300);
    const auto limit = grid::read_limits(given(std::string{grid::result_info(r).key} + "<=" + text(value)));
    INFO(grid::result_info(r).key << " " << text(value) << " and " << text(other));
    CHECK(limit.front().holds(other) == (read(text(other)) <= read(text(value))));
  }
}
