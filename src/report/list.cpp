// list: rows of a table, the tables that there are, the schemas of documents.
#include "tables.hpp"
#include <kwhatif/ask/tables.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/schema.hpp>
#include <kwhatif/run/market.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace kwhatif::report {

namespace {

using catalog::Cell;
using catalog::FieldType;
using catalog::Kind;
using catalog::KindSchema;
using catalog::Row;
using Columns = std::vector<std::size_t>;

struct UsualColumns {
  Kind kind;
  std::string_view names;
};
// What people see of a table unless they name columns, the most important first: paper that is too narrow
// leaves out from the end. A long text stands last and wraps.
constexpr std::array usual_columns{
    UsualColumns{Kind::source, "id,year,kind,licence,title"},
    UsualColumns{Kind::hardware,
                 "id,memory,tdp,peak_bf16,year,kind,peak_fp8,peak_fp32,peak_fp16,average_power,availability,"
                 "memory_bandwidth,embodied,vendor"},
    UsualColumns{Kind::host, "id,hardware,devices,node_power,provider,host_power,embodied,cpu"},
    UsualColumns{Kind::grid, "id,name,kind,parent,same_as"},
    UsualColumns{Kind::grid_intensity, "id,year,carbon_intensity,boundary,basis,signal,accounting"},
    UsualColumns{Kind::grid_loss, "id,name,losses,year"},
    UsualColumns{Kind::region, "id,grid,country,city"},
    UsualColumns{Kind::region_year,
                 "id,year,carbon_intensity,pue,wue,boundary,carbon_free_share,accounting,basis,"
                 "grid_low_carbon_share"},
    UsualColumns{Kind::equivalence, "id,value,edition,name"},
    UsualColumns{Kind::lever, "id,factor,flag,set,effect_on,category,name"},
    UsualColumns{Kind::fact, "id,value,year,name"},
    UsualColumns{Kind::utilisation, "id,mfu,achieved,hfu,hardware,chips,params,precision,model"},
    UsualColumns{Kind::model, "id,params,active,tokens,kind,year,name"},
    UsualColumns{Kind::fallback, "id,note,value"},
    UsualColumns{Kind::study, "id,title"},
    UsualColumns{Kind::run, "id,facts.params,facts.tokens,kind,facts.year"},
    UsualColumns{Kind::imported, "id,rows_in,rows_out,what"},
    UsualColumns{Kind::device_family, "id,class,kind,members"},
    UsualColumns{Kind::observation, "id,use,evidence,hardware,power,params,mfu,power_ratio"},
    UsualColumns{Kind::coefficient, "id,value,note"},
    UsualColumns{Kind::timing, "id,note"},
    UsualColumns{Kind::method_constant, "id,value"},
    UsualColumns{Kind::trace, "id,year,mean,boundary,basis,signal"},
    UsualColumns{Kind::offer, "id,provider,year,regions"},
    UsualColumns{Kind::price, "hardware,provider,billing,price,date,instance,term,region,sold"},
    UsualColumns{Kind::manufacture, "id,each,counts,name"},
    UsualColumns{Kind::grid_water, "id,water_intensity,year"},
    UsualColumns{Kind::framework, "id,class,compiled,attention,aliases"},
};

// All but the contents of files.
Columns columns_for_machines(const ask::Listing& listing) {
  if (!listing.columns.empty()) return listing.columns;
  const auto fields = catalog::schema(*listing.kind).fields;
  Columns out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].type != FieldType::file) out.push_back(i);
  }
  return out;
}

Columns columns_for_people(const ask::Listing& listing) {
  if (!listing.columns.empty()) return listing.columns;
  Columns out;
  if (listing.all_columns) {
    out = columns_for_machines(listing);
  } else {
    const auto* const usual =
        std::ranges::find_if(usual_columns, [&](const UsualColumns& u) { return u.kind == listing.kind; });
    for (const std::string_view name : diag::parts(usual->names, ','))
      out.push_back(catalog::schema(*listing.kind).index(name).value());
  }
  return out;
}

