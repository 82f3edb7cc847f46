#include "regression.hpp"
#include <kwhatif/predict/fit.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace kwhatif::predict {

using catalog::Kind;

namespace {

double logit(double p) { return std::log(p / (1 - p)); }

// 5 to 95 % of a normal distribution, in standard deviations.
double standard_deviation(double low, double high) { return (high - low) / (2 * normal_quantile(0.95)); }

enum Effect { device_families, publishers, effect_count };
enum Noise { of_runs, of_steps, noise_count };

/// One model on its way from evidence to coefficients.
struct Task {
  std::string model;  ///< "utilisation"
  std::vector<Datum> data;
  std::vector<std::size_t> observation;  ///< of each datum
  Regression regression;
  std::set<std::string> run_level;  ///< features that count as evidence of runs
};

Prior prior_of(const catalog::Catalog& catalog, const std::string& model, const std::string& name) {
  if (name.starts_with("family-")) return {.effect = device_families};
  if (name.starts_with("publisher-")) return {.effect = publishers};
  const std::string kind = name.starts_with("class-") ? "class" : name;
  const auto row = catalog.find(Kind::fallback, model + '-' + kind);
  Prior out;
  if (!row) return out;
  const auto cell = row->cell("value");
  out.mean = cell->value();
  const double sd = standard_deviation(cell->low(), cell->high());
  out.variance = sd * sd;
  out.positive = kind != "level" && kind != "class";
  return out;
}

Regression regression_of(const catalog::Catalog& catalog, const std::string& model) {
  constexpr double start = 0.1;  // of every variance; the estimate does not depend on it
  Regression out;
  out.prior = [&catalog, model](const std::string& name) { return prior_of(catalog, model, name); };
  out.noise.assign(noise_count, start);
  out.effects.assign(effect_count, start);
  return out;
}

/// Change of logit per ten doublings of the number of devices, from benchmarks that change nothing else.
double devices_slope(const std::vector<Observation>& observations) {
  std::map<std::string, std::vector<const Observation*>> groups;
  for (const Observation& o : observations) {
    if (o.evidence == Evidence::step && o.plan.devices && !o.group.empty()) groups[o.group].push_back(&o);
  }
  double xx = 0;
  double xy = 0;
  for (const auto& [name, group] : groups) {
    double mean_x = 0;
    double mean_y = 0;
    const auto m = static_cast<double>(group.size());
    for (const Observation* o : group) {
      mean_x += std::log2(o->plan.devices->coherent()) / m;
      mean_y += logit(*o->mfu) / m;
    }
    for (const Observation* o : group) {
      const double x = std::log2(o->plan.devices->coherent()) - mean_x;
      xx += x * x;
      xy += x * (logit(*o->mfu) - mean_y);
    }
  }
  return xx > 0 ? std::max(0.0, -10 * xy / xx) : 0;
}

void fit_devices(const std::vector<Observation>& observations, Coefficients& out) {
  constexpr double day = 86400;  // s
  std::vector<double> x;
  std::vector<double> y;
  for (const Observation& o : observations) {
    if (o.evidence != Evidence::run || !o.plan.devices) continue;
    x.push_back(std::log(o.plan.compute->coherent() / (o.plan.device.peak.coherent() * day)));
    y.push_back(std::log(o.plan.devices->coherent()));
  }
  const auto [level, slope] = line(x, y);
  out["devices-level"] = rounded(level);
  out["devices-compute"] = rounded(slope);
  std::sort(y.begin(), y.end());
  out["devices-median"] = rounded(std::exp(y[y.size() / 2]));
}

void add_group(Datum& datum, const Observation& o) {
  if (o.evidence != Evidence::judgement) datum.features.emplace_back("publisher-" + o.family, 1.0);
}

Task utilisation_task(const catalog::Catalog& catalog, const std::vector<Observation>& observations,
                      const Coefficients& known) {
  Task out{.model = "utilisation",
           .data = {},
           .observation = {},
           .regression = regression_of(catalog, "utilisation"),
           .run_level = {}};
  const Shape constants = shape(catalog);
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const Observation& o = observations[i];
    if (!o.mfu || o.evidence == Evidence::own) continue;
    const auto devices = o.plan.devices ? *o.plan.devices : typical_devices(known, o.plan);
    Datum d;
    d.y = logit(*o.mfu);
    for (auto& [name, value] : utilisation_features(o.plan, devices, constants)) {
      if (name == "devices")
        d.y -= known.at("utilisation-devices") * value;  // known from benchmarks
      else
        d.features.emplace_back(name, value);
    }
    if (o.evidence == Evidence::step) d.features.emplace_back("step", 1.0);
    add_group(d, o);
    d.weight = o.weight;
    d.noise = o.evidence == Evidence::step ? of_steps : of_runs;
    if (o.mfu_low && o.mfu_high) {
      const double sd = standard_deviation(logit(*o.mfu_low), logit(*o.mfu_high));
      d.variance = sd * sd;
    }
    out.data.push_back(std::move(d));
    out.observation.push_back(i);
  }
  return out;
}

