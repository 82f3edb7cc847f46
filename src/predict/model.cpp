#include <kwhatif/predict/model.hpp>
#include <kwhatif/predict/observation.hpp>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace kwhatif::predict {

using catalog::Kind;

Coefficients coefficients(const catalog::Catalog& catalog) {
  Coefficients out;
  for (std::size_t i = 0; i < catalog.size(Kind::coefficient); ++i) {
    const auto row = catalog.row(Kind::coefficient, i);
    out.emplace(row.id(), row.number("value").value_or(0));
  }
  return out;
}

namespace {

double constant(const catalog::Catalog& catalog, std::string_view id) {
  const auto row = catalog.find(Kind::fallback, id);
  return row ? row->number("value").value_or(1) : 1;
}

double value_of(const Coefficients& coefficients, std::string_view name) {
  const auto found = coefficients.find(name);
  return found == coefficients.end() ? 0 : found->second;
}

double sum(const std::vector<Feature>& features, const Coefficients& coefficients, std::string_view model) {
  double out = 0;
  for (const auto& [name, value] : features) {
    out += value * value_of(coefficients, std::string{model} + '-' + name);
  }
  return out;
}

Tier tier_of(const Coefficients& coefficients, std::string_view model, const Device& device,
             const std::string& device_class) {
  const std::string prefix = std::string{model} + "-runs-";
  if (value_of(coefficients, prefix + "family-" + device.family) > 0) return Tier::known;
  if (value_of(coefficients, prefix + "class-" + device_class) > 0) return Tier::borrowed;
  return Tier::judgement;
}

double logit(double p) { return std::log(p / (1 - p)); }

constexpr double longest_era = 4;  // years before the knee that still make a difference

}  // namespace

Shape shape(const catalog::Catalog& catalog) {
  Shape out;
  out.size = constant(catalog, "utilisation-shape-size");
  out.peak = constant(catalog, "utilisation-shape-peak");
  out.balance = constant(catalog, "utilisation-shape-balance") / out.peak;
  out.era = constant(catalog, "utilisation-shape-era");
  return out;
}

std::vector<Feature> utilisation_features(const Plan& plan, quantity::Devices<double> devices,
                                          const Shape& shape) {
  const Device& device = plan.device;
  const double fills = shape.size * device.peak.coherent() / shape.peak;
  std::vector<Feature> out;
  out.reserve(8);
  out.emplace_back("level", 1.0);
  out.emplace_back("class-" + device.kind, 1.0);
  if (!device.family.empty()) out.emplace_back("family-" + device.family, 1.0);
  out.emplace_back("size", -std::log1p(fills / plan.active.coherent()));
  out.emplace_back("devices", -std::log2(std::max(1.0, devices.coherent())) / 10);
  if (plan.total && plan.total->coherent() > plan.active.coherent()) {
    out.emplace_back("sparse", -(1 - plan.active.coherent() / plan.total->coherent()));
  }
  if (device.memory_bandwidth) {
    const double balance = device.memory_bandwidth->coherent() / device.peak.coherent();
    out.emplace_back("balance", std::log(balance / shape.balance));
  }
  if (plan.year) out.emplace_back("era", std::clamp(*plan.year - shape.era, -longest_era, 0.0) / 2);
  return out;
}

std::vector<Feature> power_features(const Device& device, double mfu) {
  std::vector<Feature> out{{"level", 1.0}, {"class-" + device.power_class, 1.0}};
  if (!device.family.empty()) out.emplace_back("family-" + device.family, 1.0);
  out.emplace_back("utilisation", std::log(mfu / reference_mfu));
  return out;
}

quantity::Devices<double> typical_devices(const Coefficients& coefficients, const Plan& plan) {
  double n = value_of(coefficients, "devices-median");
  if (plan.compute) {
    constexpr double day = 86400;  // s
    const double device_days = plan.compute->coherent() / (plan.device.peak.coherent() * day);
    n = std::exp(value_of(coefficients, "devices-level") +
                 value_of(coefficients, "devices-compute") * std::log(device_days));
  }
  return quantity::Devices<double>::from_coherent(std::max(1.0, n));
}

std::string residual_name(std::string_view model, Tier tier, std::size_t level) {
  const long per_mille = std::lround(residual_levels[level] * 1000);
  std::string digits = std::to_string(per_mille);
  digits.insert(0, 3 - digits.size(), '0');
  return std::string{model} + "-residual-" + std::string{name(tier)} + "-q" + digits;
}

std::array<double, residual_levels.size()> residuals(const Coefficients& coefficients, std::string_view model,
                                                     Tier tier) {
  std::array<double, residual_levels.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = value_of(coefficients, residual_name(model, tier, i));
  return out;
}