// A price as people compare them: for one device.
std::string price_each(const Row& row) {
  const auto price = run::price_in(row);
  return price ? quantity::significant(quantity::to_unit(price->each, "USD/h")) + " USD/h" : std::string{};
}

// A column of which no row has anything tells nothing.
void leave_out_empty(Table& table) {
  for (std::size_t c = table.columns.size(); c-- > 1;) {
    if (std::ranges::any_of(table.rows, [&](const auto& row) { return !row[c].empty(); })) continue;
    const auto at = static_cast<std::ptrdiff_t>(c);
    table.columns.erase(table.columns.begin() + at);
    for (auto& row : table.rows) row.erase(row.begin() + at);
  }
}

// The preferred value, or all entries of a list.
std::string cell_text(const Row& row, const catalog::Field& field) {
  if (field.key == "id") return std::string{row.id()};
  if (field.type != FieldType::texts) return std::string{row.text(field.key)};
  return diag::listed(row.cells(field.key), ", ", &Cell::text);
}

Table rows_table(const ask::Listing& listing, const Columns& columns) {
  const auto fields = catalog::schema(*listing.kind).fields;
  Table table;
  for (const std::size_t c : columns) {
    const bool number = fields[c].type == FieldType::quantity || fields[c].type == FieldType::integer;
    table.columns.push_back({std::string{fields[c].key}, number ? Align::right : Align::left});
  }
  for (const Row& row : listing.rows) {
    auto& cells = table.rows.emplace_back();
    for (const std::size_t c : columns) cells.push_back(cell_text(row, fields[c]));
  }
  return table;
}

// Counts of models as people write them, "176 B"; the digits that were printed are in --json and `show`. What
// was printed short stays: "70 B" says less than "70.0 B".
void shorten_counts(Table& table, const ask::Listing& listing, const Columns& columns) {
  if (listing.kind != Kind::model) return;
  const auto fields = catalog::schema(*listing.kind).fields;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto& field = fields[columns[c]];
      const auto count = listing.rows[r].number(field.key);
      if (field.type != FieldType::quantity || !count) continue;
      std::string& text = table.rows[r][c];
      constexpr std::size_t short_enough = 5;  // "26.3B"
      if (text.size() <= short_enough &&
          std::string_view{"kMBT"}.find(text.back()) != std::string_view::npos) {
        text.insert(text.size() - 1, " ");
      } else {
        text = quantity::human(*count, field.dimension);
        text.erase(text.rfind(' '));  // the head of the column says of what
      }
    }
  }
}

Table kinds_table(const catalog::Catalog& tables) {
  Table table{heads({"kind", ">rows", "what"}), {}};
  for (const KindSchema& schema : catalog::schemas())
    table.rows.push_back(
        {std::string{schema.plural}, std::to_string(tables.size(schema.kind)), std::string{schema.title}});
  return table;
}

// The rows that the user wrote, or wrote into.
std::string words_of_own(const std::vector<Row>& rows) {
  std::vector<std::string> ids;
  for (const Row& row : rows) {
    if (row.laid_over())
      ids.push_back(std::string{row.id()} + " (" + std::string{row.file()} + ':' +
                    std::to_string(row.line()) + ')');
  }
  return ids.empty() ? std::string{} : "; with values of yours: " + diag::listed(ids);
}