// Name plates and nodes say nothing of utilisation.
double mfu_for_power(const Observation& o) {
  return o.evidence == Evidence::run ? o.mfu.value_or(reference_mfu) : reference_mfu;
}

Task power_task(const catalog::Catalog& catalog, const std::vector<Observation>& observations) {
  Task out{.model = "power",
           .data = {},
           .observation = {},
           .regression = regression_of(catalog, "power"),
           .run_level = {}};
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const Observation& o = observations[i];
    if (!o.power_ratio || o.evidence == Evidence::own) continue;
    Datum d;
    d.y = std::log(*o.power_ratio);
    d.features = power_features(o.plan.device, mfu_for_power(o));
    if (o.rating)
      d.features.emplace_back("rating", 1.0);
    else
      add_group(d, o);
    d.noise = o.rating ? of_steps : of_runs;
    if (o.power_low && o.power_high) {
      const double sd = standard_deviation(std::log(*o.power_low), std::log(*o.power_high));
      d.variance = sd * sd;
    }
    out.data.push_back(std::move(d));
    out.observation.push_back(i);
  }
  return out;
}

/// Evidence at run level (for power: measured, not rated), which makes a tier.
bool counts(const Task& task, const Observation& o) {
  if (task.model == "power") return !o.rating && o.evidence != Evidence::judgement;
  return o.evidence == Evidence::run;
}

/// Coefficients of one model, with the number of runs behind each device family and class.
Coefficients fitted(const Task& task, const std::vector<Observation>& observations,
                    const std::vector<Datum>& data, const std::vector<std::size_t>& index) {
  Coefficients out;
  for (const auto& [name, value] : solve(data, task.regression)) {
    if (!name.starts_with("publisher-")) out[task.model + '-' + name] = rounded(value);
  }
  for (const std::size_t i : index) {
    const Observation& o = observations[i];
    if (!counts(task, o)) continue;
    const Device& device = o.plan.device;
    ++out[task.model + "-runs-class-" + (task.model == "power" ? device.power_class : device.kind)];
    if (!o.plan.device.family.empty()) ++out[task.model + "-runs-family-" + o.plan.device.family];
  }
  return out;
}

/// The same from the rows that `keep` accepts.
template <class Keep>
Coefficients refit(const Task& task, const std::vector<Observation>& observations, const Coefficients& known,
                   Keep keep) {
  std::vector<Datum> data;
  std::vector<std::size_t> index;
  for (std::size_t i = 0; i < task.data.size(); ++i) {
    if (!keep(observations[task.observation[i]])) continue;
    data.push_back(task.data[i]);
    index.push_back(task.observation[i]);
  }
  Coefficients out = fitted(task, observations, data, index);
  for (const auto& [name, value] : known) out.emplace(name, value);  // number of devices: from other evidence
  return out;
}

HeldOut predict_held_out(const catalog::Catalog& catalog, const Task& task, const Observation& o,
                         std::size_t i, const Coefficients& left) {
  HeldOut out;
  out.observation = i;
  if (task.model == "power") {
    const PowerModel model(left);
    out.tier = model.tier(o.plan.device);
    out.location = model.location(o.plan.device, mfu_for_power(o));
    out.residual = std::log(*o.power_ratio) - out.location;
  } else {
    const UtilisationModel model(catalog, left);
    out.tier = model.tier(o.plan.device);
    out.location = model.location(o.plan);
    out.residual = logit(*o.mfu) - out.location;
  }
  return out;
}

/// Every run predicted without the rows that share `key` with it; `benchmarks` says whether steps and ratings
/// that do stay.
template <class Key>
std::vector<HeldOut> hold_out(const catalog::Catalog& catalog, const Task& task,
                              const std::vector<Observation>& observations, const Coefficients& known,
                              Key key, bool benchmarks, std::map<std::string, Coefficients>* keep = nullptr) {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (const std::size_t i : task.observation) {
    if (counts(task, observations[i])) groups[key(observations[i])].push_back(i);
  }
  std::vector<HeldOut> out;
  for (const auto& [name, members] : groups) {
    const Coefficients left = refit(task, observations, known, [&, &group = name](const Observation& o) {
      return key(o) != group || (benchmarks && !counts(task, o));
    });
    for (const std::size_t i : members)
      out.push_back(predict_held_out(catalog, task, observations[i], i, left));
    if (keep != nullptr) keep->emplace(name, left);
  }
  std::sort(out.begin(), out.end(),
            [](const HeldOut& a, const HeldOut& b) { return a.observation < b.observation; });
  return out;
}

