#include <kwhatif/model/equivalence.hpp>

#include <array>
#include <cmath>
#include <stdexcept>

namespace kwhatif::model {
namespace {

constexpr std::array rules = std::to_array<EquivalenceRule>({
    {SparseEquivalence::none, "none", "active parameters only", "as if the idle experts bought nothing"},
    {SparseEquivalence::geometric_mean, "geometric-mean", "square root of total x active",
     "a folk rule: no published fit"},
    {SparseEquivalence::clark_2022, "clark-2022", "Clark et al. 2022, S-BASE",
     "fitted on 130B tokens and top-1 routing; pessimistic at scale"},
    {SparseEquivalence::clark_2022_rl, "clark-2022-rl", "Clark et al. 2022, RL-R",
     "fitted on 130B tokens and top-1 routing; pessimistic at scale"},
    {SparseEquivalence::clark_2022_hash, "clark-2022-hash", "Clark et al. 2022, hash layers",
     "fitted on 130B tokens and top-1 routing; pessimistic at scale"},
});

// Clark 2022, table 3.
struct ClarkFit {
  double a;
  double b;
  double c;
  double start;
  double most;
};

ClarkFit clark_fit(SparseEquivalence rule) {
  switch (rule) {
    case SparseEquivalence::clark_2022:
      return {-0.082, -0.108, 0.009, 1.847, 314.478};
    case SparseEquivalence::clark_2022_rl:
      return {-0.083, -0.126, 0.012, 1.880, 469.982};
    case SparseEquivalence::clark_2022_hash:
      return {-0.087, -0.136, 0.012, 4.175, 477.741};
    case SparseEquivalence::none:
    case SparseEquivalence::geometric_mean:
      break;
  }
  throw std::invalid_argument("not one of Clark's rules");
}

double log_effective_experts(const ClarkFit& fit, double experts) {
  const double inner = experts - 1 + 1 / (1 / fit.start - 1 / fit.most);
  return -std::log10(1 / inner + 1 / fit.most);
}

}  // namespace

std::span<const EquivalenceRule> equivalence_rules() { return rules; }

double clark_dense_size(SparseEquivalence rule, double active, double experts) {
  const ClarkFit fit = clark_fit(rule);
  const double size = std::log10(active);
  const double sparse = log_effective_experts(fit, experts);
  const double dense = log_effective_experts(fit, 1);
  // Both sides of log L(N, E) = log L(N_dense, 1) without d, solved for log N_dense.
  return std::pow(
      10, (fit.a * size + fit.b * (sparse - dense) + fit.c * size * sparse) / (fit.a + fit.c * dense));
}

double dense_equivalent(SparseEquivalence rule, double total, double active, double experts) {
  switch (rule) {
    case SparseEquivalence::none:
      return active;
    case SparseEquivalence::geometric_mean:
      return std::sqrt(total * active);
    case SparseEquivalence::clark_2022:
    case SparseEquivalence::clark_2022_rl:
    case SparseEquivalence::clark_2022_hash:
      return clark_dense_size(rule, active, experts);
  }
  return active;
}

}  // namespace kwhatif::model