Shrinkage shrinkage(double between, double within, const History& history) {
  Shrinkage out;
  if (history.runs == 0 || between + within <= 0) return out;
  const double of_mean = within / static_cast<double>(history.runs);
  const double k = between / (between + of_mean);
  out.shift = k * history.mean_residual;
  out.spread = std::sqrt((within + of_mean * k) / (between + within));
  return out;
}

UtilisationModel::UtilisationModel(const catalog::Catalog& catalog, Coefficients coefficients)
    : coefficients_(std::move(coefficients)), shape_(predict::shape(catalog)) {}

UtilisationModel::UtilisationModel(const catalog::Catalog& catalog)
    : UtilisationModel(catalog, predict::coefficients(catalog)) {
  for (const Observation& o : own_runs(catalog)) {
    if (!o.mfu) continue;
    ++history_.runs;
    history_.mean_residual += logit(*o.mfu) - location(o.plan);
  }
  if (history_.runs > 0) history_.mean_residual /= static_cast<double>(history_.runs);
}

double UtilisationModel::location(const Plan& plan) const {
  const auto devices = plan.devices ? *plan.devices : typical_devices(coefficients_, plan);
  return sum(utilisation_features(plan, devices, shape_), coefficients_, "utilisation");
}

Tier UtilisationModel::tier(const Device& device) const {
  return tier_of(coefficients_, "utilisation", device, device.kind);
}

namespace {

/// A distribution with the user's own runs taken into account.
Distribution with_history(Distribution out, const Coefficients& coefficients, std::string_view model,
                          const History& history) {
  const std::string prefix{model};
  const Shrinkage own = shrinkage(value_of(coefficients, prefix + "-variance-between"),
                                  value_of(coefficients, prefix + "-variance-within"), history);
  out.location += own.shift;
  for (double& r : out.residual) r *= own.spread;
  return out;
}

}  // namespace

Distribution UtilisationModel::predict(const Plan& plan) const {
  Distribution out;
  out.scale = Scale::logit;
  out.location = location(plan);
  out.tier = tier(plan.device);
  out.residual = residuals(coefficients_, "utilisation", out.tier);
  return with_history(out, coefficients_, "utilisation", history_);
}

PowerModel::PowerModel(const catalog::Catalog& catalog) : coefficients_(predict::coefficients(catalog)) {
  if (const auto row = catalog.find(Kind::fallback, "idle-ratio"))
    idle_ratio_ = row->number("value").value_or(0);
  for (const Observation& o : own_runs(catalog)) {
    if (!o.power_ratio) continue;
    ++history_.runs;
    history_.mean_residual +=
        std::log(*o.power_ratio) - location(o.plan.device, o.mfu.value_or(reference_mfu));
  }
  if (history_.runs > 0) history_.mean_residual /= static_cast<double>(history_.runs);
}

double PowerModel::location(const Device& device, double mfu) const {
  return sum(power_features(device, mfu), coefficients_, "power");
}

Tier PowerModel::tier(const Device& device) const {
  return tier_of(coefficients_, "power", device, device.power_class);
}

Distribution PowerModel::ratio(const Device& device, quantity::Ratio<double> mfu) const {
  Distribution out;
  out.scale = Scale::log;
  out.location = location(device, mfu.coherent());
  out.tier = tier(device);
  out.residual = residuals(coefficients_, "power", out.tier);
  out = with_history(out, coefficients_, "power", history_);
  out.least = device.idle && device.tdp ? device.idle->coherent() / device.tdp->coherent() : idle_ratio_;
  out.follows = value_of(coefficients_, "power-utilisation");  // location is linear in ln MFU
  return out;
}

Distribution PowerModel::predict(const Device& device, quantity::Ratio<double> mfu) const {
  Distribution out = ratio(device, mfu);
  if (device.tdp) out.unit = device.tdp->coherent();
  return out;
}

namespace {

template <class Model>
std::shared_ptr<const Model> made_once(const catalog::Catalog& catalog) {
  static std::mutex mutex;
  static std::shared_ptr<const catalog::Tables>
      tables;  // kept, so that no others come to lie at their address
  static std::shared_ptr<const Model> model;
  const std::lock_guard lock(mutex);
  if (tables != catalog.shared_tables()) {
    model = std::make_shared<Model>(catalog);
    tables = catalog.shared_tables();
  }
  return model;
}

}  // namespace

std::shared_ptr<const UtilisationModel> utilisation_model(const catalog::Catalog& catalog) {
  return made_once<UtilisationModel>(catalog);
}
std::shared_ptr<const PowerModel> power_model(const catalog::Catalog& catalog) {
  return made_once<PowerModel>(catalog);
}

}  // namespace kwhatif::predict
