// Charts of one run, and of a whole life.
#include "chart_parts.hpp"
#include "pages.hpp"
#include <kwhatif/ask/lifecycle.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/charts.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace kwhatif::report {

using chart::Chart;

namespace {

namespace dim = quantity::dim;

// The numbers of a result by key.
std::optional<double> value_of(const run::RunEstimate<double>& results, std::string_view key) {
  std::optional<double> out;
  run::for_each_result(results, [&](const run::ResultInfo& info, const auto& field) {
    if (field && info.key == key && drawable(field->coherent())) out = field->coherent();
  });
  return out;
}

void add_bands(std::vector<Chart>& charts, const ask::Estimate& answer) {
  chart::Bands bands{.axis = {"times the result", true}, .rows = {}, .reference = 1};
  std::vector<std::string> said;
  for (const std::string_view key : {"device_time", "wall_time", "facility_energy", "operational_location",
                                     "operational_market", "embodied", "total_co2e", "water", "cost"}) {
    const uncertain::Band* band = answer.certainty.find(key);
    const auto value = value_of(answer.result, key);
    if (band == nullptr || !value || *value <= 0) continue;
    constexpr double least_width = 1.005;  // the rounding of tables is no band
    if (!std::isnormal(band->p05) || !drawable(band->p95) || band->p95 < least_width * band->p05) continue;
    const std::string words = with_interval(*value, band->p05, band->p95, band->info.dimension);
    bands.rows.push_back({std::string{key}, answer.run().work.said(std::string{band->info.label}), words, 1,
                          chart::Range{band->p25 / *value, band->p75 / *value},
                          chart::Range{band->p05 / *value, band->p95 / *value}});
    said.push_back(bands.rows.back().label + " " + words);
  }
  if (bands.rows.empty()) return;
  charts.push_back({"bands", "How sure the results are",
                    "Each result with its 50 and 90 % prediction interval, relative to the result. " +
                        listed_shortly(said, 5) + ".",
                    "The intervals: " + bands_promise(answer) + ".", std::move(bands)});
}

void add_drivers(std::vector<Chart>& charts, const ask::Estimate& answer) {
  const uncertain::Certainty& c = answer.certainty;
  const uncertain::Band* explained = c.find(c.explained);
  if (explained == nullptr) return;
  chart::Bars bars{.axis = {"share of the variance of the logarithm, %", false}, .rows = {}};
  std::vector<std::string> said;
  for (const uncertain::Driver& driver : c.drivers) {
    constexpr double worth_showing = 0.005;
    if (driver.share < worth_showing) continue;
    const auto& input = run::info(driver.slot);
    bars.rows.push_back({std::string{input.key}, answer.run().work.said(std::string{input.label}),
                         quantity::percent(driver.share), 100 * driver.share, std::nullopt, false});
    said.push_back(bars.rows.back().label + ' ' + bars.rows.back().words);
  }
  if (bars.rows.empty()) return;
  const std::string result = answer.run().work.said(std::string{explained->info.label});
  charts.push_back({"drivers", "What the uncertainty of the " + result + " comes from",
                    "Inputs by their share in the variance: " + listed_shortly(said, 5) + ".", "",
                    std::move(bars)});
}

// Of each phase whose time was forecast.
void add_times(std::vector<Chart>& charts, const ask::Estimate& answer) {
  chart::Shares shares;
  std::vector<std::string> said;
  const auto index = [&](std::string_view name) {
    const auto at = std::ranges::find(shares.names, name);
    if (at != shares.names.end()) return static_cast<std::size_t>(at - shares.names.begin());
    shares.names.emplace_back(name);
    return shares.names.size() - 1;
  };
  for (std::size_t i = 0; i < answer.predictions.size(); ++i) {
    const auto& prediction = answer.predictions[i];
    if (!prediction || prediction->terms.empty()) continue;
    chart::ShareRow row{
        "phase-" + std::to_string(i + 1), answer.staged() ? answer.phases[i].name : "", "", {}};
    for (const ask::TimeTerm& term : prediction->terms) {
      constexpr double worth_telling = 0.0005;
      if (term.share < worth_telling) continue;
      row.parts.push_back({index(term.name), term.share, quantity::human(term.seconds, dim::time)});
    }
    said.push_back((row.label.empty() ? "" : row.label + ": ") + "mostly " + std::string{prediction->bound});
    shares.rows.push_back(std::move(row));
  }
  if (shares.rows.empty()) return;
  charts.push_back(
      {"time", "Where the time goes",
       answer.run().work.said("Shares of the time per token and device that the forecast is made of; ") +
           listed_shortly(said, 5) + ".",
       "", std::move(shares)});
}

void add_energy(std::vector<Chart>& charts, const ask::Estimate& answer) {
  const auto facility = value_of(answer.result, "facility_energy");
  const auto it = value_of(answer.result, "it_energy");
  if (!facility || !it || *facility <= 0 || *it > *facility) return;
  const auto boards = value_of(answer.result, "accelerator_energy");
  chart::Shares shares;
  std::vector<double> parts;
  if (boards && *boards <= *it) {
    shares.names = {"accelerators", "rest of the computers", "cooling and losses (PUE)"};
    parts = {*boards, *it - *boards, *facility - *it};
  } else {
    shares.names = {"computers", "cooling and losses (PUE)"};
    parts = {*it, *facility - *it};
  }
  auto row = share_row("facility_energy", "", parts, *facility, dim::energy);
  if (row.parts.size() < 2) return;
  std::vector<std::string> said;
  for (const auto& part : row.parts)
    said.push_back(shares.names[part.name] + ' ' + quantity::percent(part.share));
  shares.rows.push_back(std::move(row));
  charts.push_back({"energy", "Where the energy goes: " + quantity::human(*facility, dim::energy),
                    "Parts of the energy of the facility: " + listed_shortly(said, 5) + ".", "",
                    std::move(shares)});
}

void add_co2e(std::vector<Chart>& charts, const ask::Estimate& answer) {
  const auto total = value_of(answer.result, "total_co2e");
  const auto electricity = value_of(answer.result, "operational_location");
  const auto made = value_of(answer.result, "embodied");
  if (!total || !electricity || !made || *total <= 0) return;
  chart::Shares shares{{"electricity, location-based", "manufacture of the devices"}, {}};
  shares.rows.push_back(share_row("total_co2e", "", {*electricity, *made}, *total, dim::co2e));
  charts.push_back({"co2e", "What the CO2e comes from: " + quantity::human(*total, dim::co2e),
                    "Electricity (location-based) " + quantity::human(*electricity, dim::co2e) +
                        ", manufacture " + quantity::human(*made, dim::co2e) + ".",
                    "", std::move(shares)});
}

void add_stages(std::vector<Chart>& charts, const ask::Estimate& answer) {
  if (!answer.staged()) return;
  chart::Shares shares;
  std::vector<run::RunEstimate<double>> phases;
  for (const auto& phase : answer.phases) {
    shares.names.push_back(phase.name);
    phases.push_back(ask::of_all_runs(phase));
  }
  for (const std::string_view key :
       {"training_flop", "device_time", "facility_energy", "operational_location", "cost"}) {
    const auto whole = value_of(answer.result, key);
    if (!whole || *whole <= 0) continue;
    std::vector<double> parts;
    for (const auto& phase : phases) parts.push_back(value_of(phase, key).value_or(0));
    std::string label;
    run::for_each_result(answer.result, [&](const run::ResultInfo& info, const auto&) {
      if (info.key == key) label = info.label;
    });
    shares.rows.push_back(share_row(std::string{key}, label, parts, *whole, run::result_dimension(key)));
  }
  if (shares.rows.empty()) return;
  charts.push_back({"stages", "Which stage takes how much",
                    "Shares of " + counted(phases.size(), "stage") + " in the results of the whole run.", "",
                    std::move(shares)});
}

}  // namespace

