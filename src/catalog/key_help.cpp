// What is said of a key that a row does not have.
#include "loader.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::catalog {

namespace {

// Words of other tools and of people for keys of ours; of several keys those that the kind has are named.
struct OtherWord {
  std::string_view word;
  std::string_view keys;  ///< parted by blanks
};
constexpr std::array other_words{
    OtherWord{"gpus", "chips devices"},
    OtherWord{"num_gpus", "chips devices"},
    OtherWord{"n_gpus", "chips devices"},
    OtherWord{"gpu_count", "chips devices"},
    OtherWord{"devices", "chips"},
    OtherWord{"count", "chips devices"},
    OtherWord{"gpu", "hardware"},
    OtherWord{"device", "hardware"},
    OtherWord{"time", "hours wall_time"},
    OtherWord{"duration", "hours wall_time"},
    OtherWord{"gpu_hours", "device_hours device_time"},
    OtherWord{"watts", "tdp power"},
    OtherWord{"power", "tdp node_power"},
    OtherWord{"ram", "memory"},
    OtherWord{"vram", "memory"},
    OtherWord{"energy", "facility_energy it_energy"},
    OtherWord{"co2", "operational_location"},
    OtherWord{"co2e", "operational_location"},
    OtherWord{"emissions", "operational_location"},
    OtherWord{"tflops", "peak_bf16 peak_fp16 peak_fp32 achieved"},
    OtherWord{"flops", "peak_bf16 peak_fp16 peak_fp32 training_flop"},
    OtherWord{"lat", "latitude"},
    OtherWord{"lon", "longitude"},
    OtherWord{"lng", "longitude"},
    OtherWord{"price", "price_on_demand price_spot"},
    OtherWord{"carbon_intensity", "ci"},
    OtherWord{"intensity", "carbon_intensity ci"},
    OtherWord{"parameters", "params"},
};

// "inputs." of "inputs.gpus", and the rest.
std::pair<std::string_view, std::string_view> parted(std::string_view key) {
  const auto dot = key.find('.');
  if (dot == std::string_view::npos) return {{}, key};
  return {key.substr(0, dot + 1), key.substr(dot + 1)};
}

std::string quoted_list(const std::vector<std::string>& keys) {
  return diag::listed(keys, " or ", [](const std::string& key) { return '\'' + key + '\''; });
}

}  // namespace

std::string help_for_key(const KindSchema& kind, std::string_view key) {
  const auto [table, word] = parted(key);
  std::vector<std::string> meant;
  for (const OtherWord& other : other_words) {
    if (diag::fold(other.word) != diag::fold(word)) continue;
    for (const std::string_view candidate : diag::parts(other.keys, ' ')) {
      const std::string full = std::string{table} + std::string{candidate};
      if (kind.index(full)) meant.push_back(full);
    }
  }
  if (!meant.empty()) return "here it is " + quoted_list(meant);
  std::vector<std::string_view> keys{"source", "at", "status", "replace", "unusual"};
  for (const Field& field : kind.fields) keys.push_back(field.key);
  if (std::string near = diag::did_you_mean(key, keys); !near.empty()) return near;
  for (const Field& field : kind.fields) {  // "bandwidth" in "memory_bandwidth"
    if (parted(field.key).first == table && word.size() > 2 && field.key.find(word) != std::string_view::npos)
      meant.emplace_back(field.key);
  }
  if (!meant.empty()) return "there is " + quoted_list(meant);
  for (const KindSchema& other : schemas()) {  // what is said of a region by year
    if (!other.index(key) || !other.index("id")) continue;
    const Field& id = other.fields[*other.index("id")];
    if (id.type != FieldType::reference || id.detail != kind.name) continue;
    return "it is a key of rows of kind " + std::string{other.name} +
           ", in a file of their own: schema = \"" + std::string{other.name} + "/1\", then [[" +
           std::string{other.name} + "]] with the same id, its year and " + std::string{key};
  }
  for (const Field& field : kind.fields) {
    if (parted(field.key).first == table) meant.emplace_back(parted(field.key).second);
  }
  constexpr std::size_t shown = 12;
  const bool more = meant.size() > shown;
  if (more) meant.resize(shown);
  if (meant.empty()) return {};
  return "keys are " + diag::listed(meant) + (more ? ", …" : "");
}

}  // namespace kwhatif::catalog
