#include "grid/grids.hpp"
#include "support/catch.hpp"
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <cmath>

using namespace kwhatif;
using grid::Axis;
using grid::Kernel;
using grid::Space;
using test::base;
using test::brute;
using test::given;
using test::same;
using test::some_space;
using test::tables;

namespace {

// The mean with a sum in quadruple precision, which holds sums of these sizes without rounding.
double exact_mean(const std::vector<double>& values) {
  __extension__ using Quad = __float128;
  Quad sum = 0;
  for (const double v : values) sum += v;
  return static_cast<double>(sum) / static_cast<double>(values.size());
}

// The definition: rank q (n - 1), between two values linearly.
double quantile_of(const std::vector<double>& sorted, double q) {
  if (sorted.empty()) return grid::absent;
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto k = static_cast<std::size_t>(place);
  const double above = sorted[std::min(k + 1, sorted.size() - 1)];
  return sorted[k] + (above - sorted[k]) * (place - static_cast<double>(k));
}

// Up to three limits, near what a random row has, of any direction.
std::vector<grid::Limit> some_limits(test::Random& random, const std::vector<std::vector<double>>& all) {
  using Compare = grid::Limit::Compare;
  std::vector<grid::Limit> out;
  for (std::uint64_t n = random.below(4); n-- > 0;) {
    const std::size_t result = random.below(grid::result_count());
    const double value = all[random.below(all.size())][result];
    if (std::isnan(value)) continue;
    const auto compare =
        std::array{Compare::at_most, Compare::less, Compare::at_least, Compare::more}[random.below(4)];
    const double bound = random.below(2) == 0 ? value : value * random.between(0.5, 2);
    out.push_back({.result = result, .compare = compare, .bound = bound, .text = {}});
  }
  return out;
}

}  // namespace

TEST_CASE("best rows, fronts and groups are those of brute force") {
  test::Random random(11);
  const std::size_t co2e = *grid::result_named("co2e");
  const std::size_t cost = *grid::result_named("cost");
  const std::size_t time = *grid::result_named("time");
  for (int i = 0; i < test::repeats(80); ++i) {
    const Space space = some_space(random);
    if (space.size() > 3000) continue;
    const auto all = brute(space);
    const auto limits = some_limits(random, all);
    const auto fits = [&](const std::vector<double>& row) {
      return std::all_of(limits.begin(), limits.end(), [&](const auto& l) { return l.holds(row[l.result]); });
    };
    std::vector<std::size_t> results{co2e, time, cost};
    grid::add_results(results, limits);
    const Kernel kernel(space, results, true);
    grid::WalkOptions options{.threads = 1 + static_cast<unsigned>(random.below(3)), .limits = limits};
    INFO("case " << i << ", " << space.size() << " rows");

    for (const auto route : {grid::Route::stream, grid::Route::search}) {
      options.route = route;
      for (const bool largest : {false, true}) {
        grid::TopSink top(kernel, 0, 5, largest);
        REQUIRE(grid::walk(kernel, top, options));
        std::vector<grid::Ranked> expected;
        for (std::uint64_t row = 0; row < space.size(); ++row) {
          if (fits(all[row]) && !std::isnan(all[row][co2e])) expected.push_back({all[row][co2e], row});
        }
        std::stable_sort(expected.begin(), expected.end(), [&](const auto& a, const auto& b) {
          return largest ? a.value > b.value : a.value < b.value;
        });
        if (expected.size() > 5) expected.resize(5);
        CHECK(top.best() == expected);
      }

      grid::ParetoSink pareto(kernel, {0, 1, 2});
      REQUIRE(grid::walk(kernel, pareto, options));
      std::vector<grid::FrontPoint> expected;
      for (std::uint64_t row = 0; row < space.size(); ++row) {
        const std::vector<double> point{all[row][co2e], all[row][time], all[row][cost]};
        if (!fits(all[row]) ||
            std::any_of(point.begin(), point.end(), [](double v) { return std::isnan(v); }))
          continue;
        bool beaten = false;
        for (std::uint64_t other = 0; other < space.size() && !beaten; ++other) {
          const std::vector<double> rival{all[other][co2e], all[other][time], all[other][cost]};
          if (!fits(all[other])) continue;
          bool no_worse = true;
          for (std::size_t k = 0; k < 3; ++k) no_worse = no_worse && rival[k] <= point[k];
          beaten = no_worse && (rival != point || other < row);
        }
        if (!beaten) expected.push_back({point, row});
      }
      std::sort(expected.begin(), expected.end(),
                [](const auto& a, const auto& b) { return a.values < b.values; });
      CHECK(pareto.front() == expected);
    }

    // groups by one or two axes, with those axes inside the blocks and out of them
    std::vector<std::size_t> by{random.below(space.axes().size())};
    if (const std::size_t more = random.below(space.axes().size()); more != by.front()) by.push_back(more);
    std::vector<std::vector<double>> members;  // values by group, in order of rows
    std::vector<std::vector<std::uint64_t>> rows;
    for (std::uint64_t row = 0; row < space.size(); ++row) {
      const auto at = space.indices(row);
      std::size_t g = 0;
      for (const std::size_t a : by) g = g * space.axes()[a].size() + at[a];
      members.resize(std::max(members.size(), g + 1));
      rows.resize(members.size());
      if (!fits(all[row]) || std::isnan(all[row][co2e])) continue;
      members[g].push_back(all[row][co2e]);
      rows[g].push_back(row);
    }
    for (const bool apart : {false, true}) {
      const Kernel grouped(space, results, true, apart ? by : std::vector<std::size_t>{});
      for (const auto reduce : {grid::Reduce::min, grid::Reduce::max, grid::Reduce::mean}) {
        for (const auto route : {grid::Route::stream, grid::Route::search}) {
          options.route = route;
          grid::GroupSink sink(grouped, 0, by, reduce);
          REQUIRE(grid::walk(grouped, sink, options));
          const auto groups = sink.groups();
          REQUIRE(groups.size() == members.size());
          for (std::size_t g = 0; g < groups.size(); ++g) {
            REQUIRE(groups[g].count == members[g].size());
            if (members[g].empty()) continue;
            // the first of equal values, both
            const auto best = reduce == grid::Reduce::min
                                  ? std::min_element(members[g].begin(), members[g].end())
                                  : std::max_element(members[g].begin(), members[g].end());
            if (reduce == grid::Reduce::mean)
              CHECK(test::same_bits(groups[g].mean, exact_mean(members[g])));
            else
              CHECK(groups[g].best ==
                    grid::Ranked{*best, rows[g][static_cast<std::size_t>(best - members[g].begin())]});
          }
        }
      }
      options.route = grid::Route::automatic;
      const auto found = grid::quantiles(grouped, 0, by, options);
      REQUIRE(found.size() == members.size());
      for (std::size_t g = 0; g < found.size(); ++g) {
        CHECK(found[g].count == members[g].size());
        auto sorted = members[g];
        std::sort(sorted.begin(), sorted.end());
        for (std::size_t q = 0; q < grid::quantile_levels.size(); ++q)
          CHECK(same(found[g].quantiles[q], quantile_of(sorted, grid::quantile_levels[q])));
      }
    }
    options.route = grid::Route::automatic;
    const auto histogram = grid::histogram(kernel, 0, 7, options);
    REQUIRE(histogram);
    std::vector<double> values;
    for (const auto& group : members) values.insert(values.end(), group.begin(), group.end());
    CHECK(histogram->rows == values.size());
    for (std::size_t b = 0; b < histogram->counts.size(); ++b) {
      const auto in_bin = std::count_if(values.begin(), values.end(), [&](double v) {
        return (b == 0 || v >= histogram->from[b]) &&
               (b + 1 == histogram->from.size() || v < histogram->from[b + 1]);
      });
      CHECK(histogram->counts[b] == static_cast<std::uint64_t>(in_bin));
    }
  }
}

