#include "backtest_baselines.hpp"
#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/predict/times_fit.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

using catalog::Kind;
namespace dim = quantity::dim;

std::string_view name(BacktestMode mode) {
  constexpr std::array<std::string_view, 3> names{"given", "blind", "blind-device"};
  return names[static_cast<std::size_t>(mode)];
}

namespace {

constexpr std::array<std::string_view, 6> compared{
    "device_time", "wall_time", "it_energy", "facility_energy", "operational_location", "operational_market"};

std::string_view unit_of(std::string_view quantity) {
  if (quantity == "device_time") return "device-h";
  if (quantity == "wall_time") return "h";
  return quantity.starts_with("operational") ? "t" : "kWh";
}

std::optional<double> read(std::string_view text, const quantity::Dimension& dimension) {
  if (text.empty()) return std::nullopt;
  const auto parsed =
      quantity::parse(text, {.dimension = dimension, .bare_number = quantity::may_be_bare(dimension)});
  return parsed.ok ? std::optional{parsed.value.coherent} : std::nullopt;
}

void judge(BacktestRow& row) {
  row.ratio = row.predicted / row.published;
  row.covered50 = row.has_band && row.p25 <= row.published && row.published <= row.p75;
  row.covered90 = row.has_band && row.p05 <= row.published && row.published <= row.p95;
}

/// Mode given: the checks of reproduce whose inputs sufficed.
void add_given(const catalog::Catalog& catalog, std::vector<BacktestRow>& rows) {
  for (const Study& study : reproduce(catalog, {}).studies) {
    for (const Check& check : study.checks) {
      const bool wanted = std::find(compared.begin(), compared.end(), check.quantity) != compared.end();
      if (!wanted || !check.computed || !check.claim.empty() || !(check.published > 0)) continue;
      BacktestRow row;
      row.id = study.id + '/' + check.row;
      row.name = check.name;
      row.mode = BacktestMode::given;
      row.predictor = our_predictor;
      row.quantity = check.quantity;
      row.unit = check.unit;
      row.published = check.published;
      row.predicted = *check.computed;
      row.note = check.why;
      judge(row);
      rows.push_back(std::move(row));
    }
  }
}

std::string_view kind_of(predict::Scope scope) {
  return scope == predict::Scope::run ? "run" : scope == predict::Scope::benchmark ? "benchmark" : "steps";
}

constexpr double device_hour = 3600;  // device·s

BacktestRow row_of(const predict::Timing& t, BacktestMode mode) {
  BacktestRow row;
  row.id = row.name = t.id;
  row.family = t.publisher;
  row.device = t.device.id;
  row.device_family = t.family;
  row.mode = mode;
  row.kind = kind_of(t.training.scope);
  row.quantity = "device_time";
  row.unit = unit_of(row.quantity);
  row.published = t.seconds * backtest_tokens / device_hour;
  row.tier = mode == BacktestMode::blind_to_device ? predict::Tier::borrowed : t.device.tier;
  row.weight = t.weight;
  return row;
}

BacktestRow predicted_row(const predict::Timing& t, const predict::Forecast& forecast, BacktestMode mode) {
  BacktestRow row = row_of(t, mode);
  row.predictor = our_predictor;
  const auto hours = [](double seconds) { return seconds * backtest_tokens / device_hour; };
  row.predicted = hours(forecast.seconds);
  row.p05 = hours(forecast.quantile(0.05));
  row.p25 = hours(forecast.quantile(0.25));
  row.p75 = hours(forecast.quantile(0.75));
  row.p95 = hours(forecast.quantile(0.95));
  row.has_band = true;
  judge(row);
  return row;
}

/// What is left unsaid of each row, and how that is called.
const std::vector<std::pair<std::string, predict::Known>>& tiers() {
  static const std::vector<std::pair<std::string, predict::Known>> all{{"all", {true, true}},
                                                                       {"no settings", {true, false}},
                                                                       {"no software", {false, true}},
                                                                       {"neither", {false, false}}};
  return all;
}

void add_times(const catalog::Catalog& catalog, Backtest& out) {
  const auto timings = predict::timings(catalog);
  std::vector<predict::Known> known;
  for (const auto& [name, k] : tiers()) known.push_back(k);
  std::vector<BacktestRow> simple;
  for (const auto& [mode, left_out] : {std::pair{BacktestMode::blind, predict::LeftOut::publisher},
                                       {BacktestMode::blind_to_device, predict::LeftOut::family}}) {
    const auto held = predict::hold_out_times(catalog, timings, left_out, known);
    for (std::size_t k = 0; k < known.size(); ++k) {
      std::vector<BacktestRow> rows;
      for (const predict::HeldOutTime& h : held) {
        if (h.known == k) rows.push_back(predicted_row(timings[h.timing], h.forecast, mode));
      }
      for (BacktestSummary& s : summarise(rows, tiers()[k].first)) out.summaries.push_back(std::move(s));
      if (k == 0) out.rows.insert(out.rows.end(), rows.begin(), rows.end());
    }
    if (mode != BacktestMode::blind) continue;
    for (const predict::HeldOutTime& h : held) {
      if (h.known != 0) continue;
      const predict::Timing& t = timings[h.timing];
      for (const Baseline& baseline : baselines_of(catalog, t)) {
        auto row = row_of(t, mode);
        row.predictor = baseline.name;
        row.predicted = h.forecast.times.flop / baseline.rate * backtest_tokens / device_hour;
        judge(row);
        simple.push_back(std::move(row));
      }
    }
  }
  for (BacktestSummary& s : summarise(simple, "all")) out.summaries.push_back(std::move(s));
  out.rows.insert(out.rows.end(), simple.begin(), simple.end());
}

std::string_view input_text(const catalog::Row& run, const std::string& key) {
  for (const std::string_view section : {"inputs.", "facts.", "published."}) {
    const auto text = run.text(std::string{section} + key);
    if (!text.empty()) return text;
  }
  return {};
}

/// Measured power of whole systems beside its forecast: from the size, the device and the number of them, and
/// the time where it is printed, so that only the power is judged.
void add_power(const catalog::Catalog& catalog, Backtest& out) {
  std::vector<BacktestRow> rows;
  for (const auto& observation : catalog.rows(Kind::observation)) {
    const auto run = catalog.find(Kind::run, observation.id());
    if (!run || observation.text("power") != "system" || observation.text("use") != "yes") continue;
    const auto published = read(input_text(*run, "power"), dim::device_power);
    if (!published) continue;
    run::Scenario scenario;
    const auto set = [&](run::Input input, std::string_view key) {
      const std::string text{input_text(*run, std::string{key})};
      if (!text.empty()) scenario.set(input, {text, {}, std::string{key}});
    };
    set(run::Input::hardware, "hardware");
    set(run::Input::params, "params");
    set(run::Input::active, "active");
    set(run::Input::tokens, "tokens");
    set(run::Input::flops, "flops");
    set(run::Input::chips, "chips");
    set(run::Input::device_hours, "device_time");
    if (!scenario.has(run::Input::device_hours)) set(run::Input::device_hours, "device_hours");
    if (scenario.has(run::Input::tokens)) scenario.clear(run::Input::flops);
    if (!scenario.has(run::Input::params)) scenario.clear(run::Input::active);
    try {
      const auto resolved = run::resolve(scenario, catalog);
      const auto slot = resolved.inputs.power_ratio() ? run::Slot::power_ratio : run::Slot::power;
      const auto& record = resolved.record(slot);
      if (!record.distribution) continue;
      const double unit = slot == run::Slot::power ? 1 : resolved.inputs.tdp()->coherent();
      BacktestRow row;
      row.id = run->id();
      row.name = run->text("name");
      row.family = observation.text("family");
      row.device = resolved.hardware->id();
      row.device_family = resolved.forecast ? resolved.forecast->device.family : std::string{};
      row.kind = "power";
      row.predictor = our_predictor;
      row.quantity = "power";
      row.unit = "W";
      row.tier = record.distribution->tier;
      row.boundary = "measured system power";
      row.published = *published;
      const auto at = [&](double u) { return unit * record.distribution->quantile(u); };
      row.predicted = at(0.5);
      row.p05 = at(0.05);
      row.p25 = at(0.25);
      row.p75 = at(0.75);
      row.p95 = at(0.95);
      row.has_band = true;
      judge(row);
      rows.push_back(std::move(row));
    } catch (const diag::Error&) {
      continue;  // the tables tell too little of it
    }
  }
  for (BacktestSummary& s : summarise(rows, "all")) out.summaries.push_back(std::move(s));
  out.rows.insert(out.rows.end(), rows.begin(), rows.end());
}

}  // namespace

Backtest backtest(const catalog::Catalog& catalog) {
  Backtest out;
  add_given(catalog, out.rows);
  out.summaries = summarise(out.rows, {});
  add_times(catalog, out);
  add_power(catalog, out);
  for (const auto& row : catalog.rows(Kind::observation)) {
    if (row.text("use") == "no")
      out.excluded.push_back({std::string{row.id()}, std::string{row.text("note")}});
  }
  return out;
}

}  // namespace kwhatif::ask
