// What a sweep costs, against the machine's own speed and against one run at a time. Ratios within one run.
#include "measure.hpp"
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/report/row_sink.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/schedule/policies.hpp>

#include <cstdio>
#include <map>
#include <string>

using namespace kwhatif;

namespace {

run::Given given(std::string text) { return {std::move(text), {}, "--axis"}; }

grid::Space space(const std::vector<std::string>& axes, const std::vector<run::Input>& open = {},
                  const grid::SpaceOptions& options = {}) {
  run::Scenario run;
  run.set(run::Input::params, {"7B", {}, "--params"});
  run.set(run::Input::tokens, {"2T", {}, "--tokens"});
  run.set(run::Input::hardware, {"h100-sxm5", {}, "--hardware"});
  run.set(run::Input::mfu, {"0.4", {}, "--mfu"});
  run.set(run::Input::power, {"700 W", {}, "--power"});
  run.set(run::Input::price, {"2.5 USD/h", {}, "--price"});
  run.set(run::Input::chips, {"512", {}, "--chips"});
  run.set(run::Input::region, {"gcp:us-central1", {}, "--region"});
  for (const run::Input input : open) run.clear(input);
  std::vector<run::Given> texts;
  for (const std::string& a : axes) texts.push_back(given(a));
  return {run, grid::read_axes(texts, catalog::Catalog::builtin()), catalog::Catalog::builtin(), options};
}

// Has two results of every point written into two columns that are used again and again: the column sweep.
class ColumnSink : public grid::Sink {
 public:
  struct ColumnPart : grid::Part {
    std::vector<double>* out = nullptr;
    std::size_t at = 0;
    double* places[2] = {};
    double* const* room(std::size_t lanes) override {
      const std::size_t half = out->size() / 2;
      if (at + lanes > half) at = 0;
      places[0] = out->data() + at;
      places[1] = places[0] + half;
      at += lanes;
      return places;
    }
    void take(const grid::Block&, const double* const*, const unsigned char*) override {}
  };
  explicit ColumnSink(std::vector<double>& out) : out_(out) {}
  std::unique_ptr<grid::Part> part() override {
    auto p = std::make_unique<ColumnPart>();
    p->out = &out_;
    return p;
  }
  void commit(grid::Part&) override {}
  std::uint64_t task_points() const override { return std::uint64_t{1} << 40U; }

