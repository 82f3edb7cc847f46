// Selective state-space models: Mamba 1 and 2, Falcon Mamba.
#include "readers.hpp"

namespace kwhatif::model {
namespace {

// Defaults of the published code (Gu and Dao 2023, section 3.6 and mamba_ssm): every checkpoint has them.
constexpr std::uint64_t default_states = 16;
constexpr std::uint64_t default_states_2 = 128;
constexpr std::uint64_t default_kernel = 4;
constexpr double default_expansion = 2;
constexpr std::uint64_t width_per_rank = 16;  // time_step_rank "auto": width / 16 rounded up
constexpr std::uint64_t default_head_dim = 64;

struct Frame {
  Architecture architecture;
  StateSpace mixer;
  Count layers;
};

// Files of the original repository may size the mixer in an object of its own.
void read_original_sizes(Fields& f, Frame& frame) {
  auto own = f.object("ssm_cfg");
  if (!own) return;
  StateSpace& m = frame.mixer;
  const double expansion = own->number("expand", 0);
  if (expansion > 0) m.inner = static_cast<std::uint64_t>(expansion * frame.architecture.width.as_double());
  m.states = own->count_or({"d_state"}, m.states);
  m.kernel = own->count_or({"d_conv"}, m.kernel);
  m.convolution_bias = own->flag("conv_bias", m.convolution_bias);
  m.input_bias = m.output_bias = own->flag("bias", m.input_bias);
  own->decides_nothing({"layer"});
  report_unread(*own, frame.architecture, "mamba");
}

Frame read_frame(Fields& f, std::string family, Count states) {
  const Count width = f.count({"hidden_size", "d_model"});
  Frame frame{decoder_frame(f, width, f.flag("tie_embeddings", true)), {}, read_layers(f)};
  // The original files can put attention and feed-forward parts between the mixers.
  const JsonValue* attention = f.find("attn_layer_idx");
  f.decides_nothing({"attn_cfg"});
  if (attention != nullptr && !attention->items.empty())
    f.error("attn_layer_idx", "config-unsupported", "no rule for layers of attention between those of Mamba",
            "give the sizes directly (--params)");
  if (f.count_or_zero({"d_intermediate"}, 0) > 0)
    f.error("d_intermediate", "config-unsupported", "no rule for feed-forward parts between layers of Mamba",
            "give the sizes directly (--params)");
  Architecture& a = frame.architecture;
  a.kind = Kind::state_space;
  a.family = std::move(family);
  // The original files name the tokenizer's vocabulary and how it is padded.
  if (const auto multiple = f.maybe_count({"pad_vocab_size_multiple"}))
    a.vocabulary = round_up(a.vocabulary, *multiple);
  StateSpace& m = frame.mixer;
  const double expansion = f.number("expand", default_expansion);
  m.inner = f.maybe_count({"intermediate_size", "d_inner"})
                .value_or(static_cast<std::uint64_t>(expansion * width.as_double()));
  m.states = f.count_or({"state_size", "d_state"}, states);
  m.kernel = f.count_or({"conv_kernel", "d_conv"}, default_kernel);
  m.input_bias = m.output_bias = f.flag("use_bias", false);
  m.convolution_bias = f.flag("use_conv_bias", true);
  read_original_sizes(f, frame);
  return frame;
}

Architecture finish(Frame frame) {
  Block block;
  block.state_space = frame.mixer;
  block.norms = 1;
  frame.architecture.stacks.push_back({.name = "decoder", .blocks = {repeated(block, frame.layers)}});
  return std::move(frame.architecture);
}

Architecture read_first(Fields& f, std::string family) {
  Frame frame = read_frame(f, std::move(family), default_states);
  const JsonValue* rank = f.find("time_step_rank");
  const bool automatic = rank == nullptr || (rank->kind == JsonValue::Kind::text && rank->text == "auto");
  frame.mixer.rank =
      automatic ? ceil_divide(frame.architecture.width, width_per_rank) : f.count({"time_step_rank"});
  return finish(std::move(frame));
}

}  // namespace

Architecture read_mamba(Fields& f) { return read_first(f, "Mamba"); }
Architecture read_falcon_mamba(Fields& f) { return read_first(f, "Falcon Mamba"); }

Architecture read_mamba2(Fields& f) {
  Frame frame = read_frame(f, "Mamba 2", default_states_2);
  const Count head_dim = f.count_or({"head_dim", "headdim"}, default_head_dim);
  frame.mixer.heads = f.maybe_count({"num_heads"})
                          .value_or(std::max<std::uint64_t>(1, frame.mixer.inner.value() / head_dim.value()));
  frame.mixer.groups = f.count_or({"n_groups", "ngroups"}, 1);
  return finish(std::move(frame));
}

}  // namespace kwhatif::model
