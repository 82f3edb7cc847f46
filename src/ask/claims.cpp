#include "claims.hpp"

#include <kwhatif/ask/compare.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>

#include <cmath>

namespace kwhatif::ask {

using catalog::Cell;
using catalog::Kind;
using catalog::Row;
using number::Interval;

namespace {

struct Term {
  double value = 0;
  Interval bounds;
  std::string text;
};

std::optional<Term> read(std::string_view text, std::string& problem) {
  const auto parsed = quantity::parse(text, {.any = true});
  if (!parsed.ok) {
    problem = parsed.fault.message;
    return std::nullopt;
  }
  const double v = parsed.value.coherent;
  return Term{v, {v - parsed.value.half_step, v + parsed.value.half_step}, std::string{text}};
}

std::optional<Cell> intensity(std::string_view tail, const catalog::Catalog& catalog) {
  const auto first = tail.find(':');
  const auto second = tail.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  for (const Row& row : catalog.all(Kind::grid_intensity, tail.substr(0, first))) {
    if (row.text("year") == tail.substr(first + 1, second - first - 1) &&
        row.source() == tail.substr(second + 1))
      return row.cell("carbon_intensity");
  }
  return std::nullopt;
}

// How a claim takes results of other rows. A paper's own table is its own input: the printed figures are
// added and divided as they stand. What others say of a study is held against what follows from that study's
// inputs. And a figure alone is never held against itself.
struct Reading {
  const catalog::Catalog& catalog;
  std::string_view source;  // of the claim
  bool alone = false;       // the claim is this one term
  std::string& problem;
};

std::optional<Term> result_of(const Row& row, const std::string& key, const Reading& how) {
  const auto cell = row.cell("published." + key);
  const bool own_table = row.source() == how.source && !how.alone;
  const auto computed = own_table ? std::nullopt : PrintedRun{row, how.catalog}.result(key);
  if (computed)
    return Term{computed->value, computed->bounds,
                quantity::human(computed->value, run::result_dimension(key), 6) + ", recomputed,"};
  if (how.alone) {
    how.problem = "the inputs of " + std::string{row.id()} + " do not give its " + key +
                  ", and a figure is not held against itself";
    return std::nullopt;
  }
  return read(cell->text(), how.problem);
}

// "study/row:key", "equivalence/id:value", "grid_intensity/EST:2018:source".
std::optional<Term> referenced(std::string_view ref, const Reading& how) {
  const catalog::Catalog& catalog = how.catalog;
  std::optional<Cell> cell;
  const auto slash = ref.find('/');
  const auto colon = ref.rfind(':');
  if (slash != std::string_view::npos && colon != std::string_view::npos && colon > slash) {
    const std::string_view head = ref.substr(0, slash);
    const std::string key{ref.substr(colon + 1)};
    if (head == "grid_intensity") {
      cell = intensity(ref.substr(slash + 1), catalog);
    } else if (const auto kind = catalog::kind_named(head)) {
      if (const auto row = catalog.find(*kind, ref.substr(slash + 1, colon - slash - 1)))
        cell = row->cell(key);
    } else if (const auto row = catalog.find(Kind::run, ref.substr(0, colon))) {
      cell = row->cell("inputs." + key);
      if (!cell) cell = row->cell("facts." + key);
      if (!cell && row->cell("published." + key)) return result_of(*row, key, how);
    }
  }
  if (!cell) {
    how.problem = "no value at '" + std::string{ref} + "'";
    return std::nullopt;
  }
  return read(cell->text(), how.problem);
}

std::optional<Term> term(const Cell& cell, const Reading& how) {
  const std::string_view text = cell.text();
  return text.starts_with('@') ? referenced(text.substr(1), how) : read(text, how.problem);
}

// Two runs' ratio as the product of its causes: the four Ms where both runs' compute is known, else
// device-time, power, PUE and intensity. The claim's `from` stands over its `to`.
void split(const Row& row, const catalog::Catalog& catalog, Claim& claim) {
  const auto from = catalog.find(Kind::run, row.text("compute.from"));
  const auto to = catalog.find(Kind::run, row.text("compute.to"));
  if (!from || !to) return;
  std::string problem;
  const auto a = resolve_printed(*from, catalog, problem);
  const auto b = resolve_printed(*to, catalog, problem);
  if (!a || !b) return;
  const auto left = run::estimate(a->inputs);
  const auto right = run::estimate(b->inputs);
  for (const Measure measure : {Measure::location, Measure::energy}) {
    const auto causes = split_ratio(*a, left, *b, right, measure);
    for (const Cause& cause : causes) {
      claim.factors.push_back({cause.label, quantity::significant(cause.ratio) + "x (" + cause.value_text +
                                                " against " + cause.against_text + ')'});
    }
    if (!causes.empty()) return;
  }
}

}  // namespace

std::optional<Claim> evaluate_claim(const Row& row, const catalog::Catalog& catalog) {
  const auto times = row.cells("compute.times");
  const auto over = row.cells("compute.over");
  const auto sum = row.cells("compute.sum");
  if (times.empty() && over.empty() && sum.empty()) return std::nullopt;
  Claim claim;
  const Reading how{.catalog = catalog,
                    .source = row.source(),
                    .alone = times.size() + over.size() + sum.size() == 1,
                    .problem = claim.problem};
  Term total{1, Interval{1.0}, {}};
  if (!sum.empty()) total = {0, Interval{0.0}, {}};
  const auto each = [&](const std::vector<Cell>& cells, const char* sign, auto apply) {
    for (const Cell& cell : cells) {
      const auto t = term(cell, how);
      if (!t) return;
      apply(*t);
      claim.factors.push_back({std::string{cell.note()}, sign + t->text});
    }
  };
  each(times, "x ", [&](const Term& t) {
    total.value *= t.value;
    total.bounds = total.bounds * t.bounds;
  });
  each(over, "/ ", [&](const Term& t) {
    total.value /= t.value;
    total.bounds = total.bounds / t.bounds;
  });
  each(sum, "+ ", [&](const Term& t) {
    total.value += t.value;
    total.bounds = total.bounds + t.bounds;
  });
  claim.value = total.value;
  claim.bounds = total.bounds;
  if (!std::isfinite(claim.value)) claim.problem = "the arithmetic of the claim has no finite value";
  if (!row.text("compute.from").empty()) split(row, catalog, claim);
  return claim;
}

}  // namespace kwhatif::ask