 private:
  std::vector<double>& out_;
};

double median(const bench::Contender& c) { return bench::quantile(c.seconds, 0.5); }

void line(const bench::Contender& c, const char* unit, double scale) {
  std::printf("%-66s %9.3g %s\n", c.name.c_str(), median(c) * scale, unit);
}

struct Results {
  std::size_t energy = *grid::result_named("energy");
  std::size_t co2e = *grid::result_named("co2e");
  std::size_t time = *grid::result_named("time");
  std::size_t cost = *grid::result_named("cost");
};

std::size_t axis_of(const grid::Space& space, std::string_view name) {
  for (std::size_t a = 0; a < space.axes().size(); ++a) {
    if (space.axes()[a].name == name) return a;
  }
  return 0;
}

// Every row looked at, one thread, beside the machine's own speed and one run at a time.
void rows_looked_at() {
  const Results r;
  // 1.2e8 points: params x tokens x overhead x region
  const auto big =
      space({"params=1e9:1e12:log500", "tokens=1e11:1e13:log100", "overhead=0:0.5:lin10", "region=all"});
  const grid::Kernel columns(big, {r.energy, r.co2e}, true);
  const grid::Kernel least(big, {r.co2e}, true);
  const grid::Kernel front(big, {r.energy, r.time, r.cost}, true);
  const std::size_t region = axis_of(big, "region");
  const double points = big.size_estimate();
  constexpr double alone = 2e6;
  const grid::WalkOptions stream{.threads = 1, .route = grid::Route::stream};
  std::vector<double> buffer(std::size_t{1} << 25U);  // 256 MB: memory, not cache

  std::vector<bench::Contender> all;
  const auto add = [&](const char* name, auto work, double count) {
    all.push_back({name, work, count, {}});
    return all.size() - 1;
  };
  const auto fill = add(
      "fill: 16 bytes per point",
      [&] {
        for (double p = 0; p < points; p += static_cast<double>(buffer.size()) / 2) {
          std::fill(buffer.begin(), buffer.end(), p);
          bench::keep(buffer[0]);
        }
      },
      points);
  const auto column = add(
      "column sweep, two results written",
      [&] {
        ColumnSink sink(buffer);
        grid::walk(columns, sink, stream);
      },
      points);
  add(
      "least CO2e per region",
      [&] {
        grid::GroupSink sink(least, 0, {region}, grid::Reduce::min);
        grid::walk(least, sink, stream);
      },
      points);
  const auto top = add(
      "20 rows with the least CO2e",
      [&] {
        grid::TopSink sink(least, 0, 20);
        grid::walk(least, sink, stream);
      },
      points);
  add(
      "Pareto front of energy, time, cost",
      [&] {
        grid::ParetoSink sink(front, {0, 1, 2});
        grid::walk(front, sink, stream);
      },
      points);
  add(
      "mean CO2e per region, summed exactly",
      [&] {
        grid::GroupSink sink(least, 0, {region}, grid::Reduce::mean);
        grid::walk(least, sink, stream);
      },
      points);
  add(
      "quantiles of CO2e, exactly", [&] { bench::keep(grid::quantiles(least, 0, {}, stream).front().count); },
      points);
  const auto inputs = *big.inputs(big.indices(0));
  const auto single = add(
      "estimate(), one run at a time",
      [&] {
        auto in = inputs;
        for (double i = 0; i < alone; ++i) {
          bench::forget(in);
          bench::keep(run::estimate(in).operational_location);
        }
      },
      alone);
  const auto map = add(
      "one run at a time, results in a string-keyed map",
      [&] {
        for (double i = 0; i < alone; ++i) {
          std::map<std::string, double> out;
          const auto result = run::estimate(inputs);
          run::for_each_result(result, [&](const run::ResultInfo& info, const auto& f) {
            if (f) out[std::string{info.key}] = f->coherent();
          });
          bench::keep(out);
        }
      },
      alone);
  bench::measure(all, 5);
  std::printf("every row looked at: %.3g points, one thread\n", points);
  for (const auto& c : all) line(c, "ns per point", 1e9);
  std::printf(
      "column sweep reaches %.2f of the fill speed; top 20 is %.0f times as fast as one run at a time, %.0f "
      "times the map\n\n",
      median(all[fill]) / median(all[column]), median(all[single]) / median(all[top]),
      median(all[map]) / median(all[top]));
}

// Rows whose utilisation and power are forecasts, and bands of rows.
void rows_predicted() {
  const Results r;
  const std::vector<run::Input> open{run::Input::mfu, run::Input::power, run::Input::price};
  const std::vector<std::string> forecasts{"hardware=h100-sxm5,a100-sxm4-80gb,v100-sxm2-32gb",
                                           "params=1e9:1e12:log200", "chips=8:8192:log200"};
  auto with_tokens = forecasts;
  with_tokens.emplace_back("tokens=1e11:1e13:log200");
  const auto tabled = space(forecasts, open);
  const auto computed = space(forecasts, open, {.tabled = 0});
  const auto shared = space(with_tokens, open);
  const auto shared_computed = space(with_tokens, open, {.tabled = 0});
  const grid::Kernel of_computed(computed, {r.energy}, true);
  const grid::Kernel of_shared(shared, {r.energy}, true);
  const grid::Kernel of_shared_computed(shared_computed, {r.energy}, true);
  const grid::WalkOptions stream{.threads = 1, .route = grid::Route::stream};
  constexpr double some = 400;
  const auto runs = [&](auto take) {
    for (double i = 0; i < some; ++i) {
      const auto row = static_cast<std::uint64_t>(i) * (tabled.size() / static_cast<std::uint64_t>(some));
      take(run::resolve(tabled.scenario(tabled.indices(row)), catalog::Catalog::builtin()));
    }
  };
  const auto least = [&](const grid::Kernel& kernel, const grid::WalkOptions& options) {
    grid::TopSink sink(kernel, 0, 20);
    grid::walk(kernel, sink, options);
  };

  std::vector<bench::Contender> all;
  const auto add = [&](const char* name, auto work, double count) {
    all.push_back({name, work, count, {}});
    return all.size() - 1;
  };
  const auto single = add(
      "one run at a time: resolve() and estimate()",
      [&] { runs([](const auto& run) { bench::keep(run::estimate(run.inputs).facility_energy); }); }, some);
  const auto made = add(
      "a forecast for each row, grid made and tabled", [&] { bench::keep(space(forecasts, open).size()); },
      tabled.size_estimate());
  add(
      "a forecast for each row, computed", [&] { least(of_computed, stream); }, computed.size_estimate());
  const auto together = add(
      "a forecast for 200 amounts of tokens, tabled", [&] { least(of_shared, stream); },
      shared.size_estimate());
  add(
      "a forecast for 200 amounts of tokens, computed", [&] { least(of_shared_computed, stream); },
      shared_computed.size_estimate());
  const auto banded = add(
      "one run at a time, with its bands",
      [&] {
        runs([](const auto& run) {
          bench::keep(uncertain::intervals(run.inputs, uncertain::spread_of(run)).bands.size());
        });
      },
      some);
  bench::measure(all, 5);
  std::printf("rows that need a forecast, %.3g and %.3g of them, one thread\n", tabled.size_estimate(),
              shared.size_estimate());
  for (const auto& c : all) line(c, "ns a row", 1e9);
  std::printf(
      "a predicted sweep is %.0f to %.0f times as fast as one run at a time; a row with bands takes as long "
      "as "
      "%.1f without\n\n",
      median(all[single]) / median(all[made]), median(all[single]) / median(all[together]),
      median(all[banded]) / median(all[single]));
}

// The same answers where bounds say which rows need not be looked at.
void rows_passed_over() {
  const Results r;
  // 1.2e9 points, and a front that many devices and counts have a part in
  const auto huge = space({"params=1e9:1e12:log500", "tokens=1e11:1e13:log100", "overhead=0:0.5:lin10",
                           "region=all", "pue=1.05:1.6:lin10"});
  const auto fleet =
      space({"hardware=kind:gpu", "chips=8:8192:log30", "tokens=1e11:1e13:log500", "region=gcp:*"},
            {run::Input::power, run::Input::price});
  // 1e15 points, and 0.9e9 with several blocks in each step
  const auto vast = space({"params=1e9:1e12:log1000", "tokens=1e11:1e13:log1000", "overhead=0:0.5:lin1000",
                           "pue=1.05:1.6:lin1000", "ci=10g/kWh:900g/kWh:lin1000"},
                          {run::Input::region});
  const auto thick = space({"params=1e9:1e12:log3000", "tokens=1e11:1e13:log100", "pue=1.05:1.6:lin3000"});
  const std::size_t region = axis_of(huge, "region");
  const grid::Kernel vastly(vast, {r.co2e}, true);
  const grid::Kernel vast_front(vast, {r.energy, r.co2e, r.time}, true);
  const grid::Kernel thickly(thick, {r.co2e}, true);
  const auto long_ones = grid::read_limits(given("time>=30 d"));
  const grid::Kernel thick_limited(thick, {r.co2e, r.time}, true);
  const grid::Kernel least(huge, {r.co2e}, true);
  const grid::Kernel apart(huge, {r.co2e}, true, {region});
  const grid::Kernel front(huge, {r.energy, r.time, r.cost}, true);
  const grid::Kernel fronts(fleet, {r.co2e, r.time, r.cost}, true);
  const auto limits = grid::read_limits(given("time>=3 d and cost<=2M$"));
  for (const unsigned threads : {1U, 2U}) {
    const grid::WalkOptions free{.threads = threads};
    const grid::WalkOptions limited{.threads = threads, .limits = limits};
    std::vector<bench::Contender> all;
    const auto add = [&](const char* name, auto work) { all.push_back({name, work, 1, {}}); };
    add("20 rows with the least CO2e", [&] {
      grid::TopSink sink(least, 0, 20);
      grid::walk(least, sink, free);
    });
    add("least CO2e per region", [&] {
      grid::GroupSink sink(apart, 0, {region}, grid::Reduce::min);
      grid::walk(apart, sink, free);
    });
    add("Pareto front of energy, time, cost", [&] {
      grid::ParetoSink sink(front, {0, 1, 2});
      grid::walk(front, sink, free);
    });
    add("Pareto front of CO2e, time, cost over devices, counts, places", [&] {
      grid::ParetoSink sink(fronts, {0, 1, 2});
      grid::walk(fronts, sink, free);
    });
    add("the same within time>=3 d and cost<=2M$", [&] {
      grid::ParetoSink sink(fronts, {0, 1, 2});
      grid::walk(fronts, sink, limited);
    });
    add("20 rows with the least CO2e, of 1e15", [&] {
      grid::TopSink sink(vastly, 0, 20);
      grid::walk(vastly, sink, free);
    });
    add("Pareto front of energy, CO2e, time, of 1e15", [&] {
      grid::ParetoSink sink(vast_front, {0, 1, 2});
      grid::walk(vast_front, sink, free);
    });
    add("20 rows with the least CO2e, 3,000 points a step", [&] {
      grid::TopSink sink(thickly, 0, 20);
      grid::walk(thickly, sink, free);
    });
    add("the same within time>=30 d", [&] {
      grid::TopSink sink(thick_limited, 0, 20);
      grid::walk(thick_limited, sink, {.threads = threads, .limits = long_ones});
    });
    bench::measure(all, 5);
    std::printf("rows passed over by bounds, %u thread%s: %.3g points, over devices %.3g\n", threads,
                threads == 1 ? "" : "s", huge.size_estimate(), fleet.size_estimate());
    for (const auto& c : all) line(c, "ms in all", 1e3);
    std::printf("\n");
  }
}

void rows_written() {
  const Results r;
  const auto rows = space({"tokens=1e11:1e13:log100", "overhead=0:0.5:lin10", "region=all"});
  // every result changes in every row: nothing of the row before can be used again
  const auto changing =
      space({"region=gcp:us-central1,gcp:europe-west1", "overhead=0:0.5:lin10", "tokens=1e11:1e13:log10000"});
  const grid::Kernel written(rows, {r.energy, r.co2e, r.time, r.cost}, false);
  const grid::Kernel rewritten(changing, {r.energy, r.co2e, r.time, r.cost}, false);
  std::vector<bench::Contender> all;
  std::size_t bytes = 0;
  const auto rows_as = [&](const char* name, report::RowFormat format, const grid::Kernel& kernel,
                           unsigned threads) {
    all.push_back({name,
                   [&, format, threads] {
                     report::RowSink sink(kernel, {0, 1, 2, 3}, format,
                                          [&](std::string_view more) { bytes += more.size(); });
                     grid::walk(kernel, sink, {.threads = threads});
                   },
                   kernel.space().size_estimate(),
                   {}});
  };
  rows_as("rows as CSV", report::RowFormat::csv, written, 1);
  rows_as("rows as CSV, two threads", report::RowFormat::csv, written, 2);
  rows_as("rows as CSV, every number changes", report::RowFormat::csv, rewritten, 1);
  rows_as("rows as CSV, every number changes, two threads", report::RowFormat::csv, rewritten, 2);
  rows_as("rows as JSON Lines", report::RowFormat::json_lines, written, 1);
  rows_as("rows as .npy", report::RowFormat::npy, written, 1);
  rows_as("rows as .npy, every number changes", report::RowFormat::npy, rewritten, 1);
  bench::measure(all, 5);
  for (const auto& c : all) std::printf("%-66s %9.3g M rows/s\n", c.name.c_str(), 1e-6 / median(c));
  std::printf("\n");
}

void hours_of_a_year() {
  const auto row = schedule::traces_of(catalog::Catalog::builtin(), "US-CAL-CISO").front();
  const auto trace = schedule::trace_of(row);
  std::vector<bench::Contender> year;
  year.push_back({"a year of starts of a 1,000-hour job, three policies",
                  [&] {
                    bench::keep(schedule::year_of_starts(trace, {1000, 1}, {24, 24, 0}, 1).shift.mean);
                  },
                  1,
                  {}});
  bench::measure(year, 9);
  line(year.front(), "ms", 1e3);
}

}  // namespace

int main() {
  rows_looked_at();
  rows_predicted();
  rows_passed_over();
  rows_written();
  hours_of_a_year();
  return 0;
}
