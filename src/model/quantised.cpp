#include "json_tree.hpp"
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/model/inventory.hpp>
#include <kwhatif/model/quantised.hpp>

#include <algorithm>
#include <array>
#include <memory>

namespace kwhatif::model {

namespace {

const JsonValue* member(const JsonValue* object, std::string_view key) {
  if (object == nullptr) return nullptr;
  const auto found = std::ranges::find(object->members, key, &JsonValue::key);
  return found == object->members.end() ? nullptr : &*found;
}

std::string word(const JsonValue* object, std::string_view key) {
  const JsonValue* const value = member(object, key);
  return value != nullptr && value->kind == JsonValue::Kind::text ? value->text : std::string{};
}

std::uint64_t whole(const JsonValue* object, std::string_view key, std::uint64_t otherwise) {
  const JsonValue* const value = member(object, key);
  return value != nullptr && value->kind == JsonValue::Kind::integer && !value->negative ? value->magnitude
                                                                                         : otherwise;
}

bool flag(const JsonValue* object, std::string_view key) {
  const JsonValue* const value = member(object, key);
  return value != nullptr && value->kind == JsonValue::Kind::boolean && value->boolean;
}

std::string of_bits(std::uint64_t bits, bool real) {
  constexpr std::uint64_t byte = 8;
  constexpr std::uint64_t half = 4;
  if (bits == byte) return real ? "fp8" : "int8";
  if (bits == half) return real ? "fp4" : "int4";
  return {};
}

// compressed-tensors: the first group's weights stand for all.
std::string of_groups(const JsonValue* config) {
  const JsonValue* const groups = member(config, "config_groups");
  if (groups == nullptr || groups->members.empty()) return {};
  const JsonValue* const weights = member(&groups->members.front(), "weights");
  return of_bits(whole(weights, "num_bits", 0), word(weights, "type") == "float");
}

// NVIDIA's model optimizer: "FP8", "NVFP4", "W4A16_AWQ".
std::string of_algorithm(const std::string& algorithm) {
  if (algorithm.starts_with("FP8")) return "fp8";
  if (algorithm.starts_with("NVFP4") || algorithm.starts_with("W4A8_NVFP4")) return "fp4";
  if (algorithm.starts_with("W4A")) return "int4";
  if (algorithm.starts_with("W8A") || algorithm.starts_with("INT8")) return "int8";
  return {};
}

std::string precision_of(const std::string& method, const JsonValue* config) {
  constexpr std::uint64_t usual_bits = 4;
  if (method == "fp8" || method == "fbgemm_fp8") return "fp8";
  if (method == "mxfp4") return "mxfp4";
  for (const std::string_view packed :
       {"awq", "gptq", "auto-round", "autoround", "intel/auto-round", "hqq"}) {
    if (method == packed) return of_bits(whole(config, "bits", usual_bits), false);
  }
  if (method == "bitsandbytes") {
    if (flag(config, "load_in_4bit") || flag(config, "_load_in_4bit")) return "int4";
    if (flag(config, "load_in_8bit") || flag(config, "_load_in_8bit")) return "int8";
  }
  if (method == "compressed-tensors") return of_groups(config);
  if (method == "modelopt") return of_algorithm(word(config, "quant_algo"));
  return {};
}

}  // namespace

std::optional<Quantised> quantised(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto source = std::make_shared<diag::SourceText>();
  source->text = std::string{text};
  const JsonValue root = parse_json(source);
  const JsonValue* config = member(&root, "quantization_config");
  for (const char* part : {"text_config", "llm_config", "language_config"}) {
    if (config == nullptr) config = member(member(&root, part), "quantization_config");
  }
  if (config == nullptr || config->kind != JsonValue::Kind::object) return std::nullopt;
  Quantised out;
  out.method = word(config, "quant_method");
  if (out.method.empty() && (flag(config, "load_in_4bit") || flag(config, "load_in_8bit")))
    out.method = "bitsandbytes";
  out.precision = precision_of(out.method, config);
  out.experts_only = out.method == "mxfp4";
  return out;
}

double quantised_share(const Quantised& how, const Inventory& inventory) {
  double all = 0;
  double stored_so = 0;
  for (const Weight& weight : inventory.weights) {
    const double elements = (weight.elements() * weight.stored).as_double();
    all += elements;
    const bool matrix =
        weight.use == Use::matrix && weight.part != Part::head && weight.part != Part::embeddings;
    if (matrix && (!how.experts_only || weight.part == Part::experts)) stored_so += elements;
  }
  return all > 0 ? stored_so / all : 0;
}

}  // namespace kwhatif::model
