// Checks of what is calculated from rows: published runs, models, and constants that the formulas take.
#include "across.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>

namespace kwhatif::catalog {

namespace {

// More parameters than there are can not be used for a token.
void active_among_all(RowCheck& check, std::string_view some, std::string_view all) {
  const auto [active, total] = check.pair(some, all);
  if (active != nullptr && active->value > total->value)
    check.fault(check.either(*active, *total), "out-of-range",
                std::string{some} + ' ' + active->text + " is more than " + std::string{all} + ' ' +
                    total->text + " of '" + check.row().id + '\'',
                "the parameters that a token uses are some of all");
}

std::optional<quantity::Dimension> dimension_of(std::string_view text) {
  const auto parsed = quantity::parse(text, {.any = true});
  if (!parsed.ok) return std::nullopt;
  return quantity::per_any_device(parsed.value.dimension);
}

}  // namespace

void check_run(RowCheck& check) {
  struct Named {
    std::string_view key;
    std::array<Kind, 2> kinds;
  };
  constexpr std::array named{Named{"inputs.hardware", {Kind::hardware, Kind::host}},
                             Named{"inputs.model", {Kind::model, Kind::model}},
                             Named{"inputs.region", {Kind::region, Kind::region}},
                             Named{"inputs.grid", {Kind::grid, Kind::grid}}};
  for (const Named& each : named) {
    const CellDraft* const cell = check.row().cell(each.key);
    if (!check.own(cell) || check.all().answers(each.kinds[0], cell->text) ||
        check.all().answers(each.kinds[1], cell->text))
      continue;
    std::string help = diag::did_you_mean(cell->text, check.all().ids(each.kinds[0]));
    if (help.empty())
      help = "kwhatif list " + std::string{schema(each.kinds[0]).plural} + " shows what is known";
    check.doubt(*cell,
                std::string{each.key} + " names no " + std::string{schema(each.kinds[0]).name} + ": " +
                    quoted(cell->text),
                help);
  }
  const auto has = [&](std::string_view group) {
    return std::any_of(check.row().cells.begin(), check.row().cells.end(), [&](const CellDraft& cell) {
      return schema(Kind::run).fields[cell.field].key.starts_with(group);
    });
  };
  if (has("inputs.") && !has("published.") && !has("facts."))
    check.advise(check.at_id(), "nothing is published of this row: there is nothing to reproduce",
                 "[row.published] holds results as printed, such as facility_energy = \"1287 MWh\"");
  active_among_all(check, "inputs.active", "inputs.params");
  active_among_all(check, "facts.active", "facts.params");
}

void check_model(RowCheck& check) {
  const RowDraft& row = check.row();
  if (row.cell("config") == nullptr && row.cell("params") == nullptr)
    check.fault(check.at_id(), "missing-key", "model '" + row.id + "' has neither config nor params",
                "config = \"my-config.json\" names a Hugging Face config.json beside this file, "
                "params = \"7B\" the parameters");
  active_among_all(check, "active", "params");
}

// A number that the formulas take stays a number of its kind.
void check_constant(RowCheck& check) {
  const RowDraft& row = check.row();
  const CellDraft* const value = row.cell("value");
  if (!check.own(value)) return;
  std::optional<std::string> built_in;
  check.all().each(row.kind, row.id, [&](const RowDraft& other) {
    if (other.base && other.number("value")) built_in = std::string{other.text("value")};
  });
  // an edition of its own has no rows below it: what is a number inside the binary is one there
  if (check.edition()) {
    const auto inside = Catalog::builtin().find(row.kind, row.id);
    if (inside && inside->number("value")) built_in = std::string{inside->text("value")};
  }
  const bool number = built_in || row.kind == Kind::coefficient || row.kind == Kind::equivalence;
  const std::string of = "value of " + std::string{schema(row.kind).name} + " '" + row.id + "'";
  if (number && !value->numeric)
    return check.fault(
        *value, "not-a-number", of + " is no number: " + quoted(value->text),
        built_in ? "the built-in value is " + *built_in : "a number, with its unit where it has one");
  if (!built_in || check.edition()) return;
  const auto wanted = dimension_of(*built_in);
  const auto given = dimension_of(value->text);
  if (wanted && given && *wanted != *given)
    check.fault(*value, "wrong-unit",
                of + " is " + quantity::describe(*given) + "; " + quantity::describe(*wanted) + " is needed",
                "the built-in value is " + *built_in);
}

}  // namespace kwhatif::catalog
