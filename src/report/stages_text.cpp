#include "pages.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>

namespace kwhatif::report {

using quantity::human;
using quantity::significant;
using run::ResolvedStage;

namespace {

std::vector<std::string> line(const std::string& name, const std::string& regime,
                              const run::RunEstimate<double>& r) {
  return {name,
          regime,
          shown(r.training_flop),
          shown(r.device_time),
          shown(r.wall_time),
          shown(r.facility_energy),
          shown(r.operational_location),
          shown(r.cost)};
}

struct Line {
  std::string input;
  std::string shown;
  std::string words;
  std::vector<std::string> stages;
};

// What several stages assume alike stands once.
std::vector<Line> assumed(const ask::Estimate& answer) {
  std::vector<Line> out;
  for (std::size_t i = 0; i < answer.phases.size(); ++i) {
    const ResolvedStage& stage = answer.phases[i];
    for (const Assumption& a : answer.assumptions[i]) {
      const std::string words = origin_words(a.origin);
      const std::string value = shown(a);
      const auto found = std::ranges::find_if(
          out, [&](const Line& l) { return l.input == a.input && l.shown == value && l.words == words; });
      if (found != out.end()) {
        if (found->stages.back() != stage.name) found->stages.push_back(stage.name);
        continue;
      }
      out.push_back({a.input, value, words, {stage.name}});
    }
  }
  std::ranges::stable_sort(out, [&](const Line& a, const Line& b) {
    return (a.stages.size() == answer.phases.size()) > (b.stages.size() == answer.phases.size());
  });
  return out;
}

// The 50 and 90 % bands of what people ask for.
Page how_sure(const ask::Estimate& answer) {
  Page page;
  Table table{heads({"How sure", ">50 % band", ">90 % band"}), {}};
  for (const uncertain::Band& band : answer.certainty.bands) {
    const auto between = [&](double low, double high) {
      return human(low, band.info.dimension) + " to " + human(high, band.info.dimension);
    };
    const std::string_view key = band.info.key;
    constexpr double visible = 1.01;  // the rounding of a printed peak alone is not worth a line
    if (band.p95 <= visible * band.p05) continue;
    if (key != "device_time" && key != "facility_energy" && key != "operational_location") continue;
    table.rows.push_back(
        {"  " + std::string{band.info.label}, between(band.p25, band.p75), between(band.p05, band.p95)});
  }
  if (table.rows.empty()) return page;
  return page.gap()
      .table(std::move(table))
      .paragraph("of the total: numbers that stages share vary together, all others independently", 2);
}

}  // namespace

Page stages_page(const ask::Estimate& answer, const catalog::Catalog& tables) {
  Page page;
  if (!answer.run().title.empty()) page.heading(answer.run().title).gap();
  Table table{
      heads({"Stage", "Regime", ">Compute", ">Device-time", ">Wall time", ">Energy", ">CO2e", ">Cost"}), {}};
  for (const ResolvedStage& stage : answer.phases)
    table.rows.push_back(line(stage.name, std::string{run::info(stage.regime).id}, ask::of_all_runs(stage)));
  table.rows.push_back(line("total", "", answer.result));
  const std::size_t total = table.rows.size() - 1;
  page.table(std::move(table), 0, {total}).gap();
  page.paragraph("Energy is that of the facility, CO2e location-based, compute that of model FLOPs.");
  for (const ResolvedStage& stage : answer.phases) {
    if (stage.bandwidth_bound)
      page.paragraph("Stage '" + stage.name + "': decoding is bound by memory bandwidth: " +
                     human(stage.cost.decode_bytes, quantity::dim::data) + " are read for " +
                     human(stage.cost.decode_flop, quantity::dim::flop) + ".");
  }
  page.append(life_cycle_page(answer.run(), answer.result));
  page.append(how_sure(answer));
  page.append(drive_page(answer.drive));
  const auto list = assumed(answer);
  if (list.empty()) return page;
  page.asides().gap().heading("Assumptions (not given, so taken from tables or defaults)");
  Table assumptions{heads({"", "", ""}), {}};
  for (const Line& a : list) {
    std::string words;
    if (a.stages.size() < answer.phases.size()) {
      for (const std::string& name : a.stages) words += (words.empty() ? "" : ", ") + name;
      words += ": ";
    }
    assumptions.rows.push_back({a.input, a.shown, words + a.words});
  }
  page.table(std::move(assumptions), 2);
  page.paragraph("`kwhatif explain` with the same arguments gives every locator and the full citations.", 2);
  for (const std::string& notice : attributions(tables, answer.sources())) page.paragraph(notice, 2);
  return page;
}

Table stages_table(const ask::Estimate& answer) {
  Table table;
  table.columns = {{"stage"}, {"regime"}};
  for (Column& column : results_table(answer.result).columns) table.columns.push_back(std::move(column));
  const auto add = [&](const std::string& name, const std::string& regime,
                       const run::RunEstimate<double>& r) {
    auto& row = table.rows.emplace_back(std::vector{name, regime});
    const Table results = results_table(r);
    row.insert(row.end(), results.rows.front().begin(), results.rows.front().end());
  };
  for (const ResolvedStage& stage : answer.phases)
    add(stage.name, std::string{run::info(stage.regime).id}, ask::of_all_runs(stage));
  add("total", "", answer.result);
  return table;
}

}  // namespace kwhatif::report
