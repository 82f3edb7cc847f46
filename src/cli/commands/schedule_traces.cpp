#include "schedule_traces.hpp"

#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/run/place.hpp>

#include <algorithm>

namespace kwhatif::cli {

std::vector<std::string> zones(const catalog::Catalog& catalog, std::optional<int> year) {
  std::vector<std::string> out;
  for (const catalog::Row& row : catalog.rows(catalog::Kind::trace)) {
    if (year && row.number("year") != *year) continue;
    if (out.empty() || out.back() != row.id()) out.emplace_back(row.id());
  }
  return out;
}

std::string name_of(const catalog::Catalog& catalog, std::string_view grid) {
  const auto row = catalog.find(catalog::Kind::grid, grid);
  return row ? std::string{row->text("name")} + " (" + std::string{grid} + ")" : std::string{grid};
}

std::optional<std::string> grid_named(const catalog::Catalog& catalog, std::string_view name) {
  if (const auto region = catalog.lookup(catalog::Kind::region, name); region.row)
    return std::string{region.row->text("grid")};
  if (const auto grid = catalog.lookup(catalog::Kind::grid, name); grid.row)
    return std::string{grid.row->id()};
  if (!schedule::traces_of(catalog, name).empty()) return std::string{name};
  return std::nullopt;
}

std::optional<schedule::Trace> trace_of_grid(const catalog::Catalog& catalog, std::string_view grid,
                                             std::optional<int> year) {
  std::optional<catalog::Row> best;
  for (const std::string& code : run::codes_of(catalog, grid)) {
    for (const catalog::Row& row : schedule::traces_of(catalog, code)) {
      const int own = static_cast<int>(row.number("year").value_or(0));
      if (year && own != *year) continue;
      if (!best || own > best->number("year").value_or(0)) best = row;
    }
  }
  if (!best) return std::nullopt;
  return schedule::trace_of(*best);
}

schedule::Trace trace_named(const catalog::Catalog& catalog, const run::Given& place,
                            std::optional<int> year) {
  const std::string name = place.text.substr(0, 60);
  const auto grid = grid_named(catalog, place.text);
  if (!grid) {
    const auto known = zones(catalog, year);
    const std::vector<std::string_view> views(known.begin(), known.end());
    std::string help = diag::did_you_mean(place.text, views, 3);
    if (help.empty()) help = catalog.lookup(catalog::Kind::region, place.text).suggestion;
    refuse("unknown-grid", place.named + ": no grid or region '" + name + "'", place.where,
           help + (help.empty() ? "" : " ") + "there are traces of " + diag::listed(known));
  }
  if (auto trace = trace_of_grid(catalog, *grid, year)) return std::move(*trace);
  std::string years;
  std::string last;
  for (const catalog::Row& row : schedule::traces_of(catalog, *grid)) {
    last = row.text("year");
    years += (years.empty() ? "" : " and ") + last;
  }
  const std::string what =
      "no hourly trace for '" + name + "'" + (year ? " in " + std::to_string(*year) : std::string{});
  if (!years.empty()) refuse("no-data", what, place.where, "there is one of " + years + ": --year " + last);
  refuse("no-data", what, place.where,
         "there are traces of " + diag::listed(zones(catalog, year)) + "; or give --trace FILE");
}

std::vector<run::Given> elements(const run::Given& list) {
  std::vector<run::Given> out;
  std::string_view text = list.text;
  int column = list.where.column;
  while (true) {
    const std::string_view part = text.substr(0, text.find(','));
    const auto first = std::min(part.find_first_not_of(' '), part.size());
    const std::string_view name = part.substr(first, part.find_last_not_of(' ') + 1 - first);
    const auto characters = [](std::string_view of) {
      return static_cast<int>(std::count_if(
          of.begin(), of.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    };
    auto where = list.where;
    where.column = column + static_cast<int>(first);
    where.length = std::max(1, characters(name));
    if (name.empty())
      refuse("missing-value", list.named + " has an empty name", where, "write for example --places FRA,NOR");
    out.push_back({std::string{name}, where, list.named});
    if (part.size() == text.size()) return out;
    column += characters(part) + 1;
    text.remove_prefix(part.size() + 1);
  }
}

schedule::Trace trace_in(const run::Given& file, const schedule::TraceChoice& choice) {
  std::shared_ptr<const diag::SourceText> text;
  try {
    text = document::read_file(file.text);
  } catch (const diag::Error& error) {
    auto diagnostic = error.diagnostics().front();
    diagnostic.where = file.where;
    throw diag::UsageError(std::move(diagnostic));
  }
  return schedule::read_trace(text, choice);
}

}  // namespace kwhatif::cli
