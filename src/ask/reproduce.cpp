#include "claims.hpp"
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/number/interval.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::ask {

using catalog::Cell;
using catalog::Kind;
using catalog::Row;
using number::Interval;

std::string_view name(Verdict verdict) {
  constexpr std::array<std::string_view, verdict_count> names{"printed", "within", "known-difference",
                                                              "mismatch", "missing"};
  return names[static_cast<std::size_t>(verdict)];
}

run::Scenario scenario_of(const Row& row) {
  run::Scenario out;
  auto source = std::make_shared<diag::SourceText>();
  source->name = row.file();
  for (const run::InputInfo& input : run::input_table()) {
    std::string key = "inputs." + std::string{input.flag};
    std::replace(key.begin(), key.end(), '-', '_');
    if (const auto cell = row.cell(key)) {
      run::Given given;
      given.text = cell->text();
      given.where = diag::Span{source, row.line(), 0, 0};
      given.named = key;
      out.set(input.input, std::move(given));
    }
  }
  return out;
}

namespace {

// What is given, and no defaults.
std::optional<run::ResolvedRun> resolve_alone(const run::Scenario& given, const catalog::Catalog& catalog,
                                              std::string& problem) {
  if (given.empty()) return std::nullopt;
  try {
    return run::resolve(given, catalog, {.defaults = false});
  } catch (const diag::Error& error) {
    problem = error.diagnostics().front().message;
    return std::nullopt;
  }
}

}  // namespace

std::optional<run::ResolvedRun> resolve_printed(const Row& row, const catalog::Catalog& catalog,
                                                std::string& problem) {
  return resolve_alone(scenario_of(row), catalog, problem);
}

PrintedRun::PrintedRun(const Row& row, const catalog::Catalog& catalog)
    : PrintedRun(scenario_of(row), catalog) {}

PrintedRun::PrintedRun(const run::Scenario& given, const catalog::Catalog& catalog) {
  const auto run = resolve_alone(given, catalog, problem_);
  if (!run) return;
  exact_ = run::estimate(run->inputs);
  bounds_ = run::estimate(
      run::lift<Interval>(run->inputs, [&](run::Slot slot, const quantity::Dimension&, double value) {
        const double step = run->record(slot).half_step;
        return Interval{value - step, value + step};
      }));
}

std::optional<Computed> PrintedRun::result(std::string_view key) const {
  std::optional<Computed> out;
  run::for_each_result(exact_, [&](const run::ResultInfo& info, const auto& field) {
    if (info.key == key && field) out = Computed{field->coherent(), {}};
  });
  run::for_each_result(bounds_, [&](const run::ResultInfo& info, const auto& field) {
    if (info.key == key && field && out) out->bounds = field->coherent();
  });
  return out;
}

namespace {

constexpr std::array<std::string_view, 3> co2e_results{"embodied", "total_co2e", "value"};

// How a claim compares: [row.compute] relation, "about" where it says nothing.
bool satisfied(std::string_view relation, double value, const Interval& bounds, const Interval& published) {
  if (relation == "under") return value <= published.high;
  if (relation == "over") return value >= published.low;
  return published.contains(value) || published.overlaps(bounds);
}

}  // namespace

std::string_view name(Plausibility plausibility) {
  constexpr std::array<std::string_view, 4> names{"plausible", "unusual", "implausible", "unknown"};
  return names[static_cast<std::size_t>(plausibility)];
}

std::optional<quantity::Parsed> read_printed(Check& check, std::string_view key) {
  const bool any = std::ranges::find(co2e_results, key) != co2e_results.end();
  const auto dimension = run::result_dimension(key);
  const auto parsed = quantity::parse(
      check.printed, {.dimension = dimension, .bare_number = quantity::may_be_bare(dimension), .any = any});
  if (parsed.ok) {
    check.unit = parsed.value.unit;
    return parsed.value;
  }
  check.verdict = Verdict::mismatch;
  check.why = parsed.fault.message;
  return std::nullopt;
}

void judge(Check& check, const std::optional<Computed>& computed, const quantity::Parsed& printed,
           std::string_view relation) {
  const auto unit = quantity::read_unit(check.unit, true);
  const double scale = check.unit.empty() || !unit.unit ? 1.0 : quantity::coherent_per(check.unit);
  check.published = printed.coherent / scale;
  if (!computed) {
    check.verdict = Verdict::missing;
    return;
  }
  check.computed = computed->value / scale;
  check.low = computed->bounds.low / scale;
  check.high = computed->bounds.high / scale;
  // a hair for binary rounding of printed decimals
  const double half = printed.half_step * (1 + 1e-9) + std::fabs(printed.coherent) * 1e-12;
  const Interval rounded{printed.coherent - half, printed.coherent + half};
  const bool fits = satisfied(relation, computed->value, computed->bounds, rounded);
  // a stated reason is more than the rounding that could also explain the difference
  if (rounded.contains(computed->value)) {
    check.verdict = check.from_source ? Verdict::printed : Verdict::within;
  } else if (!check.why.empty()) {
    check.verdict = Verdict::known_difference;
  } else {
    check.verdict = rounded.overlaps(computed->bounds) ? Verdict::within : Verdict::mismatch;
  }
  // what is said of a claim has to be what its arithmetic says
  if ((check.claim == "holds" && !fits) || (check.claim == "fails" && fits))
    check.verdict = Verdict::mismatch;
}

namespace {

void check_run(const Row& row, const catalog::Catalog& catalog, Study& study) {
  const PrintedRun run{row, catalog};
  const auto& schema = catalog::schema(Kind::run);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Cell cell = row[i];
    const std::string_view field = schema.fields[cell.field()].key;
    if (!field.starts_with("published.")) continue;
    const std::string_view key = field.substr(10);
    Check check;
    check.row = row.id().substr(study.id.size() + 1);
    check.name = row.text("name");
    check.quantity = key;
    check.at = cell.at();
    check.printed = cell.text();
    if (key == "value") check.said = row.text("said");
    const auto standing = cell.standing();
    check.from_source = check.said.empty() && standing != catalog::Standing::derived &&
                        standing != catalog::Standing::assumed;
    const auto parsed = read_printed(check, key);
    if (!parsed) {
      study.checks.push_back(std::move(check));
      continue;
    }
    std::optional<Computed> computed = run.result(key);
    check.why = row.text("why." + std::string{key});
    std::string missing{row.text("missing." + std::string{key})};
    if (!missing.empty() && run.problem().empty()) computed.reset();
    if (missing.empty()) missing = run.problem();
    if (const auto claim = evaluate_claim(row, catalog); claim && key == "value") {
      check.factors = claim->factors;
      if (claim->problem.empty())
        computed = Computed{claim->value, claim->bounds};
      else
        missing = claim->problem;
    }
    if (key == "value" && computed) check.claim = row.text("verdict");
    judge(check, computed, *parsed, row.text("compute.relation"));
    if (!check.computed && check.why.empty())
      check.why = missing.empty() ? "the row's printed inputs do not suffice" : missing;
    study.checks.push_back(std::move(check));
  }
}

}  // namespace

