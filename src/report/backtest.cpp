#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/backtest.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/xml.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::report {

using ask::BacktestMode;
using ask::BacktestRow;
using ask::BacktestSummary;
using quantity::significant;

namespace {

constexpr std::string_view ours = "kwhatif";

std::string percent(double share) { return significant(100 * share, 3) + " %"; }

std::string words(std::string_view key) {
  std::string out{key};
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

}  // namespace

std::string backtest_text(const ask::Backtest& b, bool all) {
  std::string out =
      "Every published run predicted by a model that has not seen its publisher's series (blind), and "
      "recomputed from its\n"
      "own printed inputs (given). Error factors: x1.20 means that half of the runs are within 20 %.\n\n";
  Table summary{{{"mode"},
                 {"predictor"},
                 {"quantity"},
                 {"evidence"},
                 {"runs", Align::right},
                 {"median", Align::right},
                 {"rms ln", Align::right},
                 {"bias", Align::right},
                 {"worst", Align::right},
                 {"in 50 %", Align::right},
                 {"in 90 %", Align::right},
                 {"width", Align::right},
                 {"worst run"}},
                {}};
  for (const BacktestSummary& s : b.summaries) {
    summary.rows.push_back({std::string{ask::name(s.mode)}, s.predictor, words(s.quantity), s.tier,
                            std::to_string(s.rows), "x" + significant(s.median_factor),
                            significant(s.rms_log, 2), "x" + significant(std::exp(s.bias_log)),
                            "x" + significant(s.worst_factor), s.has_band ? percent(s.coverage50) : "-",
                            s.has_band ? percent(s.coverage90) : "-",
                            s.has_band ? "x" + significant(s.width90) : "-", s.worst});
  }
  out += text(summary);
  out +=
      "\nwidth: mean ratio of the ends of the 90 % band. evidence: known = runs on the device family, "
      "borrowed = none.\n\n";
  Table rows{{{"run"},
              {"quantity"},
              {"predictor"},
              {"published", Align::right},
              {"predicted", Align::right},
              {"ratio", Align::right},
              {"90 % band", Align::right},
              {"covered"}},
             {}};
  for (const BacktestRow& r : b.rows) {
    if (!all && (r.predictor != ours || r.mode != BacktestMode::blind)) continue;
    rows.rows.push_back(
        {r.id, words(r.quantity), all ? r.predictor + ", " + std::string{ask::name(r.mode)} : r.device,
         significant(r.published) + ' ' + r.unit, significant(r.predicted), significant(r.ratio),
         r.has_band ? significant(r.p05) + " to " + significant(r.p95) : "-",
         !r.has_band ? "-" : (r.covered50 ? "50 %" : (r.covered90 ? "90 %" : "NO"))});
  }
  if (!all) rows.columns[2].title = "device";
  out += text(rows);
  out += '\n' + std::to_string(b.excluded.size()) +
         " published rows are no evidence for the predictions; --json lists why.\n";
  return out;
}

Table backtest_table(const ask::Backtest& b) {
  Table table{{{"id"},
               {"mode"},
               {"predictor"},
               {"quantity"},
               {"unit"},
               {"published"},
               {"predicted"},
               {"ratio"},
               {"p05"},
               {"p25"},
               {"p75"},
               {"p95"},
               {"covered"},
               {"family"},
               {"device"},
               {"evidence"},
               {"boundary"},
               {"note"}},
              {}};
  const auto number = [](double v) { return quantity::shortest(v); };
  for (const BacktestRow& r : b.rows) {
    table.rows.push_back({r.id, std::string{ask::name(r.mode)}, r.predictor, r.quantity, r.unit,
                          number(r.published), number(r.predicted), number(r.ratio),
                          r.has_band ? number(r.p05) : "", r.has_band ? number(r.p25) : "",
                          r.has_band ? number(r.p75) : "", r.has_band ? number(r.p95) : "",
                          r.has_band ? (r.covered90 ? "yes" : "no") : "", r.family, r.device,
                          std::string{predict::name(r.tier)}, r.boundary, r.note});
  }
  return table;
}

std::string backtest_svg(const ask::Backtest& b) {
  constexpr double size = 640;
  constexpr double margin = 70;
  double low = 1e300;
  double high = 0;
  std::vector<const BacktestRow*> shown;
  for (const BacktestRow& r : b.rows) {
    if (r.predictor != ours || r.mode != BacktestMode::blind || r.quantity != "device_time" ||
        r.published <= 0)
      continue;
    shown.push_back(&r);
    low = std::min({low, r.published, r.p05 > 0 ? r.p05 : r.predicted});
    high = std::max({high, r.published, r.p95 > 0 ? r.p95 : r.predicted});
  }
  if (shown.empty()) return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"/>\n";
  low = std::pow(10.0, std::floor(std::log10(low)));
  high = std::pow(10.0, std::ceil(std::log10(high)));
  const double scale = (size - 2 * margin) / std::log10(high / low);
  const auto x = [&](double v) { return margin + scale * std::log10(v / low); };
  const auto y = [&](double v) { return size - margin - scale * std::log10(v / low); };
  const auto n = [](double v) { return significant(v, 5); };
  std::string out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 640\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n"
      "<title>Blind predictions of device-time against published values, with 90 % bands</title>\n"
      "<rect width=\"640\" height=\"640\" fill=\"white\"/>\n";
  for (double tick = low; tick <= high * 1.0001; tick *= 10) {
    out += "<path d=\"M" + n(x(tick)) + ' ' + n(margin) + "V" + n(size - margin) + "M" + n(margin) + ' ' +
           n(y(tick)) + "H" + n(size - margin) + "\" stroke=\"#ddd\"/>\n";
    out += "<text x=\"" + n(x(tick)) + "\" y=\"" + n(size - margin + 18) + "\" text-anchor=\"middle\">" +
           significant(tick, 1) + "</text>\n";
    out += "<text x=\"" + n(margin - 6) + "\" y=\"" + n(y(tick) + 4) + "\" text-anchor=\"end\">" +
           significant(tick, 1) + "</text>\n";
  }
  out += "<path d=\"M" + n(x(low)) + ' ' + n(y(low)) + "L" + n(x(high)) + ' ' + n(y(high)) +
         "\" stroke=\"#888\"/>\n";
  for (const BacktestRow* r : shown) {
    const std::string colour = !r->has_band || r->covered90 ? "#1f5fa8" : "#c0392b";
    if (r->has_band)
      out += "<path d=\"M" + n(x(r->published)) + ' ' + n(y(r->p05)) + "V" + n(y(r->p95)) + "\" stroke=\"" +
             colour + "\" opacity=\"0.5\"/>\n";
    out += "<circle cx=\"" + n(x(r->published)) + "\" cy=\"" + n(y(r->predicted)) + "\" r=\"3.5\" fill=\"" +
           colour + "\"><title>" + xml_text(r->id) + ": published " + significant(r->published) +
           ", predicted " + significant(r->predicted) + ' ' + xml_text(r->unit) + "</title></circle>\n";
  }
  out +=
      "<text x=\"320\" y=\"622\" text-anchor=\"middle\">published device-hours</text>\n"
      "<text x=\"18\" y=\"320\" text-anchor=\"middle\" transform=\"rotate(-90 18 320)\">predicted "
      "device-hours, blind</text>\n"
      "<text x=\"320\" y=\"40\" text-anchor=\"middle\" font-size=\"15\">Blind predictions with 90 % bands "
      "(red: outside the band)</text>\n</svg>\n";
  return out;
}

std::string sensitivity_text(const run::Scenario& run, const catalog::Catalog& catalog,
                             std::string_view result) {
  quantity::Dimension dimension;
  const run::RunEstimate<double> any;
  std::string label;
  run::for_each_result(any, [&](const run::ResultInfo& info, const auto& field) {
    if (info.key != result) return;
    dimension = std::remove_cvref_t<decltype(field)>::value_type::dimension;
    label = info.label;
  });
  std::string out = label + ": what one percent more of each input does\n";
  const auto elasticities = uncertain::elasticities(run, catalog, result);
  if (elasticities.empty()) return label + " is zero: no input changes it by a share of itself.\n";
  const bool moves =
      std::any_of(elasticities.begin(), elasticities.end(), [](const auto& e) { return !e.with.empty(); });
  Table elastic{{{"input"}, {"value", Align::right}, {"effect", Align::right}}, {}};
  if (moves) elastic.columns.push_back({"with it moves"});
  for (const auto& e : elasticities) {
    constexpr double shown = 5e-5;
    if (std::fabs(e.elasticity) < shown) continue;
    const bool one_value = e.value > 0;  // stages may each have their own
    elastic.rows.push_back({std::string{run::info(e.slot).label},
                            one_value ? quantity::human(e.value, run::slot_dimension(e.slot)) : "-",
                            (e.elasticity > 0 ? "+" : "") + significant(e.elasticity, 3) + " %"});
    if (!moves) continue;
    elastic.rows.back().push_back(
        diag::listed(e.with, ", ", [](const auto slot) { return run::info(slot).label; }));
  }
  out += text(elastic, 2);
  const auto tornado = uncertain::tornado(run, catalog, result);
  if (!tornado.empty()) {
    out += "\nWhat each input's own 90 % band does, with all that depends on it\n";
    Table table{{{"input"},
                 {"from", Align::right},
                 {"to", Align::right},
                 {"result from", Align::right},
                 {"to", Align::right},
                 {""}},
                {}};
    for (const auto& row : tornado) {
      constexpr double worth_showing = 0.01;  // rounding of table values moves nothing
      if (row.swing < worth_showing * tornado.front().swing) break;
      const auto d = run::slot_dimension(row.slot);
      const double share = tornado.front().swing > 0 ? row.swing / tornado.front().swing : 0;
      constexpr double bar = 24;
      std::string bars;
      for (int i = 0; i < static_cast<int>(std::lround(bar * share)); ++i) bars += "█";
      table.rows.push_back({std::string{run::info(row.slot).label}, quantity::human(row.input_low, d),
                            quantity::human(row.input_high, d), quantity::human(row.result_low, dimension),
                            quantity::human(row.result_high, dimension), bars});
    }
    out += text(table, 2);
  }
  return out;
}

Table sensitivity_table(const run::Scenario& run, const catalog::Catalog& catalog, std::string_view result) {
  std::string key;
  std::string unit;
  const run::RunEstimate<double> any;
  run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
    if (info.key != result) return;
    key = info.json_key;
    unit = info.unit;
  });
  Table table{
      {{"input"}, {"elasticity"}, {"p05_of_value"}, {"p95_of_value"}, {"low_" + key}, {"high_" + key}}, {}};
  const auto tornado = uncertain::tornado(run, catalog, result);
  for (const auto& e : uncertain::elasticities(run, catalog, result)) {
    table.rows.push_back(
        {std::string{run::info(e.slot).key}, quantity::shortest(e.elasticity), "", "", "", ""});
    const auto band =
        std::find_if(tornado.begin(), tornado.end(), [&](const auto& t) { return t.slot == e.slot; });
    if (band == tornado.end() || !(e.value > 0)) continue;
    const auto in_unit = [&](double v) {
      return quantity::shortest(unit.empty() ? v : quantity::to_unit(v, unit));
    };
    auto& cells = table.rows.back();
    cells[2] = quantity::shortest(band->input_low / e.value);
    cells[3] = quantity::shortest(band->input_high / e.value);
    cells[4] = in_unit(band->result_low);
    cells[5] = in_unit(band->result_high);
  }
  return table;
}

}  // namespace kwhatif::report
