#include "backtest_baselines.hpp"
#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/predict/fit.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

using catalog::Kind;
using run::Slot;
namespace dim = quantity::dim;

std::string_view name(BacktestMode mode) { return mode == BacktestMode::given ? "given" : "blind"; }

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

/// What one blind row is made of.
struct Blind {
  const predict::Observation* observation = nullptr;
  std::optional<catalog::Row> run;
  bool tdp_boundary = false;  ///< the publisher counted TDP times hours
};

std::string_view input_text(const catalog::Row& run, const std::string& key) {
  const std::string_view given = run.text("inputs." + key);
  return given.empty() ? run.text("facts." + key) : given;
}

/// A planner's inputs: compute, device, predicted utilisation and power, and the place as printed.
void blind_inputs(const Blind& blind, const predict::Coefficients& left, const catalog::Catalog& catalog,
                  run::RunInputs<double>& inputs, uncertain::Spread& spread, predict::Tier& tier) {
  const auto& plan = blind.observation->plan;
  const predict::UtilisationModel utilisation(catalog, left);
  const auto mfu = utilisation.predict(plan);
  tier = mfu.tier;
  run::set_slot(inputs, Slot::training_flop, plan.compute->coherent());
  run::set_slot(inputs, Slot::peak, plan.device.peak.coherent());
  run::set_slot(inputs, Slot::mfu, mfu.median());
  spread[Slot::mfu] = uncertain::InputDistribution::predicted(mfu);
  if (plan.device.tdp) {
    run::set_slot(inputs, Slot::tdp, plan.device.tdp->coherent());
    if (blind.tdp_boundary) {
      run::set_slot(inputs, Slot::power_ratio, 1);
    } else {
      const predict::PowerModel power(left);
      const auto ratio = power.ratio(plan.device, quantity::Ratio<double>::from_coherent(mfu.median()));
      run::set_slot(inputs, Slot::power_ratio, ratio.median());
      spread[Slot::power_ratio] = uncertain::InputDistribution::predicted(ratio);
    }
  }
  run::set_slot(inputs, Slot::pue, read(input_text(*blind.run, "pue"), dim::one));
  run::set_slot(inputs, Slot::ci, read(input_text(*blind.run, "ci"), dim::carbon_intensity));
  run::set_slot(inputs, Slot::ci_market, read(blind.run->text("inputs.ci_market"), dim::carbon_intensity));
}

/// The published figures that a blind row is compared with: device-hours always, and the energy, else the
/// CO2e.
std::vector<std::pair<std::string, double>> targets(const Blind& blind) {
  std::vector<std::pair<std::string, double>> out{
      {"device_time", blind.observation->device_time->coherent()}};
  const std::array<std::pair<std::string_view, quantity::Dimension>, 4> figures{
      {{"facility_energy", dim::energy},
       {"it_energy", dim::energy},
       {"operational_location", dim::co2e},
       {"operational_market", dim::co2e}}};
  for (const auto& [key, dimension] : figures) {
    const auto value = read(blind.run->text("published." + std::string{key}), dimension);
    if (!value) continue;
    out.emplace_back(key, *value);
    break;
  }
  return out;
}

std::optional<double> result_of(const run::RunInputs<double>& inputs, std::string_view key) {
  std::optional<double> out;
  const auto all = run::estimate(inputs);
  run::for_each_result(all, [&](const run::ResultInfo& info, const auto& field) {
    if (info.key == key && field) out = field->coherent();
  });
  return out;
}

BacktestRow blank(const Blind& blind, const std::string& quantity, double published, std::string predictor,
                  predict::Tier tier) {
  BacktestRow row;
  row.id = blind.observation->id;
  row.name = blind.run->text("name");
  row.family = blind.observation->family;
  row.device = blind.observation->plan.device.id;
  row.device_family = blind.observation->plan.device.family;
  row.predictor = std::move(predictor);
  row.quantity = quantity;
  row.unit = unit_of(quantity);
  row.published = quantity::to_unit(published, row.unit);
  row.tier = tier;
  if (quantity != "device_time") row.boundary = blind.tdp_boundary ? "TDP" : "system power";
  return row;
}

void add_blind(const Blind& blind, const predict::Coefficients& left, const catalog::Catalog& catalog,
               std::vector<BacktestRow>& ours, std::vector<BacktestRow>& baselines) {
  run::RunInputs<double> inputs;
  uncertain::Spread spread;
  predict::Tier tier{};
  blind_inputs(blind, left, catalog, inputs, spread, tier);
  const auto bands = uncertain::intervals(inputs, spread);
  for (const auto& [key, published] : targets(blind)) {
    const uncertain::Band* band = bands.find(key);
    if (band == nullptr) continue;  // no place printed
    auto row = blank(blind, key, published, std::string{our_predictor}, tier);
    const auto in_unit = [&](double value) { return quantity::to_unit(value, row.unit); };
    row.predicted = in_unit(band->p50);
    row.p05 = in_unit(band->p05);
    row.p25 = in_unit(band->p25);
    row.p75 = in_unit(band->p75);
    row.p95 = in_unit(band->p95);
    row.has_band = true;
    judge(row);
    ours.push_back(row);
    for (const Baseline& baseline : baselines_of(catalog, *blind.observation)) {
      auto simple = inputs;
      if (baseline.achieved) {
        run::set_slot(simple, Slot::mfu, std::nullopt);
        run::set_slot(simple, Slot::achieved, baseline.achieved);
      }
      if (baseline.device_time) {
        if (key == "device_time") continue;  // given
        run::set_slot(simple, Slot::device_time, baseline.device_time);
      }
      run::set_slot(simple, Slot::power_ratio, 1);
      const auto value = result_of(simple, key);
      if (!value || !(*value > 0)) continue;
      auto other = blank(blind, key, published, baseline.name, tier);
      other.predicted = in_unit(*value);
      judge(other);
      baselines.push_back(std::move(other));
    }
  }
}

}  // namespace

Backtest backtest(const catalog::Catalog& catalog) {
  Backtest out;
  add_given(catalog, out.rows);
  const predict::FitResult fitted = predict::fit(catalog);
  std::vector<BacktestRow> baselines;
  for (const predict::HeldOut& held : fitted.utilisation) {
    const predict::Observation& o = fitted.evidence.observations[held.observation];
    const auto run = catalog.find(Kind::run, o.id);
    if (!run) continue;
    const Blind blind{&o, run, run->text("facts.power_basis") == "tdp"};
    add_blind(blind, fitted.without.at(o.family), catalog, out.rows, baselines);
  }
  out.rows.insert(out.rows.end(), baselines.begin(), baselines.end());
  out.summaries = summarise(out.rows);
  out.excluded = fitted.evidence.exclusions;
  return out;
}

}  // namespace kwhatif::ask
