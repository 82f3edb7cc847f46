#include <kwhatif/model/equal_quality.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::model {
namespace {

// Limits beyond which no number is given: see tokens_at_quality().
constexpr double least_data_share = 0.2;
constexpr double most_tokens = 100e12;
constexpr double least_ratio = 0.5;
constexpr double most_spread = 3;

double width(const Equivalence& e) { return std::log(e.high / e.low) / 2; }

LawTokens tokens_by(const LossLaw& law, double reference, double tokens, double size) {
  LawTokens out{.law = &law};
  const double target = predicted_loss(law, reference, tokens);
  const auto found = tokens_for_loss(law, size, target);
  const double left = law.B / std::pow(found.value_or(1), law.beta) / (target - law.irreducible);
  if (!found || !std::isfinite(*found))
    out.refusal = Refusal::unreachable;
  else if (left < least_data_share)
    out.refusal = Refusal::size_decides;
  else if (*found > most_tokens)
    out.refusal = Refusal::beyond_any_run;
  else if (*found > most_tokens_per_parameter * size)
    out.refusal = Refusal::too_long;
  else if (*found < least_ratio * size)
    out.refusal = Refusal::too_short;
  else
    out.tokens = *found;
  return out;
}

std::string_view words_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::unreachable:
      return "no number of tokens suffices";
    case Refusal::size_decides:
      return "size alone takes nearly all of the loss there is to lose, so that the smallest error decides "
             "the "
             "tokens";
    case Refusal::beyond_any_run:
      return "it takes more tokens than several of the longest published runs together";
    case Refusal::too_long:
      return "it takes more tokens per parameter than any law was tested on";
    case Refusal::too_short:
      return "it takes fewer tokens per parameter than any published run has";
    case Refusal::laws_differ:
      return "the loss laws differ by more than three times";
    case Refusal::none:
      break;
  }
  return "";
}

// "Besiroglu's" of besiroglu-2024: a reason carries no digit that could be taken for an answer.
std::string whose(const LossLaw& law) {
  std::string out{law.id.substr(0, law.id.find('-'))};
  constexpr char to_capital = 'A' - 'a';
  out[0] = static_cast<char>(out[0] + to_capital);
  return out + "'s";
}

std::string refusal_of(const std::vector<LawTokens>& laws) {
  std::string out;
  const bool alike =
      std::ranges::all_of(laws, [&](const LawTokens& l) { return l.refusal == laws.front().refusal; });
  if (alike && laws.size() > 1) {
    const auto words = words_of(laws.front().refusal);
    return words.empty() ? out : "by every loss law " + std::string{words};
  }
  for (const LawTokens& l : laws) {
    if (l.refusal == Refusal::none) continue;
    out += (out.empty() ? "by " : "; by ") + whose(*l.law) + " loss law " + std::string{words_of(l.refusal)};
  }
  return out;
}

double least(const std::vector<LawTokens>& laws) {
  return *std::ranges::min_element(laws, {}, [](const LawTokens& l) { return *l.tokens; })->tokens;
}
double greatest(const std::vector<LawTokens>& laws) {
  return *std::ranges::max_element(laws, {}, [](const LawTokens& l) { return *l.tokens; })->tokens;
}
bool differ(const std::vector<LawTokens>& laws) { return greatest(laws) > most_spread * least(laws); }

// Whether they answer, so that an end of a band is no number of its own but the laws' extreme.
bool answered(const std::vector<LawTokens>& laws) {
  return std::ranges::all_of(laws, [](const LawTokens& l) { return l.tokens.has_value(); }) && !differ(laws);
}

SizeVerdict verdict_of(const Worth& reference, const Worth& other) {
  constexpr double rounding = 1e-9;
  if (other.high >= reference.low * (1 - rounding) && other.low <= reference.high * (1 + rounding))
    return SizeVerdict::equal;
  return other.size < reference.size ? SizeVerdict::smaller : SizeVerdict::larger;
}

