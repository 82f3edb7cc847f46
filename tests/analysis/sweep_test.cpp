#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/analysis/sink.hpp>
#include <kwhatif/estimate/run.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/sweep.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace kwhatif;
using analysis::Axis;
using analysis::Kernel;
using analysis::Space;

namespace {

scenario::Given given(std::string text) { return {std::move(text), {}, "--axis"}; }

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

scenario::Scenario base(test::Random& random) {
  scenario::Scenario run;
  run.set(scenario::Input::params, {"7B", {}, "--params"});
  run.set(scenario::Input::tokens, {"300B", {}, "--tokens"});
  run.set(scenario::Input::hardware, {"a100-sxm4-80gb", {}, "--hardware"});
  run.set(scenario::Input::chips, {"512", {}, "--chips"});
  run.set(scenario::Input::region, {"gcp:us-central1", {}, "--region"});
  if (random.below(2) == 0) run.set(scenario::Input::overhead, {"12 %", {}, "--overhead"});
  if (random.below(2) == 0) run.set(scenario::Input::runs, {"3", {}, "--runs"});
  if (random.below(3) == 0) run.set(scenario::Input::mfu, {"0.4", {}, "--mfu"});
  return run;
}

// Some axes out of a pool, in random order.
std::vector<Axis> some_axes(test::Random& random) {
  std::vector<std::string> pool{
      "tokens=1e11:1e13:log7", "params=1B,7B,70B",
      "chips=64:1024:lin5",    "hardware=v100-sxm2-16gb,a100-sxm4-80gb,h100-sxm5,tpu-v3,b100",
      "region=gcp:europe-*",   "region=all",
      "pue=1.0:1.6:lin9",      "ci=0 g/kWh,429g/kWh,0.954 lb/kWh",
      "year=2021,2022,2023",   "precision=fp16,bf16,fp8",
      "overhead=0,0.1,0.3",    "price=1 USD/h:4 USD/h:lin4",
      "power=330W,700W",       "epochs=1,2"};
  if (random.below(2) == 0) pool[9] = "precision=fp16,bf16";
  std::vector<scenario::Given> chosen;
  std::vector<std::string> names;
  const std::size_t count = 1 + random.below(4);
  while (chosen.size() < count) {
    const std::string& spec = pool[random.below(pool.size())];
    const std::string name = spec.substr(0, spec.find('='));
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    names.push_back(name);
    chosen.push_back(given(spec));
  }
  return analysis::read_axes(chosen, tables());
}

// A space of random axes that has a point which resolves.
Space some_space(test::Random& random) {
  while (true) {
    try {
      const auto run = base(random);
      return Space(run, some_axes(random), tables());
    } catch (const diag::ScenarioError&) {  // fp8 on a device without it: refused, as it should be
    }
  }
}

// Every result of every row, one run at a time, by resolve() and estimate() themselves.
std::vector<std::vector<double>> brute(const Space& space) {
  std::vector<std::vector<double>> out;
  for (std::uint64_t row = 0; row < space.size(); ++row) {
    std::vector<double> values(analysis::result_count(), analysis::absent);
    try {
      const auto run = scenario::resolve(space.scenario(space.indices(row)), tables());
      const auto result = estimate::estimate(run.inputs);
      std::size_t i = 0;
      estimate::for_each_result(result, [&](const estimate::ResultInfo&, const auto& field) {
        if (field) values[i] = field->coherent();
        ++i;
      });
    } catch (const diag::ScenarioError&) {
    }
    out.push_back(std::move(values));
  }
  return out;
}

class Collect : public analysis::Sink {
 public:
  explicit Collect(const Space& space, std::size_t columns)
      : rows(space.size(), std::vector<double>(columns, -1)), columns_(columns) {}
  struct OnePart : analysis::Part {
    Collect* all = nullptr;
    void take(const analysis::Block& block, const double* const* columns, const unsigned char*) override {
      for (std::size_t i = 0; i < block.lanes; ++i) {
        for (std::size_t k = 0; k < all->columns_; ++k) all->rows[block.row(i)][k] = columns[k][i];
      }
    }
  };
  std::unique_ptr<analysis::Part> part() override {
    auto out = std::make_unique<OnePart>();
    out->all = this;
    return out;
  }
  void commit(analysis::Part&) override {}
  std::vector<std::vector<double>> rows;

