// What a sweep costs, against the machine's own speed and against one run at a time. Ratios within one run.
#include "measure.hpp"
#include <kwhatif/analysis/schedule.hpp>
#include <kwhatif/analysis/sink.hpp>
#include <kwhatif/estimate/run.hpp>
#include <kwhatif/report/sweep.hpp>

#include <cstdio>
#include <map>
#include <string>

using namespace kwhatif;

namespace {

scenario::Given given(std::string text) { return {std::move(text), {}, "--axis"}; }

analysis::Space space(const std::vector<std::string>& axes) {
  scenario::Scenario run;
  run.set(scenario::Input::params, {"7B", {}, "--params"});
  run.set(scenario::Input::tokens, {"2T", {}, "--tokens"});
  run.set(scenario::Input::hardware, {"h100-sxm5", {}, "--hardware"});
  run.set(scenario::Input::mfu, {"0.4", {}, "--mfu"});
  run.set(scenario::Input::power, {"700 W", {}, "--power"});
  run.set(scenario::Input::price, {"2.5 USD/h", {}, "--price"});
  run.set(scenario::Input::chips, {"512", {}, "--chips"});
  run.set(scenario::Input::region, {"gcp:us-central1", {}, "--region"});
  std::vector<scenario::Given> texts;
  for (const std::string& a : axes) texts.push_back(given(a));
  return {run, analysis::read_axes(texts, catalog::Catalog::builtin()), catalog::Catalog::builtin()};
}

// Has two results of every point written into two columns that are used again and again: the column sweep.
class ColumnSink : public analysis::Sink {
 public:
  struct ColumnPart : analysis::Part {
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
    void take(const analysis::Block&, const double* const*, const unsigned char*) override {}
  };
  explicit ColumnSink(std::vector<double>& out) : out_(out) {}
  std::unique_ptr<analysis::Part> part() override {
    auto p = std::make_unique<ColumnPart>();
    p->out = &out_;
    return p;
  }
  void commit(analysis::Part&) override {}
  std::uint64_t task_points() const override { return std::uint64_t{1} << 40U; }

 private:
  std::vector<double>& out_;
};

void line(const bench::Contender& c, const char* unit, double scale) {
  std::printf("%-66s %9.3g %s\n", c.name.c_str(), bench::quantile(c.seconds, 0.5) * scale, unit);
}

}  // namespace

