#include <kwhatif/model/flops.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace kwhatif::model {
namespace {

constexpr double flop_per_multiply_add = 2;
constexpr double training_passes = 3;  // forward, gradient to inputs, gradient to weights

bool is_text(const Inventory& inventory) { return inventory.unit == Unit::token; }

double required_length(double length, const char* what) {
  if (!(length > 0) || !std::isfinite(length)) {
    throw std::invalid_argument(std::string(what) + " must be a positive number of tokens");
  }
  return length;
}

// Lengths, and which share of the tokens counted passes each side.
struct Sequence {
  double encoder = 0;
  double decoder = 0;
  double encoder_share = 1;
  double decoder_share = 1;

  Sequence(const Inventory& inventory, const FlopOptions& options) {
    if (!is_text(inventory)) return;
    encoder = decoder = required_length(options.sequence_length, "the sequence length");
    if (inventory.kind != Kind::encoder_decoder) return;
    if (options.decoder_length != 0) {
      decoder = required_length(options.decoder_length, "the decoder's sequence length");
    } else {
      decoder = std::max(1.0, span_corruption_target_share * encoder);
    }
    const double counted = options.basis == TokenBasis::encoder ? encoder : encoder + decoder;
    encoder_share = encoder / counted;
    decoder_share = decoder / counted;
  }

  double share(Side side) const {
    return side == Side::encoder ? encoder_share : side == Side::decoder ? decoder_share : 1.0;
  }
  double own_length(Side side) const { return side == Side::decoder ? decoder : encoder; }
};

std::string size_text(double visits, Count rows, Count columns) {
  std::string times;
  if (visits != 1) {
    const double whole = std::floor(visits);
    times = whole == visits && visits < 1e15 ? std::to_string(static_cast<std::uint64_t>(visits))
                                             : quantity::fixed(visits, 6).substr(0, 6);
    times += " x ";
  }
  return times + rows.text() + " x " + columns.text();
}

FlopTerm weight_term(const Weight& weight, const Sequence& sequence, Recompute recompute) {
  const double length = sequence.own_length(weight.side);
  const double visits = weight.visits + (length > 0 ? weight.visits_per_sequence / length : 0.0);
  FlopTerm term;
  term.name = weight.name;
  term.part = weight.part;
  term.size = size_text(visits, weight.rows, weight.columns);
  term.forward = flop_per_multiply_add * weight.elements().as_double() * visits * sequence.share(weight.side);
  const bool inside_layers = weight.part != Part::head && weight.part != Part::embeddings;
  term.recomputed = recompute == Recompute::full && inside_layers;
  return term;
}

FlopTerm attention_term(const AttentionCore& core, const Sequence& sequence, const FlopOptions& options) {
  const double length = core.cross ? sequence.encoder : sequence.own_length(core.side);
  const double keys = core.fixed_keys > 0
                          ? core.fixed_keys
                          : attended_positions(core.reach, length, options.attention) / core.compression;
  FlopTerm term;
  term.name = core.name;
  if (core.reach.window > 0) term.name += core.reach.chunked ? " (chunked)" : " (window)";
  term.part = Part::attention;
  term.size = core.layers.text() + " layers x (" + core.score_width.text() + " + " + core.value_width.text() +
              ") x " + std::to_string(static_cast<std::uint64_t>(std::llround(keys))) + " positions";
  term.forward = flop_per_multiply_add * core.layers.as_double() *
                 (core.score_width.as_double() + core.value_width.as_double()) * keys * core.queries *
                 sequence.share(core.side);
  term.recomputed = options.recompute != Recompute::none;
  return term;
}

void add_parts(FlopCount& count) {
  for (const FlopTerm& term : count.terms) {
    auto part = std::ranges::find_if(count.parts, [&](const PartFlop& p) { return p.part == term.part; });
    if (part == count.parts.end()) part = count.parts.insert(part, {term.part, 0});
    part->forward += term.forward;
  }
  std::ranges::sort(count.parts, [](const PartFlop& a, const PartFlop& b) { return a.part < b.part; });
}

std::string whole(double tokens) { return std::to_string(static_cast<std::uint64_t>(std::llround(tokens))); }

std::string describe(const Inventory& inventory, const FlopOptions& options, const Sequence& sequence,
                     const std::string& training) {
  std::string text = "exact matrix sizes: 2 FLOP per weight and multiplication" + training;
  if (!inventory.attention.empty()) {
    text += "; attention products ";
    if (!is_text(inventory)) {
      text += "over all positions";
    } else if (inventory.kind == Kind::encoder_decoder) {
      text += "at " + whole(sequence.encoder) + " encoder and " + whole(sequence.decoder) +
              " decoder tokens per sequence";
    } else {
      text += "at " + whole(sequence.encoder) + " tokens per sequence";
    }
    const bool causal = std::ranges::any_of(
        inventory.attention, [](const AttentionCore& core) { return core.reach.causal && !core.cross; });
    if (causal && is_text(inventory)) {
      text += options.attention == AttentionCounting::causal ? ", causal half only" : ", full square";
    }
  }
  std::string_view last_rule;
  for (const Scan& scan : inventory.scans) {
    if (scan.rule != last_rule) text += "; " + scan.rule;
    last_rule = scan.rule;
  }
  if (inventory.kind == Kind::encoder_decoder) {
    text += options.basis == TokenBasis::encoder ? "; per encoder token" : "; per token of either side";
  }
  return text + "; norms, softmax and activations left out";
}

}  // namespace

