// show: one row, every value with its source, and what belongs to it.
#include "pages.hpp"
#include "tables.hpp"
#include <kwhatif/ask/tables.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/run/market.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace kwhatif::report {

using catalog::Cell;
using catalog::FieldType;
using catalog::Kind;
using catalog::Row;

Json cell_json(const Row& row, const Cell& cell) {
  const auto& field = catalog::schema(row.kind()).fields[cell.field()];
  if (field.type == FieldType::integer) return static_cast<long long>(cell.value());
  if (field.type == FieldType::file) {
    Json content = Json::parse(cell.text(), nullptr, false);
    return content.is_discarded() ? Json(cell.text()) : content;  // a config, or a trace in CSV
  }
  return cell.text();
}

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

// How well a value is known; the user answers for their own.
std::string_view status_of(const Cell& cell) {
  return cell.users() ? std::string_view{"user"} : catalog::name(cell.standing());
}

std::string field_words(std::string_view key) {
  std::string out{key};
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

// Values with their provenance; text that only identifies the row stands without.
bool cited(const Row& row, const Cell& cell) {
  const auto type = catalog::schema(row.kind()).fields[cell.field()].type;
  const bool of_a_day = !cell.date().empty();  // words that hold for a time, such as being on sale
  return type == FieldType::quantity || type == FieldType::any || type == FieldType::integer || of_a_day;
}

// A text and blanks up to a width.
std::string padded(std::string text, std::size_t columns) {
  text.append(columns > width(text) ? columns - width(text) : 0, ' ');
  return text;
}

// Where values are from, each place once, numbered in the order of use.
class Origins {
 public:
  // "[2]", or "yours, mine.toml:5" with the source that the user names.
  std::string mark(const Cell& cell) {
    std::string words = provenance_words(cell);
    if (cell.users()) return "yours, " + cell.place() + (words.empty() ? "" : " [" + words + ']');
    if (words.empty()) return {};
    auto at = std::ranges::find(all_, words);
    if (at == all_.end()) at = all_.insert(all_.end(), std::move(words));
    return '[' + std::to_string(at - all_.begin() + 1) + ']';
  }
  Page page() const {
    Page out;
    if (all_.empty()) return out;
    out.gap().paragraph("Read in", 2);
    for (std::size_t i = 0; i < all_.size(); ++i) {
      const std::string head = "    [" + std::to_string(i + 1) + "] ";
      out.hanging(head, all_[i], head.size());
    }
    return out;
  }

 private:
  std::vector<std::string> all_;
};

Page values_page(const Row& row) {
  constexpr std::size_t widest_value = 28;  // of those that others line up with
  const auto fields = catalog::schema(row.kind()).fields;
  std::size_t key_width = 0;
  std::size_t value_width = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    key_width = std::max(key_width, fields[row[i].field()].key.size());
    if (cited(row, row[i])) value_width = std::max(value_width, std::min(widest_value, width(row[i].text())));
  }
  bool mixed = false;  // with values of the user and others
  for (std::size_t i = 0; i < row.size(); ++i) mixed = mixed || !row[i].users();
  Page page;
  Origins origins;
  std::size_t previous = fields.size();
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Cell cell = row[i];
    const auto& field = fields[cell.field()];
    if (field.key == "name" || field.key == "title" || field.type == FieldType::file) continue;
    const bool again = cell.field() == std::exchange(previous, cell.field());
    std::string head = "  " + padded(again ? "" : field_words(field.key), key_width) + "  ";
    const std::size_t indent = head.size();
    const std::string own = mixed && cell.users() ? "  (yours, " + cell.place() + ')' : "";
    if (field.type == FieldType::texts) {
      if (!again) page.hanging(head, diag::listed(row.cells(field.key), ", ", &Cell::text) + own, indent);
      continue;
    }
    if (!cited(row, cell)) {
      page.hanging(head, std::string{cell.text()} + own, indent);
      continue;
    }
    std::string value{cell.text()};
    if (value.starts_with('@')) value = "= " + value.substr(1);
    std::string words = origins.mark(cell);
    if (cell.has_spread())
      words += " (" + quantity::human(cell.low(), field.dimension) + " to " +
               quantity::human(cell.high(), field.dimension) + ")";
    if (!cell.note().empty()) words += ' ' + std::string{cell.note()};
    if (width(value) > widest_value) {
      page.hanging(head, value.append("  ").append(words), indent);
    } else {
      head += padded(value, value_width) + "  ";
      page.hanging(head, words, width(head));
    }
  }
  return page.append(origins.page());
}

