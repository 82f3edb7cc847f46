// The results of estimate() by number and by name.
#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/quantity/format.hpp>

namespace kwhatif::grid {

namespace {

struct Row {
  run::ResultInfo info;
  quantity::Dimension dimension;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all = [] {
    std::vector<Row> out;
    run::RunEstimate<double> any;
    run::for_each_result(any, [&](const run::ResultInfo& info, const auto& field) {
      out.push_back({info, std::remove_cvref_t<decltype(field)>::value_type::dimension});
    });
    return out;
  }();
  return all;
}

struct Word {
  std::string_view word;
  std::string_view key;
};
constexpr std::array words{
    Word{"energy", "facility_energy"},
    Word{"co2e", "operational_location"},
    Word{"co2", "operational_location"},
    Word{"carbon", "operational_location"},
    Word{"co2e-market", "operational_market"},
    Word{"net", "operational_market"},
    Word{"time", "wall_time"},
    Word{"hours", "wall_time"},
    Word{"days", "wall_time"},
    Word{"device-hours", "device_time"},
    Word{"flops", "training_flop"},
    Word{"compute", "training_flop"},
    Word{"it-energy", "it_energy"},
    Word{"tflops", "achieved"},
    Word{"chips", "devices"},
    Word{"money", "cost"},
    Word{"price", "cost"},
};

}  // namespace

std::size_t result_count() { return rows().size(); }
run::ResultInfo result_info(std::size_t result) { return rows()[result].info; }
quantity::Dimension result_dimension(std::size_t result) { return rows()[result].dimension; }

std::optional<std::size_t> result_named(std::string_view name) {
  for (std::size_t i = 0; i < rows().size(); ++i) {
    if (rows()[i].info.key == name || rows()[i].info.json_key == name) return i;
  }
  for (const Word& w : words) {
    if (w.word != name) continue;
    for (std::size_t i = 0; i < rows().size(); ++i) {
      if (rows()[i].info.key == w.key) return i;
    }
  }
  return std::nullopt;
}

std::vector<std::string_view> result_names() {
  std::vector<std::string_view> out;
  for (const Word& w : words) out.push_back(w.word);
  for (const Row& r : rows()) out.push_back(r.info.key);
  return out;
}

std::optional<double> result_value(const run::RunEstimate<double>& results, std::size_t result) {
  std::optional<double> out;
  std::size_t i = 0;
  run::for_each_result(results, [&](const run::ResultInfo&, const auto& field) {
    if (i++ == result && field) out = field->coherent();
  });
  return out;
}

double machine_value(std::size_t result, double coherent) {
  return run::machine_value(rows()[result].info, coherent);
}

}  // namespace kwhatif::grid
