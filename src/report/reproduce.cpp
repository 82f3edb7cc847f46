// reproduce: published figures beside what follows from their inputs, for people and machines.
#include "json_support.hpp"
#include "pages.hpp"
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::report {

using ask::Check;
using ask::Study;
using ask::Verdict;
using ask::VerdictCounts;
using quantity::significant;

namespace {

constexpr std::array verdicts{Verdict::printed, Verdict::within, Verdict::known_difference, Verdict::mismatch,
                              Verdict::missing};

std::string_view words(Verdict verdict) {
  constexpr std::array<std::string_view, ask::verdict_count> all{
      "printed", "within input rounding", "known difference", "MISMATCH", "not enough inputs"};
  return all[static_cast<std::size_t>(verdict)];
}

std::string counts_line(const VerdictCounts& counts) {
  std::string out;
  for (const Verdict v : verdicts) {
    if (!out.empty()) out += ", ";
    out += std::to_string(counts[static_cast<std::size_t>(v)]) + ' ' +
           std::string{v == Verdict::mismatch ? "mismatch" : words(v)};
  }
  return out;
}

// As many digits as were printed, so that the two can be compared by eye, and never fewer than four.
std::string ours(const Check& check) {
  if (!check.computed) return "-";
  int digits = 0;
  for (const char c : check.printed) {
    if (c >= '0' && c <= '9')
      ++digits;
    else if (c != '.' && c != ',')
      break;
  }
  constexpr int fewest = 4;
  constexpr int most = 10;
  return significant(*check.computed, std::clamp(digits, fewest, most)) +
         (check.unit.empty() ? "" : ' ' + check.unit);
}

std::string difference_words(const Check& check) {
  const auto error = check.relative_error();
  if (!error || check.verdict == Verdict::missing) return {};
  const double percent = 100 * *error;
  if (std::fabs(percent) < 0.005) return "0 %";
  return (percent > 0 ? "+" : "") + significant(percent, 2) + " %";
}

std::string verdict_words(const Check& check) {
  std::string out{words(check.verdict)};
  if (check.by_estimate && check.verdict == Verdict::within) return "within the estimate's band";
  if (check.by_estimate && check.verdict == Verdict::mismatch) return "OUTSIDE the estimate's band";
  if (check.claim == "holds") return out + "; holds";
  if (check.claim == "fails") return out + "; does not hold";
  return check.claim.empty() ? out : out + "; holds only if";
}

std::string quantity_words(const Check& check) {
  if (check.quantity == "value") return {};
  std::string out = check.quantity;
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

// "power 330 W -> 512 W (given): implausible, 280 W to 420 W is usual"
std::string repair_words(const ask::Repair& repair) {
  using quantity::human;
  std::string out = repair.label + ' ' + human(repair.to, repair.dimension) + " instead of " +
                    human(repair.from, repair.dimension) + (repair.given ? "" : " (taken, not given)");
  if (repair.plausibility == ask::Plausibility::unknown) return out;
  out += ": " + std::string{ask::name(repair.plausibility)};
  if (repair.low && repair.high)
    out += ", 90 % of such runs have " + human(*repair.low, repair.dimension) + " to " +
           human(*repair.high, repair.dimension);
  return out;
}

// Of a run that was checked: which input would make a figure fit, and what the difference looks like.
void add_repairs(Page& page, const Check& check) {
  if (check.verdict != Verdict::mismatch || check.published == 0) return;
  const std::string figure = "the printed " + quantity_words(check);
  for (const auto& slip : check.slips)
    page.hanging("    - ",
                 figure + " is " + significant(slip.factor > 1 ? slip.factor : 1 / slip.factor) + " times " +
                     (slip.factor > 1 ? "less" : "more") + " than ours, as if " + slip.what + '.',
                 6);
  if (check.repairs.empty()) return;
  page.paragraph(figure + " would fit with one of these, all else as it is:", 4);
  for (const auto& repair : check.repairs) page.hanging("      - ", repair_words(repair), 8);
}

// Why it does not come out, and the factors of what has more of them than a quotient.
void add_notes(Page& page, const Check& check) {
  const bool factors = check.factors.size() > 2 || (!check.why.empty() && !check.factors.empty());
  if (check.why.empty() && !factors) return;
  std::string note = check.row;
  if (!check.said.empty()) note += ", \"" + check.said + '"';
  if (const std::string quantity = quantity_words(check); !quantity.empty()) note += ", " + quantity;
  page.hanging("    - ", note + (check.why.empty() ? "" : ": " + check.why), 6);
  if (!factors) return;
  for (const auto& factor : check.factors) page.paragraph(factor.text + ' ' + factor.label, 8);
}

void add_study(Page& page, const Study& study, const catalog::Catalog& tables) {
  page.gap().heading(study.id + ": " + study.title);
  if (const auto row = tables.find(catalog::Kind::source, study.source);
      row && row->text("title") != study.title)
    page.asides().paragraph(citation(tables, study.source), 2).results();
  Table table{heads({"row", "quantity", ">printed", ">ours", ">difference", "verdict"}), {}};
  std::vector<std::size_t> mismatches;
  std::string previous;
  for (const Check& check : study.checks) {
    if (check.verdict == Verdict::mismatch) mismatches.push_back(table.rows.size());
    table.rows.push_back({check.row == previous ? "" : check.row, quantity_words(check),
                          check.from_source ? check.printed : '(' + check.printed + ')', ours(check),
                          difference_words(check), verdict_words(check)});
    previous = check.row;
  }
  page.table(std::move(table), 2, std::move(mismatches)).asides();
  if (std::ranges::any_of(study.checks, [](const Check& c) { return !c.from_source; }))
    page.paragraph(
        "(in brackets: our reading of words, or our calculation; the source prints no such figure)", 2);
  for (const Check& check : study.checks) {
    add_notes(page, check);
    add_repairs(page, check);
  }
  page.results().paragraph(counts_line(study.counts()), 2);
}

Table summary_table(const ask::Reproduction& r) {
  Table table{heads({"study", ">printed", ">within", ">known", ">mismatch", ">missing", "title"}), {}};
  for (const Study& study : r.studies) {
    auto& cells = table.rows.emplace_back(1, study.id);
    for (const std::size_t count : study.counts()) cells.push_back(std::to_string(count));
    cells.push_back(study.title);
  }
  return table;
}

Page reproduce_page(const ask::Reproduction& r, const catalog::Catalog& tables, bool summary) {
  Page page;
  if (summary) {
    page.table(summary_table(r));
  } else {
    for (const Study& study : r.studies) add_study(page, study, tables);
  }
  const VerdictCounts counts = r.counts();
  std::size_t all = 0;
  for (const std::size_t n : counts) all += n;
  return page.gap().paragraph(
      std::to_string(all) + (all == 1 ? " figure in " : " figures in ") + std::to_string(r.studies.size()) +
      (r.studies.size() == 1 ? " study: " : " studies: ") + counts_line(counts) + '.');
}

Json check_json(const Check& c) {
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  Json row;
  row["id"] = c.row;
  row["name"] = c.name;
  row["quantity"] = c.quantity;
  row["unit"] = c.unit.empty() ? Json("1") : Json(c.unit);
  row["published"] = c.published;
  row["printed"] = c.from_source ? Json(c.printed) : Json(nullptr);
  if (!c.said.empty()) row["said"] = c.said;
  row["computed"] = or_null(c.computed);
  row["computed_low"] = or_null(c.low);
  row["computed_high"] = or_null(c.high);
  row["relative_error"] = or_null(c.relative_error());
  row["verdict"] = ask::name(c.verdict);
  row["why"] = c.why.empty() ? Json(nullptr) : Json(c.why);
  row["at"] = c.at;
  row["held_against"] = c.by_estimate ? "estimate" : "inputs";
  if (!c.claim.empty()) row["claim"] = c.claim;
  for (const auto& r : c.repairs) {
    Json& line = row["repairs"].emplace_back();
    line["input"] = r.input;
    line["unit"] = quantity::coherent_unit(r.dimension);
    line["from"] = r.from;
    line["to"] = r.to;
    line["given"] = r.given;
    line["plausibility"] = ask::name(r.plausibility);
    line["low"] = or_null(r.low);
    line["high"] = or_null(r.high);
  }
  for (const auto& s : c.slips) row["slips"].push_back({{"what", s.what}, {"factor", s.factor}});
  for (const auto& f : c.factors) row["factors"].push_back({{"label", f.label}, {"value", f.text}});
  return row;
}

Json reproduce_json(const ask::Reproduction& r) {
  Json out;
  out["studies"] = Json::array();
  for (const Study& study : r.studies) {
    Json rows = Json::array();
    for (const Check& check : study.checks) rows.push_back(check_json(check));
    out["studies"].push_back(
        {{"id", study.id}, {"title", study.title}, {"source", study.source}, {"rows", std::move(rows)}});
  }
  for (const Verdict v : verdicts) out["summary"][std::string{ask::name(v)}] = r.count(v);
  return out;
}

Table reproduce_rows(const ask::Reproduction& r) {
  Table table{heads({"study", "row", "quantity", "unit", "published", "computed", "relative_error", "verdict",
                     "why"}),
              {}};
  const auto number = [](const std::optional<double>& v) { return v ? quantity::shortest(*v) : ""; };
  for (const Study& study : r.studies) {
    for (const Check& c : study.checks)
      table.rows.push_back({study.id, c.row, c.quantity, c.unit, quantity::shortest(c.published),
                            number(c.computed), number(c.relative_error()), std::string{ask::name(c.verdict)},
                            c.why});
  }
  return table;
}

}  // namespace

Document present(const ask::Reproduction& answer, const catalog::Catalog& tables, Detail detail) {
  Content content{.name = "reproduce", .catalog = tables};
  for (const Study& study : answer.studies) content.sources.push_back(study.source);
  content.page = [&answer, &tables, detail] {
    return reproduce_page(answer, tables, detail == Detail::least);
  };
  content.body = [&answer] { return reproduce_json(answer); };
  content.rows = [&answer] { return reproduce_rows(answer); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
