#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/predict/distribution.hpp>
#include <kwhatif/predict/lift.hpp>
#include <kwhatif/predict/times_fit.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include <Eigen/Dense>

namespace kwhatif::predict {

using catalog::Kind;

namespace {

constexpr std::size_t most_fitted = 24;
using D = number::Dual<most_fitted>;

struct TimePrior {
  std::size_t field = 0;  ///< index into coefficient_fields
  double mean = 0;        ///< of ln
  double deviation = 1;   ///< of ln
};

std::vector<TimePrior> priors_of(const catalog::Catalog& catalog) {
  std::vector<TimePrior> out;
  for (std::size_t i = 0; i < coefficient_fields<double>.size(); ++i) {
    const auto row = catalog.find(Kind::fallback, "time-" + std::string{coefficient_fields<double>[i].name});
    if (!row) continue;
    const auto cell = row->cell("value");
    out.push_back(
        {i, std::log(cell->value()), std::log(cell->high() / cell->low()) / (2 * normal_quantile(0.95))});
  }
  if (out.size() > most_fitted) throw diag::InternalError("more fitted coefficients than derivatives");
  return out;
}

double prior_number(const catalog::Catalog& catalog, std::string_view id) {
  const auto row = catalog.find(Kind::fallback, id);
  const auto value = row ? row->number("value") : std::nullopt;
  if (!value) throw diag::InternalError("the tables have no default '" + std::string{id} + "'");
  return *value;
}

/// The problem linearised at the present coefficients: ln t = value + slopes · step + effects.
class Problem {
 public:
  Problem(const catalog::Catalog& catalog, const std::vector<Timing>& timings)
      : timings_(timings),
        priors_(priors_of(catalog)),
        usual_(constants(catalog).usual),
        student_(prior_number(catalog, "time-student")),
        setting_variance_(std::pow(prior_number(catalog, "time-setting"), 2)) {
    coefficients_ = constants(catalog).times;
    for (const TimePrior& p : priors_) member(coefficients_, p) = std::exp(p.mean);
    for (const Timing& t : timings) {
      settings_.push_back(settle(usual_, t.training, *t.training.software));
      families_.emplace(t.family, 0);
      publishers_.emplace(t.publisher, 0);
      if (!t.setting.empty()) settings_of_.emplace(t.publisher + '/' + t.setting, 0);
    }
    std::size_t next = priors_.size();
    for (auto* group : {&families_, &publishers_, &settings_of_})
      for (auto& [name, index] : *group) index = next++;
    unknowns_ = next;
    theta_ = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(unknowns_));
    for (std::size_t k = 0; k < priors_.size(); ++k) theta_[static_cast<Eigen::Index>(k)] = priors_[k].mean;
  }

  /// One Gauss-Newton step with the rows that `uses` accepts.
  void step(const std::function<bool(const Timing&)>& uses) {
    const auto n = static_cast<Eigen::Index>(unknowns_);
    Eigen::MatrixXd a = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd b = Eigen::VectorXd::Zero(n);
    linearise();
    for (std::size_t i = 0; i < timings_.size(); ++i) {
      if (!uses(timings_[i])) continue;
      const auto columns = columns_of(i);
      // Around the present coefficients: y - f + J θ = J θ' + effects.
      double target = std::log(timings_[i].seconds) - value_[i];
      for (std::size_t k = 0; k < priors_.size(); ++k)
        target += slopes_[i][k] * theta_[static_cast<Eigen::Index>(k)];
      const double weight = precision_of(i);
      for (const auto& [p, x] : columns) {
        b[p] += weight * x * target;
        for (const auto& [q, z] : columns) a(p, q) += weight * x * z;
      }
    }
    for (std::size_t k = 0; k < unknowns_; ++k) {
      const auto j = static_cast<Eigen::Index>(k);
      const double variance = prior_variance(k);
      a(j, j) += 1 / variance;
      if (k < priors_.size()) b[j] += priors_[k].mean / variance;
    }
    const Eigen::LLT<Eigen::MatrixXd> factor(a);
    Eigen::VectorXd next = factor.solve(b);
    covariance_ = factor.solve(Eigen::MatrixXd::Identity(n, n));
    constexpr double longest = 0.5;  // of one step of ln: the sum bends
    for (std::size_t k = 0; k < priors_.size(); ++k) {
      const auto j = static_cast<Eigen::Index>(k);
      next[j] = std::clamp(next[j], theta_[j] - longest, theta_[j] + longest);
    }
    theta_ = next;
    for (std::size_t k = 0; k < priors_.size(); ++k)
      member(coefficients_, priors_[k]) = std::exp(theta_[static_cast<Eigen::Index>(k)]);
  }

