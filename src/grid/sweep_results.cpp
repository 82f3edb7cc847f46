// The results of estimate() by number and by name.
#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>

namespace kwhatif::grid {

using run::result_table;

std::size_t result_count() { return result_table.size(); }
run::ResultInfo result_info(std::size_t result) { return result_table[result]; }
quantity::Dimension result_dimension(std::size_t result) { return result_table[result].dimension; }

std::optional<std::size_t> result_named(std::string_view name) {
  const std::string_view key = run::result_meant(name);
  const auto at = std::ranges::find(result_table, key, &run::ResultInfo::key);
  if (at == result_table.end()) return std::nullopt;
  return static_cast<std::size_t>(at - result_table.begin());
}

std::vector<std::string_view> result_names() {
  std::vector<std::string_view> out;
  for (const run::ResultWord& w : run::result_words()) out.push_back(w.word);
  for (const run::ResultInfo& row : result_table) out.push_back(row.key);
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
  return run::machine_value(result_table[result], coherent);
}

}  // namespace kwhatif::grid
