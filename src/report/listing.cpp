#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/listing.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace kwhatif::report {

using catalog::Cell;
using catalog::FieldType;
using catalog::Kind;
using catalog::Row;

namespace {

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

std::string_view text_of(const Row& row, std::size_t field) {
  const auto& info = catalog::schema(row.kind()).fields[field];
  if (info.key == "id") return row.id();
  return row.text(info.key);
}

// As printed: the preferred value, or all entries of a list.
std::string printed_text(const Row& row, std::size_t field) {
  const auto& info = catalog::schema(row.kind()).fields[field];
  if (info.type != FieldType::texts) return std::string{text_of(row, field)};
  return diag::listed(row.cells(info.key), ", ", &Cell::text);
}

std::optional<double> number_of(const Row& row, std::size_t field) {
  return row.number(catalog::schema(row.kind()).fields[field].key);
}

std::size_t column_named(Kind kind, std::string_view name, const diag::Span& where) {
  const auto& schema = catalog::schema(kind);
  if (const auto index = schema.index(name)) return *index;
  std::vector<std::string_view> known;
  for (const auto& field : schema.fields) known.push_back(field.key);
  std::string help = diag::did_you_mean(name, known);
  if (help.empty()) {
    constexpr std::size_t most = 30;
    help = "columns: " + diag::listed(std::span{known}.first(std::min(most, known.size())));
  }
  throw diag::UsageError(
      {.code = "unknown-column",
       .message = std::string{schema.plural} + " have no column '" + std::string{name.substr(0, 40)} + "'",
       .where = where,
       .help = help});
}

}  // namespace

std::vector<Condition> read_conditions(Kind kind, std::string_view text, const diag::Span& where) {
  using Compare = Condition::Compare;
  struct Operator {
    std::string_view sign;
    Compare compare;
  };
  static constexpr std::array operators{
      Operator{">=", Compare::at_least}, Operator{"<=", Compare::at_most}, Operator{"!=", Compare::unequal},
      Operator{"=", Compare::equal},     Operator{"<", Compare::less},     Operator{">", Compare::more},
      Operator{"~", Compare::contains},
  };
  std::vector<Condition> out;
  while (true) {
    const auto end = text.find(" and ");
    const std::string_view part = trimmed(text.substr(0, end));
    const auto at = part.find_first_of("=<>!~");
    const Operator* found = nullptr;
    if (at != std::string_view::npos) {
      for (const Operator& o : operators) {
        if (part.substr(at).starts_with(o.sign)) {
          found = &o;
          break;
        }
      }
    }
    if (found == nullptr)
      throw diag::UsageError(
          {.code = "bad-condition",
           .message = "'" + std::string{part.substr(0, 60)} + "' is no condition",
           .where = where,
           .help = "write for example 'kind=gpu and year>=2020'; = != < <= > >= and ~ (contains)"});
    Condition condition;
    condition.field = column_named(kind, trimmed(part.substr(0, at)), where);
    condition.compare = found->compare;
    std::string_view value = trimmed(part.substr(at + found->sign.size()));
    if (value.empty() || value == "and" || value.ends_with(" and"))
      throw diag::UsageError(
          {.code = "bad-condition",
           .message = "a condition is missing at the end of '" + std::string{part.substr(0, 60)} + "'",
           .where = where,
           .help = "write for example 'kind=gpu and year>=2020'"});
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    const auto& field = catalog::schema(kind).fields[condition.field];
    const bool numeric = field.type == FieldType::quantity || field.type == FieldType::integer;
    if (numeric && condition.compare != Compare::contains) {
      const auto dimension = field.type == FieldType::integer ? quantity::dim::one : field.dimension;
      const auto parsed =
          quantity::parse(value, {.dimension = dimension, .bare_number = quantity::may_be_bare(dimension)});
      if (!parsed.ok)
        throw diag::UsageError({.code = parsed.fault.code,
                                .message = std::string{field.key} + ": " + parsed.fault.message,
                                .where = where,
                                .help = parsed.fault.help});
      condition.number = parsed.value.coherent;
    } else {
      const bool ordered = condition.compare == Compare::less || condition.compare == Compare::at_most ||
                           condition.compare == Compare::more || condition.compare == Compare::at_least;
      const auto parsed = quantity::parse(value, {.any = true});
      if (field.type == FieldType::any && parsed.ok) {
        condition.number = parsed.value.coherent;
      } else if (ordered) {
        throw diag::UsageError(
            {.code = "bad-condition",
             .message = "column " + std::string{field.key} + " holds text, which has no order",
             .where = where,
             .help = "use =, != or ~"});
      }
    }
    condition.text = diag::fold(value);
    out.push_back(std::move(condition));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 5);
  }
}

bool fits(const Row& row, const std::vector<Condition>& conditions) {
  using Compare = Condition::Compare;
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& c) {
    if (c.number) {
      const auto v = number_of(row, c.field);
      if (!v) return c.compare == Compare::unequal;
      switch (c.compare) {
        case Compare::equal:
          return *v == *c.number;
        case Compare::unequal:
          return *v != *c.number;
        case Compare::less:
          return *v < *c.number;
        case Compare::at_most:
          return *v <= *c.number;
        case Compare::more:
          return *v > *c.number;
        case Compare::at_least:
          return *v >= *c.number;
        case Compare::contains:
          return false;
      }
    }
    const auto& field = catalog::schema(row.kind()).fields[c.field];
    bool equal = false;
    bool contains = false;
    const auto see = [&](std::string_view text) {
      const std::string folded = diag::fold(text);
      equal = equal || folded == c.text;
      contains = contains || folded.find(c.text) != std::string::npos;
    };
    if (field.key == "id") see(row.id());
    for (const Cell& cell : row.cells(field.key)) see(cell.text());
    if (c.compare == Compare::contains) return contains;
    return c.compare == Compare::unequal ? !equal : equal;
  });
}

