// Private to the model module: the readers behind the table of families, and what they share.
#pragma once

#include "fields.hpp"
#include <kwhatif/model/architecture.hpp>
#include <kwhatif/model/families.hpp>

#include <string_view>
#include <vector>

namespace kwhatif::model {

/// A yes or no that a field decides; `fallback` where it is absent, and always where there is no such field.
struct Switch {
  std::string_view field;
  bool fallback = false;
};
inline constexpr Switch always{"", true};
inline constexpr Switch never{"", false};

/// Norms on queries and keys.
enum class QueryKeyNorm {
  none,
  head,             ///< one scale of head_dim each (Qwen3, Gemma 3)
  projected,        ///< scales of the whole projected width (OLMo 2, StableLM, Cohere)
  head_with_shift,  ///< scale and shift of head_dim each (Phi, Persimmon)
};

/// Which layers see only a window.
enum class Windows {
  none,
  all,          ///< every layer, where sliding_window is given
  switched,     ///< Qwen: where use_sliding_window is on, from layer max_window_layers
  even_layers,  ///< Gemma 2, gpt-oss: the first, third, …
  pattern,      ///< all but every n-th
  neo,          ///< GPT-Neo: attention_types or attention_layers
  chunks,       ///< Llama 4: chunks, but every fourth layer sees all
};

/// Where the width of a feed-forward part comes from.
enum class Wide {
  given,       ///< intermediate_size and its other spellings
  four_times,  ///< four times the model's where it is not given
  half,        ///< Griffin: the field counts gate and value together
  shared,      ///< Granite 4: shared_intermediate_size
  prefix,      ///< Cohere 2 MoE: prefix_dense_intermediate_size
  lfm2,        ///< LFM2: two thirds, scaled and rounded, where block_auto_adjust_ff_dim says so
};

/// Where experts stand and what they are like.
enum class ExpertPlan {
  none,
  where_given,  ///< Granite 4, Nemotron-H: the same family without experts leaves them out or says 0
  every_layer,  ///< Mixtral, OLMoE, gpt-oss
  sparse_step,  ///< Qwen: decoder_sparse_step, mlp_only_layers
  after_dense,  ///< DeepSeek: first_k_dense_replace, moe_layer_freq
  interleaved,  ///< Llama 4: interleave_moe_layer_step
  periodic,     ///< Jamba: expert_layer_period and expert_layer_offset
  ranged,       ///< ERNIE 4.5: moe_layer_start_index to moe_layer_end_index
};

/// What takes the place of attention in some layers (read_mixers.cpp).
enum class Mixer {
  none,
  mamba,
  mamba2,
  delta_net,
  kimi_delta,
  short_convolution,
  lightning,
  gated_recurrence
};

/// Which layers of a hybrid have attention, where its config does not list them.
enum class AttentionEvery {
  listed,    ///< the config must say
  layer,     ///< attention and the mixer side by side in every layer (Falcon-H1)
  interval,  ///< full_attention_interval (Qwen3-Next)
  jamba,     ///< attn_layer_period and attn_layer_offset
};

/// What sets one decoder family apart from another. The sizes come from the config.
struct DecoderRules {
  std::string_view model_type;
  std::string_view title;
  Switch query_key_value_bias = never;
  Switch output_bias = never;
  Switch feed_forward_bias = never;
  bool gated = true;
  Wide wide = Wide::given;
  Norm norm = Norm::scale;
  unsigned norms = 2;  ///< of full width per layer
  Switch query_key_normed = never;
  QueryKeyNorm query_key_norm = QueryKeyNorm::none;
  Windows windows = Windows::none;
  unsigned window_default = 0;  ///< window or pattern length where not given
  unsigned pattern_default = 0;
  bool tied = false;
  Switch head_bias = never;
  bool learned_positions = false;
  bool latent_attention = false;
  bool indexed = false;  ///< DeepSeek V3.2: a narrow attention chooses what the latent one sees
  bool sinks = false;
  unsigned head_dim_default = 0;  ///< 0: width / heads
  ExpertPlan experts = ExpertPlan::none;
  unsigned dense_first = 0;  ///< layers without experts, where the config does not say
  bool expert_bias = false;
  bool router_bias = false;
  bool correction_bias = false;
  bool shared_gate = false;
  unsigned activation_numbers = 0;  ///< learned numbers of the activation function, per layer (Apertus)
  bool gated_attention = false;     ///< Qwen3-Next: a gate as wide as the queries
  Mixer mixer = Mixer::none;
  AttentionEvery attention_every = AttentionEvery::listed;
};

/// The rules of all decoder families that differ only in such points.
std::span<const DecoderRules> decoder_rules();
/// Those of unknown model types.
const DecoderRules& generic_decoder_rules();

/// What makes an architecture of a family's fields.
using Reader = Architecture(Fields& fields);

/// A family whose config needs code of its own.
struct OwnReader {
  Family family;
  Reader* read = nullptr;
};
std::span<const OwnReader> own_readers();

Architecture read_decoder(Fields& fields, const DecoderRules& rules);
Architecture read_arctic(Fields& fields);

// read_gpt.cpp
Reader read_opt, read_bloom, read_falcon, read_mpt, read_dbrx, read_chatglm, read_phi3small, read_qwen1;
// read_encoder.cpp
Reader read_bert, read_mpnet, read_distilbert, read_electra, read_albert, read_modernbert, read_deberta_v2;
// read_encoder_decoder.cpp
Reader read_t5, read_mt5, read_umt5, read_bart, read_mbart, read_pegasus, read_marian, read_m2m,
    read_blenderbot, read_whisper, read_led, read_bigbird_pegasus, read_longt5;
// read_state_space.cpp, read_rwkv.cpp
Reader read_mamba, read_falcon_mamba, read_mamba2, read_rwkv;
// read_vision.cpp
Reader read_vit, read_deit, read_dinov2, read_dinov2_registers, read_dinov3, read_ijepa, read_beit,
    read_videomae, read_clip_vision, read_siglip_vision, read_resnet;
// read_unet.cpp, read_autoencoder.cpp
Reader read_unet, read_control_net, read_plain_unet, read_autoencoder;
// read_segmentation.cpp, read_detection.cpp
Reader read_sam, read_segformer, read_vit_mae, read_detr, read_table_transformer, read_yolos;
// read_contrastive.cpp
Reader read_clip, read_siglip, read_siglip2, read_open_clip;
// read_denoiser.cpp, read_denoiser_video.cpp
Reader read_dit, read_transformer_2d, read_pixart, read_sd3, read_flux, read_flux2, read_qwen_image,
    read_auraflow, read_lumina2, read_z_image, read_sana, read_wan, read_hunyuan_video, read_cogvideox,
    read_ltx_video;
// read_audio.cpp
Reader read_wav2vec2, read_hubert, read_unispeech, read_wavlm, read_data2vec_audio, read_ast;
// read_staged.cpp, read_timm.cpp
Reader read_swin, read_swinv2, read_convnext, read_convnextv2, read_efficientnet, read_mobilenet_v2,
    read_regnet, read_timm;
// read_multimodal_text.cpp
Reader read_gemma3n, read_mllama;
// read_gemma4.cpp, read_deepseek_v4.cpp, read_t5gemma.cpp
Reader read_gemma4, read_deepseek_v4, read_t5gemma;
// read_gpt_more.cpp
Reader read_openai_gpt, read_xglm, read_biogpt, read_openelm;
// read_encoder_small.cpp
Reader read_mobilebert, read_squeezebert;
// read_encoder_more.cpp
Reader read_esm, read_esmc, read_layoutlm, read_layoutlmv3, read_bigbird, read_longformer, read_nystromformer,
    read_nomic_bert, read_gte, read_roformer, read_xlnet, read_eurobert, read_ernie, read_splinter,
    read_data2vec_text;
// read_text_tower.cpp
Reader read_clip_text, read_siglip_text;

// ---- what is no config of a known family (recognise.cpp) ----

/// The way on where no rule counts a language model.
inline constexpr const char* sizes_directly =
    "give the sizes directly (--params, --active), or name a model of the tables (`kwhatif list models`)";
/// Whether the reader of the type counts all that the file nests, not its language model alone.
bool is_read_whole(std::string_view type);
/// Whether the type is known and known to have parts that no rule here counts.
bool is_without_rule(std::string_view type);
/// What a model of images or sound is that no rule counts ("a detector of objects"); empty where it is not
/// known.
std::string_view what_without_rule(std::string_view type);  // recognise_media.cpp
/// The same for the other types of transformers ("a language model").
std::string_view what_transformers_has(std::string_view type);  // recognise_types.cpp
void refuse_without_rule(Fields& fields, const std::string& type);
/// Throws where the file is of another kind: adapters, timm, other parts of diffusers, tokenizers.
void refuse_other_files(Fields& fields);
/// Throws where a file of an unknown type shows no causal decoder; warns that it is counted as llama-like.
void require_a_decoder(Fields& fields, const std::string& type);

// ---- what no reader asked for (unread_fields.cpp) ----

/// Warns of fields that could change a count and were not read.
/// @param family  of a nested object: that of the model around it
void report_unread(Fields& fields, const Architecture& architecture, std::string_view family);

// ---- shared by the readers (read_support.cpp) ----

/// The two convolutions of three taps that make one position of two frames of sound (Whisper).
/// @param bands  of the spectrogram
std::vector<ListedWeight> whisper_convolutions(Count width, Count bands);

inline constexpr Names width_names{"hidden_size", "n_embd", "d_model", "n_embed"};
inline constexpr Names layer_names{"num_hidden_layers", "n_layer", "n_layers", "num_layers"};
inline constexpr Names head_names{"num_attention_heads", "n_head", "n_heads", "num_heads", "attention_heads"};
inline constexpr Names key_value_head_names{"num_key_value_heads", "num_kv_heads", "n_head_kv",
                                            "multi_query_group_num"};
inline constexpr Names feed_forward_names{"intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size",
                                          "d_ff"};
inline constexpr Names context_names{
    "max_position_embeddings", "n_positions", "max_sequence_length", "max_seq_len", "seq_length", "n_ctx",
    "model_max_length"};

bool is_on(Fields& fields, const Switch& choice);

/// Attention of `heads` heads over `width`, head_dim given or width / heads, with complaints where that
/// fails.
Attention read_attention(Fields& fields, Count width, Count head_dim_default = 0);

Attention with_biases(Attention attention, bool query_key_value, bool output);

/// More layers than this are a slip: the deepest published network (DeepNet) has 1,000.
inline constexpr std::uint64_t most_layers = 100'000;
/// The same for blocks that are walked one by one.
inline constexpr std::uint64_t most_walked_blocks = 1000;
Count read_layers(Fields& fields);
/// A number of layers under other names; complains where it is above most_layers.
Count read_layers(Fields& fields, Names names);

/// Whether a list has at most 32 entries, all of them from 1 to `most`; complains where not.
bool all_within(Fields& fields, std::string_view name, const std::vector<Count>& values, Count most);

/// What stands in the place of attention in one layer.
enum class LayerPart {
  attention,
  mixer,
  both,     ///< side by side
  dense,    ///< nothing: the layer is a feed-forward part (Nemotron-H)
  experts,  ///< nothing: the layer is a mixture
};

/// What differs from layer to layer.
struct LayerKind {
  LayerPart part = LayerPart::attention;
  bool sparse = false;
  bool indexed = false;  ///< chooses by itself what its attention sees
  Reach reach;
  friend bool operator==(const LayerKind&, const LayerKind&) = default;
};

/// What the layers of a decoder are made of: each takes what its kind says.
struct LayerParts {
  std::optional<Attention> attention;
  std::optional<StateSpace> state_space;
  std::optional<ListedMixer> mixer;
  std::optional<FeedForward> dense;
  std::optional<Experts> experts;
  std::vector<ListedWeight> listed;
  std::vector<ListedWeight> indexer;  ///< of layers that are indexed
  Count index_width = 0;
  Count norms = 0;
  bool one_each = false;  ///< a layer with a mixer or attention has no feed-forward part
};

/// Blocks of alike layers, in order of first occurrence.
std::vector<Block> fold_layers(const std::vector<LayerKind>& layers, const LayerParts& parts);

// read_mixers.cpp
void read_mixer(Fields& fields, const DecoderRules& rules, Count width, LayerParts& parts);
/// One for each layer.
std::vector<LayerPart> read_layer_parts(Fields& fields, const DecoderRules& rules, std::size_t layers);

/// `layers` times the same block.
Block repeated(Block block, Count layers, Reach reach = {});

/// An architecture with vocabulary, tied flag and context length read the usual way.
Architecture decoder_frame(Fields& fields, Count width, bool tied_by_default);

/// The head that the class in `architectures` has: a decoder's output matrix where it names none.
void read_decoder_head(Fields& fields, Architecture& architecture);

/// Number of classes of an image or text classifier: num_labels, else the length of id2label, else the
/// fallback.
Count read_classes(Fields& fields, Count fallback);

// Images. Files often lack what the image processor says: the ImageNet usage of 224 x 224 and 1,000 classes
// is assumed, with a note.
inline constexpr std::uint64_t usual_image_channels = 3;
inline constexpr std::uint64_t largest_stage_width = 1'000'000;  ///< published networks stay below 10,000
Count read_image_size(Fields& fields);
/// Head and classes; none where the class is the bare model.
void read_image_classifier(Fields& fields, Architecture& architecture);

/// Whether one of `architectures` ends with this word ("ForMaskedLM").
bool is_architecture(Fields& fields, std::string_view ending);

}  // namespace kwhatif::model
