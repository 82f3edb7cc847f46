// Models at equal quality, as compare and model answer it: the pair by name, what the rule says of it, other
// rules beside it, and the energy of runs. The arithmetic is model/equal_quality.hpp.
#pragma once

#include <kwhatif/model/equal_quality.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// A model with what it is worth.
struct Worthy {
  std::string name;
  model::QualitySide side;
  model::Equivalence equivalence;
  model::Worth worth;
  double sequence_length = 0;  ///< that its FLOPs are counted at; 0 where they were not [token]
};

/// Two models at equal quality.
struct QualityPair {
  Worthy reference;
  Worthy other;
  std::optional<double> tokens;  ///< of the reference [token]
  model::EquivalenceRule rule;
  model::EqualQuality answer;

  /// Compute ratio by another rule; none where it needs what is unknown.
  struct Alternative {
    std::string_view id;
    std::optional<double> compute_ratio;
  };
  std::vector<Alternative> alternatives;

  /// Of the kind: its compute ratio, times FLOP/s per watt of the reference over that of the other.
  struct Energy {
    double ratio = 1;
    double low = 1;
    double high = 1;
    double rate_ratio = 1;   ///< FLOP/s per device, reference over other
    double power_ratio = 1;  ///< power per device with its facility, other over reference
  };
  std::optional<Energy> energy = {};
};

/// A side of a pair by a rule.
/// @errors diag::ScenarioError: missing-input where the rule does not know the model
Worthy worthy(std::string name, const model::QualitySide& side, const model::EquivalenceRule& rule);

/// @param tokens  of the reference, all epochs; none where unknown [token]
/// @param laws    as a rule model::quality_laws()
/// @errors diag::ScenarioError: missing-input
QualityPair quality_pair(const Worthy& reference, std::optional<double> tokens, const Worthy& other,
                         const model::EquivalenceRule& rule, const std::vector<const model::LossLaw*>& laws);

/// In which way the laws that have answered were not fitted on these models: one sentence each for all of
/// them.
std::vector<std::string> extrapolations(const std::vector<const QualityPair*>& pairs);

}  // namespace kwhatif::ask
