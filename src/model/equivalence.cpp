#include <kwhatif/model/equivalence.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace kwhatif::model {
namespace {

constexpr std::array rules = std::to_array<EquivalenceRule>({
    {SparseEquivalence::leverage, "leverage", "measured pairs of dense and sparse models",
     "equal data and recipe; a band of 1.8 to 2.0 times either way", true,
     "dai-2024|rajbhandari-2022|fedus-2021|muennighoff-2024|lin-2024"},
    {SparseEquivalence::none, "none", "active size only; contradicted by every measured pair",
     "as if the idle experts bought nothing", false, ""},
    {SparseEquivalence::geometric_mean, "geometric-mean", "square root of total x active",
     "a folk rule: no published fit", false, ""},
    {SparseEquivalence::clark_2022, "clark-2022", "Clark et al. 2022, S-BASE",
     "fitted on 130B tokens and top-1 routing; pessimistic at scale", false, "clark-2022"},
    {SparseEquivalence::clark_2022_rl, "clark-2022-rl", "Clark et al. 2022, RL-R",
     "fitted on 130B tokens and top-1 routing; pessimistic at scale", false, "clark-2022"},
    {SparseEquivalence::clark_2022_hash, "clark-2022-hash", "Clark et al. 2022, hash layers",
     "fitted on 130B tokens and top-1 routing; pessimistic at scale", false, "clark-2022"},
});

// Of the rule "leverage": see the header for where each comes from.
constexpr double least_activation = 0.03;
constexpr double fine_from = 4;
constexpr double half_of_band = 0.41;  // ln of the 50 % band over that of the 90 % band
constexpr double outside_factor = 1.4;
constexpr double least_ratio = 2;
constexpr double most_ratio = 40;
constexpr double least_active = 0.2e9;
constexpr double most_active = 40e9;

Routing routing_of(const SparseShape& shape) {
  if (!shape.sparse()) return Routing::dense;
  if (!shape.used) return Routing::unknown;
  return *shape.used >= fine_from ? Routing::fine : Routing::coarse;
}

double exponent_of(Routing routing) {
  return routing == Routing::fine ? 0.70 : routing == Routing::coarse ? 0.55 : 0.62;
}
double band_of(Routing routing) {
  return routing == Routing::fine ? 1.8 : routing == Routing::coarse ? 1.9 : 2.0;
}

Equivalence leverage_of(const SparseShape& shape) {
  Equivalence out{.routing = routing_of(shape)};
  if (!shape.sparse()) return out;
  const double r = shape.ratio();
  out.factor = std::pow((1 + least_activation) / (1 / r + least_activation), exponent_of(out.routing));
  double band = band_of(out.routing);
  if (r < least_ratio || r > most_ratio)
    out.notes.push_back("total over active of " + quantity::significant(r) +
                        " lies outside of the measured 2 to 40");
  if (shape.active < least_active || shape.active > most_active)
    out.notes.push_back(quantity::human(shape.active, quantity::dim::parameter) +
                        " active lie outside of the measured 0.2 B to 40 B");
  if (!out.notes.empty()) band *= outside_factor;
  const auto cut = [&](double factor) { return std::clamp(factor, 1.0, r); };
  out.factor = cut(out.factor);
  out.low = cut(out.factor / band);
  out.high = cut(out.factor * band);
  const double half = std::pow(band, half_of_band);
  out.half_low = cut(out.factor / half);
  out.half_high = cut(out.factor * half);
  return out;
}

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
    case SparseEquivalence::leverage:
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

const EquivalenceRule* find_equivalence_rule(std::string_view id) {
  const auto at = std::ranges::find(rules, id, &EquivalenceRule::id);
  return at == rules.end() ? nullptr : &*at;
}

std::string_view routing_name(Routing routing) {
  constexpr std::array<std::string_view, 4> names{"dense", "fine", "coarse", "unknown"};
  return names[static_cast<std::size_t>(routing)];
}

SparseShape sparse_shape(const Architecture& architecture, const ParameterCount& parameters) {
  const double active = parameters.active.as_double();
  for (const Stack& stack : architecture.stacks) {
    for (const Block& block : stack.blocks) {
      if (!block.experts || block.experts->used >= block.experts->routed) continue;
      const double used = block.experts->used.as_double();
      return {.total = parameters.total.as_double(),
              .active = active,
              .used = used,
              .per_used = block.experts->routed.as_double() / used};
    }
  }
  return {.total = active, .active = active};
}

double clark_dense_size(SparseEquivalence rule, double active, double experts) {
  const ClarkFit fit = clark_fit(rule);
  const double size = std::log10(active);
  const double sparse = log_effective_experts(fit, experts);
  const double dense = log_effective_experts(fit, 1);
  // Both sides of log L(N, E) = log L(N_dense, 1) without d, solved for log N_dense.
  return std::pow(
      10, (fit.a * size + fit.b * (sparse - dense) + fit.c * size * sparse) / (fit.a + fit.c * dense));
}

std::optional<Equivalence> equivalence(SparseEquivalence rule, const SparseShape& shape) {
  if (!(shape.active > 0 && shape.total >= shape.active))
    throw std::invalid_argument("the total size must be at least the active one");
  if (rule == SparseEquivalence::leverage || !shape.sparse()) return leverage_of(shape);
  Equivalence out{.routing = routing_of(shape)};
  switch (rule) {
    case SparseEquivalence::leverage:
    case SparseEquivalence::none:
      break;
    case SparseEquivalence::geometric_mean:
      out.factor = std::sqrt(shape.ratio());
      break;
    case SparseEquivalence::clark_2022:
    case SparseEquivalence::clark_2022_rl:
    case SparseEquivalence::clark_2022_hash:
      if (!shape.per_used) return std::nullopt;
      out.factor = clark_dense_size(rule, shape.active, *shape.per_used) / shape.active;
      break;
  }
  out.low = out.high = out.half_low = out.half_high = out.factor;
  return out;
}

}  // namespace kwhatif::model
