// model: from the description of a network to its parameters, FLOPs and memory.
//
// Data flow:  config.json ──read_config()──► Architecture ──take_inventory()──► Inventory
//                                                              ├──► ParameterCount   (parameters.hpp)
//                                                              ├──► FlopProfile      (flops.hpp)
//                                                              └──► MemoryNeed       (memory.hpp)
// An Architecture says what there is (layers, widths, heads, experts); the Inventory lists every weight
// matrix and vector it implies, once, with how often it is stored and how often one token multiplies it.
// Parameters, FLOPs and memory are sums over that one list, so that they cannot disagree and `explain` can
// print it.
//
// What differs between families (field names, biases, norms, tied tables) is settled by the readers in
// src/model/read_*.cpp; nothing behind this header knows a family by name.
//
// Does not live here: hardware, time and energy (run), files and catalogues (catalog), text (report).
#pragma once

#include <kwhatif/model/count.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::model {

/// What a weight belongs to.
enum class Part {
  embeddings,
  attention,
  feed_forward,
  experts,
  norms,
  head,
  convolution,
  state_space,
  conditioning,
};

/// How a weight takes part in the computation.
enum class Use {
  token_table,  ///< looked up by token, costs nothing
  tied_table,   ///< looked up by token and multiplied at the output (there listed as a matrix stored 0 times)
  table,        ///< looked up by position or type
  matrix,       ///< multiplied: 2 FLOP per element and visit
  vector,       ///< bias, norm and the like: not counted in FLOPs
};

/// A weight that the other descriptions have no place for, as a family's reader names and sizes it.
struct ListedWeight {
  std::string name;
  Part part = Part::feed_forward;
  Use use = Use::matrix;
  Count rows = 1;
  Count columns = 1;
  Count copies = 1;                ///< in each layer
  double visits = 1;               ///< of one copy per token
  double visits_per_sequence = 0;  ///< of one copy, for what runs once per sequence
};

/// A mixer that is neither attention nor Mamba (gated delta net, short convolution, linear attention, …):
/// what it stores, and the work of its recurrence.
struct ListedMixer {
  std::vector<ListedWeight> weights;
  std::string recurrence;      ///< its name; empty: none
  std::string rule;            ///< how its FLOPs are counted, in a few words
  double recurrence_flop = 0;  ///< per token and layer, forward
  Count kept;                  ///< elements per token kept for the backward pass, its input apart
};

/// Attention over parts of an image, as a reader sizes it.
struct ListedAttention {
  std::string name;
  Count layers;
  Count score_width;
  Count value_width;
  Count queries;  ///< per image
  Count keys;     ///< that each query sees
};

/// What a token sees of its sequence in one kind of layer.
struct Reach {
  bool causal = true;    ///< only what came before; false: both directions
  Count window = 0;      ///< at most so many positions; 0: no limit
  bool chunked = false;  ///< the window does not slide: the sequence is cut into chunks of `window`
  friend bool operator==(const Reach&, const Reach&) = default;
};

/// Multi-head latent attention (DeepSeek): queries, keys and values pass through narrow matrices.
struct LatentAttention {
  Count query_rank = 0;  ///< 0: queries come straight from the layer's input
  Count key_value_rank;
  Count nope_dim;  ///< part of a query/key head without rotation
  Count rope_dim;  ///< part with rotation; its key is shared by all heads
};

/// One attention of a layer: its matrices are width x heads·head_dim and so on.
struct Attention {
  Count heads;
  Count key_value_heads;
  Count head_dim;   ///< of queries and keys
  Count value_dim;  ///< of values; equal to head_dim but for latent attention
  bool query_bias = false;
  bool key_bias = false;
  bool value_bias = false;
  bool output_bias = false;
  Count query_norm = 0;  ///< elements of the norm on queries, per layer
  Count key_norm = 0;
  bool sinks = false;                ///< one learned number per head (gpt-oss)
  bool gated = false;                ///< a gate as wide as the queries multiplies the result (Qwen3-Next)
  Count relative_position_rows = 0;  ///< BERT "relative_key": rows of a per-layer table of head_dim
  bool outside = false;  ///< keys and values come from an image, not from the sequence (Llama 3.2 vision)
  bool keys_of_earlier = false;  ///< keys and values are those that an earlier layer made (Gemma 4)
  bool value_is_key = false;     ///< one matrix makes both (Gemma 4)
  Count index_width = 0;        ///< heads x head_dim that choose what is attended to (DeepSeek V3.2); 0: none
  Count compressed_by = 0;      ///< so many positions also make one key that all later ones see; 0: none
  Count compressed_chosen = 0;  ///< of those keys, chosen by the index; 0: all
  bool matrices_listed = false;  ///< its matrices are in the block's list, here are the products alone
  Count position_span = 0;       ///< DeBERTa: relative positions scored against queries and keys; 0: none
  std::optional<LatentAttention> latent;
};