SameKind same_kind(const Equivalence& ref, const Equivalence& other, double worth, double total_over_active) {
  SameKind out;
  out.compute_ratio = ref.factor / other.factor;
  const double spread = std::hypot(width(ref), width(other));
  out.low = out.compute_ratio * std::exp(-spread);
  out.high = out.compute_ratio * std::exp(spread);
  if (ref.routing == Routing::dense) {
    out.low = 1 / other.high;
    out.high = 1 / other.low;
  } else if (other.routing == Routing::dense) {
    out.low = ref.low;
    out.high = ref.high;
  }
  out.active_needed = worth / other.factor;
  out.total_needed = out.active_needed * total_over_active;
  return out;
}

AsSized as_sized(const EqualQuality& of, const QualitySide& reference, double tokens,
                 const QualitySide& other, std::span<const LossLaw* const> laws) {
  AsSized out;
  out.reference = worth_of(of.reference, reference.shape.active);
  out.other = worth_of(of.other, other.shape.active);
  out.verdict = of.same_model ? SizeVerdict::equal : verdict_of(out.reference, out.other);
  const double per_token = other.flop_per_token / (reference.flop_per_token * tokens);
  if (of.same_model) {
    out.tokens = tokens;
    out.compute_ratio = out.low = out.high = tokens * per_token;
    return out;
  }
  out.laws = tokens_at_quality(laws, out.reference.size, tokens, out.other.size);
  out.refused = refusal_of(out.laws);
  if (!out.refused.empty()) return out;
  if (differ(out.laws)) {
    out.refused = words_of(Refusal::laws_differ);
    out.fewest = least(out.laws);
    out.most = greatest(out.laws);
    for (LawTokens& l : out.laws) l.refusal = Refusal::laws_differ;
    return out;
  }
  double logs = 0;
  for (const LawTokens& l : out.laws) logs += std::log(*l.tokens);
  out.tokens = std::exp(logs / static_cast<double>(out.laws.size()));
  out.compute_ratio = *out.tokens * per_token;
  const bool other_varies = other.shape.sparse() || !reference.shape.sparse();
  const auto few = other_varies ? tokens_at_quality(laws, out.reference.size, tokens, out.other.high)
                                : tokens_at_quality(laws, out.reference.low, tokens, out.other.size);
  const auto many = other_varies ? tokens_at_quality(laws, out.reference.size, tokens, out.other.low)
                                 : tokens_at_quality(laws, out.reference.high, tokens, out.other.size);
  if (answered(few)) out.low = least(few) * per_token;
  if (answered(many)) out.high = greatest(many) * per_token;
  return out;
}

}  // namespace

Worth worth_of(const Equivalence& e, double active) {
  return {e.factor * active, e.low * active, e.high * active};
}

std::string_view verdict_name(SizeVerdict verdict) {
  constexpr std::array<std::string_view, 3> names{"equal within the band", "smaller", "larger"};
  return names[static_cast<std::size_t>(verdict)];
}

std::vector<const LossLaw*> quality_laws() {
  return {find_loss_law("besiroglu-2024"), find_loss_law("hoffmann-2022")};
}

std::vector<LawTokens> tokens_at_quality(std::span<const LossLaw* const> laws, double reference,
                                         double tokens, double size) {
  std::vector<LawTokens> out;
  out.reserve(laws.size());
  for (const LossLaw* law : laws) out.push_back(tokens_by(*law, reference, tokens, size));
  return out;
}

std::optional<EqualQuality> equal_quality(SparseEquivalence rule, const QualitySide& reference,
                                          std::optional<double> tokens, const QualitySide& other,
                                          std::span<const LossLaw* const> laws) {
  const auto ref_worth = equivalence(rule, reference.shape);
  const auto other_worth = equivalence(rule, other.shape);
  if (!ref_worth || !other_worth) return std::nullopt;
  EqualQuality out{.reference = *ref_worth, .other = *other_worth};
  out.same_model = reference.shape == other.shape;
  if (reference.shape.sparse() || other.shape.sparse())
    out.kind = same_kind(out.reference, out.other, out.reference.factor * reference.shape.active,
                         other.shape.ratio());
  if (out.same_model && out.kind) out.kind->low = out.kind->high = 1;  // one unknown, and it cancels
  if (tokens) out.sized = as_sized(out, reference, *tokens, other, laws);
  return out;
}

}  // namespace kwhatif::model
