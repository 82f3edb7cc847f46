// Computation used for training as the European Commission's guidelines for general-purpose AI models count
// it: which operations count, the two approaches, the margin of an estimate, the thresholds.
//
// The guidelines bind nobody and this is no legal advice: it is their arithmetic. Does not live here: the
// form that it is written into (dossier), FLOPs of an architecture (model), the run itself (run).
#pragma once

#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/quantity/kinds.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// Indicative criterion of a general-purpose AI model, together with what it generates.  [FLOP]
/// @source  eu-gpai-guidelines-2025, section 2.1
inline constexpr double gpai_flop = 1e23;
/// Presumption of high-impact capabilities, by the cumulative compute.  [FLOP]
/// @source  eu-gpai-guidelines-2025, section 2.3
inline constexpr double systemic_risk_flop = 1e25;
/// Who modifies a model with more than this share of its compute is the provider of what comes out.
/// @source  eu-gpai-guidelines-2025, section 3.2
inline constexpr double modifier_share = 1.0 / 3.0;
/// How far an estimate may be off, as a share of the estimate.
/// @source  eu-gpai-guidelines-2025, annex A.2
inline constexpr double estimate_margin = 0.3;
/// FLOP of a forward pass per active parameter and token.
/// @source  kaplan-2020, section 2.1
inline constexpr double forward_flop_per_parameter = 2;

/// Where an estimate lies against a threshold. "Within the margin": with 30 % more or less it would lie on
/// the other side.
enum class AgainstThreshold : std::uint8_t { below, below_within_margin, above_within_margin, above };
std::string_view words(AgainstThreshold standing);
/// above: 0.7 F > t; below: 1.3 F <= t; else within the margin.
/// @param flop       F, the estimate   [FLOP]  >= 0
/// @param threshold  t                 [FLOP]  > 0
AgainstThreshold against_threshold(double flop, double threshold);

/// One threshold, and what is held against it.
struct EuThreshold {
  std::string_view key;   ///< for machines: "gpai"
  std::string name;       ///< "general-purpose AI model (section 2.1)"
  std::string condition;  ///< what else must hold for it to matter
  double flop = 0;        ///< [FLOP]
  double compared = 0;    ///< the estimate  [FLOP]
  double ratio = 0;       ///< estimate over threshold
  AgainstThreshold standing = AgainstThreshold::below;
};

/// How the operations were counted.
enum class EuApproach : std::uint8_t {
  architecture,  ///< passes over the architecture: matrices, or 6 P D
  hardware,      ///< C = N L H U
  given          ///< the provider's own figure
};
std::string_view words(EuApproach approach);

/// What goes in beside the run.
struct EuBeside {
  std::optional<run::Given> synthetic_tokens;  ///< non-public, generated for this model, discarded ones too
  std::optional<run::Given> generator;         ///< a model of the tables, or its active parameters
};

/// Device-days on one type of device.
struct HardwareDays {
  std::string device;  ///< "NVIDIA H100 SXM5"; empty where none is named
  double days = 0;
};

/// What published ways of counting make of the same work.  [FLOP]
struct CountingRange {
  double low = 0, high = 0;
};
/// From six operations per active parameter and token to the whole square of attention, of one run of a
/// phase.
/// @return  none where its compute is not counted from an architecture, or only some of its weights are
///          trained, or its work is no text
std::optional<CountingRange> counting_range(const run::ResolvedStage& phase);

/// The entries on computation, of one run of the training: neither repeats nor failed work.
struct EuCompute {
  using Flop = quantity::TrainingFlop<>;

  EuApproach approach = EuApproach::architecture;
  std::optional<Flop> updates;           ///< operations that contribute to parameter updates
  std::optional<Flop> low, high;         ///< of `updates`: by the other ways of counting, or its 90 % band
  std::optional<Flop> six_pd;            ///< 6 x active parameters x tokens, where it applies
  std::optional<Flop> hardware_based;    ///< N L H U, where all four are known
  bool hardware_independent = false;     ///< it does not follow from `updates` by way of a predicted time
  std::optional<Flop> synthetic;         ///< forward passes of the generator
  std::optional<Flop> base;              ///< of the model that this one starts from
  std::optional<Flop> cumulative;        ///< updates, synthetic data and base together
  std::vector<std::string> left_out;     ///< parts of the run that do not count: "stage eval (evaluation)"
  std::vector<EuThreshold> thresholds;   ///< none where `updates` is unknown
  std::vector<EuThreshold> as_modifier;  ///< the rule of one third, for who modifies a model
  bool modifies = false;                 ///< the run starts from another model, as far as it says so

  std::optional<double> wall_days;            ///< of one run
  std::optional<double> wall_low, wall_high;  ///< its 90 % band
  std::vector<HardwareDays> hardware_days;    ///< of one run, by type
  std::optional<double> days_low, days_high;  ///< 90 % band of all device-days
  /// What time and energy of the whole run are over those of one; none where stages differ in it.
  std::optional<double> repeats = 1;

  /// Whether what is known of the uncertainty keeps within the margin; none where nothing is known of it.
  std::optional<bool> keeps_margin() const;
};

/// Counts by the guidelines.
///
///   architecture-based: Σ passes x operations, or 6 P D; hardware-based: C = N L H U with U the model FLOPs
///   utilisation and H the dense peak; synthetic data: 2 P_active x tokens, discarded ones too
///
/// Counted: all that contributes to parameter updates. Not counted: recomputed activations, repeats and
/// failed work, evaluation, search, reward and value models.
/// @errors  diag::ScenarioError: not-a-number, wrong-unit, out-of-range, unknown-model of what is beside
/// @source  eu-gpai-guidelines-2025, annexes A.1 and A.2
/// @tested  golden: an independent calculation of three runs; the examples of annex A.3 are a study
EuCompute eu_compute(const Estimate& run, const EuBeside& beside, const catalog::Catalog& tables);

/// A number with so many significant figures: "7.7x10^22".
std::string in_figures(double value, int figures);
/// The order of magnitude, by exponent: 22 of 7.7e22.
/// @param value  > 0
int order_of_magnitude(double value);
/// The period of training that the form asks for: "less than 1 month", "1 to 3 months" … A month has 30.4
/// days.
/// @source  eu-model-documentation-form-2025, row training time
std::string_view period_of(double days);

}  // namespace kwhatif::ask