// Numbers, where they are from, and then the words that say what they are.
Table years_table(const std::vector<Row>& rows) {
  Table table;
  std::vector<std::string_view> keys;
  const auto add = [&](bool numbers) {
    for (const auto& field : catalog::schema(rows.front().kind()).fields) {
      const bool number = field.type == FieldType::quantity || field.type == FieldType::integer;
      const bool used =
          std::ranges::any_of(rows, [&](const Row& r) { return r.cell(field.key).has_value(); });
      if (number != numbers || !used || field.key == "id" || field.key == "note") continue;
      keys.push_back(field.key);
      table.columns.push_back({field_words(field.key), number ? Align::right : Align::left});
    }
  };
  add(true);
  const auto numbers = static_cast<std::ptrdiff_t>(keys.size());
  table.columns.push_back({"source"});
  table.columns.push_back({"status"});
  add(false);
  for (const Row& row : rows) {
    auto& cells = table.rows.emplace_back();
    for (const std::string_view key : keys) cells.emplace_back(row.text(key));
    cells.insert(cells.begin() + numbers,
                 {row.laid_over() ? "yours, " + std::string{row.file()} + ':' + std::to_string(row.line())
                                  : std::string{row.source()},
                  row.laid_over() ? "user" : std::string{catalog::name(row.standing())}});
  }
  return table;
}

Table runs_table(const std::vector<Row>& runs) {
  Table table{heads({"row", "name", "at", "boundary"}), {}};
  for (const Row& r : runs)
    table.rows.push_back({std::string{r.id()}, std::string{r.text("name")}, std::string{r.at()},
                          std::string{r.text("boundary")}});
  return table;
}

// Who rents a device, one paragraph each: provider, regions without the provider's name, source.
Page offers_page(const std::vector<Row>& offers) {
  Page page;
  const auto is_offer = [](const Row& row) { return row.kind() == catalog::Kind::offer; };
  if (std::ranges::none_of(offers, is_offer)) return page;
  page.paragraph("offered by", 2);
  for (const Row& offer : offers) {
    if (!is_offer(offer)) continue;
    const std::string provider{offer.text("provider")};
    const auto own_name = [&](const Cell& region) {
      std::string_view name = region.text();
      if (name.starts_with(provider + ':')) name.remove_prefix(provider.size() + 1);
      return name;
    };
    const std::string regions = diag::listed(offer.cells("regions"), ", ", own_name);
    page.hanging("    ",
                 provider + ": " + (regions.empty() ? "regions not known" : regions) + " [" +
                     std::string{offer.source()} + ", " + std::string{offer.text("year")} + ", " +
                     std::string{catalog::name(offer.standing())} + ']',
                 6);
  }
  return page;
}

// What each provider asks for an hour of a device, one line per provider.
Page prices_page(const Row& device, const std::vector<Row>& rows) {
  std::map<std::string, std::vector<std::string>, std::less<>> providers;
  for (const Row& row : rows) {
    const auto price = row.kind() == catalog::Kind::price ? run::price_in(row) : std::nullopt;
    if (!price) continue;
    auto& cells = providers[std::string{row.text("provider")}];
    cells.resize(4);
    const std::size_t column = static_cast<std::size_t>(*run::billing_named(row.text("billing")));
    cells[column] = quantity::significant(quantity::to_unit(price->each, "USD/h"));
    cells[3] = std::max(cells[3], std::string{row.text("date")});
  }
  Page page;
  if (providers.empty()) return page;
  Table table{heads({"provider", ">on demand", ">spot", ">reserved", "read"}), {}};
  for (auto& [provider, cells] : providers) {
    auto& line = table.rows.emplace_back(std::vector<std::string>{provider});
    line.insert(line.end(), cells.begin(), cells.end());
  }
  page.gap().paragraph("USD per device-hour, host included (`kwhatif list prices --where hardware=" +
                           std::string{device.id()} + "` has all)",
                       2);
  return page.table(std::move(table), 4);
}

// CO2e of making a device, the figures side by side, each with what it counts.
Page manufacture_page(const std::vector<Row>& rows) {
  Table table{heads({">CO2e", "counts", "what", "source", "status"}), {}};
  for (const Row& row : rows) {
    if (row.kind() != catalog::Kind::manufacture) continue;
    table.rows.push_back({quantity::human(row.cell("each")->value(), quantity::dim::co2e),
                          std::string{row.text("counts")}, std::string{row.text("name")},
                          std::string{row.source()}, std::string{catalog::name(row.standing())}});
  }
  Page page;
  if (table.rows.empty()) return page;
  page.gap().paragraph("manufacture of one (an estimate takes the median of those with a share of the node)",
                       2);
  return page.table(std::move(table), 4);
}

