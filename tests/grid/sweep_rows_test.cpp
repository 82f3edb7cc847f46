#include "grid/grids.hpp"
#include "support/catch.hpp"
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/row_sink.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace kwhatif;
using grid::Axis;
using grid::Kernel;
using grid::Space;
using test::base;
using test::estimated;
using test::every_result;
using test::given;
using test::same;
using test::some_space;
using test::tables;

namespace {

std::string bytes_of(const Space& space, report::RowFormat format, unsigned threads,
                     std::vector<grid::Limit> limits = {}) {
  std::vector<std::size_t> results{*grid::result_named("energy"), *grid::result_named("co2e")};
  grid::add_results(results, limits);
  const Kernel kernel(space, results, false);
  std::string out;
  report::RowSink sink(kernel, {0, 1}, format, [&](std::string_view more) { out += more; });
  grid::walk(kernel, sink, {.threads = threads, .limits = std::move(limits)});
  return sink.head(sink.rows()) + out;
}

// Rows as they are defined: one at a time, each number as `estimate --json` prints it.
std::string plain_rows(const Space& space, report::RowFormat format, const std::vector<std::size_t>& results,
                       const std::vector<grid::Limit>& limits) {
  const bool csv = format == report::RowFormat::csv;
  std::string out;
  if (csv) {
    out = "row";
    for (const Axis& axis : space.axes()) out += ',' + axis.column();
    for (const std::size_t r : results) out += ',' + std::string{grid::result_info(r).json_key};
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
      cell(std::string{grid::result_info(r).json_key},
           std::isnan(values[r]) ? none : quantity::shortest(grid::machine_value(r, values[r])));
    }
    out += csv ? "\n" : "}\n";
  }
  return out;
}

std::string swept_rows(const Space& space, report::RowFormat format, const std::vector<std::size_t>& results,
                       const std::vector<grid::Limit>& limits, unsigned threads) {
  auto wanted = results;
  grid::add_results(wanted, limits);
  const Kernel kernel(space, wanted, false);
  std::vector<std::size_t> columns(results.size());
  for (std::size_t k = 0; k < columns.size(); ++k) columns[k] = k;
  std::string out;
  report::RowSink sink(kernel, columns, format, [&](std::string_view more) { out += more; });
  grid::walk(kernel, sink, {.threads = threads, .limits = limits});
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
      const double expected = grid::machine_value(r, values[r]);
      const bool near = std::abs(v - expected) <= 1e-15 * std::abs(expected);
      wrong += std::isnan(values[r]) ? (std::isnan(v) ? 0U : 1U) : (near ? 0U : 1U);
    }
    wrong += at == bytes.data() + (row + 1) * record ? 0U : 1U;
  }
  return wrong;
}

}  // namespace