int main() {
  const auto energy = *analysis::result_named("energy");
  const auto co2e = *analysis::result_named("co2e");
  const auto time = *analysis::result_named("time");
  const auto cost = *analysis::result_named("cost");

  // 1.2e8 points: tokens x overhead x region
  const auto big =
      space({"params=1e9:1e12:log500", "tokens=1e11:1e13:log100", "overhead=0:0.5:lin10", "region=all"});
  const auto rows = space({"tokens=1e11:1e13:log100", "overhead=0:0.5:lin10", "region=all"});
  // every result changes in every row: nothing of the row before can be used again
  const auto changing =
      space({"region=gcp:us-central1,gcp:europe-west1", "overhead=0:0.5:lin10", "tokens=1e11:1e13:log10000"});
  const double points = big.size_estimate();
  const double few = rows.size_estimate();
  const analysis::RunOptions one{.threads = 1};
  const analysis::RunOptions two{.threads = 2};

  std::vector<double> buffer(std::size_t{1} << 25U);  // 256 MB: memory, not cache
  const analysis::Kernel columns(big, {energy, co2e}, true);
  const analysis::Kernel least(big, {co2e}, true);
  const analysis::Kernel front(big, {energy, time, cost}, true);
  const analysis::Kernel written(rows, {energy, co2e, time, cost}, false);
  const analysis::Kernel rewritten(changing, {energy, co2e, time, cost}, false);
  std::size_t region = 0;
  for (std::size_t a = 0; a < big.axes().size(); ++a) {
    if (big.axes()[a].name == "region") region = a;
  }

  std::vector<bench::Contender> all;
  all.push_back({"fill: 16 bytes per point",
                 [&] {
                   for (double p = 0; p < points; p += static_cast<double>(buffer.size()) / 2) {
                     std::fill(buffer.begin(), buffer.end(), p);
                     bench::keep(buffer[0]);
                   }
                 },
                 points,
                 {}});
  all.push_back({"column sweep, two results written",
                 [&] {
                   ColumnSink sink(buffer);
                   analysis::run(columns, sink, one);
                 },
                 points,
                 {}});
  all.push_back({"least CO2e per region",
                 [&] {
                   analysis::GroupSink sink(least, 0, {region}, analysis::Reduce::min);
                   analysis::run(least, sink, one);
                 },
                 points,
                 {}});
  all.push_back({"20 rows with the least CO2e",
                 [&] {
                   analysis::TopSink sink(least, 0, 20);
                   analysis::run(least, sink, one);
                 },
                 points,
                 {}});
  all.push_back({"Pareto front of energy, time, cost",
                 [&] {
                   analysis::ParetoSink sink(front, {0, 1, 2});
                   analysis::run(front, sink, one);
                 },
                 points,
                 {}});
  const auto inputs = *rows.inputs(rows.indices(0));
  all.push_back({"estimate(), one run at a time",
                 [&] {
                   auto in = inputs;
                   for (double i = 0; i < few; ++i) {
                     bench::forget(in);
                     bench::keep(estimate::estimate(in).operational_location);
                   }
                 },
                 few,
                 {}});
  all.push_back({"one run at a time, results in a string-keyed map",
                 [&] {
                   for (double i = 0; i < few; ++i) {
                     std::map<std::string, double> out;
                     const auto r = estimate::estimate(inputs);
                     estimate::for_each_result(r, [&](const estimate::ResultInfo& info, const auto& f) {
                       if (f) out[std::string{info.key}] = f->coherent();
                     });
                     bench::keep(out);
                   }
                 },
                 few,
                 {}});
  std::size_t bytes = 0;
  const auto rows_as = [&](const char* name, report::RowFormat format, const analysis::Kernel& kernel,
                           const analysis::RunOptions& options) {
    all.push_back({name,
                   [&, format] {
                     report::RowSink sink(kernel, {0, 1, 2, 3}, format,
                                          [&](std::string_view more) { bytes += more.size(); });
                     analysis::run(kernel, sink, options);
                   },
                   kernel.space().size_estimate(),
                   {}});
  };
  rows_as("rows as CSV", report::RowFormat::csv, written, one);
  rows_as("rows as CSV, two threads", report::RowFormat::csv, written, two);
  rows_as("rows as CSV, every number changes", report::RowFormat::csv, rewritten, one);
  rows_as("rows as CSV, every number changes, two threads", report::RowFormat::csv, rewritten, two);
  rows_as("rows as JSON Lines", report::RowFormat::json_lines, written, one);
  rows_as("rows as .npy", report::RowFormat::npy, written, one);
  rows_as("rows as .npy, every number changes", report::RowFormat::npy, rewritten, one);
  bench::measure(all, 5);
  const double fill = bench::quantile(all[0].seconds, 0.5);
  const double map = bench::quantile(all[6].seconds, 0.5);
  std::printf("sweep of %.3g points on one thread; rows: %.3g points\n", points, few);
  for (const auto& c : all) line(c, "ns per point", 1e9);
  std::printf(
      "column sweep reaches %.2f of the fill speed; top 20 is %.0f times as fast as one run at a time, %.0f "
      "times the map\n",
      fill / bench::quantile(all[1].seconds, 0.5),
      bench::quantile(all[5].seconds, 0.5) / bench::quantile(all[3].seconds, 0.5),
      map / bench::quantile(all[3].seconds, 0.5));
  for (std::size_t i = 7; i < all.size(); ++i)
    std::printf("%-50s %.3g M rows/s\n", all[i].name.c_str(), 1e-6 / bench::quantile(all[i].seconds, 0.5));

  const auto row = analysis::traces_of(catalog::Catalog::builtin(), "US-CAL-CISO").front();
  const auto trace = analysis::trace_of(row);
  std::vector<bench::Contender> year;
  year.push_back({"a year of starts of a 1,000-hour job, three policies",
                  [&] {
                    bench::keep(analysis::year_of_starts(trace, {1000, 1}, {24, 24, 0}, 1).shift.mean);
                  },
                  1,
                  {}});
  bench::measure(year, 9);
  line(year.front(), "ms", 1e3);
  return 0;
}