Page belonging_page(const Row& row, const std::vector<Row>& rows) {
  Page page;
  if (rows.empty()) return page;
  page.gap();
  if (row.kind() == Kind::study)
    page.table(runs_table(rows), 2);
  else if (row.kind() == Kind::hardware)
    page.append(offers_page(rows)).append(prices_page(row, rows)).append(manufacture_page(rows));
  else
    page.wide_table(years_table(rows),
                    "`kwhatif list " + std::string{catalog::schema(rows.front().kind()).plural} +
                        " --where id=" + std::string{row.id()} + " --csv` prints all",
                    2);
  if (row.kind() == Kind::region && !row.text("grid").empty())
    page.gap().paragraph("its grid: `kwhatif show grid " + std::string{row.text("grid")} + '`', 2);
  return page;
}

// Those of its values that have one of their own, of what belongs to it, and of itself; each once.
std::vector<std::string> cited_sources(const Row& row, const std::vector<Row>& rows) {
  std::vector<std::string> out;
  const auto use = [&](std::string_view id) {
    if (!id.empty() && std::ranges::find(out, id) == out.end()) out.emplace_back(id);
  };
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (cited(row, row[i])) use(row[i].source());
  }
  for (const Row& r : rows) {
    if (row.kind() != Kind::study) use(r.source());
  }
  use(row.source());
  return out;
}

Page row_page(const Row& row, const std::vector<Row>& rows, const catalog::Catalog& tables) {
  const std::string_view name = row.text("name").empty() ? row.text("title") : row.text("name");
  Page page;
  page.heading(std::string{row.id()} + (name.empty() || name == row.id() ? "" : ": " + std::string{name}));
  page.append(values_page(row)).append(belonging_page(row, rows));
  if (row.kind() != Kind::source) page.append(sources_page(cited_sources(row, rows), tables));
  return page;
}

Page show_page(const ask::Shown& answer, const catalog::Catalog& tables) {
  Page page;
  for (const Row& row : answer.rows) page.gap().append(row_page(row, answer.belonging, tables));
  return page;
}

Table show_table(const std::vector<Row>& rows) {
  Table table{heads({"key", "value", "source", "at", "status", "date", "note", "row"}), {}};
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto& schema = catalog::schema(rows[r].kind());
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const Cell cell = rows[r][i];
      table.rows.push_back({std::string{schema.fields[cell.field()].key}, std::string{cell.text()},
                            std::string{cell.source()}, cell.users() ? cell.place() : std::string{cell.at()},
                            std::string{status_of(cell)}, std::string{cell.date()}, std::string{cell.note()},
                            std::to_string(r + 1)});
    }
  }
  return table;
}

// `key`, `key.source`, `key.at` … of every value; `key.2` of the second, "2." before those of the second row.
Table plain_table(const std::vector<Row>& rows) {
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
  return record;
}

Json row_json(const Row& row) {
  const auto& schema = catalog::schema(row.kind());
  Json out;
  out["id"] = row.id();
  out["values"] = Json::array();
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Cell cell = row[i];
    Json value;
    value["key"] = schema.fields[cell.field()].key;
    value["value"] = cell_json(row, cell);
    value["source"] = cell.source().empty() ? Json(nullptr) : Json(cell.source());
    value["at"] = cell.at();
    value["status"] = status_of(cell);
    if (cell.users()) value["place"] = cell.place();
    if (!cell.date().empty()) value["date"] = cell.date();
    if (!cell.note().empty()) value["note"] = cell.note();
    out["values"].push_back(std::move(value));
  }
  out["defined_in"] = std::string{row.file()} + ':' + std::to_string(row.line());
  return out;
}

Json show_json(const ask::Shown& answer) {
  const Row& row = answer.rows.front();
  Json out;
  out["kind"] = catalog::schema(row.kind()).name;
  out.update(row_json(row));
  for (const Row& r : answer.belonging) out["rows"].push_back(row_json(r));
  for (std::size_t i = 1; i < answer.rows.size(); ++i) out["others"].push_back(row_json(answer.rows[i]));
  return out;
}

std::vector<std::string> all_sources(const ask::Shown& answer) {
  std::vector<std::string> out;
  for (const Row& r : answer.belonging) out.emplace_back(r.source());
  for (const Row& row : answer.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) out.emplace_back(row[c].source());
  }
  return out;
}

}  // namespace

Document present(const ask::Shown& answer, const catalog::Catalog& tables) {
  Content content{.name = "show",
                  .catalog = tables,
                  .warnings = answer.warnings,
                  .sources = all_sources(answer),
                  .records = Records::one};
  content.page = [&answer, &tables] { return show_page(answer, tables); };
  content.body = [&answer] { return show_json(answer); };
  content.rows = [&answer] { return show_table(answer.rows); };
  content.plain_rows = [&answer] { return plain_table(answer.rows); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