Page list_page(const ask::Listing& listing, const catalog::Catalog& tables) {
  const KindSchema& schema = catalog::schema(*listing.kind);
  const Columns columns = columns_for_people(listing);
  Table table = rows_table(listing, columns);
  shorten_counts(table, listing, columns);
  for (auto& row : table.rows) {
    for (std::string& cell : row) std::replace(cell.begin(), cell.end(), '\n', ' ');
  }
  if (listing.kind == Kind::price && listing.columns.empty() && !listing.all_columns) {
    const auto price = std::ranges::find(columns, *schema.index("price")) - columns.begin();
    for (std::size_t r = 0; r < table.rows.size(); ++r)
      table.rows[r][static_cast<std::size_t>(price)] = price_each(listing.rows[r]);
  }
  if (listing.columns.empty()) leave_out_empty(table);
  Page page;
  if (listing.columns.empty() && !listing.all_columns)
    page.wide_table(std::move(table), "--columns names those to print, --all-columns prints all");
  else
    page.table(std::move(table));
  const std::size_t all = tables.size(*listing.kind);
  return page.gap().paragraph(std::to_string(listing.rows.size()) +
                              (listing.rows.size() == all ? "" : " of " + std::to_string(all)) + ' ' +
                              std::string{schema.plural} + words_of_own(listing.rows));
}

Json row_json(const Row& row, const Columns& columns) {
  Json out;
  std::vector<std::string_view> own;
  for (const std::size_t c : columns) {
    const auto& field = catalog::schema(row.kind()).fields[c];
    if (row.users(field.key)) own.push_back(field.key);
    Json& value = out[std::string{field.key}];
    const auto cells = row.cells(field.key);
    if (field.key == "id") {
      value = row.id();
    } else if (field.type == FieldType::texts) {
      value = Json::array();
      for (const Cell& cell : cells) value.push_back(cell.text());
    } else if (!cells.empty()) {
      value = cell_json(row, cells.front());
    }
  }
  if (row.laid_over()) out["of_user"] = own;
  return out;
}

Json list_json(const ask::Listing& listing, const catalog::Catalog& tables) {
  Json out;
  if (!listing.kind) {
    for (const KindSchema& schema : catalog::schemas())
      out["kinds"].push_back(
          {{"kind", schema.plural}, {"rows", tables.size(schema.kind)}, {"what", schema.title}});
    return out;
  }
  out["kind"] = catalog::schema(*listing.kind).plural;
  out["rows"] = Json::array();
  const Columns columns = columns_for_machines(listing);
  for (const Row& row : listing.rows) out["rows"].push_back(row_json(row, columns));
  return out;
}

// Those of the values that a document holds, each once.
std::vector<std::string> sources_of(const ask::Listing& listing) {
  std::vector<std::string> out;
  if (!listing.kind) return out;
  const auto fields = catalog::schema(*listing.kind).fields;
  const Columns columns = columns_for_machines(listing);
  std::set<std::string_view> seen;
  for (const Row& row : listing.rows) {
    for (const std::size_t c : columns) {
      for (const Cell& cell : row.cells(fields[c].key)) {
        if (seen.insert(cell.source()).second) out.emplace_back(cell.source());
      }
    }
  }
  return out;
}

}  // namespace

Document present(const ask::Listing& answer, const catalog::Catalog& tables) {
  Content content{.name = "list", .catalog = tables, .sources = sources_of(answer)};
  content.page = [&answer, &tables] {
    return answer.kind ? list_page(answer, tables) : Page{}.table(kinds_table(tables));
  };
  content.body = [&answer, &tables] { return list_json(answer, tables); };
  content.rows = [&answer, &tables] {
    return answer.kind ? rows_table(answer, columns_for_machines(answer)) : kinds_table(tables);
  };
  return Document{std::move(content)};
}

Document present_schemas(const catalog::Catalog& tables) {
  Content content{.name = "list", .catalog = tables};
  content.rows = [] {
    Table table{heads({"schema", "printed by"}), {}};
    for (const auto& title : schema_titles())
      table.rows.push_back({std::string{title.name}, std::string{title.of}});
    return table;
  };
  content.page = [rows = content.rows] { return Page{}.table(rows()); };
  content.refuse(Form::json, "the schemas of JSON documents are listed as a table",
                 "--csv or --plain; `kwhatif show schema estimate` prints one");
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
