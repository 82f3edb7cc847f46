#include <kwhatif/diag/visible.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/listing.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace kwhatif::report {

using catalog::Cell;
using catalog::Kind;
using catalog::Row;

namespace {

std::string provenance_words(const Cell& cell) {
  std::string out;
  if (!cell.source().empty()) out += std::string{cell.source()};
  if (!cell.at().empty()) out += (out.empty() ? "" : ", ") + std::string{cell.at()};
  if (cell.standing() != catalog::Standing::none)
    out += (out.empty() ? "" : "; ") + std::string{catalog::name(cell.standing())};
  if (!cell.date().empty()) out += "; " + std::string{cell.date()};
  return out;
}

std::string field_words(std::string_view key) {
  std::string out{key};
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

// Values with their provenance; text that only identifies the row stands without.
bool cited(const Row& row, const Cell& cell) {
  const auto type = catalog::schema(row.kind()).fields[cell.field()].type;
  return type == catalog::FieldType::quantity || type == catalog::FieldType::any ||
         type == catalog::FieldType::integer;
}

void years_table(const std::vector<Row>& rows, std::string& out) {
  if (rows.empty()) return;
  const auto& schema = catalog::schema(rows.front().kind());
  Table table;
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    if (schema.fields[i].key == "id" || schema.fields[i].key == "note") continue;
    const bool used = std::any_of(rows.begin(), rows.end(),
                                  [&](const Row& r) { return r.cell(schema.fields[i].key).has_value(); });
    if (!used) continue;
    columns.push_back(i);
    const bool right = schema.fields[i].type == catalog::FieldType::quantity;
    table.columns.push_back({field_words(schema.fields[i].key), right ? Align::right : Align::left});
  }
  table.columns.push_back({"source"});
  table.columns.push_back({"status"});
  for (const Row& row : rows) {
    std::vector<std::string> cells;
    for (const std::size_t c : columns) cells.emplace_back(row.text(schema.fields[c].key));
    cells.emplace_back(row.source());
    cells.emplace_back(catalog::name(row.standing()));
    table.rows.push_back(std::move(cells));
  }
  out += text(table, 2);
}

// Who rents a device, one line each: provider, regions without the provider's name, source.
std::string offers_text(const std::vector<Row>& offers) {
  std::string out = "  offered by\n";
  for (const Row& offer : offers) {
    const std::string provider{offer.text("provider")};
    std::string regions;
    for (const Cell& region : offer.cells("regions")) {
      std::string_view name = region.text();
      if (name.starts_with(provider + ':')) name.remove_prefix(provider.size() + 1);
      regions += (regions.empty() ? "" : ", ") + std::string{name};
    }
    if (regions.empty()) regions = "regions not known";
    std::string line = provider;
    line.append(": ")
        .append(regions)
        .append(" [")
        .append(offer.source())
        .append(", ")
        .append(offer.text("year"));
    line.append(", ").append(catalog::name(offer.standing())).append("]");
    out += hanging("    ", line, page_width, 6);
  }
  return out;
}

}  // namespace

std::vector<Row> belonging(const catalog::Catalog& catalog, const Row& row) {
  std::vector<Row> out;
  if (row.kind() == Kind::grid) out = catalog.all(Kind::grid_intensity, row.id());
  if (row.kind() == Kind::region) out = catalog.all(Kind::region_year, row.id());
  if (row.kind() == Kind::hardware) {
    for (const Row& offer : catalog.rows(Kind::offer)) {
      if (offer.text("hardware") == row.id()) out.push_back(offer);
    }
    return out;
  }
  if (row.kind() == Kind::study) {
    const std::string prefix = std::string{row.id()} + '/';
    for (const Row& run : catalog.rows(Kind::run)) {
      if (run.id().starts_with(prefix)) out.push_back(run);
    }
    std::sort(out.begin(), out.end(), [](const Row& a, const Row& b) { return a.line() < b.line(); });
    return out;
  }
  std::stable_sort(out.begin(), out.end(), [](const Row& a, const Row& b) {
    return a.number("year").value_or(0) > b.number("year").value_or(0);
  });
  return out;
}