/// A feed-forward part: two matrices, or three where a gate multiplies the first.
struct FeedForward {
  Count width;
  bool gated = false;
  bool input_bias = false;
  bool output_bias = false;
};

/// Many feed-forward parts, of which a token passes a few.
struct Experts {
  Count routed;  ///< experts a router chooses from, per layer
  Count used;    ///< chosen per token
  Count width;   ///< of one expert
  bool gated = true;
  bool bias = false;
  Count latent_width = 0;  ///< experts work on a narrower state of this width; 0: on the model's
  Count shared_width = 0;  ///< all shared experts together; 0: none
  bool shared_gate = false;
  bool router_bias = false;
  bool correction_bias = false;  ///< DeepSeek-V3: one load-balancing number per expert
};

/// A selective state-space mixer (Mamba), in place of attention or beside it.
struct StateSpace {
  Count inner;       ///< d_i
  Count states;      ///< S
  Count kernel;      ///< width of the depthwise convolution
  Count rank = 0;    ///< of the time step, Mamba 1
  Count heads = 0;   ///< Mamba 2; 0: Mamba 1
  Count groups = 1;  ///< Mamba 2
  bool input_bias = false;
  bool output_bias = false;
  bool convolution_bias = true;
  bool gated_norm = true;    ///< Mamba 2: a norm before the output
  bool inner_norms = false;  ///< Jamba: norms on time step, B and C
};

/// How many vectors a norm has: none (OLMo), a scale (RMSNorm), or scale and shift (LayerNorm).
enum class Norm { bare = 0, scale = 1, scale_and_shift = 2 };

/// Layers that are alike.
struct Block {
  Count layers;
  std::optional<Attention> attention;
  bool cross_attention = false;  ///< a second attention, to the encoder, of the same shape
  std::optional<FeedForward> feed_forward;
  std::optional<Experts> experts;
  std::optional<StateSpace> state_space;
  std::optional<ListedMixer> mixer;
  std::vector<ListedWeight> listed;  ///< whatever else each of these layers has
  Count norms = 0;                   ///< norms of the full width per layer
  Count layer_scales = 0;            ///< learned vectors of the full width that scale a branch
  Reach reach;
};

/// Which tokens pass a stack or a weight.
enum class Side { all, encoder, decoder };

/// Blocks one after the other, with what is added before the first and after the last.
struct Stack {
  std::string name;  ///< "decoder", "encoder"
  Side side = Side::all;
  std::vector<Block> blocks = {};
  bool layers_share_weights = false;  ///< ALBERT: stored once, passed by every layer
  bool final_norm = true;
  Count position_rows = 0;   ///< learned absolute positions
  Count position_width = 0;  ///< their width where it is not the model's; 0: the model's
  bool embedding_norm = false;
  Count relative_position_buckets = 0;  ///< T5: a table of buckets x heads
  bool relative_positions_in_every_layer = false;
  std::vector<ListedWeight> listed = {};  ///< whatever else the stack has once
};

/// What turns the last state into a prediction.
enum class Head { none, language_model, masked_language_model, classifier };

/// Cuts an image into patches that are then tokens.
struct PatchEmbedding {
  Count image_size;
  Count patch_size;
  Count channels;
  Count extra_tokens = 1;  ///< class and distillation tokens
  bool mask_token = false;
  bool bias = true;
};

