// Two models at equal quality. Two answers, in this order: how much less compute this kind of model needs,
// which rests on the rule of equivalence alone and is always finite; and how many tokens the models exactly
// as sized need, which rests on loss laws too and is refused where these cannot say. Equal data and equal
// recipe throughout.
#pragma once

#include <kwhatif/model/equivalence.hpp>
#include <kwhatif/model/loss.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kwhatif::model {

/// One model of the two.
struct QualitySide {
  SparseShape shape;
  double flop_per_token = 0;  ///< of training [FLOP/token]
};

/// What a model is worth: dense parameters of the same quality, with the 90 % band. [param]
struct Worth {
  double size = 0;
  double low = 0;
  double high = 0;
};
Worth worth_of(const Equivalence& equivalence, double active);

/// The kind of the other, sized to the quality of the reference on the same tokens.
struct SameKind {
  double compute_ratio = 1;  ///< other over reference
  double low = 1;            ///< 5 % point
  double high = 1;           ///< 95 % point
  double active_needed = 0;  ///< [param]
  double total_needed = 0;   ///< [param]
};

/// Why a loss law gives no number of tokens.
enum class Refusal {
  none,
  unreachable,     ///< (a) no number of tokens suffices
  size_decides,    ///< (b) less than 0.2 of the reducible loss is left to data
  beyond_any_run,  ///< (c) more than 100T tokens
  too_long,        ///< (d) more than 10,000 tokens per dense-equivalent parameter
  too_short,       ///< (d) fewer than 0.5
  laws_differ      ///< (e) the laws' numbers differ by more than 3 times
};

/// What one loss law says. [token]
struct LawTokens {
  const LossLaw* law = nullptr;
  std::optional<double> tokens = {};
  Refusal refusal = Refusal::none;
};

enum class SizeVerdict { equal, smaller, larger };
std::string_view verdict_name(SizeVerdict verdict);  ///< "equal within the band", "smaller", "larger"

/// Two models exactly as sized.
struct AsSized {
  SizeVerdict verdict = SizeVerdict::equal;  ///< the other against the reference
  Worth reference;
  Worth other;
  std::vector<LawTokens> laws = {};
  std::optional<double> tokens = {};         ///< of the other, geometric mean of the laws; none: refused
  std::optional<double> compute_ratio = {};  ///< other over reference
  std::optional<double> low = {};            ///< none beside a compute_ratio: open
  std::optional<double> high = {};
  std::optional<double> fewest = {};  ///< tokens of the laws, where only that they differ forbids one number
  std::optional<double> most = {};
  std::string refused = {};  ///< why, in words and without a digit
};

/// Two models at equal quality.
struct EqualQuality {
  Equivalence reference;
  Equivalence other;
  bool same_model = false;            ///< one shape: equal on equal tokens, whatever law
  std::optional<SameKind> kind = {};  ///< none where both are dense
  std::optional<AsSized> sized = {};  ///< none where the tokens of the reference are unknown
};

/// The laws that answer together: besiroglu-2024 and hoffmann-2022.
std::vector<const LossLaw*> quality_laws();

/// Tokens by each law that bring a dense size to the loss of (reference, tokens).
///
/// Refused by a law: (a) L(N, D) = L_ref has no solution; (b) (B/D^beta) / (L_ref - E) < 0.2, where 1 % error
/// of the reducible loss moves the tokens by 14 % and 30 % in k by 2.7 times; (c) D > 100T, the largest
/// published run being 36T (Qwen3); (d) D > 10,000 N, the largest ratio measured, or D < 0.5 N, fewer than
/// any published run has.
///
/// @param reference  dense-equivalent parameters [param]
/// @param tokens     of the reference            [token]
/// @param size       dense-equivalent parameters [param]
/// @source  hoffmann-2022, approach 3; besiroglu-2024; sardana-2024, figure 4 (ratios up to 10,000);
///          qwen-2025, abstract (36T tokens)
std::vector<LawTokens> tokens_at_quality(std::span<const LossLaw* const> laws, double reference,
                                         double tokens, double size);

/// Compares two models.
///
///   compute ratio = k_ref / k_other; band 1/high .. 1/low of the other where the reference is dense, low ..
///   high of the reference where the other is, else times and divided by exp(hypot of half their widths in
///   ln) as sized: D = geometric mean of the laws'; compute ratio = D / D_ref x FLOP per token; its low end
///   is the laws' least D with the other at the high end of its band, its high end their most D at the low
///   end. Where the reference alone is sparse, its band stands for the other's.
///
/// @param tokens  of the reference, all epochs; none where unknown [token]
/// @return        nothing where the rule does not know one of the models (see equivalence())
/// @tested        golden: an independent calculation; property: over all pairs of models of the tables and
///                1B to 40T tokens the compute ratio stays below 100, tokens below 100T
std::optional<EqualQuality> equal_quality(SparseEquivalence rule, const QualitySide& reference,
                                          std::optional<double> tokens, const QualitySide& other,
                                          std::span<const LossLaw* const> laws);

}  // namespace kwhatif::model