std::string show_text(const catalog::Catalog& catalog, const Row& row) {
  const auto& schema = catalog::schema(row.kind());
  std::string out = std::string{row.id()};
  const std::string_view name = row.text("name").empty() ? row.text("title") : row.text("name");
  if (!name.empty() && name != row.id()) out += ": " + diag::visible(name);
  out += "\n";
  std::vector<std::string> sources;
  const auto use = [&](std::string_view id) {
    if (!id.empty() && std::find(sources.begin(), sources.end(), id) == sources.end())
      sources.emplace_back(id);
  };
  std::size_t key_width = 0;
  std::size_t value_width = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    key_width = std::max(key_width, schema.fields[row[i].field()].key.size());
    if (cited(row, row[i]))
      value_width = std::max(value_width, std::min<std::size_t>(28, width(row[i].text())));
  }
  std::size_t previous = schema.fields.size();
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Cell cell = row[i];
    const auto& field = schema.fields[cell.field()];
    if (field.key == "name" || field.key == "title" || field.type == catalog::FieldType::file) continue;
    std::string key = cell.field() == previous ? "" : field_words(field.key);
    const bool again = cell.field() == previous;
    previous = cell.field();
    if (field.type == catalog::FieldType::texts) {
      if (again) continue;
      const std::string all = diag::listed(row.cells(field.key), ", ", &Cell::text);
      const std::string head = "  " + key + std::string(key_width - key.size(), ' ') + "  ";
      out += hanging(head, all, page_width, head.size());
      continue;
    }
    std::string head = "  " + key + std::string(key_width - key.size(), ' ') + "  ";
    if (!cited(row, cell)) {
      out += hanging(head, cell.text(), page_width, head.size());
      continue;
    }
    use(cell.source());
    std::string value{cell.text()};
    if (value.starts_with('@')) value = "= " + value.substr(1);
    head += value + std::string(value_width > width(value) ? value_width - width(value) : 0, ' ') + "  ";
    std::string words;
    if (again && field.type == catalog::FieldType::quantity) words = "another source: ";
    if (const std::string where = provenance_words(cell); !where.empty()) words += '[' + where + ']';
    if (cell.has_spread()) {
      const auto& dimension = field.dimension;
      words += " (" + quantity::human(cell.low(), dimension) + " to " +
               quantity::human(cell.high(), dimension) + ")";
    }
    if (!cell.note().empty()) words += " " + std::string{cell.note()};
    const std::size_t indent = width(head);
    out += hanging(head, words, std::max(page_width, indent + 50), indent);
  }
  const auto rows = belonging(catalog, row);
  if (!rows.empty()) {
    out += '\n';
    if (row.kind() == Kind::study) {
      Table table{{{"row"}, {"name"}, {"at"}, {"boundary"}}, {}};
      for (const Row& r : rows)
        table.rows.push_back({std::string{r.id()}, std::string{r.text("name")}, std::string{r.at()},
                              std::string{r.text("boundary")}});
      out += text(table, 2);
    } else if (row.kind() == Kind::hardware) {
      out += offers_text(rows);
      for (const Row& r : rows) use(r.source());
    } else {
      years_table(rows, out);
      for (const Row& r : rows) use(r.source());
    }
    if (row.kind() == Kind::region && !row.text("grid").empty())
      out += "\n  its grid: `kwhatif show grid " + std::string{row.text("grid")} + "`\n";
  }
  if (row.kind() != Kind::source) {
    use(row.source());
    if (!sources.empty()) out += "\nSources\n";
    for (const std::string& id : sources)
      out += hanging("  ", '[' + id + "] " + citation(catalog, id), page_width, 4);
    for (const std::string& line : attributions(catalog, sources)) out += wrapped(line, page_width, 2);
  }
  return out;
}

Table show_table(const std::vector<Row>& rows) {
  Table table{{{"key"}, {"value"}, {"source"}, {"at"}, {"status"}, {"date"}, {"note"}, {"row"}}, {}};
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto& schema = catalog::schema(rows[r].kind());
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const Cell cell = rows[r][i];
      table.rows.push_back({std::string{schema.fields[cell.field()].key}, std::string{cell.text()},
                            std::string{cell.source()}, std::string{cell.at()},
                            std::string{catalog::name(cell.standing())}, std::string{cell.date()},
                            std::string{cell.note()}, std::to_string(r + 1)});
    }
  }
  return table;
}

std::string show_plain(const std::vector<Row>& rows) {
  Table record;
  record.rows.emplace_back();
  std::map<std::string, int> seen;
  for (const auto& cells : show_table(rows).rows) {
    std::string key = (rows.size() > 1 ? cells.back() + '.' : "") + cells[0];
    const int nth = ++seen[key];
    if (nth > 1) key += '.' + std::to_string(nth);  // of a list, or by another source
    constexpr std::array parts{"", "", ".source", ".at", ".status", ".date", ".note"};
    for (std::size_t c = 1; c < parts.size(); ++c) {
      if (c > 1 && cells[c].empty()) continue;
      record.columns.push_back({key + parts[c]});
      record.rows[0].push_back(cells[c]);
    }
  }
  return plain(record, Records::one);
}

}  // namespace kwhatif::report