TEST_CASE("rows have the bytes of their plain definition") {
  test::Random random(19);
  const auto check = [&](const Space& space, const std::vector<grid::Limit>& limits) {
    std::vector<std::size_t> results;
    for (const std::string_view name : {"cost", "co2e", "time", "energy", "devices", "flops"})
      results.push_back(*grid::result_named(name));
    INFO(space.size() << " rows, first axis " << space.axes().front().given.text);
    for (const auto format : {report::RowFormat::csv, report::RowFormat::json_lines}) {
      const std::string expected = plain_rows(space, format, results, limits);
      CHECK((swept_rows(space, format, results, limits, 1) == expected));  // too long to print
      CHECK((swept_rows(space, format, results, limits, 3) == expected));
    }
    CHECK(wrong_records(space, results) == 0);
  };
  SECTION("random grids with absent values") {
    for (int i = 0; i < test::repeats(16); ++i) {
      const Space space = some_space(random);
      if (space.size() > 20000) continue;
      check(space, {});
      check(space, grid::read_limits(given("time<=20 d and energy>1 MWh")));
    }
  }
  SECTION("very small and very large numbers") {
    const auto axes = grid::read_axes({given("params=1e3:1e17:log31"), given("tokens=1e4:1e18:log41"),
                                       given("ci=0 g/kWh,0.000001 g/kWh,429g/kWh")},
                                      tables());
    check(Space(base(random), axes, tables()), {});
  }
  SECTION("round numbers") {
    const auto axes = grid::read_axes({given("price=0.01 USD/h:4 USD/h:lin400"), given("params=1e9,1e10"),
                                       given("tokens=1e11:1e13:lin100")},
                                      tables());
    check(Space(base(random), axes, tables()), {});
  }
  SECTION("axes longer than those whose cells are kept, last and first") {
    for (const auto& specs : {std::vector<std::string>{"overhead=0,0.1", "ci=10g/kWh:900g/kWh:lin100300"},
                              {"tokens=1e11:1e13:lin100100", "region=gcp:us-central1,gcp:europe-west1"}}) {
      std::vector<run::Given> texts;
      for (const std::string& spec : specs) texts.push_back(given(spec));
      const Space space(base(random), grid::read_axes(texts, tables()), tables());
      REQUIRE(space.size() > 200'000);
      check(space, specs.front() == "overhead=0,0.1" ? grid::read_limits(given("co2e<=30 t"))
                                                     : std::vector<grid::Limit>{});
    }
  }
}

TEST_CASE("two threads write the same bytes as one") {
  test::Random random(3);
  const auto axes = grid::read_axes(
      {given("hardware=kind:gpu"), given("tokens=1e11:1e13:log60"), given("region=gcp:*")}, tables());
  const Space space(base(random), axes, tables());
  for (const auto format : {report::RowFormat::csv, report::RowFormat::json_lines, report::RowFormat::npy}) {
    const std::string one = bytes_of(space, format, 1);
    CHECK(one == bytes_of(space, format, 2));
    CHECK(one == bytes_of(space, format, 5));
    const auto limits = grid::read_limits(given("time<=30d"));
    const std::string limited = bytes_of(space, format, 1, limits);
    CHECK(limited == bytes_of(space, format, 3, limits));
    CHECK(limited.size() < one.size());
  }
}

TEST_CASE("the first of JSON Lines names the tables, once for all of them") {
  test::Random random(5);
  const Space space(base(random), grid::read_axes({given("ci=10g/kWh,20g/kWh,30g/kWh")}, tables()), tables());
  const Kernel kernel(space, {*grid::result_named("energy")}, false);
  const auto lines = [&](report::RowFormat format, const std::string& version) {
    std::string out;
    report::RowSink sink(
        kernel, {0}, format, [&](std::string_view more) { out += more; }, version);
    grid::walk(kernel, sink, {.threads = 3});
    return out;
  };
  const std::string bare = lines(report::RowFormat::json_lines, {});
  const std::string named = lines(report::RowFormat::json_lines, "2026.11+0");
  constexpr std::string_view first = "{\"row\":0,\"data_version\":\"2026.11+0\",";
  REQUIRE(named.starts_with(first));
  CHECK("{\"row\":0," + named.substr(first.size()) == bare);
  CHECK(lines(report::RowFormat::csv, "2026.11+0") == lines(report::RowFormat::csv, {}));
}

TEST_CASE("the head of an npy file keeps its length and is aligned") {
  test::Random random(5);
  const Space space(base(random), grid::read_axes({given("region=gcp:*"), given("pue=1.1,1.2")}, tables()),
                    tables());
  const Kernel kernel(space, {*grid::result_named("energy")}, false);
  const report::RowSink sink(kernel, {0}, report::RowFormat::npy, [](std::string_view) {});
  CHECK(sink.head(0).size() == sink.head(9'000'000'000'000'000'000ULL).size());
  CHECK(sink.head(7).size() % 64 == 0);
  CHECK(sink.head(7).starts_with("\x93NUMPY"));
}

TEST_CASE("rows in machine units are those of estimate --json") {
  for (const std::size_t result : every_result()) {
    const auto info = grid::result_info(result);
    if (info.unit.empty()) continue;
    CHECK(same(grid::machine_value(result, 1234.5678e7), quantity::to_unit(1234.5678e7, info.unit)));
  }
  test::Random random(9);
  const Space space(base(random), grid::read_axes({given("tokens=1e11:1e12:log3")}, tables()), tables());
  const std::string csv = bytes_of(space, report::RowFormat::csv, 1);
  const auto row = ask::sweep_row(space, 1);
  const std::string energy =
      quantity::shortest(quantity::to_unit(row.result.facility_energy->coherent(), "kWh"));
  INFO(csv << energy);
  CHECK(csv.find(',' + energy + ',') != std::string::npos);
}