 private:
  std::size_t columns_;
};

bool same(double a, double b) { return (std::isnan(a) && std::isnan(b)) || test::same_bits(a, b); }

// The mean with a sum in quadruple precision, which holds sums of these sizes without rounding.
double exact_mean(const std::vector<double>& values) {
  __extension__ using Quad = __float128;
  Quad sum = 0;
  for (const double v : values) sum += v;
  return static_cast<double>(sum) / static_cast<double>(values.size());
}

// The definition: rank q (n - 1), between two values linearly.
double quantile_of(const std::vector<double>& sorted, double q) {
  if (sorted.empty()) return analysis::absent;
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto k = static_cast<std::size_t>(place);
  const double above = sorted[std::min(k + 1, sorted.size() - 1)];
  return sorted[k] + (above - sorted[k]) * (place - static_cast<double>(k));
}

std::vector<std::size_t> every_result() {
  std::vector<std::size_t> out;
  for (std::size_t r = 0; r < analysis::result_count(); ++r) out.push_back(r);
  return out;
}

std::string bytes_of(const Space& space, report::RowFormat format, unsigned threads,
                     std::vector<analysis::Limit> limits = {}) {
  std::vector<std::size_t> results{*analysis::result_named("energy"), *analysis::result_named("co2e")};
  analysis::add_results(results, limits);
  const Kernel kernel(space, results, false);
  std::string out;
  report::RowSink sink(kernel, {0, 1}, format, [&](std::string_view more) { out += more; });
  analysis::run(kernel, sink, {.threads = threads, .limits = std::move(limits)});
  return sink.head(sink.rows()) + out;
}

// Results of one row by estimate() itself, from the inputs of the space.
std::vector<double> estimated(const Space& space, std::uint64_t row) {
  std::vector<double> out(analysis::result_count(), analysis::absent);
  const auto inputs = space.inputs(space.indices(row));
  if (!inputs) return out;
  std::size_t i = 0;
  const auto result = estimate::estimate(*inputs);
  estimate::for_each_result(result, [&](const estimate::ResultInfo&, const auto& field) {
    if (field) out[i] = field->coherent();
    ++i;
  });
  return out;
}

// Rows as they are defined: one at a time, each number as `estimate --json` prints it.
std::string plain_rows(const Space& space, report::RowFormat format, const std::vector<std::size_t>& results,
                       const std::vector<analysis::Limit>& limits) {
  const bool csv = format == report::RowFormat::csv;
  std::string out;
  if (csv) {
    out = "row";
    for (const Axis& axis : space.axes()) out += ',' + axis.column();
    for (const std::size_t r : results) out += ',' + std::string{analysis::result_info(r).json_key};
    out += '\n';
  }
  for (std::uint64_t row = 0; row < space.size(); ++row) {
    const auto values = estimated(space, row);
    if (!std::all_of(limits.begin(), limits.end(), [&](const auto& l) { return l.holds(values[l.result]); }))
      continue;
    const auto cell = [&](const std::string& key, const std::string& text) {
      out += csv ? "," + text : ",\"" + key + "\":" + text;
    };
    out += (csv ? "" : "{\"row\":") + std::to_string(row);
    const auto indices = space.indices(row);
    for (std::size_t a = 0; a < indices.size(); ++a) {
      const Axis& axis = space.axes()[a];
      const std::string text = axis.numeric() ? quantity::shortest(axis.machine(indices[a]))
                               : csv          ? report::csv_field(axis.text(indices[a]))
                                              : '"' + axis.text(indices[a]) + '"';
      cell(axis.column(), text);
    }
    for (const std::size_t r : results) {
      const std::string none = csv ? "" : "null";
      cell(std::string{analysis::result_info(r).json_key},
           std::isnan(values[r]) ? none : quantity::shortest(analysis::machine_value(r, values[r])));
    }
    out += csv ? "\n" : "}\n";
  }
  return out;
}

std::string swept_rows(const Space& space, report::RowFormat format, const std::vector<std::size_t>& results,
                       const std::vector<analysis::Limit>& limits, unsigned threads) {
  auto wanted = results;
  analysis::add_results(wanted, limits);
  const Kernel kernel(space, wanted, false);
  std::vector<std::size_t> columns(results.size());
  for (std::size_t k = 0; k < columns.size(); ++k) columns[k] = k;
  std::string out;
  report::RowSink sink(kernel, columns, format, [&](std::string_view more) { out += more; });
  analysis::run(kernel, sink, {.threads = threads, .limits = limits});
  return format == report::RowFormat::csv ? sink.head(sink.rows()) + out : out;
}

// Records of .npy say the same as the space.
std::size_t wrong_records(const Space& space, const std::vector<std::size_t>& results) {
  const std::string bytes = swept_rows(space, report::RowFormat::npy, results, {}, 2);
  const std::size_t record = bytes.size() / space.size();
  std::size_t wrong = bytes.size() % space.size();
  for (std::uint64_t row = 0; row < space.size(); ++row) {
    const char* at = bytes.data() + row * record;
    const auto number = [&]() {
      double v = 0;
      std::memcpy(&v, at, sizeof v);
      at += sizeof v;
      return v;
    };
    std::uint64_t read = 0;
    std::memcpy(&read, at, sizeof read);
    at += sizeof read;
    wrong += read == row ? 0U : 1U;
    const auto indices = space.indices(row);
    for (std::size_t a = 0; a < indices.size(); ++a) {
      const Axis& axis = space.axes()[a];
      if (axis.numeric()) {
        wrong += same(number(), axis.machine(indices[a])) ? 0U : 1U;
        continue;
      }
      std::size_t width = 1;
      for (const std::string& text : axis.texts) width = std::max(width, text.size());
      std::string expected = axis.texts[indices[a]];
      expected.resize(width, '\0');
      wrong += std::string(at, width) == expected ? 0U : 1U;
      at += width;
    }
    const auto values = estimated(space, row);
    for (const std::size_t r : results) {  // binary numbers are not shortened: one rounding more or less
      const double v = number();
      const double expected = analysis::machine_value(r, values[r]);
      const bool near = std::abs(v - expected) <= 1e-15 * std::abs(expected);
      wrong += std::isnan(values[r]) ? (std::isnan(v) ? 0U : 1U) : (near ? 0U : 1U);
    }
    wrong += at == bytes.data() + (row + 1) * record ? 0U : 1U;
  }
  return wrong;
}

}  // namespace

