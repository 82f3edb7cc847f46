// Bands of single rows of a sweep are those of an estimate of the run.
#include "support/catch.hpp"
#include <kwhatif/ask/row_bands.hpp>
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/report/row_sink.hpp>
#include <kwhatif/uncertain/certainty.hpp>

#include <algorithm>
#include <cmath>
#include <string>

using namespace kwhatif;

namespace {

ask::SweepQuestion question_of(std::vector<std::string> axes) {
  ask::SweepQuestion out;
  for (const auto& [input, text] : {std::pair{run::Input::params, "7B"},
                                    {run::Input::tokens, "1T"},
                                    {run::Input::hardware, "h100-sxm5"},
                                    {run::Input::chips, "256"},
                                    {run::Input::region, "gcp:europe-north1"}})
    out.run.set(input, {text, {}, "--flag"});
  for (std::string& axis : axes) out.axes.push_back({std::move(axis), {}, "--axis"});
  out.bands = run::Given{{}, {}, "--bands"};
  return out;
}

}  // namespace

TEST_CASE("rows of a sweep have the bands of single estimates") {
  const auto& tables = catalog::Catalog::builtin();
  auto question = question_of({"hardware=h100-sxm5,a100-sxm4-80gb", "chips=64,512", "mfu=0.3,0.5"});
  question.top = run::Given{"6", {}, "--top"};
  const auto answer = ask::sweep(question, tables);
  REQUIRE(answer.rows.size() == 6);
  CHECK(answer.bands);
  for (const ask::SweepRow& row : answer.rows) {
    const auto run = run::resolve(answer.space.scenario(row.indices), tables);
    const auto expected = uncertain::certainty(run).bands;
    CHECK_FALSE(expected.empty());
    REQUIRE(row.bands.bands.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(row.bands.bands[i].info.key == expected[i].info.key);
      CHECK(row.bands.bands[i].p05 == expected[i].p05);
      CHECK(row.bands.bands[i].p25 == expected[i].p25);
      CHECK(row.bands.bands[i].p95 == expected[i].p95);
    }
  }
}

TEST_CASE("all rows carry their percentiles behind the results") {
  const auto& tables = catalog::Catalog::builtin();
  const auto grid = ask::sweep_grid(question_of({"chips=64,512", "precision=bf16,fp8"}), tables);
  const auto kernel = ask::row_kernel(grid);
  const auto bands = [&](std::uint64_t row) { return ask::row_bands(grid.space, row, tables); };
  std::string text;
  report::RowSink sink(
      kernel, {0, 1}, report::RowFormat::json_lines, [&](std::string_view more) { text += more; }, {}, bands);
  REQUIRE(ask::all_rows(grid, kernel, sink, {}));
  CHECK(std::ranges::count(text, '\n') == 4);
  const auto info = grid::result_info(kernel.results()[0]);
  const auto found = bands(0);
  const uncertain::Band* band = found.find(info.key);
  REQUIRE(band != nullptr);
  for (const auto& [name, value] : uncertain::percentiles) {
    const std::string key = '"' + std::string{info.json_key} + '_' + std::string{name} + "\":";
    const auto at = text.find(key);
    REQUIRE(at != std::string::npos);
    CHECK(std::stod(text.substr(at + key.size())) == run::machine_value(info, band->*value));
  }
  const std::string head = report::RowSink(
                               kernel, {0}, report::RowFormat::csv, [](std::string_view) {}, {}, bands)
                               .head(0);
  CHECK(head.ends_with("_p05," + std::string{info.json_key} + "_p25," + std::string{info.json_key} + "_p50," +
                       std::string{info.json_key} + "_p75," + std::string{info.json_key} + "_p95\n"));
}