std::vector<Chart> charts_of(const ask::Estimate& answer, const catalog::Catalog&) {
  std::vector<Chart> out;
  add_bands(out, answer);
  add_drivers(out, answer);
  add_energy(out, answer);
  add_co2e(out, answer);
  add_times(out, answer);
  add_stages(out, answer);
  return out;
}

std::vector<Chart> charts_of(const ask::LifecycleAnswer& answer, const catalog::Catalog& tables) {
  std::vector<Chart> out;
  chart::Shares shares;
  for (const auto& phase : answer.phases) shares.names.push_back(phase.label);
  struct Member {
    std::string_view id, label;
    std::optional<double> ask::LifecyclePart::*value;
    quantity::Dimension dimension;
  };
  std::vector<std::string> said;
  for (const Member& m : {Member{"energy", "Energy", &ask::LifecyclePart::energy, dim::energy},
                          Member{"location", "CO2e of electricity", &ask::LifecyclePart::location, dim::co2e},
                          Member{"embodied", "CO2e of manufacture", &ask::LifecyclePart::embodied, dim::co2e},
                          Member{"total", "CO2e in all", &ask::LifecyclePart::total, dim::co2e},
                          Member{"water", "Water", &ask::LifecyclePart::water, dim::water},
                          Member{"cost", "Cost", &ask::LifecyclePart::cost, dim::money}}) {
    const auto& whole = answer.total.*(m.value);
    if (!whole || !drawable(*whole) || *whole <= 0) continue;
    std::vector<double> parts;
    for (const auto& phase : answer.phases) parts.push_back((phase.part.*(m.value)).value_or(0));
    shares.rows.push_back(share_row(std::string{m.id}, std::string{m.label}, parts, *whole, m.dimension));
    said.push_back(std::string{m.label} + ' ' + shares.rows.back().words);
  }
  if (!shares.rows.empty() && shares.names.size() > 1)
    out.push_back({"life", "Which part of the life takes how much",
                   "Shares of " + listed_shortly(shares.names, 5) + " in: " + listed_shortly(said, 6) + ".",
                   listed_shortly(answer.missing, 3), std::move(shares)});
  chart::Bands bands{.axis = {"queries", true}, .rows = {}, .reference = std::nullopt};
  const auto count = [](double n) { return quantity::significant(n); };
  for (const auto& s : answer.shares) {
    if (!drawable(s.queries)) continue;
    const bool band = s.low && s.high && drawable(*s.low) && drawable(*s.high);
    bands.rows.push_back({"share-" + quantity::significant(100 * s.share),
                          "serving takes " + quantity::percent(s.share) + " of the energy",
                          "from " + count(s.queries) + " queries" +
                              (band ? " (" + count(*s.low) + " to " + count(*s.high) + ')' : ""),
                          s.queries, std::nullopt,
                          band ? std::optional{chart::Range{*s.low, *s.high}} : std::nullopt});
  }
  if (!bands.rows.empty()) {
    if (answer.queries && *answer.queries > 0 && drawable(*answer.queries)) bands.reference = *answer.queries;
    out.push_back({"break-even", "From how many queries on serving takes more than all before it",
                   "Queries after which serving has taken a share of the energy of the whole life; the first "
                   "line is the break-even: " +
                       bands.rows.front().words + ".",
                   bands.reference ? "The dashed line: the queries of this question." : "",
                   std::move(bands)});
  }
  for (Chart& chart : charts_of(answer.training, tables)) {
    chart.id = "training-" + chart.id;
    chart.title = "Training: " + chart.title;
    out.push_back(std::move(chart));
  }
  return out;
}

}  // namespace kwhatif::report
