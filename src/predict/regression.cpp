#include "regression.hpp"

#include <set>

#include <Eigen/Dense>

namespace kwhatif::predict {

namespace {

struct Problem {
  std::vector<std::string> names;
  std::vector<Prior> priors;
  Eigen::MatrixXd x;
  Eigen::VectorXd y;
  Eigen::VectorXd precision;  ///< of each row
};

struct Posterior {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

Problem assemble(const std::vector<Datum>& data, const Regression& regression) {
  Problem out;
  std::map<std::string, Eigen::Index> index;
  for (const Datum& d : data) {
    for (const auto& [name, value] : d.features) {
      if (index.emplace(name, static_cast<Eigen::Index>(index.size())).second) out.names.push_back(name);
    }
  }
  for (const std::string& name : out.names) out.priors.push_back(regression.prior(name));
  const auto rows = static_cast<Eigen::Index>(data.size());
  out.x = Eigen::MatrixXd::Zero(rows, static_cast<Eigen::Index>(out.names.size()));
  out.y = Eigen::VectorXd::Zero(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const Datum& d = data[static_cast<std::size_t>(i)];
    out.y[i] = d.y;
    for (const auto& [name, value] : d.features) out.x(i, index[name]) += value;
  }
  return out;
}

void set_precision(Problem& problem, const std::vector<Datum>& data, const Regression& regression) {
  problem.precision.resize(problem.y.size());
  for (Eigen::Index i = 0; i < problem.y.size(); ++i) {
    const Datum& d = data[static_cast<std::size_t>(i)];
    const double variance = d.variance > 0 ? d.variance : regression.noise[static_cast<std::size_t>(d.noise)];
    problem.precision[i] = d.weight / variance;
  }
}

Posterior posterior(const Problem& problem, const Regression& regression,
                    const std::set<Eigen::Index>& held) {
  const Eigen::Index p = problem.x.cols();
  Eigen::MatrixXd a = problem.x.transpose() * problem.precision.asDiagonal() * problem.x;
  Eigen::VectorXd b = problem.x.transpose() * problem.precision.cwiseProduct(problem.y);
  constexpr double pinned = 1e-9;  // variance of an effect that is held at zero
  for (Eigen::Index j = 0; j < p; ++j) {
    const Prior& prior = problem.priors[static_cast<std::size_t>(j)];
    const bool hold = held.contains(j);
    double variance =
        prior.effect >= 0 ? regression.effects[static_cast<std::size_t>(prior.effect)] : prior.variance;
    if (hold) variance = pinned;
    a(j, j) += 1 / variance;
    b[j] += (hold ? 0 : prior.mean) / variance;
  }
  const Eigen::LLT<Eigen::MatrixXd> factor(a);
  return {factor.solve(b), factor.solve(Eigen::MatrixXd::Identity(p, p))};
}

Posterior signed_posterior(const Problem& problem, const Regression& regression) {
  std::set<Eigen::Index> held;
  for (;;) {
    Posterior out = posterior(problem, regression, held);
    bool changed = false;
    for (Eigen::Index j = 0; j < out.mean.size(); ++j) {
      if (problem.priors[static_cast<std::size_t>(j)].positive && out.mean[j] < 0)
        changed |= held.insert(j).second;
    }
    if (!changed) return out;
  }
}

}  // namespace

Coefficients solve(const std::vector<Datum>& data, const Regression& regression) {
  Problem problem = assemble(data, regression);
  set_precision(problem, data, regression);
  const Posterior fitted = signed_posterior(problem, regression);
  Coefficients out;
  for (std::size_t j = 0; j < problem.names.size(); ++j) {
    const double value = fitted.mean[static_cast<Eigen::Index>(j)];
    out.emplace(problem.names[j], problem.priors[j].positive && value < 0 ? 0 : value);
  }
  return out;
}

void estimate_variances(const std::vector<Datum>& data, Regression& regression) {
  constexpr int rounds = 200;
  constexpr double floor = 1e-4;  // of a variance: one percent of ln
  Problem problem = assemble(data, regression);
  for (int round = 0; round < rounds; ++round) {
    set_precision(problem, data, regression);
    const Posterior fitted = signed_posterior(problem, regression);
    std::vector<double> sum(regression.effects.size()), count(regression.effects.size());
    for (std::size_t j = 0; j < problem.priors.size(); ++j) {
      const int effect = problem.priors[j].effect;
      if (effect < 0) continue;
      const auto k = static_cast<Eigen::Index>(j);
      sum[static_cast<std::size_t>(effect)] += fitted.mean[k] * fitted.mean[k] + fitted.covariance(k, k);
      ++count[static_cast<std::size_t>(effect)];
    }
    for (std::size_t e = 0; e < sum.size(); ++e) {
      if (count[e] > 0) regression.effects[e] = std::max(floor, sum[e] / count[e]);
    }
    std::vector<double> square(regression.noise.size()), weight(regression.noise.size());
    const Eigen::VectorXd residual = problem.y - problem.x * fitted.mean;
    const Eigen::VectorXd leverage = (problem.x * fitted.covariance).cwiseProduct(problem.x).rowwise().sum();
    for (Eigen::Index i = 0; i < residual.size(); ++i) {
      const Datum& d = data[static_cast<std::size_t>(i)];
      if (d.variance > 0) continue;
      square[static_cast<std::size_t>(d.noise)] += d.weight * (residual[i] * residual[i] + leverage[i]);
      weight[static_cast<std::size_t>(d.noise)] += d.weight > 0 ? d.weight : 0;
    }
    for (std::size_t n = 0; n < square.size(); ++n) {
      if (weight[n] > 0) regression.noise[n] = std::max(floor, square[n] / weight[n]);
    }
  }
}

std::pair<double, double> line(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<Eigen::Index>(x.size());
  Eigen::MatrixXd a(n, 2);
  a.col(0).setOnes();
  a.col(1) = Eigen::Map<const Eigen::VectorXd>(x.data(), n);
  const Eigen::VectorXd b = Eigen::Map<const Eigen::VectorXd>(y.data(), n);
  const Eigen::VectorXd out = a.colPivHouseholderQr().solve(b);
  return {out[0], out[1]};
}

}  // namespace kwhatif::predict