  void estimate_variances() {
    const auto mean_square = [&](const std::map<std::string, std::size_t>& group) {
      double sum = 0;
      for (const auto& [name, k] : group) {
        const auto j = static_cast<Eigen::Index>(k);
        sum += theta_[j] * theta_[j] + covariance_(j, j);
      }
      return sum / static_cast<double>(group.size());
    };
    family_variance_ = mean_square(families_);
    publisher_variance_ = mean_square(publishers_);
    double square = 0;
    double count = 0;
    for (std::size_t i = 0; i < timings_.size(); ++i) {
      const double r = residual(i);
      double leverage = 0;
      const auto columns = columns_of(i);
      for (const auto& [p, x] : columns)
        for (const auto& [q, z] : columns) leverage += x * z * covariance_(p, q);
      square += timings_[i].weight * student_weight(r) * (r * r + leverage);
      count += timings_[i].weight;
    }
    within_variance_ = square / count;
  }

  const TimeCoefficients<double>& coefficients() const { return coefficients_; }
  TimesFit result() const {
    TimesFit out;
    out.coefficients = coefficients_;
    const auto read = [&](const std::map<std::string, std::size_t>& group,
                          std::map<std::string, double>& into) {
      for (const auto& [name, k] : group) into[name] = theta_[static_cast<Eigen::Index>(k)];
    };
    read(families_, out.families);
    read(publishers_, out.publishers);
    for (std::size_t k = 0; k < priors_.size(); ++k) {
      const auto j = static_cast<Eigen::Index>(k);
      out.deviation[std::string{coefficient_fields<double>[priors_[k].field].name}] =
          std::sqrt(covariance_(j, j));
    }
    out.between_publishers = std::sqrt(publisher_variance_);
    out.between_families = std::sqrt(family_variance_);
    out.within = std::sqrt(within_variance_);
    return out;
  }
  double family(const std::string& name) const {
    return theta_[static_cast<Eigen::Index>(families_.at(name))];
  }

 private:
  static double& member(TimeCoefficients<double>& c, const TimePrior& p) {
    return c.*coefficient_fields<double>[p.field].member;
  }

  void linearise() {
    value_.resize(timings_.size());
    slopes_.resize(timings_.size());
    TimeCoefficients<D> c;
    for (std::size_t i = 0; i < coefficient_fields<D>.size(); ++i)
      c.*coefficient_fields<D>[i].member = D{coefficients_.*coefficient_fields<double>[i].member};
    for (std::size_t k = 0; k < priors_.size(); ++k)
      c.*coefficient_fields<D>[priors_[k].field].member = D::input(member(coefficients_, priors_[k]), k);
    for (std::size_t i = 0; i < timings_.size(); ++i) {
      const Timing& t = timings_[i];
      Work<D> work;
      if (t.training.network) work.network = lift<D>(*t.training.network);
      work.gmac = D{t.training.gmac};
      Engine<D> engine = lift<D>(t.device.engine);
      engine.family = D{0.0};  // what is estimated
      const D total = times(c, work, engine, lift<D>(settings_[i])).total;
      value_[i] = std::log(total.value());
      for (std::size_t k = 0; k < priors_.size(); ++k)
        slopes_[i][k] = total.by(k) / total.value() * member(coefficients_, priors_[k]);
    }
    linearised_at_ = theta_;
  }

  std::vector<std::pair<Eigen::Index, double>> columns_of(std::size_t i) const {
    std::vector<std::pair<Eigen::Index, double>> out;
    for (std::size_t k = 0; k < priors_.size(); ++k)
      if (slopes_[i][k] != 0) out.emplace_back(static_cast<Eigen::Index>(k), slopes_[i][k]);
    const Timing& t = timings_[i];
    out.emplace_back(static_cast<Eigen::Index>(families_.at(t.family)), 1.0);
    out.emplace_back(static_cast<Eigen::Index>(publishers_.at(t.publisher)), 1.0);
    if (!t.setting.empty())
      out.emplace_back(static_cast<Eigen::Index>(settings_of_.at(t.publisher + '/' + t.setting)), 1.0);
    return out;
  }

  /// Observed less fitted, at the point of linearisation moved to the present coefficients.
  double residual(std::size_t i) const {
    double fitted = value_[i];
    for (const auto& [p, x] : columns_of(i))
      fitted +=
          x * (static_cast<std::size_t>(p) < priors_.size() ? theta_[p] - linearised_at_[p] : theta_[p]);
    return std::log(timings_[i].seconds) - fitted;
  }
  double student_weight(double r) const { return (student_ + 1) / (student_ + r * r / within_variance_); }
  double precision_of(std::size_t i) const {
    const double r = residual(i);
    return timings_[i].weight * student_weight(r) / within_variance_;
  }
  double prior_variance(std::size_t k) const {
    if (k < priors_.size()) return priors_[k].deviation * priors_[k].deviation;
    const std::size_t families = priors_.size() + families_.size();
    if (k < families) return family_variance_;
    return k < families + publishers_.size() ? publisher_variance_ : setting_variance_;
  }

