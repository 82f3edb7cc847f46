// The summary of a Weights & Biases run (wandb-summary.json): the last value of everything that was logged.
#include "forms.hpp"
#include "text.hpp"

#include <array>

namespace kwhatif::imports {

namespace {

// What a key ends with, and what it then is; a key that names a device or a GPU is of one of them.
struct KeyEnding {
  std::string_view ending;
  Measure device, all;
};
constexpr std::array rate_endings{
    KeyEnding{"tokens_per_sec", Measure::tokens_per_second, Measure::total_tokens_per_second},
    KeyEnding{"tokens_per_second", Measure::tokens_per_second, Measure::total_tokens_per_second},
    KeyEnding{"tokens_per_second_per_gpu", Measure::tokens_per_second, Measure::tokens_per_second},
    KeyEnding{"tokens_per_sec_per_gpu", Measure::tokens_per_second, Measure::tokens_per_second},
    KeyEnding{"samples_per_sec", Measure::samples_per_second, Measure::total_samples_per_second},
    KeyEnding{"samples_per_second", Measure::samples_per_second, Measure::total_samples_per_second},
};

struct PlainKey {
  std::string_view key;
  Measure measure;
};
constexpr std::array plain_keys{
    PlainKey{"trainer/global_step", Measure::steps}, PlainKey{"train/global_step", Measure::steps},
    PlainKey{"global_step", Measure::steps},         PlainKey{"train/epoch", Measure::epochs},
    PlainKey{"total_flos", Measure::total_flops},    PlainKey{"train/total_flos", Measure::total_flops},
};

// Of nested objects ({"train": {"loss": …}}) the key is the path with slashes, as the site shows it.
void take_keys(Measurement& out, const JsonValue& object, const std::string& path) {
  for (const JsonEntry& entry : object.entries) {
    const std::string key = path.empty() ? entry.key : path + '/' + entry.key;
    if (entry.value.is_object()) {
      constexpr std::size_t deepest = 200;  // characters: a path that long names nothing
      if (entry.key != "_wandb" && key.size() < deepest) take_keys(out, entry.value, key);
      continue;
    }
    const auto value = entry.value.as_number();
    if (!value || !(*value > 0)) continue;
    const std::string low = lowered(key);
    for (const PlainKey& plain : plain_keys) {
      if (low == plain.key && out.find(plain.measure) == nullptr)
        found(out, plain.measure, *value, "last value of " + key, entry.value.line);
    }
    if (contains(low, "eval") || contains(low, "val/") || contains(low, "test")) continue;
    for (const KeyEnding& rate : rate_endings) {
      if (!low.ends_with(rate.ending)) continue;
      const Measure measure = contains(low, "device") || contains(low, "gpu") ? rate.device : rate.all;
      if (out.find(measure) != nullptr) break;
      found(out, measure, *value, "last value of " + key, entry.value.line).note =
          "one value, not a mean over the run";
      break;
    }
  }
}

}  // namespace

std::optional<Measurement> read_wandb_summary(const Input& input) {
  if (input.json.size() != 1) return std::nullopt;
  const JsonValue& root = input.json.front();
  const JsonValue* const own = root.find("_wandb");
  const bool stamped = root.find("_runtime") != nullptr && root.find("_timestamp") != nullptr;
  if ((own == nullptr || !own->is_object()) && !stamped) return std::nullopt;
  Measurement out;
  out.form = "wandb-summary";
  out.name = "summary of a Weights & Biases run (JSON)";
  out.tool = "Weights & Biases";
  out.read = counted(root.entries.size(), "key") + ", each with its last value";
  take_keys(out, root, {});
  const auto runtime = root.number_of("_runtime");
  const auto whole = own != nullptr ? own->number_of("runtime") : std::nullopt;
  // of a resumed run _runtime is that of the last log call, the other one of the process
  if (const auto seconds = runtime ? runtime : whole; seconds && *seconds > 0) {
    const JsonValue* const at = runtime ? root.find("_runtime") : own->find("runtime");
    found(out, Measure::wall_time, *seconds, runtime ? "_runtime of the last value" : "_wandb.runtime",
          at->line)
        .note = "with start, evaluation and whatever else the process did";
  }
  if (const auto step = root.number_of("_step"); step && *step > 0)
    leave(out, "_step " + in_digits(*step), "calls of the logger, not optimizer steps",
          root.find("_step")->line);
  if (out.findings.empty())
    no_values("a summary of Weights & Biases without a time or a rate", "export the run's history as CSV");
  return out;
}

}  // namespace kwhatif::imports
