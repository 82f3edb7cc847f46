// The scale of the rows of a sweep, in one sentence each.
#include "verdict_rows.hpp"
#include <kwhatif/run/scale.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace kwhatif::ask {

void add_scale_warnings(SweepAnswer& answer, const catalog::Catalog& tables) {
  constexpr std::size_t most_rows = 100;
  constexpr std::array<std::string_view, 2> codes{"beyond-scale", "beyond-published"};
  if (answer.kind == SweepKind::run) return;
  std::vector<std::uint64_t> rows;
  for (const SweepRow& row : answer.rows) rows.push_back(row.row);
  for (const auto& line : answer.groups) {
    const bool has_row = answer.reduce == grid::Reduce::min || answer.reduce == grid::Reduce::max;
    if (has_row && line.group.count > 0) rows.push_back(line.group.best.row);
  }
  if (rows.empty()) return;
  rows.resize(std::min(rows.size(), most_rows));
  std::array<std::size_t, codes.size()> count{};
  std::array<diag::Diagnostic, codes.size()> first;
  for (const std::uint64_t row : rows) {
    const auto indices = answer.space.indices(row);
    if (!answer.space.inputs(indices)) continue;
    auto run = run::resolve(answer.space.scenario(indices), tables);
    if (auto beyond = run::beyond_published(run, tables)) run.warnings.push_back(std::move(*beyond));
    for (std::size_t c = 0; c < codes.size(); ++c) {
      const auto found = std::ranges::find(run.warnings, codes[c], &diag::Diagnostic::code);
      if (found != run.warnings.end() && count[c]++ == 0) first[c] = *found;
    }
  }
  for (std::size_t c = 0; c < codes.size(); ++c) {
    std::erase_if(answer.warnings, [&](const diag::Diagnostic& w) { return w.code == codes[c]; });
    if (count[c] == 0) continue;
    if (count[c] < rows.size() || rows.size() > 1)
      first[c].message = std::to_string(count[c]) + " of the " + std::to_string(rows.size()) +
                         (rows.size() == most_rows ? " first rows: " : " rows shown: ") + first[c].message;
    answer.warnings.push_back(std::move(first[c]));
  }
}

}  // namespace kwhatif::ask