  const std::vector<Timing>& timings_;
  std::vector<TimePrior> priors_;
  Usual usual_;
  double student_;
  double setting_variance_;
  double family_variance_ = 0.01;
  double publisher_variance_ = 0.04;
  double within_variance_ = 0.02;
  TimeCoefficients<double> coefficients_;
  std::vector<Settings<double>> settings_;
  std::map<std::string, std::size_t> families_, publishers_, settings_of_;
  std::size_t unknowns_ = 0;
  Eigen::VectorXd theta_, linearised_at_;
  Eigen::MatrixXd covariance_;
  std::vector<double> value_;
  std::vector<std::array<double, most_fitted>> slopes_;
};

Problem converged(const catalog::Catalog& catalog, const std::vector<Timing>& timings) {
  constexpr int rounds = 60;
  Problem out(catalog, timings);
  for (int i = 0; i < rounds; ++i) {
    out.step([](const Timing&) { return true; });
    out.estimate_variances();
  }
  return out;
}

}  // namespace

std::vector<std::string> fitted_coefficients(const catalog::Catalog& catalog) {
  std::vector<std::string> out;
  for (const TimePrior& p : priors_of(catalog)) out.emplace_back(coefficient_fields<double>[p.field].name);
  return out;
}

TimesFit fit_times(const catalog::Catalog& catalog, const std::vector<Timing>& timings) {
  TimesFit out = converged(catalog, timings).result();
  for (const Timing& t : timings) ++out.rows[t.family];
  return out;
}

namespace {

/// Without what is taken to be unknown.
Training<double> as_known(Training<double> training, const Known& known, const Usual& usual) {
  if (!known.software) {
    training.software.reset();
    training.likely_devices = usual.software_devices;
  }
  if (!known.settings) {
    training.batch.reset();
    training.micro_batch.reset();
    training.tensor.reset();
    training.pipeline.reset();
    training.context.reset();
    training.expert_parallel.reset();
    training.stages.reset();
    training.recomputed.reset();
    training.zero.reset();
  }
  return training;
}

/// As written and read back: six significant digits, so that machines agree.
double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  constexpr int digits = 6;
  const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(std::fabs(value))));
  return std::round(value * scale) / scale;
}

}  // namespace

std::vector<HeldOutTime> hold_out_times(const catalog::Catalog& catalog, const std::vector<Timing>& timings,
                                        LeftOut left_out, const std::vector<Known>& known) {
  const auto group_of = [&](const Timing& t) { return left_out == LeftOut::family ? t.family : t.publisher; };
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < timings.size(); ++i) groups[group_of(timings[i])].push_back(i);
  const Problem whole = converged(catalog, timings);
  Constants c = constants(catalog);
  std::vector<HeldOutTime> out;
  constexpr int steps = 4;
  for (const auto& [name, members] : groups) {
    Problem left = whole;
    for (int i = 0; i < steps; ++i)
      left.step([&, &group = name](const Timing& t) { return group_of(t) != group; });
    c.times = left.coefficients();
    for (const std::size_t i : members) {
      const Timing& t = timings[i];
      Engine<double> engine = t.device.engine;
      engine.family = left_out == LeftOut::family ? 0 : left.family(t.family);
      DeviceEvidence evidence = t.device.evidence;
      evidence.precision_known = true;
      evidence.family_known = left_out != LeftOut::family;
      for (std::size_t k = 0; k < known.size(); ++k) {
        HeldOutTime h;
        h.timing = i;
        h.known = k;
        h.forecast = forecast(c, as_known(t.training, known[k], c.usual), engine, evidence);
        h.ln_ratio = std::log(t.seconds / h.forecast.seconds);
        out.push_back(h);
      }
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const HeldOutTime& a, const HeldOutTime& b) { return a.timing < b.timing; });
  return out;
}

std::string times_toml(const catalog::Catalog& catalog, const TimesFit& fit) {
  std::string out =
      "# Written by kwhatif-fit. Do not edit: change the timings or the priors and run it again.\n"
      "# time-*: fitted coefficients; time-family-*: ln t of a device family against the rest.\n\n"
      "schema = \"coefficient/1\"\n\n"
      "[[table]]\n"
      "source  = \"kwhatif-fit\"\n"
      "at      = \"kwhatif-fit data\"\n"
      "status  = \"derived\"\n"
      "columns = [\"id\", \"value\", \"note\"]\n"
      "rows = [\n";
  const auto row = [&](const std::string& id, double value, const std::string& note) {
    out += "  [\"" + id + "\", \"" + quantity::shortest(rounded(value)) + "\", \"" + note + "\"],\n";
  };
  for (const TimePrior& p : priors_of(catalog)) {
    const auto& field = coefficient_fields<double>[p.field];
    const std::string name{field.name};
    row("time-" + name, fit.coefficients.*field.member,
        "se of ln " + quantity::fixed(fit.deviation.at(name), 2));
  }
  for (const auto& [family, value] : fit.families)
    if (!family.empty()) row("time-family-" + family, value, "ln");
  for (const auto& [family, count] : fit.rows)
    if (!family.empty()) row("time-rows-" + family, static_cast<double>(count), "measured times");
  row("time-deviation-publisher", fit.between_publishers, "of ln t, estimated");
  row("time-deviation-family", fit.between_families, "of ln t, estimated");
  row("time-deviation-within", fit.within, "of ln t, estimated");
  return out + "]\n";
}

}  // namespace kwhatif::predict