std::optional<double> Check::relative_error() const {
  if (!computed || published == 0) return std::nullopt;
  return *computed / published - 1;
}

VerdictCounts Study::counts() const {
  VerdictCounts out{};
  for (const Check& check : checks) ++out[static_cast<std::size_t>(check.verdict)];
  return out;
}

VerdictCounts Reproduction::counts() const {
  VerdictCounts out{};
  for (const Study& study : studies) {
    const auto own = study.counts();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += own[i];
  }
  return out;
}

Reproduction reproduce(const catalog::Catalog& catalog, const std::vector<std::string>& ids) {
  Reproduction out;
  std::vector<Row> wanted;
  if (ids.empty()) {
    wanted = catalog.rows(Kind::study);
  } else {
    std::vector<diag::Diagnostic> faults;
    for (const std::string& id : ids) {
      const auto found = catalog.lookup(Kind::study, id);
      if (found.row) {
        wanted.push_back(*found.row);
      } else {
        faults.push_back({.code = "unknown-study",
                          .message = "no study '" + id.substr(0, 60) + "'",
                          .help = found.suggestion + (found.suggestion.empty() ? "" : " ") +
                                  "`kwhatif list studies` prints all " +
                                  std::to_string(catalog.size(Kind::study))});
      }
    }
    if (!faults.empty()) throw diag::UsageError(std::move(faults));
  }
  for (const Row& row : wanted) {
    Study study{.id = std::string{row.id()},
                .title = std::string{row.text("title")},
                .source = std::string{row.source()},
                .note = std::string{row.text("note")},
                .checks = {}};
    const std::string prefix = study.id + '/';
    std::vector<Row> rows;
    for (std::size_t i = 0; i < catalog.size(Kind::run); ++i) {
      const Row run = catalog.row(Kind::run, i);
      if (run.id().starts_with(prefix)) rows.push_back(run);
    }
    std::ranges::sort(rows, [](const Row& a, const Row& b) { return a.line() < b.line(); });
    for (const Row& run : rows) check_run(run, catalog, study);
    out.studies.push_back(std::move(study));
  }
  return out;
}

}  // namespace kwhatif::ask
