#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/reproduce.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::report {

using ask::Check;
using ask::Study;
using ask::Verdict;
using quantity::significant;

namespace {

constexpr std::array verdicts{Verdict::printed, Verdict::within, Verdict::known_difference, Verdict::mismatch,
                              Verdict::missing};

std::string_view words(Verdict verdict) {
  switch (verdict) {
    case Verdict::printed:
      return "printed";
    case Verdict::within:
      return "within input rounding";
    case Verdict::known_difference:
      return "known difference";
    case Verdict::mismatch:
      return "MISMATCH";
    case Verdict::missing:
      return "not enough inputs";
  }
  return "";
}

std::string counts_line(const std::array<std::size_t, ask::verdict_count>& counts) {
  std::string out;
  for (const Verdict v : verdicts) {
    if (!out.empty()) out += ", ";
    out += std::to_string(counts[static_cast<std::size_t>(v)]) + ' ' +
           (v == Verdict::mismatch ? std::string{"mismatch"} : std::string{words(v)});
  }
  return out;
}

std::array<std::size_t, ask::verdict_count> counts_of(const Study& study) {
  std::array<std::size_t, ask::verdict_count> counts{};
  for (const Check& check : study.checks) ++counts[static_cast<std::size_t>(check.verdict)];
  return counts;
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

std::string quantity_words(std::string_view key) {
  std::string out{key};
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

void study_text(const Study& study, const catalog::Catalog& catalog, std::string& out) {
  out += study.id + ": " + study.title + '\n';
  if (const auto row = catalog.find(catalog::Kind::source, study.source);
      row && row->text("title") != study.title)
    out += wrapped(citation(catalog, study.source), page_width, 2);
  Table table{{{"row"},
               {"quantity"},
               {"printed", Align::right},
               {"ours", Align::right},
               {"difference", Align::right},
               {"verdict"}},
              {}};
  std::vector<std::string> notes;
  std::string previous;
  for (const Check& check : study.checks) {
    std::string difference;
    if (check.computed && check.published != 0 && check.verdict != Verdict::missing) {
      const double relative = 100 * (*check.computed / check.published - 1);
      difference =
          std::fabs(relative) < 0.005 ? "0 %" : (relative > 0 ? "+" : "") + significant(relative, 2) + " %";
    }
    std::string verdict{words(check.verdict)};
    if (!check.claim.empty())
      verdict += check.claim == "holds" ? "; holds"
                                        : (check.claim == "fails" ? "; does not hold" : "; holds only if");
    const bool factors = check.factors.size() > 2 || (!check.why.empty() && !check.factors.empty());
    if (!check.why.empty() || factors) {
      std::string head = check.row;
      if (!check.said.empty()) head += ", \"" + check.said + '"';
      if (check.quantity != "value") head += ", " + quantity_words(check.quantity);
      notes.push_back(head + (check.why.empty() ? "" : ": " + check.why));
    }
    for (const auto& factor : check.factors) {
      if (factors) notes.push_back("    " + factor.text + "  " + factor.label);
    }
    table.rows.push_back({check.row == previous ? "" : check.row,
                          check.quantity == "value" ? "" : quantity_words(check.quantity),
                          check.from_source ? check.printed : '(' + check.printed + ')', ours(check),
                          difference, verdict});
    previous = check.row;
  }
  out += text(table, 2);
  if (std::any_of(study.checks.begin(), study.checks.end(), [](const Check& c) { return !c.from_source; }))
    out += "  (in brackets: our reading of words, or our calculation; the source prints no such figure)\n";
  for (const std::string& note : notes) {
    const bool factor = note.starts_with("    ");
    std::string lines = wrapped(note, page_width, factor ? 8 : 6);
    out += factor ? lines : "    - " + lines.substr(6);
  }
  out += "  " + counts_line(counts_of(study)) + "\n";
}

}  // namespace

std::string reproduce_text(const ask::Reproduction& r, const catalog::Catalog& catalog, bool summary) {
  std::string out;
  if (summary) {
    Table table{{{"study"},
                 {"printed", Align::right},
                 {"within", Align::right},
                 {"known", Align::right},
                 {"mismatch", Align::right},
                 {"missing", Align::right},
                 {"title"}},
                {}};
    for (const Study& study : r.studies) {
      const auto counts = counts_of(study);
      std::vector<std::string> row{study.id};
      for (const Verdict v : verdicts) row.push_back(std::to_string(counts[static_cast<std::size_t>(v)]));
      row.push_back(study.title);
      table.rows.push_back(std::move(row));
    }
    out += text(table) + '\n';
  } else {
    for (const Study& study : r.studies) {
      study_text(study, catalog, out);
      out += '\n';
    }
  }
  std::size_t all = 0;
  for (const std::size_t n : r.counts) all += n;
  out += std::to_string(all) + " figures in " + std::to_string(r.studies.size()) +
         (r.studies.size() == 1 ? " study: " : " studies: ") + counts_line(r.counts) + ".\n";
  return out;
}

Table reproduce_table(const ask::Reproduction& r) {
  Table table{{{"study"},
               {"row"},
               {"quantity"},
               {"unit"},
               {"published"},
               {"computed"},
               {"relative_error"},
               {"verdict"},
               {"why"}},
              {}};
  for (const Study& study : r.studies) {
    for (const Check& c : study.checks) {
      const bool compared = c.computed && c.published != 0;
      table.rows.push_back({study.id, c.row, c.quantity, c.unit, quantity::shortest(c.published),
                            c.computed ? quantity::shortest(*c.computed) : "",
                            compared ? quantity::shortest(*c.computed / c.published - 1) : "",
                            std::string{ask::name(c.verdict)}, c.why});
    }
  }
  return table;
}

namespace {

std::string count_words(const ask::Equivalent& e) {
  if (e.distance) return in_words(e.count / 1000) + " km = " + in_words(e.count / 1609.344) + " miles";
  if (e.counted == "hours") return significant(e.count) + " hours";
  const std::string_view thing = e.counted;
  return (e.count >= 1e6 ? quantity::human(e.count, quantity::dim::one) : significant(e.count)) + ' ' +
         std::string{thing} + 's';
}

std::string edition_words(const catalog::Row& row) {
  std::string out{row.text("edition")};
  if (out.empty()) {
    out = row.text("geography");
    if (!row.text("year").empty()) out += (out.empty() ? "" : " ") + std::string{row.text("year")};
  }
  return out;
}

}  // namespace

std::string equivalents_text(const std::vector<ask::Equivalent>& list, double amount,
                             const quantity::Dimension& dimension, const catalog::Catalog& catalog) {
  std::string out = quantity::human(amount, dimension) +
                    (dimension == quantity::dim::co2e ? " CO2e" : " of electricity") + " corresponds to\n";
  Table table{{{"", Align::right}, {""}, {""}}, {}};
  std::vector<std::string> sources;
  for (const auto& e : list) {
    table.rows.push_back({count_words(e), std::string{e.row.text("name")},
                          std::string{e.row.text("value")} + ", " + edition_words(e.row) + " [" +
                              std::string{e.row.source()} +
                              (e.row.standing() == catalog::Standing::verified
                                   ? ""
                                   : "; " + std::string{catalog::name(e.row.standing())}) +
                              "]"});
    const std::string id{e.row.source()};
    if (std::find(sources.begin(), sources.end(), id) == sources.end()) sources.push_back(id);
  }
  out += text(table, 2);
  out += "\nSources\n";
  for (const std::string& id : sources)
    out += "  " + wrapped('[' + id + "] " + citation(catalog, id), page_width, 4).substr(4);
  for (const std::string& line : attributions(catalog, sources)) out += wrapped(line, page_width, 2);
  return out;
}

Table equivalents_table(const std::vector<ask::Equivalent>& list) {
  Table table{{{"id"}, {"name"}, {"count"}, {"unit"}, {"value_of_one"}, {"edition"}, {"source"}}, {}};
  for (const auto& e : list)
    table.rows.push_back({std::string{e.row.id()}, std::string{e.row.text("name")},
                          quantity::shortest(e.distance ? e.count / 1000 : e.count),
                          e.distance ? "km" : e.counted, std::string{e.row.text("value")},
                          edition_words(e.row), std::string{e.row.source()}});
  return table;
}

}  // namespace kwhatif::report