/// A residual convolutional network (ResNet).
struct ResidualNetwork {
  Count image_size;
  Count channels;
  Count stem_width;
  std::vector<Count> widths;
  std::vector<Count> depths;
  bool bottleneck = true;
  Count groups = 1;       ///< of the 3x3 convolution of a bottleneck (ResNeXt)
  Count base_width = 64;  ///< its width is that of a bottleneck times groups x base_width / 64
  bool downsample_in_first_stage = false;
  bool downsample_in_bottleneck = false;  ///< stride at the first 1x1 convolution, not at the 3x3
};

/// One resolution level of a denoising UNet.
struct UNetLevel {
  Count width;
  Count residual_blocks;
  Count transformer_depth = 0;   ///< 0: no attention on this level
  Count context_width = 0;       ///< width of the text states attended to
  bool plain_attention = false;  ///< one attention over the map behind each residual block (DDPM)
};

/// The denoising network of a diffusion model (diffusers' UNet2DConditionModel, UNet2DModel,
/// ControlNetModel).
struct DenoisingUNet {
  Count sample_size;
  Count channels_in;
  Count channels_out;
  std::vector<UNetLevel> down;  ///< fine to coarse; the up path mirrors it with one residual block more
  std::vector<UNetLevel> up;    ///< coarse to fine; residual_blocks already counts the one more
  UNetLevel middle;
  Count added_condition_width = 0;  ///< SDXL: width of size and crop conditions; 0: none
  Count text_tokens;                ///< length of the text attended to
  Count classes = 0;                ///< rows of a table of classes beside the step; 0: none
  std::vector<Count> control = {};  ///< ControlNet: widths of what reads the picture that steers; no way up
  Count control_channels = 3;
  Count control_stride = 8;  ///< pixels of that picture for one latent position, along each side
};

/// The shape of the whole.
enum class Kind {
  decoder,
  encoder,
  encoder_decoder,
  state_space,
  vision_transformer,
  convolutional,
  diffusion
};

/// What one forward pass is about.
enum class Unit { token, image, denoising_step, image_text_pair, sound, video, video_step };

struct Tower;

/// A network, described well enough to list its weights.
struct Architecture {
  std::string model_type;  ///< as the config says
  std::string family;      ///< title of the rules that were applied
  Kind kind = Kind::decoder;
  std::optional<Unit> unit = std::nullopt;  ///< where it is not the usual one of the kind

  Count width;
  Count vocabulary = 0;
  Count embedding_width = 0;  ///< of the token table where it is not the model's; 0: the model's
  bool embedding_projection_bias = false;
  bool projects_back = false;  ///< OPT-350M: last state is projected to embedding_width before the head
  Count type_rows = 0;         ///< BERT: token types
  Norm norm = Norm::scale;

  Head head = Head::language_model;
  bool tied = true;  ///< the output matrix is the token table
  bool head_bias = false;
  bool transform_bias = true;  ///< of the matrix before the output in masked-language heads
  bool head_counted = true;    ///< false: the checkpoint has no head of its own, training still multiplies it
  Count classes = 0;
  bool classifier_bias = true;
  bool classifies_tokens = false;  ///< each token; else one per sequence
  bool pooler = false;
  bool next_sentence_head = false;

  std::vector<ListedWeight>
      listed;  ///< whatever else the whole has once; visits per image where there are no stacks
  std::vector<ListedAttention> listed_attention;  ///< of a network without stacks
  std::vector<Stack> stacks;
  std::optional<PatchEmbedding> patches;
  std::optional<ResidualNetwork> residual_network;
  std::optional<DenoisingUNet> denoising_unet;
  std::vector<Tower> towers;  ///< of a multimodal file: beside the language model, which is all of the above

  Count context_length = 0;  ///< longest sequence the config names; 0: not said
};

/// A network that makes tokens of images or sound for a language model, or joins it to one that does.
struct Tower {
  std::string name;      ///< "vision tower", "audio tower", "projector"
  std::string unit;      ///< what passes it once: "image of 336 x 336", "30 s of sound"
  Architecture network;  ///< of its own width
  Count positions = 1;   ///< that a unit has inside, where the network counts by token
  Count tokens = 0;      ///< of the language model's sequence that a unit becomes; 0: what follows decides
};

}  // namespace kwhatif::model
