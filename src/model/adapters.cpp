#include "fields.hpp"
#include "module_names.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/model/adapters.hpp>
#include <kwhatif/model/config_json.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <span>

namespace kwhatif::model {
namespace {

using Name = std::string_view;

// What a module holds, in our names: the ends of the names of weights, of the first of which the narrow
// matrix in front has the width.
struct Module {
  Name target;
  std::array<Name, 3> weights;
};
constexpr Name query = "attention query";
constexpr Name key = "attention key";
constexpr Name value = "attention value";
constexpr Name output = "attention output";
constexpr Name gate = "feed-forward gate";
constexpr Name up = "feed-forward up";
constexpr Name down = "feed-forward down";
// A name that means several modules (GPT-2's c_proj, BERT's dense) has several rows.
constexpr std::array modules = std::to_array<Module>({
    {"q_proj", {query}},
    {"q", {query}},
    {"query", {query}},
    {"q_lin", {query}},
    {"wq", {query}},
    {"to_q", {query}},
    {"query_proj", {query}},
    {"k_proj", {key}},
    {"k", {key}},
    {"key", {key}},
    {"k_lin", {key}},
    {"wk", {key}},
    {"to_k", {key}},
    {"key_proj", {key}},
    {"v_proj", {value}},
    {"v", {value}},
    {"value", {value}},
    {"v_lin", {value}},
    {"wv", {value}},
    {"to_v", {value}},
    {"value_proj", {value}},
    {"o_proj", {output}},
    {"o", {output}},
    {"out_proj", {output}},
    {"out_lin", {output}},
    {"to_out.0", {output}},
    {"c_attn", {query, key, value}},
    {"W_pack", {query, key, value}},
    {"qkv_proj", {query, key, value}},
    {"query_key_value", {query, key, value}},
    {"Wqkv", {query, key, value}},
    {"gate_proj", {gate}},
    {"wi_0", {gate}},
    {"up_proj", {up}},
    {"wi_1", {up}},
    {"wi", {up}},
    {"fc1", {up}},
    {"lin1", {up}},
    {"c_fc", {up}},
    {"c_fc_0", {gate}},
    {"c_fc_1", {up}},
    {"fc_in", {up}},
    {"dense_h_to_4h", {up}},
    {"gate_up_proj", {gate, up}},
    {"down_proj", {down}},
    {"wo", {down}},
    {"fc2", {down}},
    {"lin2", {down}},
    {"fc_out", {down}},
    {"dense_4h_to_h", {down}},
    {"c_proj", {output}},
    {"c_proj", {down}},
    {"lm_head", {"output matrix"}},
    {"gate_proj", {"expert gate"}},
    {"up_proj", {"expert up"}},
    {"down_proj", {"expert down"}},
    {"w1", {"expert gate"}},
    {"w3", {"expert up"}},
    {"w2", {"expert down"}},
});
// Encoders like BERT call every matrix behind attention "dense"; decoders like GPT-NeoX only attention's
// output.
constexpr std::array dense_of_encoders = std::to_array<Module>({{"dense", {output}},
                                                                {"dense", {up}},
                                                                {"dense", {down}},
                                                                {"dense", {"pooler"}},
                                                                {"dense", {"prediction transform"}}});
constexpr std::array dense_of_decoders = std::to_array<Module>({{"dense", {output}}});

// InternLM 2 takes names that mean other modules elsewhere.
constexpr std::array of_internlm2 = std::to_array<Module>(
    {{"wqkv", {query, key, value}}, {"wo", {output}}, {"w1", {gate}}, {"w3", {up}}, {"w2", {down}}});

bool is_linear(const Weight& weight) {
  return weight.use == Use::matrix && (weight.part == Part::attention || weight.part == Part::feed_forward ||
                                       weight.part == Part::experts || weight.part == Part::state_space);
}

bool is_called(const Weight& weight, Name ending) {
  if (weight.use != Use::matrix || !Name{weight.name}.ends_with(ending)) return false;
  const std::size_t before = weight.name.size() - ending.size();
  return before == 0 || weight.name[before - 1] == ' ' || weight.name[before - 1] == '-';
}

ConfigError refusal(std::string code, std::string message, std::string help) {
  return ConfigError(diag::Diagnostic{
      .code = std::move(code), .message = std::move(message), .where = {}, .help = std::move(help)});
}

// The two narrow matrices beside those of one module.
class Adapters {
 public:
  Adapters(Inventory& base, Count rank) : base_(base), rank_(rank), known_(base.weights.size()) {}

  Count beside(Name module, std::span<const Name> endings) {
    Count added;
    for (std::size_t i = 0; i < endings.size(); ++i) {
      if (endings[i].empty()) continue;
      for (std::size_t w = 0; w < known_; ++w) {
        const Weight weight = base_.weights[w];  // a copy: the list grows
        if (!is_called(weight, endings[i])) continue;
        if (i == 0) added += narrow(module, "in", weight, rank_, weight.columns);
        added += narrow(module, "out", weight, weight.rows, rank_);
      }
    }
    return added;
  }
  Count beside_all() {
    Count added;
    for (std::size_t w = 0; w < known_; ++w) {
      const Weight weight = base_.weights[w];
      if (!is_linear(weight)) continue;
      added += narrow(weight.name, "in", weight, rank_, weight.columns);
      added += narrow(weight.name, "out", weight, weight.rows, rank_);
    }
    return added;
  }

