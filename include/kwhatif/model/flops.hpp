// FLOPs of one forward pass and of training, from exact matrix sizes.
//
// What is counted: 2 FLOP per weight and multiplication, the attention products (scores and weighted sums),
// and the scan of state-space layers. What is not: norms, softmax, activations, biases, embeddings look-ups,
// the optimizer; together about 1 % of a large transformer. Training is three times forward: forward,
// gradient with respect to inputs, gradient with respect to weights. Model FLOPs (what MFU divides) leave
// recomputation out, executed FLOPs (what HFU divides) have it in.
//
// The sequence length is configuration, not a measured quantity: it decides which window applies. The results
// are plain numbers with a breakdown; formulas over number types take them as inputs (run).
#pragma once

#include <kwhatif/model/inventory.hpp>
#include <kwhatif/model/parameters.hpp>
#include <kwhatif/quantity/kinds.hpp>

#include <string>
#include <vector>

namespace kwhatif::model {

/// How a causal layer's attention is counted.
enum class AttentionCounting {
  causal,  ///< only positions a token really sees: half the sequence on average
  full,    ///< the whole square, as PaLM, Narayanan and most MFU figures do
};

/// What is calculated again in the backward pass instead of being kept.
enum class Recompute { none, selective, full };

/// "none", "selective", "full"
std::string_view recompute_name(Recompute recompute);

/// Whose tokens "per token" means where a network has two sides.
enum class TokenBasis { both_sides, encoder };

/// Target length per input token in T5's span corruption: 114 targets for 512 inputs.
/// @source  raffel-2019, section 3.1.4
inline constexpr double span_corruption_target_share = 114.0 / 512.0;

/// What has to be known beside the network. Lengths are ignored for images and denoising steps.
struct FlopOptions {
  double sequence_length = 0;  ///< tokens per training sequence; of the encoder where there are two sides
  double decoder_length = 0;   ///< encoder-decoder only; 0: span_corruption_target_share of the encoder's
  AttentionCounting attention = AttentionCounting::causal;
  Recompute recompute = Recompute::none;
  TokenBasis basis = TokenBasis::both_sides;
};

/// FLOPs of one matrix, attention or scan per unit.
struct FlopTerm {
  std::string name;
  Part part = Part::feed_forward;
  std::string size;    ///< "32 x 4096 x 11008", how often and how large; "32 x 2 x 4096 x 1024" for attention
  double forward = 0;  ///< [FLOP per unit]
  bool recomputed = false;  ///< calculated a second time under the chosen recomputation
};

/// FLOPs of one part.
struct PartFlop {
  Part part;
  double forward = 0;  ///< [FLOP per unit]
};

/// FLOPs per unit: per token, per image, or per image and denoising step (then "token" in the types means
/// that).
struct FlopCount {
  Unit unit = Unit::token;
  quantity::FlopPerToken<> forward;
  quantity::FlopPerToken<> products;           ///< of forward, what has no weights: attention products, scans
  quantity::FlopPerToken<> training;           ///< model FLOPs: 3 x forward
  quantity::FlopPerToken<> training_executed;  ///< with recomputation
  quantity::FlopPerToken<> six_n;              ///< 6 x active parameters without the input table
  double training_over_six_n = 0;  ///< how far the rule of thumb is off; 0 where it does not apply
  double attention_share = 0;      ///< of forward, the products alone
  std::vector<FlopTerm> terms;
  std::vector<PartFlop> parts;
  std::string counted;          ///< one line: what was counted and how
  std::string counted_forward;  ///< the same without what training costs beside
};

/// Positions that a token attends to on average.
///
///   full: s;  causal: s/2;  window w <= s: causal w − w²/(2s), full w;  chunks of w: causal w/2
///
/// @param reach     what the layer sees
/// @param length    s, of the sequence attended to  [token]  > 0
/// @param counting  full counts the square (or the window) whole
double attended_positions(const Reach& reach, double length, AttentionCounting counting);

/// FLOPs per unit of everything in the inventory.
///
///   forward = Σ 2 · elements · visits + Σ layers · 2 · (score + value width) · positions + Σ scans
///   training = 3 · forward;  executed = training + what is recomputed
///
/// Selective recomputation repeats the attention products; full recomputation repeats the forward pass of the
/// layers but not of the output matrix (Narayanan 2021 counts the same).
///
/// @param inventory  from take_inventory()
/// @param options    sequence length etc.                 length > 0 for text
/// @return           FLOPs with their terms               [FLOP/token]
/// @errors           std::invalid_argument where a length is missing or not finite
/// @source           narayanan-2021, eq. 3; chowdhery-2022, appendix B; korthikanti-2022, section 4
/// @tested           golden: LLaMA-7B 1.70000e12 at 128 tokens, Narayanan's formula, ViT and ResNet of
/// torchvision
FlopCount count_flops(const Inventory& inventory, const FlopOptions& options);

}  // namespace kwhatif::model
