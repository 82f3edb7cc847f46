#include "grid_pages.hpp"

#include <kwhatif/diag/visible.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace kwhatif::report {

std::string result_head(std::size_t result) {
  struct Head {
    std::string_view key;
    std::string_view head;
  };
  static constexpr std::array heads{Head{"wall_time", "Time"}, Head{"facility_energy", "Energy"},
                                    Head{"operational_location", "CO2e"}};
  const auto info = grid::result_info(result);
  const auto found = std::ranges::find_if(heads, [&](const Head& h) { return h.key == info.key; });
  return std::string{found == heads.end() ? info.label : found->head};
}

std::string result_cell(const run::RunEstimate<double>& result, std::size_t number) {
  const auto v = grid::result_value(result, number);
  return v ? quantity::shortest(grid::machine_value(number, *v)) : std::string{};
}

Page notes_page(const std::vector<diag::Diagnostic>& notes) {
  Page page;
  for (const diag::Diagnostic& note : notes)
    page.paragraph(note.message + (note.help.empty() ? "." : " (" + note.help + ")."));
  return page;
}

Page left_out_page(const grid::Space& space) {
  constexpr std::size_t most_names = 12;
  Page page;
  for (const auto& left : space.left_out()) {
    std::string line = std::to_string(left.count) + (left.count == 1 ? " value" : " values") + " of " +
                       space.axes()[left.axis].name + " left out, for example " + left.example;
    if (left.values.size() > 1)
      line += "; also " +
              diag::listed(std::span{left.values}.subspan(1, std::min(left.values.size(), most_names) - 1));
    if (left.values.size() > most_names)
      line += " and " + std::to_string(left.values.size() - most_names) + " more (--json lists them)";
    page.paragraph(line, 2);
  }
  if (const auto& unresolved = space.unresolved(); unresolved.count > 0) {
    const std::string axes =
        diag::listed(unresolved.axes, " x ", [&](std::size_t a) { return space.axes()[a].name; });
    page.paragraph(grouped(unresolved.count) + " of " + grouped(unresolved.of) + " combinations of " + axes +
                       " cannot be computed, for example " + unresolved.example,
                   2);
  }
  return page;
}

Page grid_assumptions_page(const grid::Space& space, const std::vector<Assumption>& list,
                           std::string_view see) {
  Page lines;
  const bool categorical =
      std::ranges::any_of(space.axes(), [](const auto& axis) { return !axis.numeric(); });
  for (const Assumption& a : list) {
    if (!a.varies_with.empty())
      lines.hanging("  ",
                    a.input + " varies with " + diag::listed(a.varies_with) +
                        "; from tables and defaults, see " + std::string{see},
                    6);
    else if (a.value || !categorical)
      lines.hanging("  ", a.input + ' ' + shown(a) + ' ' + origin_words(a.origin), 6);
  }
  Page page;
  if (lines.empty()) return page;
  return page.asides()
      .heading("Assumptions (not given, so taken from tables or defaults; the same for all rows unless said)")
      .append(lines);
}

Page heads_note(std::span<const std::size_t> results) {
  std::vector<std::string_view> meant;
  for (const std::size_t r : results) {
    const std::string_view key = grid::result_info(r).key;
    if (key == "facility_energy") meant.push_back("energy is that of the facility");
    if (key == "operational_location") meant.push_back("CO2e is location-based");
  }
  Page page;
  if (meant.empty()) return page;
  std::string words = diag::listed(meant);
  if (words.front() == 'e') words.front() = 'E';
  return page.asides().gap().paragraph(words + '.');
}

std::string explain_command(const run::Scenario& run) {
  // Flags alone, so that nothing of a file stands that an axis displaced; stages have no flags.
  std::string out = "kwhatif explain";
  const bool by_file = !run.stages.empty();
  if (by_file && run.stages.front().where.source) {
    const std::string& name = run.stages.front().where.source->name;
    out += ' ' + (name == "standard input" ? "-" : name);
  }
  for (const auto& info : run::input_table()) {
    const auto& given = run.get(info.input);
    if (!given || (by_file && !given->named.starts_with("--"))) continue;
    const bool quote = given->text.find_first_of(" \t'\"$&|;<>()*") != std::string::npos;
    out += " --" + std::string{info.flag} + ' ' + (quote ? '"' + given->text + '"' : given->text);
  }
  return diag::visible(out);
}

}  // namespace kwhatif::report
