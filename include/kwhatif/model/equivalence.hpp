// Sparse against dense: which dense model is as good as a mixture of experts? No agreed law exists, so each
// answer carries the name of the rule that gave it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace kwhatif::model {

/// A rule for the dense equivalent of a sparse model.
enum class SparseEquivalence {
  none,            ///< the active parameters, as if the idle experts bought nothing
  geometric_mean,  ///< sqrt(total · active): folk rule without a published fit
  clark_2022,      ///< Clark et al., S-BASE: conservative, fitted at 130B tokens and top-1 routing
  clark_2022_rl,   ///< the same, RL-R routing
  clark_2022_hash  ///< the same, hash layers
};

/// A rule with what has to be said about it.
struct EquivalenceRule {
  SparseEquivalence rule;
  std::string_view id;
  std::string_view title;
  std::string_view limits;
};
std::span<const EquivalenceRule> equivalence_rules();

/// Effective dense size by Clark et al.: the dense N whose predicted loss is that of N active with E experts.
///
///   log10 L = a·log10 N + b·log10 Ê + c·log10 N·log10 Ê + d
///   1/Ê = 1/(E − 1 + 1/(1/E_start − 1/E_max)) + 1/E_max
///
/// @param rule     one of the three Clark rules
/// @param active   N, parameters used per token                     [param]  > 0
/// @param experts  E, routed experts per expert used                [1]      >= 1
/// @return         dense parameters of the same predicted loss      [param]
/// @source         clark-2022, sections 4.2 and 5.1
/// @tested         golden: 5M active with 128 experts is about 55M dense in the paper
double clark_dense_size(SparseEquivalence rule, double active, double experts);

/// Dense size that counts as equally good.
///
/// @param total    parameters of the sparse model                   [param]
/// @param active   those used per token                             [param]
/// @param experts  routed experts per expert used; 1 for dense      [1]
double dense_equivalent(SparseEquivalence rule, double total, double active, double experts);

}  // namespace kwhatif::model