TEST_CASE("grids too large to look at give the answers that their structure tells") {
  run::Scenario run;
  for (const auto& [input, text] : {std::pair{run::Input::hardware, "h100-sxm5"},
                                    {run::Input::chips, "512"},
                                    {run::Input::mfu, "0.4"},
                                    {run::Input::power, "700 W"},
                                    {run::Input::price, "2 USD/h"}})
    run.set(input, {text, {}, "--flag"});
  // 10^12 points: all results are products, so the least of all is at the least of each axis
  const Space space(run,
                    grid::read_axes({given("params=1e12:1e9:log1000"), given("tokens=1e11:1e13:log1000"),
                                     given("pue=1.6:1.05:lin1000"), given("ci=900g/kWh:10g/kWh:lin1000")},
                                    tables()),
                    tables());
  const std::size_t co2e = *grid::result_named("co2e");
  const Kernel kernel(space, {co2e}, true);
  for (const unsigned threads : {1U, 2U}) {
    grid::TopSink least(kernel, 0, 3);
    REQUIRE(grid::walk(kernel, least, {.threads = threads}));
    CHECK(space.indices(least.best().front().row) == std::vector<std::size_t>{999, 0, 999, 999});
    grid::TopSink most(kernel, 0, 1, true);
    REQUIRE(grid::walk(kernel, most, {.threads = threads}));
    CHECK(space.indices(most.best().front().row) == std::vector<std::size_t>{0, 999, 0, 0});
  }
  const Kernel by_pue(space, {co2e}, true, {2});
  grid::GroupSink groups(by_pue, 0, {2}, grid::Reduce::min);
  REQUIRE(grid::walk(by_pue, groups, {.threads = 2}));
  for (const auto& group : groups.groups()) {
    CHECK(group.count == 1'000'000'000);
    const auto at = space.indices(group.best.row);
    CHECK((at[0] == 999 && at[1] == 0 && at[3] == 999));
  }
}

TEST_CASE("quantiles of many rows are found in windows as in one piece") {
  test::Random random(5);
  run::Scenario run = base(random);
  run.set(run::Input::mfu, {"0.4", {}, "--mfu"});
  // 1.03 million rows: more than are sorted in one piece
  const Space space(run,
                    grid::read_axes({given("params=1e9:1e12:log101"), given("tokens=1e11:1e13:log101"),
                                     given("pue=1.05:1.6:lin101")},
                                    tables()),
                    tables());
  const std::size_t energy = *grid::result_named("energy");
  const Kernel kernel(space, {energy}, true);
  std::vector<double> all;
  for (std::uint64_t row = 0; row < space.size(); ++row) {
    const auto result = run::estimate(*space.inputs(space.indices(row)));
    all.push_back(result.facility_energy->coherent());
  }
  std::sort(all.begin(), all.end());
  const auto found = grid::quantiles(kernel, 0, {}, {.threads = 2});
  REQUIRE(found.size() == 1);
  CHECK(found[0].count == all.size());
  for (std::size_t q = 0; q < grid::quantile_levels.size(); ++q)
    CHECK(same(found[0].quantiles[q], quantile_of(all, grid::quantile_levels[q])));
}