TEST_CASE("every number of a sweep has the bits of estimate() on that run") {
  test::Random random(7);
  for (int i = 0; i < 12; ++i) {
    const Space space = some_space(random);
    if (space.size() > 6000) continue;
    const auto expected = brute(space);
    for (const bool any_order : {false, true}) {
      const Kernel kernel(space, every_result(), any_order);
      Collect sink(space, analysis::result_count());
      REQUIRE(analysis::run(kernel, sink, {.threads = 1 + static_cast<unsigned>(i) % 3}));
      std::size_t wrong = 0;
      for (std::uint64_t row = 0; row < space.size(); ++row) {
        for (std::size_t k = 0; k < analysis::result_count(); ++k)
          wrong += same(sink.rows[row][k], expected[row][k]) ? 0U : 1U;
      }
      INFO("case " << i << ", " << space.size() << " rows");
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("best rows, fronts and groups are those of brute force") {
  test::Random random(11);
  const std::size_t co2e = *analysis::result_named("co2e");
  const std::size_t cost = *analysis::result_named("cost");
  const std::size_t time = *analysis::result_named("time");
  for (int i = 0; i < 40; ++i) {
    const Space space = some_space(random);
    if (space.size() > 4000) continue;
    const auto all = brute(space);
    std::vector<analysis::Limit> limits;
    if (random.below(2) == 0) limits = analysis::read_limits(given("time<=20 d and energy>1 MWh"));
    const auto fits = [&](const std::vector<double>& row) {
      return std::all_of(limits.begin(), limits.end(), [&](const auto& l) { return l.holds(row[l.result]); });
    };
    std::vector<std::size_t> results{co2e, time, cost};
    analysis::add_results(results, limits);
    const Kernel kernel(space, results, true);
    analysis::RunOptions options{.threads = 1 + static_cast<unsigned>(random.below(3)), .limits = limits};
    INFO("case " << i << ", " << space.size() << " rows");

    for (const auto route : {analysis::Route::stream, analysis::Route::search}) {
      options.route = route;
      for (const bool largest : {false, true}) {
        analysis::TopSink top(kernel, 0, 5, largest);
        REQUIRE(analysis::run(kernel, top, options));
        std::vector<analysis::Ranked> expected;
        for (std::uint64_t row = 0; row < space.size(); ++row) {
          if (fits(all[row]) && !std::isnan(all[row][co2e])) expected.push_back({all[row][co2e], row});
        }
        std::stable_sort(expected.begin(), expected.end(), [&](const auto& a, const auto& b) {
          return largest ? a.value > b.value : a.value < b.value;
        });
        if (expected.size() > 5) expected.resize(5);
        CHECK(top.best() == expected);
      }

      analysis::ParetoSink pareto(kernel, {0, 1, 2});
      REQUIRE(analysis::run(kernel, pareto, options));
      std::vector<analysis::FrontPoint> expected;
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
      for (const auto reduce : {analysis::Reduce::min, analysis::Reduce::max, analysis::Reduce::mean}) {
        for (const auto route : {analysis::Route::stream, analysis::Route::search}) {
          options.route = route;
          analysis::GroupSink sink(grouped, 0, by, reduce);
          REQUIRE(analysis::run(grouped, sink, options));
          const auto groups = sink.groups();
          REQUIRE(groups.size() == members.size());
          for (std::size_t g = 0; g < groups.size(); ++g) {
            REQUIRE(groups[g].count == members[g].size());
            if (members[g].empty()) continue;
            // the first of equal values, both
            const auto best = reduce == analysis::Reduce::min
                                  ? std::min_element(members[g].begin(), members[g].end())
                                  : std::max_element(members[g].begin(), members[g].end());
            if (reduce == analysis::Reduce::mean)
              CHECK(test::same_bits(groups[g].mean, exact_mean(members[g])));
            else
              CHECK(groups[g].best ==
                    analysis::Ranked{*best, rows[g][static_cast<std::size_t>(best - members[g].begin())]});
          }
        }
      }
      options.route = analysis::Route::automatic;
      const auto found = analysis::quantiles(grouped, 0, by, options);
      REQUIRE(found.size() == members.size());
      for (std::size_t g = 0; g < found.size(); ++g) {
        CHECK(found[g].count == members[g].size());
        auto sorted = members[g];
        std::sort(sorted.begin(), sorted.end());
        for (std::size_t q = 0; q < analysis::quantile_levels.size(); ++q)
          CHECK(same(found[g].quantiles[q], quantile_of(sorted, analysis::quantile_levels[q])));
      }
    }
    options.route = analysis::Route::automatic;
    const auto histogram = analysis::histogram(kernel, 0, 7, options);
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

TEST_CASE("blocks may be asked for in any order and more than once, with room and without") {
  test::Random random(13);
  const auto check = [&](const Space& space) {
    for (const bool any_order : {false, true}) {
      const Kernel kernel(space, every_result(), any_order);
      const auto work = kernel.work();
      std::size_t wrong = 0;
      std::array<std::vector<std::vector<double>>, 2> rooms;  // in turn; what is not the block's is wiped
      for (auto& r : rooms) r.assign(analysis::result_count(), std::vector<double>(Kernel::block_lanes));
      std::vector<double*> places;
      for (int k = 0; k < 300; ++k) {
        const std::uint64_t first = random.below(kernel.blocks());
        const std::uint64_t last = std::min(kernel.blocks(), first + 1 + random.below(3));
        const bool with_room = random.below(2) == 0;
        const auto room = [&](std::size_t) -> double* const* {
          std::swap(rooms[0], rooms[1]);
          for (auto& r : rooms) {
            for (auto& column : r) std::fill(column.begin(), column.end(), -1);
          }
          places.clear();
          for (auto& column : rooms[0]) places.push_back(column.data());
          return with_room ? places.data() : nullptr;
        };
        const auto take = [&](const analysis::Block& block) {
          for (const std::size_t lane : {std::size_t{0}, block.lanes / 2, block.lanes - 1}) {
            const auto expected = estimated(space, block.row(lane));
            for (std::size_t r = 0; r < expected.size(); ++r)
              wrong += same(block.columns[r][lane], expected[r]) ? 0U : 1U;
          }
          return true;
        };
        kernel.each_block(*work, first, last, take, room);
      }
      INFO(space.size() << " rows, any order: " << any_order);
      CHECK(wrong == 0);
    }
  };
  for (int i = 0; i < 12; ++i) {
    const Space space = some_space(random);
    if (space.size() <= 6000) check(space);
  }
  const auto axes = analysis::read_axes(
      {given("overhead=0,0.1,0.3"), given("chips=64,128"), given("ci=10g/kWh:900g/kWh:lin2500")}, tables());
  check(Space(base(random), axes, tables()));  // several blocks per step
}

TEST_CASE("results are written where a part has room for them") {
  class Room : public analysis::Sink {
   public:
    explicit Room(std::size_t columns) : columns_(columns) {}
    struct OnePart : analysis::Part {
      Room* all = nullptr;
      std::vector<std::vector<double>> columns;
      std::vector<double*> places;
      double* const* room(std::size_t lanes) override {
        places.clear();
        for (auto& c : columns) {
          c.assign(lanes, -1);
          places.push_back(c.data());
        }
        return places.data();
      }
      void take(const analysis::Block& block, const double* const* given_columns,
                const unsigned char*) override {
        for (std::size_t k = 0; k < columns.size(); ++k)
          all->elsewhere += given_columns[k] == places[k] ? 0U : 1U;
        for (std::size_t i = 0; i < block.lanes; ++i) {
          const auto expected = estimated(*all->space, block.row(i));
          for (std::size_t k = 0; k < columns.size(); ++k)
            all->wrong += same(columns[k][i], expected[k]) ? 0U : 1U;
        }
      }
    };
    std::unique_ptr<analysis::Part> part() override {
      auto out = std::make_unique<OnePart>();
      out->all = this;
      out->columns.resize(columns_);
      return out;
    }
    void commit(analysis::Part&) override {}
    const Space* space = nullptr;
    std::size_t wrong = 0;
    std::size_t elsewhere = 0;

   private:
    std::size_t columns_;
  };
  test::Random random(17);
  for (int i = 0; i < 12; ++i) {
    const Space space = some_space(random);
    if (space.size() > 6000) continue;
    for (const bool any_order : {false, true}) {
      const Kernel kernel(space, every_result(), any_order);
      Room sink(analysis::result_count());
      sink.space = &space;
      REQUIRE(analysis::run(kernel, sink, {.threads = 1}));
      INFO("case " << i << ", any order: " << any_order);
      CHECK(sink.wrong == 0);
      CHECK(sink.elsewhere == 0);
    }
  }
}

TEST_CASE("rows have the bytes of their plain definition") {
  test::Random random(19);
  const auto check = [&](const Space& space, const std::vector<analysis::Limit>& limits) {
    std::vector<std::size_t> results;
    for (const std::string_view name : {"cost", "co2e", "time", "energy", "devices", "flops"})
      results.push_back(*analysis::result_named(name));
    INFO(space.size() << " rows, first axis " << space.axes().front().given.text);
    for (const auto format : {report::RowFormat::csv, report::RowFormat::json_lines}) {
      const std::string expected = plain_rows(space, format, results, limits);
      CHECK((swept_rows(space, format, results, limits, 1) == expected));  // too long to print
      CHECK((swept_rows(space, format, results, limits, 3) == expected));
    }
    CHECK(wrong_records(space, results) == 0);
  };
  SECTION("random grids with absent values") {
    for (int i = 0; i < 16; ++i) {
      const Space space = some_space(random);
      if (space.size() > 20000) continue;
      check(space, {});
      check(space, analysis::read_limits(given("time<=20 d and energy>1 MWh")));
    }
  }
  SECTION("very small and very large numbers") {
    const auto axes = analysis::read_axes({given("params=1e3:1e17:log31"), given("tokens=1e4:1e18:log41"),
                                           given("ci=0 g/kWh,0.000001 g/kWh,429g/kWh")},
                                          tables());
    check(Space(base(random), axes, tables()), {});
  }
  SECTION("round numbers") {
    const auto axes = analysis::read_axes({given("price=0.01 USD/h:4 USD/h:lin400"), given("params=1e9,1e10"),
                                           given("tokens=1e11:1e13:lin100")},
                                          tables());
    check(Space(base(random), axes, tables()), {});
  }
  SECTION("axes longer than those whose cells are kept, last and first") {
    for (const auto& specs : {std::vector<std::string>{"overhead=0,0.1", "ci=10g/kWh:900g/kWh:lin100300"},
                              {"tokens=1e11:1e13:lin100100", "region=gcp:us-central1,gcp:europe-west1"}}) {
      std::vector<scenario::Given> texts;
      for (const std::string& spec : specs) texts.push_back(given(spec));
      const Space space(base(random), analysis::read_axes(texts, tables()), tables());
      REQUIRE(space.size() > 200'000);
      check(space, specs.front() == "overhead=0,0.1" ? analysis::read_limits(given("co2e<=30 t"))
                                                     : std::vector<analysis::Limit>{});
    }
  }
}

TEST_CASE("grids too large to look at give the answers that their structure tells") {
  scenario::Scenario run;
  for (const auto& [input, text] : {std::pair{scenario::Input::hardware, "h100-sxm5"},
                                    {scenario::Input::chips, "512"},
                                    {scenario::Input::mfu, "0.4"},
                                    {scenario::Input::power, "700 W"},
                                    {scenario::Input::price, "2 USD/h"}})
    run.set(input, {text, {}, "--flag"});
  // 10^12 points: all results are products, so the least of all is at the least of each axis
  const Space space(run,
                    analysis::read_axes({given("params=1e12:1e9:log1000"), given("tokens=1e11:1e13:log1000"),
                                         given("pue=1.6:1.05:lin1000"), given("ci=900g/kWh:10g/kWh:lin1000")},
                                        tables()),
                    tables());
  const std::size_t co2e = *analysis::result_named("co2e");
  const Kernel kernel(space, {co2e}, true);
  for (const unsigned threads : {1U, 2U}) {
    analysis::TopSink least(kernel, 0, 3);
    REQUIRE(analysis::run(kernel, least, {.threads = threads}));
    CHECK(space.indices(least.best().front().row) == std::vector<std::size_t>{999, 0, 999, 999});
    analysis::TopSink most(kernel, 0, 1, true);
    REQUIRE(analysis::run(kernel, most, {.threads = threads}));
    CHECK(space.indices(most.best().front().row) == std::vector<std::size_t>{0, 999, 0, 0});
  }
  const Kernel by_pue(space, {co2e}, true, {2});
  analysis::GroupSink groups(by_pue, 0, {2}, analysis::Reduce::min);
  REQUIRE(analysis::run(by_pue, groups, {.threads = 2}));
  for (const auto& group : groups.groups()) {
    CHECK(group.count == 1'000'000'000);
    const auto at = space.indices(group.best.row);
    CHECK((at[0] == 999 && at[1] == 0 && at[3] == 999));
  }
}

TEST_CASE("quantiles of many rows are found in windows as in one piece") {
  test::Random random(5);
  scenario::Scenario run = base(random);
  run.set(scenario::Input::mfu, {"0.4", {}, "--mfu"});
  // 4.1 million rows: one more than are sorted in one piece
  const Space space(run,
                    analysis::read_axes({given("params=1e9:1e12:log160"), given("tokens=1e11:1e13:log160"),
                                         given("pue=1.05:1.6:lin160")},
                                        tables()),
                    tables());
  const std::size_t energy = *analysis::result_named("energy");
  const Kernel kernel(space, {energy}, true);
  std::vector<double> all;
  for (std::uint64_t row = 0; row < space.size(); ++row) {
    const auto result = estimate::estimate(*space.inputs(space.indices(row)));
    all.push_back(result.facility_energy->coherent());
  }
  std::sort(all.begin(), all.end());
  const auto found = analysis::quantiles(kernel, 0, {}, {.threads = 2});
  REQUIRE(found.size() == 1);
  CHECK(found[0].count == all.size());
  for (std::size_t q = 0; q < analysis::quantile_levels.size(); ++q)
    CHECK(same(found[0].quantiles[q], quantile_of(all, analysis::quantile_levels[q])));
}

TEST_CASE("two threads write the same bytes as one") {
  test::Random random(3);
  const auto axes = analysis::read_axes(
      {given("hardware=kind:gpu"), given("tokens=1e11:1e13:log60"), given("region=gcp:*")}, tables());
  const Space space(base(random), axes, tables());
  for (const auto format : {report::RowFormat::csv, report::RowFormat::json_lines, report::RowFormat::npy}) {
    const std::string one = bytes_of(space, format, 1);
    CHECK(one == bytes_of(space, format, 2));
    CHECK(one == bytes_of(space, format, 5));
    const auto limits = analysis::read_limits(given("time<=30d"));
    const std::string limited = bytes_of(space, format, 1, limits);
    CHECK(limited == bytes_of(space, format, 3, limits));
    CHECK(limited.size() < one.size());
  }
}

TEST_CASE("the head of an npy file keeps its length and is aligned") {
  test::Random random(5);
  const Space space(base(random),
                    analysis::read_axes({given("region=gcp:*"), given("pue=1.1,1.2")}, tables()), tables());
  const Kernel kernel(space, {*analysis::result_named("energy")}, false);
  const report::RowSink sink(kernel, {0}, report::RowFormat::npy, [](std::string_view) {});
  CHECK(sink.head(0).size() == sink.head(9'000'000'000'000'000'000ULL).size());
  CHECK(sink.head(7).size() % 64 == 0);
  CHECK(sink.head(7).starts_with("\x93NUMPY"));
}

TEST_CASE("rows in machine units are those of estimate --json") {
  for (const std::size_t result : every_result()) {
    const auto info = analysis::result_info(result);
    if (info.unit.empty()) continue;
    CHECK(same(analysis::machine_value(result, 1234.5678e7), quantity::to_unit(1234.5678e7, info.unit)));
  }
  test::Random random(9);
  const Space space(base(random), analysis::read_axes({given("tokens=1e11:1e12:log3")}, tables()), tables());
  const std::string csv = bytes_of(space, report::RowFormat::csv, 1);
  const auto row = report::sweep_row(space, 1);
  const std::string energy =
      quantity::shortest(quantity::to_unit(row.result.facility_energy->coherent(), "kWh"));
  INFO(csv << energy);
  CHECK(csv.find(',' + energy + ',') != std::string::npos);
}

TEST_CASE("ends of a spaced axis are exact and counts are whole") {
  const auto axis = analysis::read_axis(given("tokens=1e11:1e13:log50"), tables());
  REQUIRE(axis.size() == 50);
  CHECK(axis.numbers.front() == 1e11);
  CHECK(axis.numbers.back() == 1e13);
  for (const double n : axis.numbers) CHECK(n == std::floor(n));
  const auto chips = analysis::read_axis(given("chips=1:4:lin100"), tables());
  CHECK(chips.numbers == std::vector<double>{1, 2, 3, 4});
  const auto ci = analysis::read_axis(given("ci=10g/kWh:900g/kWh:lin100"), tables());
  CHECK(ci.size() == 100);
  CHECK(ci.column() == "ci_g_per_kwh");
  CHECK(ci.machine(99) == Approx(900));
}

TEST_CASE("a wrong axis or condition says what is wrong and how it is written") {
  const auto code_of = [](auto call) -> std::string {
    try {
      call();
    } catch (const diag::Error& error) {
      return error.diagnostics().front().code;
    }
    return "none";
  };
  const auto axis = [&](const char* text) {
    return code_of([&] { analysis::read_axes({given(text)}, tables()); });
  };
  CHECK(axis("tokens") == "bad-axis");
  CHECK(axis("tokens=") == "bad-axis");
  CHECK(axis("tokns=1e9,1e10") == "unknown-axis");
  CHECK(axis("tokens=1e9:1e10") == "bad-axis");
  CHECK(axis("tokens=1e9:1e10:log1") == "bad-axis");
  CHECK(axis("tokens=1e9:1e10:lin99999999") == "bad-axis");
  CHECK(axis("overhead=0:1:log5") == "bad-axis");
  CHECK(axis("ci=10:900:lin3") == "missing-unit");
  CHECK(axis("ci=10 W,20 W") == "wrong-unit");
  CHECK(axis("region=mars:*") == "bad-axis");
  CHECK(code_of([] {
          analysis::read_axes({given("pue=1.1,1.2"), given("pue=1.3")}, tables());
        }) == "given-twice");
  const auto limit = [&](const char* text) { return code_of([&] { analysis::read_limits(given(text)); }); };
  CHECK(limit("time<=30d and cost<=2M$") == "none");
  CHECK(limit("time") == "bad-condition");
  CHECK(limit("tim<=30d") == "unknown-result");
  CHECK(limit("time<=30") == "missing-unit");
  CHECK(limit("time<=30 kg") == "wrong-unit");
  test::Random random(1);
  CHECK(code_of([&] {
          const Space space(base(random),
                            analysis::read_axes({given("hardware=a100-sxm4-80gb,a100-sxm4-80gbx")}, tables()),
                            tables());
        }) == "unknown-hardware");
  CHECK(code_of([&] {
          const Space space(base(random), analysis::read_axes({given("pue=0.5:2:lin4")}, tables()), tables());
        }) == "out-of-range");
}