 private:
  Count narrow(Name module, Name side, const Weight& like, Count rows, Count columns) {
    const Count stored = std::max(like.stored, like.active);
    Weight weight = like;
    weight.name = "adapters of " + std::string(module) + ", " + std::string(side);
    weight.rows = rows;
    weight.columns = columns;
    weight.stored = stored;
    base_.weights.push_back(std::move(weight));
    return rows * columns * stored;
  }

  Inventory& base_;
  Count rank_;
  std::size_t known_;
};

}  // namespace

std::optional<AdapterFile> read_adapter_file(std::string_view text, std::string_view name) {
  constexpr const char* flags = "count the base with --finetune lora and --rank";
  const auto source =
      std::make_shared<const diag::SourceText>(diag::SourceText{std::string(name), std::string(text)});
  JsonValue root;
  try {
    root = parse_json(source);
  } catch (const ConfigError&) {
    return std::nullopt;  // said by who reads it as a config
  }
  Fields f(root, source, "");
  if (!f.has("peft_type")) return std::nullopt;
  AdapterFile file;
  file.base = f.text("base_model_name_or_path", "");
  const std::string kind = f.text("peft_type", "");
  if (kind != "LORA") {
    f.error("peft_type", "config-unsupported",
            "no rule for adapters of the kind '" + kind.substr(0, 60) + "': kwhatif counts LORA", flags);
    f.check();
  }
  file.rank = f.count({"r"});
  const JsonValue* targets = f.find("target_modules");
  if (targets != nullptr && targets->kind == JsonValue::Kind::array) {
    file.targets = f.texts("target_modules");
  } else {
    const std::string one = f.text("target_modules", "");
    file.all_linear = one == "all-linear";
    if (!one.empty() && !file.all_linear) {
      f.error("target_modules", "config-unsupported",
              "no rule for a pattern of module names '" + one.substr(0, 60) + "'",
              "give target_modules as a list, or " + std::string(flags));
    }
  }
  if (file.targets.empty() && !file.all_linear && !f.has_errors())
    f.error("target_modules", "config-missing-field", "target_modules names no module", flags);
  for (const char* field : {"rank_pattern", "modules_to_save", "layers_to_transform", "layer_replication",
                            "target_parameters", "exclude_modules"}) {
    const JsonValue* given = f.find(field);
    if (given == nullptr || (given->items.empty() && given->members.empty() && given->text.empty() &&
                             given->kind != JsonValue::Kind::integer))
      continue;
    f.error(field, "config-unsupported", "no rule for adapters with '" + std::string(field) + "'", flags);
  }
  if (f.flag("use_dora", false))
    f.error("use_dora", "config-unsupported", "no rule for DoRA's lengths beside the adapters", flags);
  const std::string bias = f.text("bias", "none");
  if (bias != "none")
    f.error("bias", "config-unsupported",
            "no rule for biases trained beside the adapters ('" + bias.substr(0, 60) + "')", flags);
  f.check();
  return file;
}

namespace {

// PEFT looks for modules by the names that they have in the base's own code, and passes over the others.
void require_modules(const Architecture& architecture, const std::set<std::string>& targets,
                     std::string_view base_name) {
  const std::vector<Name> names = module_names(architecture);
  if (names.empty()) return;
  constexpr Name of_output = "lm_head";
  std::vector<std::string> missing;
  for (const std::string& target : targets) {
    if (target != of_output && std::ranges::find(names, target) == names.end())
      missing.push_back('\'' + target.substr(0, 60) + '\'');
  }
  if (missing.empty()) return;
  const auto as_it_is = [](const auto& text) { return std::string(text); };
  throw refusal("config-inconsistent",
                "target_modules names " + diag::listed(missing, ", ", as_it_is) + ", and " +
                    std::string(base_name) + " has no module of " +
                    (missing.size() == 1 ? "that name" : "these names"),
                "its modules are " + diag::listed(names, ", ", as_it_is));
}

}  // namespace

Count add_adapters(Inventory& base, const Architecture& architecture, const AdapterFile& file,
                   std::string_view base_name) {
  Adapters adapters(base, file.rank);
  if (file.all_linear) return adapters.beside_all();
  Count all;
  const std::set<std::string> targets(file.targets.begin(), file.targets.end());  // PEFT's list is a set
  require_modules(architecture, targets, base_name);
  for (const std::string& target : targets) {
    // "model.layers.0.q_proj" and "q_proj" end alike; a first word of the path narrows nothing here.
    Count here;
    const auto look = [&](std::span<const Module> rows) {
      for (const Module& module : rows) {
        if (target != module.target) continue;
        here += adapters.beside(target, module.weights);
      }
    };
    if (architecture.model_type == "internlm2")
      look(of_internlm2);
    else
      look(modules);
    if (base.kind == Kind::encoder)
      look(dense_of_encoders);
    else
      look(dense_of_decoders);
    if (here == Count{0}) {
      throw refusal("config-inconsistent",
                    "no matrix of " + std::string(base_name) + " is known as '" + target.substr(0, 60) +
                        "', which target_modules names",
                    "count the base with --finetune lora and --rank, which name groups of matrices");
    }
    all += here;
  }
  return all;
}

}  // namespace kwhatif::model
