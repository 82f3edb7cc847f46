// The vocabulary of stages and its reader.
#include "stage_support.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/run/stage.hpp>
#include <kwhatif/run/synonym.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::run {

using document::Entry;
using document::Value;

namespace {

namespace dim = quantity::dim;

constexpr std::array regimes{
    RegimeInfo{Regime::pretrain, "pretrain", "pre-training", "", ""},
    RegimeInfo{Regime::long_context, "long-context", "training at a longer sequence", "", ""},
    RegimeInfo{Regime::anneal, "anneal", "annealing on selected data", "", ""},
    RegimeInfo{Regime::finetune, "finetune", "fine-tuning of all weights", "", ""},
    RegimeInfo{Regime::lora, "lora", "adapters on a frozen base", "hu-2021", "section 4.1"},
    RegimeInfo{Regime::qlora, "qlora", "adapters on a quantised base", "dettmers-2023", "section 3"},
    RegimeInfo{Regime::distill, "distill", "knowledge distillation", "busbridge-2025", "equation 9"},
    RegimeInfo{Regime::prune, "prune", "pruning and healing", "", ""},
    RegimeInfo{Regime::qat, "qat", "quantisation-aware training", "", ""},
    RegimeInfo{Regime::dpo, "dpo", "direct preference optimisation", "rafailov-2023", "section 4"},
    RegimeInfo{Regime::ppo, "ppo", "reinforcement learning, PPO", "ouyang-2022", "appendix C"},
    RegimeInfo{Regime::grpo, "grpo", "reinforcement learning, GRPO", "shao-2024", "section 4.1"},
    RegimeInfo{Regime::evaluate, "evaluate", "forward passes or generation", "", ""},
    RegimeInfo{Regime::search, "search", "trials before the final run", "", ""},
    RegimeInfo{Regime::other, "other", "training of all weights", "", ""},
};

using enum InputType;
constexpr double many = 1e15;
constexpr std::array keys{
    StageKeyInfo{"teacher",
                 name,
                 {},
                 "llama-3.1-405b",
                 "the model learned from: id, config.json or number of parameters",
                 "distill"},
    StageKeyInfo{"outputs",
                 word,
                 {},
                 "stored",
                 "whether teacher or reference are run along",
                 "distill|dpo",
                 "computed|stored"},
    StageKeyInfo{"reference", name, {}, "llama-3-8b", "the frozen reference, if not the model itself", "dpo"},
    StageKeyInfo{"reward", name, {}, "llama-3-8b", "the reward model, if not of the model's size", "ppo"},
    StageKeyInfo{"value", name, {}, "llama-3-8b", "the value model, if not of the model's size", "ppo"},
    StageKeyInfo{"kl", word, {}, "no", "whether a reference is run along for the KL term", "grpo", "yes|no"},
    StageKeyInfo{"whole", name, {}, "llama-3.1-405b", "the model before pruning", "prune"},
    StageKeyInfo{"calibration_tokens",
                 quantity,
                 dim::token,
                 "1M",
                 "tokens that the whole model reads before pruning",
                 "prune",
                 {},
                 0,
                 1e18},
    StageKeyInfo{"rounding",
                 quantity,
                 dim::one,
                 "1.2",
                 "cost of simulated quantisation over that of plain training",
                 "qat",
                 {},
                 1,
                 10},
    StageKeyInfo{"prompts",
                 quantity,
                 dim::token,
                 "100k",
                 "number of prompts answered",
                 "ppo|grpo|evaluate",
                 {},
                 1,
                 many},
    StageKeyInfo{"samples", quantity, dim::one, "16", "answers per prompt", "ppo|grpo|evaluate", {}, 1, 1e6},
    StageKeyInfo{
        "prompt_tokens", quantity, dim::token, "512", "tokens of a prompt", "ppo|grpo|evaluate", {}, 0, 1e9},
    StageKeyInfo{"answer_tokens",
                 quantity,
                 dim::token,
                 "1024",
                 "tokens of an answer",
                 "ppo|grpo|evaluate",
                 {},
                 1,
                 1e9},
    StageKeyInfo{"batch",
                 quantity,
                 dim::one,
                 "64",
                 "answers decoded together on one copy of the weights",
                 "ppo|grpo|evaluate",
                 {},
                 1,
                 1e6},
    StageKeyInfo{"weight_bytes",
                 quantity,
                 dim::one,
                 "2",
                 "bytes per weight while generating",
                 "ppo|grpo|evaluate",
                 {},
                 0.1,
                 8},
    StageKeyInfo{"cache_bytes",
                 quantity,
                 dim::one,
                 "2",
                 "bytes per element of the key-value cache",
                 "ppo|grpo|evaluate",
                 {},
                 0.1,
                 8},
    StageKeyInfo{
        "passes", quantity, dim::one, "1", "passes over each batch of answers", "ppo|grpo", {}, 0.01, 1000},
    StageKeyInfo{"trials", quantity, dim::one, "50", "number of trials", "search", {}, 1, 1e9},
    StageKeyInfo{"relative_size",
                 quantity,
                 dim::one,
                 "0.1",
                 "active parameters of a trial over those of the final run",
                 "search",
                 {},
                 1e-9,
                 1000},
    StageKeyInfo{"relative_tokens",
                 quantity,
                 dim::one,
                 "0.05",
                 "tokens of a trial over those of the final run",
                 "search",
                 {},
                 1e-9,
                 1000},
};

std::string with_commas(std::string_view list) {
  std::string out;
  for (const char c : list) out += c == '|' ? std::string{", "} : std::string{c};
  return out;
}

std::string all_regimes() { return diag::listed(regimes, ", ", &RegimeInfo::id); }

// The nearest key that a stage of this regime has.
std::string help_for(const std::string& key, std::string_view regime) {
  std::vector<std::string> names;
  for (const InputInfo& row : input_table()) {
    std::string flag{row.flag};
    std::replace(flag.begin(), flag.end(), '-', '_');
    names.push_back(flag);
  }
  std::string own;
  for (const StageKeyInfo& row : keys) {
    if (!regime.empty() && !diag::is_part(row.regimes, regime)) continue;
    names.emplace_back(row.name);
    own += ", " + std::string{row.name};
  }
  if (std::string meant = meant_by(key, Naming::axis); !meant.empty()) return meant;
  const std::vector<std::string_view> known(names.begin(), names.end());
  if (std::string near = diag::did_you_mean(key, known); !near.empty()) return near;
  for (const InputInfo& row : input_table()) {
    if (row.key.substr(row.key.find('.') + 1) == key) {
      std::string flag{row.flag};
      std::replace(flag.begin(), flag.end(), '-', '_');
      return "the key is " + flag;
    }
  }
  return "a stage has name, regime, the flags of a run such as tokens and seq_len" +
         (regime.empty() ? std::string{} : own);
}

void read_own(StageGiven& stage, const StageKeyInfo& row, const Entry& entry,
              std::vector<diag::Diagnostic>& faults) {
  const auto fault = [&](std::string code, std::string message, diag::Span where, std::string help) {
    faults.push_back({.code = std::move(code),
                      .message = std::move(message),
                      .where = std::move(where),
                      .help = std::move(help)});
  };
  const std::string key = "stage." + entry.key;
  if (regime_by_id(stage.regime) && !diag::is_part(row.regimes, stage.regime)) {
    fault("unknown-key", key + " has no meaning for a stage of regime " + stage.regime, entry.key_span,
          "it belongs to " + with_commas(row.regimes));
    return;
  }
  const Value& value = entry.value;
  const bool number = value.type == Value::Type::integer || value.type == Value::Type::real;
  const std::string form = "write for example " + entry.key + " = \"" + std::string{row.example} + '"';
  if (value.type != Value::Type::text && !(number && row.type == quantity)) {
    fault("wrong-type", key + " cannot be " + std::string{document::type_name(value.type)}, value.span, form);
    return;
  }
  if (!row.choices.empty() && !diag::is_part(row.choices, value.text)) {
    fault("unknown-word", key + " cannot be '" + value.text.substr(0, 40) + "'", value.span,
          "one of: " + with_commas(row.choices));
    return;
  }
  if (row.type == quantity) {
    const auto n = quantity::parse(value.text,
                                   {.dimension = row.dimension, .bare_number = true, .example = row.example});
    if (!n.ok) {
      fault(n.fault.code, key + ": " + n.fault.message, value.span, n.fault.help);
      return;
    }
    if (n.value.coherent < row.low || n.value.coherent > row.high) {
      fault("out-of-range", key + " = " + value.text + " is out of range", value.span,
            std::string{row.help} + "; " + form);
      return;
    }
  }
  stage.own[entry.key] = {value.text, value.span, key};
}

std::string text_of(const Value& table, std::string_view key, std::vector<diag::Diagnostic>& faults) {
  const Value* value = table.find(key);
  if (value == nullptr) return {};
  if (value->type == Value::Type::text) return value->text;
  faults.push_back({.code = "wrong-type",
                    .message = "stage." + std::string{key} + " must be a text",
                    .where = value->span});
  return {};
}

void read_stage(Scenario& run, const Value& table, std::vector<diag::Diagnostic>& faults) {
  StageGiven stage;
  stage.where = table.span;
  stage.name = text_of(table, "name", faults);
  stage.regime = text_of(table, "regime", faults);
  if (const Value* value = table.find("regime")) {
    stage.where = value->span;
    if (value->type == Value::Type::text && !regime_by_id(stage.regime)) {
      std::vector<std::string_view> ids;
      for (const RegimeInfo& r : regimes) ids.push_back(r.id);
      std::string help = diag::did_you_mean(stage.regime, ids);
      faults.push_back({.code = "unknown-word",
                        .message = "no regime '" + stage.regime.substr(0, 40) + "'",
                        .where = value->span,
                        .help = help + (help.empty() ? "" : " ") + "regimes: " + all_regimes()});
    }
  } else {
    faults.push_back({.code = "missing-input",
                      .message = "a stage needs a regime",
                      .where = table.span,
                      .help = "one of: " + all_regimes()});
  }
  if (stage.name.empty())
    stage.name = stage.regime.empty() ? "stage " + std::to_string(run.stages.size() + 1) : stage.regime;
  for (const StageGiven& other : run.stages) {
    if (other.name != stage.name) continue;
    const Value* name_value = table.find("name");
    faults.push_back({.code = "duplicate-name",
                      .message = "two stages are called '" + stage.name + "'",
                      .where = name_value != nullptr ? name_value->span : stage.where,
                      .help = "give each a name of its own"});
    break;
  }
  for (const Entry& entry : table.entries) {
    if (entry.key == "name" || entry.key == "regime") continue;
    const bool section =
        entry.key == "model" || entry.key == "training" || entry.key == "hardware" || entry.key == "site";
    if (section && entry.value.type == Value::Type::table) {
      for (const Entry& inner : entry.value.entries) read_keyed(stage.inputs, inner, entry.key, faults);
      continue;
    }
    if (const StageKeyInfo* own = stage_key(entry.key)) {
      read_own(stage, *own, entry, faults);
      continue;
    }
    const auto input = entry.key.find('-') == std::string::npos ? input_by_flag(entry.key) : std::nullopt;
    if (input && *input != Input::finetune) {
      read_input(stage.inputs, *input, entry, "stage." + entry.key, faults);
      continue;
    }
    faults.push_back({.code = "unknown-key",
                      .message = "no key '" + entry.key + "' in a stage",
                      .where = entry.key_span,
                      .help = input ? "write regime = \"lora\", \"qlora\" or \"finetune\""
                                    : help_for(entry.key, stage.regime)});
  }
  run.stages.push_back(std::move(stage));
}

}  // namespace

