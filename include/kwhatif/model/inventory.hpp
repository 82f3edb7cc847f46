// Every weight of an architecture, listed once: the common ground of parameter, FLOP and memory counts.
#pragma once

#include <kwhatif/model/architecture.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::model {

/// "embeddings", "feed-forward", …
std::string_view part_name(Part part);

/// One kind of weight, of rows x columns elements.
struct Weight {
  std::string name;  ///< "attention query", "decoder cross-attention output"
  Part part = Part::feed_forward;
  Use use = Use::matrix;
  Side side = Side::all;
  Count rows = 1;
  Count columns = 1;
  Count stored = 1;   ///< copies in a checkpoint: layers, layers x experts; 0 where tied to another
  Count active = 1;   ///< copies that one token makes use of
  double visits = 0;  ///< multiplications of the whole matrix per unit (token, image, step)
  double visits_per_sequence = 0;  ///< the same, for what runs once per sequence (pooler)

  Count elements() const { return rows * columns; }
};

/// Scores and weighted sums of attention: no weights, but FLOPs that grow with the sequence.
struct AttentionCore {
  std::string name;
  Side side = Side::all;
  bool cross = false;
  Count layers;
  Count score_width;  ///< heads x head_dim of queries and keys
  Count value_width;  ///< heads x head_dim of values
  Reach reach;
  double queries = 1;      ///< per unit: 1 for a token, positions for an image
  double compression = 1;  ///< positions that make one key
  double fixed_keys = 0;   ///< positions attended to where the sequence length does not decide; 0: it does
};

/// The recurrence of a layer.
struct Scan {
  std::string name;
  std::string rule;  ///< how its FLOPs are counted, in a few words
  Count layers;
  double flop_per_token = 0;  ///< forward, one layer
};

/// "token", "image", "image and denoising step", …
std::string_view unit_name(Unit unit);

/// All weights, attention products and scans of an architecture.
struct Inventory {
  Unit unit = Unit::token;
  Kind kind = Kind::decoder;
  std::vector<Weight> weights;
  std::vector<AttentionCore> attention;
  std::vector<Scan> scans;
  Count tokens_per_image = 0;  ///< vision transformers
};

/// Share of positions whose output is predicted in masked-language training (15 %).
/// @source  devlin-2018, section 3.1
inline constexpr double masked_share = 0.15;

/// Lists every weight of the architecture.
///
/// @errors  CountOverflow where a product leaves 64 bits
/// @tested  golden: sums equal published parameter counts, data/models
Inventory take_inventory(const Architecture& architecture);

}  // namespace kwhatif::model