/// Residual quantiles of all tiers as coefficients.
void add_residuals(Coefficients& out, const Task& task, const std::vector<Observation>& observations,
                   const std::vector<HeldOut>& held_out, const std::vector<HeldOut>& unseen,
                   std::string_view without = {}) {
  for (const Tier tier : {Tier::known, Tier::borrowed}) {
    const auto quantiles = residual_quantiles(of_tier(held_out, unseen, tier), observations,
                                              correlation(out, task.model), without);
    for (std::size_t k = 0; k < quantiles.size(); ++k)
      out[residual_name(task.model, tier, k)] = rounded(quantiles[k]);
  }
  double variance = 0;  // widest judgement
  for (const Datum& d : task.data) variance = std::max(variance, d.variance);
  for (std::size_t k = 0; k < residual_levels.size(); ++k) {
    out[residual_name(task.model, Tier::judgement, k)] =
        rounded(std::sqrt(variance) * normal_quantile(residual_levels[k]));
  }
}

/// Replaces one model's coefficients in those of a held-out family.
void take_over(Coefficients& into, const Coefficients& left, const std::string& model) {
  const std::string prefix = model + '-';
  for (auto it = into.lower_bound(prefix); it != into.end() && it->first.starts_with(prefix);) {
    const bool stays =
        it->first.starts_with(prefix + "variance-") || it->first.starts_with(prefix + "residual-");
    it = stays || left.contains(it->first) ? std::next(it) : into.erase(it);
  }
  for (const auto& [name, value] : left) {
    if (name.starts_with(prefix)) into[name] = value;
  }
}

/// A model fitted and held out.
struct Fitted {
  Task task;
  std::map<std::string, Coefficients> left;
  std::vector<HeldOut>& held_out;
  std::vector<HeldOut>& unseen;
};

void finish(const catalog::Catalog& catalog, const std::vector<Observation>& observations, Coefficients& out,
            Fitted& fitted_model) {
  Task& task = fitted_model.task;
  estimate_variances(task.data, task.regression);
  for (double& v : task.regression.noise) v = rounded(v);
  for (double& v : task.regression.effects) v = rounded(v);
  const Coefficients known = out;
  for (const auto& [name, value] : fitted(task, observations, task.data, task.observation)) out[name] = value;
  out[task.model + "-variance-within"] = task.regression.noise[of_runs];
  out[task.model + (task.model == "power" ? "-variance-ratings" : "-variance-steps")] =
      task.regression.noise[of_steps];
  out[task.model + "-variance-between"] = task.regression.effects[publishers];
  out[task.model + "-variance-device-families"] = task.regression.effects[device_families];
  fitted_model.held_out = hold_out(
      catalog, task, observations, known, [](const Observation& o) { return o.family; }, false,
      &fitted_model.left);
  fitted_model.unseen = hold_out(
      catalog, task, observations, known,
      [](const Observation& o) {
        return o.plan.device.family.empty() ? o.plan.device.id : o.plan.device.family;
      },
      true);
  add_residuals(out, task, observations, fitted_model.held_out, fitted_model.unseen);
}

}  // namespace

FitResult fit(const catalog::Catalog& catalog) {
  FitResult out;
  out.evidence = evidences(catalog);
  const auto& observations = out.evidence.observations;
  fit_devices(observations, out.coefficients);
  out.coefficients["utilisation-devices"] = rounded(devices_slope(observations));
  Fitted utilisation{utilisation_task(catalog, observations, out.coefficients),
                     {},
                     out.utilisation,
                     out.utilisation_unseen_device};
  finish(catalog, observations, out.coefficients, utilisation);
  Fitted power{power_task(catalog, observations), {}, out.power, out.power_unseen_device};
  finish(catalog, observations, out.coefficients, power);
  for (const auto& [family, left] : utilisation.left) {
    Coefficients& held = out.without[family] = out.coefficients;
    for (const Fitted* model : {&utilisation, &power}) {
      const auto found = model->left.find(family);
      if (found != model->left.end()) take_over(held, found->second, model->task.model);
      add_residuals(held, model->task, observations, model->held_out, model->unseen, family);
    }
  }
  return out;
}

}  // namespace kwhatif::predict