std::string_view recompute_name(Recompute recompute) {
  constexpr std::string_view names[] = {"none", "selective", "full"};
  return names[static_cast<std::size_t>(recompute)];
}

double attended_positions(const Reach& reach, double length, AttentionCounting counting) {
  const bool half = reach.causal && counting == AttentionCounting::causal;
  const double window = reach.window.as_double();
  if (reach.window == Count{0} || window >= length) return half ? length / 2 : length;
  if (reach.chunked) return half ? window / 2 : window;
  return half ? window - window * window / (2 * length) : window;
}

FlopCount count_flops(const Inventory& inventory, const FlopOptions& options) {
  const Sequence sequence(inventory, options);
  FlopCount count;
  count.unit = inventory.unit;
  for (const Weight& weight : inventory.weights) {
    if (weight.use != Use::matrix || (weight.visits == 0 && weight.visits_per_sequence == 0)) continue;
    count.terms.push_back(weight_term(weight, sequence, options.recompute));
  }
  double products = 0;
  for (const AttentionCore& core : inventory.attention) {
    count.terms.push_back(attention_term(core, sequence, options));
    products += count.terms.back().forward;
  }
  double scans = 0;
  for (const Scan& scan : inventory.scans) {
    count.terms.push_back({.name = scan.name,
                           .part = Part::state_space,
                           .size = scan.layers.text() + " layers",
                           .forward = scan.layers.as_double() * scan.flop_per_token,
                           .recomputed = options.recompute != Recompute::none});
    scans += count.terms.back().forward;
  }
  double forward = 0;
  double again = 0;
  for (const FlopTerm& term : count.terms) {
    forward += term.forward;
    if (term.recomputed) again += term.forward;
  }
  using quantity::FlopPerToken;
  count.forward = FlopPerToken<>::from_coherent(forward);
  count.products = FlopPerToken<>::from_coherent(products + scans);
  count.training = FlopPerToken<>::from_coherent(training_passes * forward);
  count.training_executed = FlopPerToken<>::from_coherent(training_passes * forward + again);
  count.attention_share = forward > 0 ? products / forward : 0;
  if (is_text(inventory)) {
    const double active = count_parameters(inventory).active_excl_input_embedding.as_double();
    constexpr double rule_of_thumb = 6;  // Kaplan 2020: 2 forward and 4 backward per parameter and token
    count.six_n = FlopPerToken<>::from_coherent(rule_of_thumb * active);
    count.training_over_six_n = training_passes * forward / (rule_of_thumb * active);
  }
  add_parts(count);
  count.counted = describe(inventory, options, sequence, ", training = 3 x forward");
  count.counted_forward = describe(inventory, options, sequence, "");
  return count;
}

}  // namespace kwhatif::model
