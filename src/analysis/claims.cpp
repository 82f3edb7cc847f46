#include "claims.hpp"

#include <kwhatif/analysis/compare.hpp>
#include <kwhatif/estimate/run.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <cmath>

namespace kwhatif::analysis {

using catalog::Cell;
using catalog::Kind;
using catalog::Row;
using number::Interval;

namespace {

// "study/row:key", "equivalence/id:value", "grid_intensity/EST:2018:source" to the text of the value.
std::optional<Cell> referenced(std::string_view ref, const catalog::Catalog& catalog) {
  const auto slash = ref.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view head = ref.substr(0, slash);
  const std::string_view tail = ref.substr(slash + 1);
  if (head == "grid_intensity") {
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
  const auto colon = tail.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string key{tail.substr(colon + 1)};
  if (const auto kind = catalog::kind_named(head)) {
    const auto row = catalog.find(*kind, tail.substr(0, colon));
    return row ? row->cell(key) : std::nullopt;
  }
  const auto row = catalog.find(Kind::run, ref.substr(0, slash + 1 + colon));
  if (!row) return std::nullopt;
  for (const std::string_view group : {"published.", "inputs.", "facts."}) {
    if (const auto cell = row->cell(std::string{group} + key)) return cell;
  }
  return std::nullopt;
}

struct Term {
  double value = 0;
  Interval bounds;
  std::string text;
};

std::optional<Term> term(const Cell& cell, const catalog::Catalog& catalog, std::string& problem) {
  std::string text{cell.text()};
  if (text.starts_with('@')) {
    const auto target = referenced(std::string_view{text}.substr(1), catalog);
    if (!target) {
      problem = "no value at '" + text.substr(1) + "'";
      return std::nullopt;
    }
    text = target->text();
  }
  const auto parsed = quantity::parse(text, {.any = true});
  if (!parsed.ok) {
    problem = parsed.fault.message;
    return std::nullopt;
  }
  const double v = parsed.value.coherent;
  return Term{v, {v - parsed.value.half_step, v + parsed.value.half_step}, text};
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
  const auto left = estimate::estimate(a->inputs);
  const auto right = estimate::estimate(b->inputs);
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
  Term total{1, Interval{1.0}, {}};
  if (!sum.empty()) total = {0, Interval{0.0}, {}};
  const auto each = [&](const std::vector<Cell>& cells, const char* sign, auto apply) {
    for (const Cell& cell : cells) {
      const auto t = term(cell, catalog, claim.problem);
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

}  // namespace kwhatif::analysis