std::vector<std::size_t> read_columns(Kind kind, std::string_view text, const diag::Span& where) {
  std::vector<std::size_t> out;
  while (!text.empty()) {
    const auto comma = text.find(',');
    out.push_back(column_named(kind, trimmed(text.substr(0, comma)), where));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return out;
}

std::vector<std::size_t> default_columns(Kind kind) {
  struct Columns {
    Kind kind;
    std::string_view columns;
  };
  static constexpr std::array rows{
      Columns{Kind::source, "id,kind,year,title,licence"},
      Columns{Kind::hardware,
              "id,name,kind,year,memory,peak_fp32,peak_bf16,peak_fp16,tdp,average_power,embodied,price_on_"
              "demand"},
      Columns{Kind::host, "id,name,hardware,devices,node_power,embodied,price_on_demand"},
      Columns{Kind::grid, "id,name,kind,parent"},
      Columns{Kind::grid_intensity, "id,year,carbon_intensity,boundary,basis,signal,accounting"},
      Columns{Kind::grid_loss, "id,name,losses,year"},
      Columns{Kind::region, "id,city,country,grid"},
      Columns{Kind::region_year, "id,year,carbon_intensity,carbon_free_share,pue,wue,boundary,accounting"},
      Columns{Kind::equivalence, "id,name,value,edition"},
      Columns{Kind::lever, "id,name,category,effect_on,factor,mechanism"},
      Columns{Kind::fact, "id,name,value,year"},
      Columns{Kind::utilisation, "id,model,params,hardware,chips,precision,mfu,hfu"},
      Columns{Kind::model, "id,name,params,active,tokens"},
      Columns{Kind::fallback, "id,value,note"},
      Columns{Kind::study, "id,title"},
      Columns{Kind::run, "id,name,kind,facts.params,facts.tokens,boundary"},
      Columns{Kind::imported, "id,rows_in,rows_out,what"},
      Columns{Kind::offer, "id,provider,year,regions"},
  };
  for (const Columns& row : rows) {
    if (row.kind == kind) return read_columns(kind, row.columns, {});
  }
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < catalog::schema(kind).fields.size() && i < 6; ++i) all.push_back(i);
  return all;
}

void sort_rows(std::vector<Row>& rows, std::size_t column, bool largest_first) {
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    const auto x = number_of(a, column);
    const auto y = number_of(b, column);
    if (x && y) return largest_first ? *x > *y : *x < *y;
    if (x || y) return x.has_value();  // numbers before rows without one
    const std::string_view s = text_of(a, column);
    const std::string_view t = text_of(b, column);
    if (s.empty() != t.empty()) return t.empty();
    return largest_first ? s > t : s < t;
  });
}

std::string listing_text(const Listing& listing, std::size_t all) {
  constexpr std::size_t longest_cell = 60;
  Table table;
  const auto& schema = catalog::schema(listing.kind);
  for (const std::size_t c : listing.columns) {
    const bool right =
        schema.fields[c].type == FieldType::quantity || schema.fields[c].type == FieldType::integer;
    table.columns.push_back({std::string{schema.fields[c].key}, right ? Align::right : Align::left});
  }
  for (const Row& row : listing.rows) {
    std::vector<std::string> cells;
    for (const std::size_t c : listing.columns) {
      std::string cell = printed_text(row, c);
      if (width(cell) > longest_cell) {
        std::size_t bytes = 0;
        for (std::size_t shown = 0; bytes < cell.size() && shown < longest_cell - 1; ++shown) {
          ++bytes;
          while (bytes < cell.size() && (static_cast<unsigned char>(cell[bytes]) & 0xC0U) == 0x80U) ++bytes;
        }
        cell = cell.substr(0, bytes) + "…";
      }
      for (char& ch : cell) {
        if (ch == '\n') ch = ' ';
      }
      cells.push_back(std::move(cell));
    }
    table.rows.push_back(std::move(cells));
  }
  std::string out = text(table);
  out += '\n' + std::to_string(listing.rows.size());
  if (listing.rows.size() != all) out += " of " + std::to_string(all);
  out += ' ' + std::string{schema.plural} + '\n';
  return out;
}

Table listing_table(const Listing& listing) {
  Table table;
  const auto& schema = catalog::schema(listing.kind);
  for (const std::size_t c : listing.columns) table.columns.push_back({std::string{schema.fields[c].key}});
  for (const Row& row : listing.rows) {
    std::vector<std::string> cells;
    for (const std::size_t c : listing.columns) cells.push_back(printed_text(row, c));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Table kinds_table(const catalog::Catalog& catalog) {
  Table table{{{"kind"}, {"rows", Align::right}, {"what"}}, {}};
  for (const auto& schema : catalog::schemas())
    table.rows.push_back(
        {std::string{schema.plural}, std::to_string(catalog.size(schema.kind)), std::string{schema.title}});
  return table;
}

}  // namespace kwhatif::report
