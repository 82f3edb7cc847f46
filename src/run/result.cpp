#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/result.hpp>

#include <algorithm>

namespace kwhatif::run {

namespace {

constexpr std::array words{
    ResultWord{"energy", "facility_energy"},
    ResultWord{"co2e", "operational_location"},
    ResultWord{"co2", "operational_location"},
    ResultWord{"carbon", "operational_location"},
    ResultWord{"co2e-market", "operational_market"},
    ResultWord{"net", "operational_market"},
    ResultWord{"time", "wall_time"},
    ResultWord{"hours", "wall_time"},
    ResultWord{"days", "wall_time"},
    ResultWord{"device-hours", "device_time"},
    ResultWord{"flops", "training_flop"},
    ResultWord{"compute", "training_flop"},
    ResultWord{"it-energy", "it_energy"},
    ResultWord{"tflops", "achieved"},
    ResultWord{"chips", "devices"},
    ResultWord{"money", "cost"},
    ResultWord{"price", "cost"},
    ResultWord{"manufacture", "embodied"},
    ResultWord{"total", "total_co2e"},
};

}  // namespace

std::span<const ResultWord> result_words() { return words; }

std::string_view result_meant(std::string_view word) {
  for (const ResultInfo& row : result_table) {
    if (row.key == word || row.json_key == word) return row.key;
  }
  const auto at = std::ranges::find(words, word, &ResultWord::word);
  return at == words.end() ? std::string_view{} : at->key;
}

double machine_value(const ResultInfo& result, double coherent) {
  return result.unit.empty() ? coherent : quantity::to_unit(coherent, result.unit);
}

}  // namespace kwhatif::run
