// backtest: every prediction beside what was published, for people and machines.
#include "json_support.hpp"
#include "pages.hpp"
#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using ask::BacktestMode;
using ask::BacktestRow;
using ask::BacktestSummary;
using quantity::significant;

namespace {

std::string percent(double share) { return significant(100 * share) + " %"; }
std::string factor(double times) { return "x" + significant(times); }

std::string words(std::string_view key) {
  std::string out{key};
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

std::string mode_words(BacktestMode mode) {
  return mode == BacktestMode::given ? "given" : mode == BacktestMode::blind ? "publisher" : "device family";
}

std::string kind_words(const std::string& kind) {
  return kind == "run" ? "whole runs" : kind == "benchmark" ? "benchmarks" : kind;
}

Table summary_table(const ask::Backtest& b) {
  Table table{{{"left out"},
               {"of"},
               {"known"},
               {"predictor"},
               {"rows", Align::right},
               {"median", Align::right},
               {"rms ln", Align::right},
               {"bias", Align::right},
               {"in 50 %", Align::right},
               {"in 90 %", Align::right},
               {"width", Align::right},
               {"worst", Align::right}},
              {}};
  for (const BacktestSummary& s : b.summaries) {
    if (s.mode == BacktestMode::given) continue;
    table.rows.push_back({s.kind == "power" ? "nothing" : mode_words(s.mode), kind_words(s.kind), s.known,
                          s.predictor, std::to_string(s.rows) + " of " + std::to_string(s.publishers),
                          factor(s.median_factor), significant(s.rms_log, 2), factor(std::exp(s.bias_log)),
                          s.has_band ? percent(s.coverage50) : "-", s.has_band ? percent(s.coverage90) : "-",
                          s.has_band ? factor(s.width90) : "-", factor(s.worst_factor)});
  }
  return table;
}

Table given_table(const ask::Backtest& b) {
  Table table{{{"quantity"},
               {"rows", Align::right},
               {"median", Align::right},
               {"worst", Align::right},
               {"worst run"}},
              {}};
  for (const BacktestSummary& s : b.summaries) {
    if (s.mode != BacktestMode::given) continue;
    table.rows.push_back({words(s.quantity), std::to_string(s.rows), factor(s.median_factor),
                          factor(s.worst_factor), s.worst});
  }
  return table;
}

Table predictions_table(const ask::Backtest& b, bool all) {
  Table table{{{"row"},
               {all ? "predictor" : "device"},
               {"published", Align::right},
               {"ratio", Align::right},
               {"90 % band", Align::right},
               {"covered"}},
              {}};
  for (const BacktestRow& r : b.rows) {
    const bool usual = r.predictor == ask::our_predictor && r.mode == BacktestMode::blind &&
                       (r.kind == "run" || r.kind == "power");
    if (!all && !usual) continue;
    const double published = r.published * quantity::coherent_per(r.unit);
    table.rows.push_back(
        {r.id, all ? r.predictor + ", " + std::string{ask::name(r.mode)} : r.device,
         quantity::human(published, run::result_dimension(r.quantity)), significant(r.ratio),
         r.has_band ? significant(r.p05 / r.published) + " to " + significant(r.p95 / r.published) : "-",
         !r.has_band ? "-" : (r.covered50 ? "50 %" : (r.covered90 ? "90 %" : "NO"))});
  }
  return table;
}

Page backtest_page(const ask::Backtest& b, bool all) {
  Page page;
  page.asides().paragraph(
      "Every measured time predicted by a forecast that has not seen its publisher, or its family of "
      "devices. "
      "Error factors: x1.20 means that half of the rows are within 20 %.");
  page.results().gap().table(summary_table(b));
  page.asides().gap().paragraph(
      "rows: so many of so many publishers. known: what the row tells of software and settings (batch, "
      "layout, "
      "recomputation). bias: predicted over measured, mean of ln. width: mean ratio of the ends of the 90 % "
      "band. "
      "Power: its constants were set with these rows in view, so that it is no blind test.");
  page.results().gap().heading("Printed results from printed inputs").table(given_table(b));
  page.results()
      .gap()
      .heading(all ? "All rows" : "Whole runs, publisher left out, and measured power")
      .table(predictions_table(b, all));
  return page.asides().gap().paragraph(
      "published: device-hours of a billion tokens (samples of a convolution network), or power of a device "
      "with "
      "its host. ratio and 90 % band: predicted over published. " +
      std::to_string(b.excluded.size()) + " published runs are no evidence; --json lists why.");
}

Json backtest_json(const ask::Backtest& b) {
  Json out;
  out["rows"] = Json::array();
  for (const BacktestRow& r : b.rows) {
    const auto band = [&](auto v) { return r.has_band ? Json(v) : Json(nullptr); };
    out["rows"].push_back({{"id", r.id},
                           {"mode", ask::name(r.mode)},
                           {"kind", r.kind},
                           {"predictor", r.predictor},
                           {"quantity", r.quantity},
                           {"unit", r.unit},
                           {"published", r.published},
                           {"predicted", r.predicted},
                           {"ratio", r.ratio},
                           {"p05", band(r.p05)},
                           {"p25", band(r.p25)},
                           {"p75", band(r.p75)},
                           {"p95", band(r.p95)},
                           {"covered", band(r.covered90)},
                           {"covered_50", band(r.covered50)},
                           {"family", r.family},
                           {"device", r.device},
                           {"evidence", predict::name(r.tier)},
                           {"boundary", r.boundary}});
    if (!r.note.empty()) out["rows"].back()["note"] = r.note;
  }
  out["summary"] = Json::array();
  for (const BacktestSummary& s : b.summaries) {
    const auto band = [&](double v) { return s.has_band ? Json(v) : Json(nullptr); };
    out["summary"].push_back({{"mode", ask::name(s.mode)},
                              {"kind", s.kind},
                              {"known", s.known},
                              {"predictor", s.predictor},
                              {"quantity", s.quantity},
                              {"rows", s.rows},
                              {"publishers", s.publishers},
                              {"median_factor", s.median_factor},
                              {"rms_log", s.rms_log},
                              {"bias_log", s.bias_log},
                              {"worst_factor", s.worst_factor},
                              {"worst", s.worst},
                              {"coverage_50", band(s.coverage50)},
                              {"coverage_90", band(s.coverage90)},
                              {"publisher_coverage_50", band(s.publisher_coverage50)},
                              {"publisher_coverage_90", band(s.publisher_coverage90)},
                              {"width_90", band(s.width90)}});
  }
  out["excluded"] = Json::array();
  for (const auto& e : b.excluded) out["excluded"].push_back({{"id", e.id}, {"why", e.why}});
  return out;
}

Table backtest_rows(const ask::Backtest& b) {
  Table table;
  for (const char* title :
       {"id", "mode", "kind", "predictor", "quantity", "unit", "published", "predicted", "ratio", "p05",
        "p25", "p75", "p95", "covered", "family", "device", "evidence", "boundary", "note"})
    table.columns.push_back({title});
  const auto number = [](double v) { return quantity::shortest(v); };
  for (const BacktestRow& r : b.rows) {
    const auto band = [&](double v) { return r.has_band ? number(v) : ""; };
    table.rows.push_back({r.id, std::string{ask::name(r.mode)}, r.kind, r.predictor, r.quantity, r.unit,
                          number(r.published), number(r.predicted), number(r.ratio), band(r.p05), band(r.p25),
                          band(r.p75), band(r.p95), r.has_band ? (r.covered90 ? "yes" : "no") : "", r.family,
                          r.device, std::string{predict::name(r.tier)}, r.boundary, r.note});
  }
  return table;
}

}  // namespace

Document present(const ask::Backtest& answer, const catalog::Catalog& tables, Detail detail) {
  Content content{.name = "backtest", .catalog = tables};
  for (const BacktestRow& row : answer.rows) {
    if (const auto run = tables.find(catalog::Kind::run, row.id)) content.sources.emplace_back(run->source());
  }
  content.page = [&answer, detail] { return backtest_page(answer, detail == Detail::most); };
  content.body = [&answer] { return backtest_json(answer); };
  content.rows = [&answer] { return backtest_rows(answer); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