std::span<const RegimeInfo> regime_table() { return regimes; }

std::optional<Regime> regime_by_id(std::string_view id) {
  for (const RegimeInfo& r : regimes) {
    if (r.id == id) return r.regime;
  }
  return std::nullopt;
}

const RegimeInfo& info(Regime regime) { return regimes[static_cast<std::size_t>(regime)]; }

std::span<const StageKeyInfo> stage_key_table() { return keys; }

const StageKeyInfo* stage_key(std::string_view name) {
  for (const StageKeyInfo& row : keys) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

void read_stages(Scenario& run, const Entry& stages, std::vector<diag::Diagnostic>& faults) {
  constexpr std::size_t most = 1000;
  const Value& value = stages.value;
  const bool tables = value.type == Value::Type::array &&
                      std::all_of(value.items.begin(), value.items.end(),
                                  [](const Value& item) { return item.type == Value::Type::table; });
  if (!tables || value.items.empty() || value.items.size() > most) {
    faults.push_back({.code = "wrong-type",
                      .message = tables ? "a run has 1 to 1000 stages" : "stage must be a list of tables",
                      .where = stages.key_span,
                      .help = "write [[stage]] and its keys below, once per stage"});
    return;
  }
  for (const Value& table : value.items) read_stage(run, table, faults);
}

}  // namespace kwhatif::run
