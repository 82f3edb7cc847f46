#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/model/inventory.hpp>
#include <kwhatif/model/parameters.hpp>
#include <kwhatif/model/plain.hpp>

#include <cmath>

namespace kwhatif::model {

namespace {

constexpr std::uint64_t usual_head = 128;
constexpr std::uint64_t usual_vocabulary = 50257;  // GPT-2's
constexpr std::uint64_t usual_widening = 4;

Architecture decoder(const PlainShape& s, bool gated, bool tied) {
  Architecture out;
  out.model_type = "plain";
  out.family = "plain transformer";
  out.width = s.width;
  out.vocabulary = s.vocabulary;
  out.tied = tied;
  Block block;
  block.layers = s.layers;
  block.norms = 2;
  Attention attention;
  attention.heads = s.heads;
  attention.key_value_heads = s.key_value_heads;
  attention.head_dim = attention.value_dim = s.head_size;
  block.attention = attention;
  if (s.experts != Count{0}) {
    Experts experts;
    experts.routed = s.experts;
    experts.used = s.experts_per_token;
    experts.width = s.feed_forward;
    experts.gated = gated;
    block.experts = experts;
  } else {
    block.feed_forward = FeedForward{.width = s.feed_forward, .gated = gated};
  }
  Stack stack;
  stack.name = "decoder";
  stack.blocks.push_back(block);
  out.stacks.push_back(stack);
  return out;
}

[[noreturn]] void refuse(std::string message, std::string help) {
  throw diag::ScenarioError(
      {.code = "out-of-range", .message = std::move(message), .where = {}, .help = std::move(help)});
}

}  // namespace

PlainArchitecture plain_architecture(const PlainShape& given) {
  PlainShape s = given;
  std::string settled;
  const auto say = [&](const std::string& what) { settled += (settled.empty() ? "" : "; ") + what; };
  const std::uint64_t width = s.width.value();
  if (s.head_size == Count{0}) {
    if (s.heads == Count{0}) {
      s.head_size = std::min(usual_head, width);
      say("heads of " + s.head_size.text());
    } else {
      s.head_size = std::max<std::uint64_t>(1, width / s.heads.value());
    }
  }
  if (s.heads == Count{0}) s.heads = std::max<std::uint64_t>(1, width / s.head_size.value());
  if (s.key_value_heads == Count{0}) s.key_value_heads = s.heads;
  if (s.experts == Count{0} && s.experts_per_token != Count{0})
    refuse("experts per token are given, but no experts", "give --experts");
  if (s.experts != Count{0} && s.experts_per_token == Count{0}) {
    s.experts_per_token = std::min<std::uint64_t>(2, s.experts.value());
    say(s.experts_per_token.text() + " experts per token");
  }
  if (s.experts_per_token.value() > s.experts.value())
    refuse(
        "more experts per token (" + s.experts_per_token.text() + ") than experts (" + s.experts.text() + ")",
        "a token passes --experts-per-token of --experts");
  if (s.key_value_heads.value() > s.heads.value() || s.heads.value() % s.key_value_heads.value() != 0)
    refuse("the heads of the attention (" + s.heads.text() +
               ") are no multiple of those of keys and values (" + s.key_value_heads.text() + ")",
           "--kv-heads divides --heads");
  const bool widened = s.feed_forward == Count{0} || s.feed_forward == s.width * Count{usual_widening};
  if (s.feed_forward == Count{0}) s.feed_forward = s.width * Count{usual_widening};
  if (s.vocabulary == Count{0}) {
    s.vocabulary = usual_vocabulary;
    say("a vocabulary of " + s.vocabulary.text());
  }
  bool gated = !widened;
  bool tied = widened;
  if (s.parameters) {
    double nearest = std::numeric_limits<double>::infinity();
    for (const bool three : {false, true}) {
      for (const bool shared : {true, false}) {
        const double n = count_parameters(take_inventory(decoder(s, three, shared))).total.as_double();
        const double off = std::fabs(std::log(n / *s.parameters));
        if (off >= nearest) continue;
        nearest = off;
        gated = three;
        tied = shared;
      }
    }
  }
  say(std::string{"feed-forward parts of "} + (gated ? "three" : "two") + " matrices, " +
      s.feed_forward.text() + " wide");
  say(tied ? "output tied to the input table" : "output of its own");
  return {decoder(s, gated, tied), settled};
}

}  // namespace kwhatif::model
