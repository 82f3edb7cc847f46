#include "schedule_traces.hpp"

#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/place.hpp>
#include <kwhatif/schedule/policies.hpp>

#include <algorithm>

namespace kwhatif::ask {

using diag::refuse;

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
    const auto characters = [](std::string_view of) { return static_cast<int>(diag::characters(of)); };
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

namespace {

std::shared_ptr<const diag::SourceText> read(const run::Given& file, const document::Reader& files) {
  try {
    if (!files) refuse("cannot-read", "files cannot be read here", file.where);
    return files(file.text);
  } catch (const diag::Error& error) {
    auto diagnostic = error.diagnostics().front();
    diagnostic.where = file.where;
    throw diag::UsageError(std::move(diagnostic));
  }
}

}  // namespace

schedule::Trace trace_in(const run::Given& file, const ScheduleQuestion& question) {
  return schedule::read_trace(read(file, question.files), question.choice);
}

std::optional<schedule::Trace> trace_of_file(const run::Given& place, const ScheduleQuestion& question,
                                             const catalog::Catalog& catalog) {
  if (grid_named(catalog, place.text)) return std::nullopt;
  std::shared_ptr<const diag::SourceText> text;
  try {
    text = read(place, question.files);
  } catch (const diag::Error&) {
    if (place.text.ends_with(".csv")) throw;
    return std::nullopt;  // a name with a mistake in it rather than a file
  }
  return schedule::read_trace(text, question.choice);
}

double mean_of(const schedule::Trace& trace) {
  const auto hours = static_cast<double>(trace.hours());
  return schedule::Prefix(trace).sum(0, hours) / hours;
}

double quantity_of(const run::Given& given, const quantity::Dimension& dimension, std::string_view example) {
  const auto parsed = quantity::parse(given.text, {.dimension = dimension, .example = example});
  if (!parsed.ok)
    refuse(parsed.fault.code, given.named + ": " + parsed.fault.message, given.where, parsed.fault.help);
  if (parsed.value.coherent < 0) refuse("out-of-range", given.named + " cannot be negative", given.where);
  return parsed.value.coherent;
}

diag::Diagnostic warning(std::string code, std::string message, const diag::Span& where, std::string help) {
  return {.code = std::move(code),
          .message = std::move(message),
          .where = where,
          .help = std::move(help),
          .severity = diag::Severity::warning};
}

diag::Diagnostic trace_note(std::string message) {
  return {.code = "trace", .message = std::move(message), .severity = diag::Severity::note};
}

void add_source(std::vector<std::string>& sources, std::string_view id) {
  if (!id.empty() && std::ranges::find(sources, id) == sources.end()) sources.emplace_back(id);
}

void note_reading(const std::vector<schedule::Trace>& traces, std::vector<diag::Diagnostic>& notes) {
  std::string filled;
  for (const auto& trace : traces) {
    if (trace.filled > 0)
      filled += (filled.empty() ? "" : ", ") + trace.zone + ' ' + std::to_string(trace.filled);
  }
  if (!filled.empty())
    notes.push_back(trace_note("missing hours take the value of the hour before: " + filled));
  for (const auto& trace : traces) {
    const std::string zone = traces.size() > 1 ? trace.zone + ": " : "";
    if (const std::string read = reading(trace); !read.empty() && &trace != &traces.front())
      notes.push_back(trace_note(zone + read));
    for (const std::string& remark : trace.remarks) notes.push_back(trace_note(zone + remark));
  }
}

std::string reading(const schedule::Trace& trace) {
  if (trace.unit.empty() || !trace.source.empty()) return {};
  std::string out = trace.column.empty() ? "values" : "column '" + trace.column + "'";
  out += " in " + trace.unit + ", ";
  out += trace.boundary.empty() ? "boundary not stated" : trace.boundary;
  if (!trace.basis.empty()) out += ", of " + trace.basis;
  out += ", " + trace.signal + " signal";
  if (trace.step < 60) out += "; steps of " + std::to_string(trace.step) + " minutes averaged to hours";
  std::string others;
  for (const std::string& other : trace.others) others += (others.empty() ? "'" : ", '") + other + '\'';
  if (!others.empty()) out += "; not read: " + others + " (--trace-column chooses)";
  return out;
}

}  // namespace kwhatif::ask
