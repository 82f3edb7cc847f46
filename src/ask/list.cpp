// list: rows of one table that meet conditions, sorted.
#include <kwhatif/ask/tables.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <string_view>

namespace kwhatif::ask {

using catalog::Cell;
using catalog::FieldType;
using catalog::Kind;
using catalog::Row;

namespace {

/// One condition on a column: "year>=2020", "kind=gpu", "name~H100".
struct Condition {
  enum class Compare { equal, unequal, less, at_most, more, at_least, contains };
  std::size_t field = 0;
  Compare compare = Compare::equal;
  std::string text;              ///< folded, for texts
  std::optional<double> number;  ///< coherent, where the column holds numbers
};

std::string_view text_of(const Row& row, std::size_t field) {
  const auto& info = catalog::schema(row.kind()).fields[field];
  if (info.key == "id") return row.id();
  return row.text(info.key);
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
  diag::refuse("unknown-column",
               std::string{schema.plural} + " have no column '" + std::string{name.substr(0, 40)} + "'",
               where, help);
}

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
    const std::string_view part = diag::trimmed(text.substr(0, end));
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
      diag::refuse("bad-condition", "'" + std::string{part.substr(0, 60)} + "' is no condition", where,
                   "write for example 'kind=gpu and year>=2020'; = != < <= > >= and ~ (contains)");
    Condition condition;
    condition.field = column_named(kind, diag::trimmed(part.substr(0, at)), where);
    condition.compare = found->compare;
    std::string_view value = diag::trimmed(part.substr(at + found->sign.size()));
    if (value.empty() || value == "and" || value.ends_with(" and"))
      diag::refuse("bad-condition",
                   "a condition is missing at the end of '" + std::string{part.substr(0, 60)} + "'", where,
                   "write for example 'kind=gpu and year>=2020'");
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    const auto& field = catalog::schema(kind).fields[condition.field];
    const bool numeric = field.type == FieldType::quantity || field.type == FieldType::integer;
    if (numeric && condition.compare != Compare::contains) {
      const auto dimension = field.type == FieldType::integer ? quantity::dim::one : field.dimension;
      const auto parsed =
          quantity::parse(value, {.dimension = dimension, .bare_number = quantity::may_be_bare(dimension)});
      if (!parsed.ok)
        diag::refuse(parsed.fault.code, std::string{field.key} + ": " + parsed.fault.message, where,
                     parsed.fault.help);
      condition.number = parsed.value.coherent;
    } else {
      const bool ordered = condition.compare == Compare::less || condition.compare == Compare::at_most ||
                           condition.compare == Compare::more || condition.compare == Compare::at_least;
      const auto parsed = quantity::parse(value, {.any = true});
      if (field.type == FieldType::any && parsed.ok) {
        condition.number = parsed.value.coherent;
      } else if (ordered) {
        diag::refuse("bad-condition", "column " + std::string{field.key} + " holds text, which has no order",
                     where, "use =, != or ~");
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
  return std::ranges::all_of(conditions, [&](const Condition& c) {
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
  for (const std::string_view name : diag::parts(text, ','))
    out.push_back(column_named(kind, diag::trimmed(name), where));
  return out;
}

void sort_rows(std::vector<Row>& rows, std::size_t column, bool largest_first) {
  std::ranges::stable_sort(rows, [&](const Row& a, const Row& b) {
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

// At most so many.
std::size_t read_limit(const run::Given& given) {
  const auto n = quantity::parse(given.text, {.dimension = quantity::dim::one, .bare_number = true});
  if (!n.ok || n.value.coherent < 0 || n.value.coherent != std::floor(n.value.coherent))
    diag::refuse("out-of-range", "--limit needs a whole number", given.where);
  return static_cast<std::size_t>(std::min(n.value.coherent, 1e9));
}

void refuse_without_table(const std::optional<run::Given>& given) {
  if (given)
    diag::refuse("no-effect", given->named + " does not go with the list of tables", given->where,
                 "name a table: `kwhatif list hardware`");
}

}  // namespace

Kind kind_of(const run::Given& name) {
  if (const auto kind = catalog::kind_named(name.text)) return *kind;
  std::vector<std::string_view> known;
  for (const auto& schema : catalog::schemas()) {
    known.push_back(schema.plural);
    known.push_back(schema.name);
  }
  std::string help = diag::did_you_mean(name.text, known);
  help += (help.empty() ? "" : " ") + std::string{"kinds: "} +
          diag::listed(catalog::schemas(), ", ", &catalog::KindSchema::plural);
  diag::refuse("unknown-kind", "no kind of table '" + name.text.substr(0, 60) + "'", name.where, help);
}

Listing list(const ListQuestion& question, const catalog::Catalog& tables) {
  if (!question.kind) {
    if (!question.where.empty()) refuse_without_table(question.where.front());
    for (const auto& given : {question.sort, question.columns, question.all_columns, question.limit})
      refuse_without_table(given);
    return {};
  }
  const Kind kind = kind_of(*question.kind);
  Listing out{.kind = kind};
  std::vector<Condition> conditions;
  for (const run::Given& given : question.where) {
    for (auto& condition : read_conditions(kind, given.text, given.where))
      conditions.push_back(std::move(condition));
  }
  for (Row& row : tables.rows(kind)) {
    if (fits(row, conditions)) out.rows.push_back(std::move(row));
  }
  if (question.columns && question.all_columns)
    diag::refuse("conflict", "--columns and --all-columns are given", question.all_columns->where,
                 "give one of them");
  out.all_columns = question.all_columns.has_value();
  if (question.columns) out.columns = read_columns(kind, question.columns->text, question.columns->where);
  if (question.sort) {
    const bool down = question.sort->text.starts_with('-');
    const auto column =
        read_columns(kind, std::string_view{question.sort->text}.substr(down ? 1 : 0), question.sort->where);
    if (!column.empty()) sort_rows(out.rows, column.front(), down);
  }
  if (question.limit) {
    const std::size_t most = read_limit(*question.limit);
    if (out.rows.size() > most)
      out.rows.erase(out.rows.begin() + static_cast<std::ptrdiff_t>(most), out.rows.end());
  }
  return out;
}

}  // namespace kwhatif::ask
