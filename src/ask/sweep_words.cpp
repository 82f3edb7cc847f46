#include "sweep_words.hpp"

#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace kwhatif::ask {

using diag::refuse;

namespace {

using Option = std::optional<run::Given> SweepQuestion::*;
struct NamedOption {
  std::string_view name;
  Option option;
  SweepKind kind;
};
// What may be asked of a grid, one at a time.
constexpr std::array questions{
    NamedOption{"top", &SweepQuestion::top, SweepKind::top},
    NamedOption{"pareto", &SweepQuestion::pareto, SweepKind::pareto},
    NamedOption{"group-by", &SweepQuestion::group_by, SweepKind::groups},
    NamedOption{"reduce", &SweepQuestion::reduce, SweepKind::groups},
    NamedOption{"histogram", &SweepQuestion::histogram, SweepKind::histogram},
    NamedOption{"explain-row", &SweepQuestion::row, SweepKind::run},
};

std::size_t result_of(const run::Given& given, std::string_view name) {
  if (const auto r = grid::result_named(name)) return *r;
  grid::refuse_result(given, name);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view part : diag::parts(text, ',')) {
    if (!part.empty()) out.emplace_back(part);
  }
  return out;
}

std::vector<std::size_t> results_of(const run::Given& given) {
  std::vector<std::size_t> out;
  for (const std::string& word : words_of(given.text)) {
    const std::size_t r = result_of(given, word);
    if (std::ranges::find(out, r) == out.end()) out.push_back(r);
  }
  if (out.empty()) refuse("unknown-result", "no result is named", given.where);
  return out;
}

std::uint64_t whole_of(const run::Given& given, std::uint64_t low, std::uint64_t high,
                       std::string_view what) {
  std::uint64_t digits = 0;  // beyond 2^53 a double would take a neighbour for it
  const char* const end = given.text.data() + given.text.size();
  if (const auto read = std::from_chars(given.text.data(), end, digits);
      read.ec == std::errc{} && read.ptr == end && digits >= low && digits <= high)
    return digits;
  const auto n = quantity::parse(given.text, {.dimension = quantity::dim::one, .bare_number = true});
  if (!n.ok || n.value.coherent != std::floor(n.value.coherent) ||
      n.value.coherent < static_cast<double>(low) || n.value.coherent > static_cast<double>(high))
    refuse("out-of-range",
           std::string{what} + " must be a whole number from " + std::to_string(low) + " to " +
               std::to_string(high),
           given.where);
  return static_cast<std::uint64_t>(n.value.coherent);
}

std::vector<std::size_t> default_results() {
  std::vector<std::size_t> out;
  for (const std::string_view name :
       {"device_time", "wall_time", "facility_energy", "operational_location", "cost"})
    out.push_back(*grid::result_named(name));
  return out;
}

std::vector<std::size_t> objectives(const run::Given& given) {
  auto out = results_of(given);
  if (out.size() < 2 || out.size() > 6)
    refuse("out-of-range", "--pareto needs two to six results", given.where,
           "write for example --pareto energy,time,cost");
  return out;
}

std::vector<std::size_t> group_axes(const run::Given& given, const std::vector<grid::Axis>& axes) {
  std::vector<std::size_t> out;
  for (const std::string& word : words_of(given.text)) {
    const auto at =
        std::ranges::find_if(axes, [&](const auto& a) { return a.name == word || a.column() == word; });
    if (at == axes.end()) {
      std::vector<std::string_view> known;
      for (const auto& a : axes) known.push_back(a.name);
      const std::string near = diag::did_you_mean(word, known);
      refuse("unknown-axis", "no axis '" + word.substr(0, 40) + "' in this sweep", given.where,
             near + (near.empty() ? "axes: " : " axes: ") + diag::listed(known));
    }
    const auto index = static_cast<std::size_t>(at - axes.begin());
    if (std::ranges::find(out, index) != out.end())
      refuse("given-twice", "--group-by names '" + at->name + "' twice", given.where);
    out.push_back(index);
  }
  if (out.empty())
    refuse("missing-value", "--group-by names no axis", given.where,
           "write for example --group-by " + axes.front().name);
  return out;
}

grid::Reduce reduction(const run::Given& given) {
  if (given.text == "min") return grid::Reduce::min;
  if (given.text == "max") return grid::Reduce::max;
  if (given.text == "mean") return grid::Reduce::mean;
  if (given.text == "quantiles") return grid::Reduce::quantiles;
  refuse("unknown-word", "--reduce cannot be '" + given.text.substr(0, 40) + "'", given.where,
         "one of: min, max, mean, quantiles");
}

}  // namespace

void refuse_idle_options(const SweepQuestion& question) {
  std::string_view asked;
  for (const NamedOption& q : questions) {
    const auto& given = question.*q.option;
    if (!given || (asked == "group-by" && q.name == "reduce")) continue;
    if (!asked.empty())
      refuse("conflict", "--" + std::string{asked} + " and --" + std::string{q.name} + " are two questions",
             given->where, "ask one at a time");
    asked = q.name;
  }
  const bool ranks = asked == "top" || asked == "group-by" || asked == "reduce";
  if (question.largest && asked != "top")
    refuse("no-effect", "--largest has no effect here", question.largest->where, "it goes with --top");
  if (question.by && !ranks && question.where.empty())
    refuse("no-effect", "--by has no effect here", question.by->where,
           "it goes with --top, --group-by, --reduce");
  if (question.bands && !asked.empty() && asked != "top" && asked != "pareto")
    refuse("no-effect", "--bands has no effect with --" + std::string{asked}, question.bands->where,
           "single rows have bands: all of them (--csv, --json, --output), --top or --pareto");
  if (question.results && !asked.empty() && asked != "top")
    refuse("no-effect", "--results has no effect with --" + std::string{asked}, question.results->where,
           asked == "pareto" ? "the results of --pareto are the columns" : "");
}

SweepKind kind_of(const SweepQuestion& question) {
  const auto asked =
      std::ranges::find_if(questions, [&](const NamedOption& q) { return (question.*q.option).has_value(); });
  return asked == questions.end() ? SweepKind::rows : asked->kind;
}

void read_words(const SweepQuestion& question, const Watch& watch, SweepAnswer& out) {
  for (const run::Given& given : question.where) {
    const auto more = grid::read_limits(given);
    out.limits.insert(out.limits.end(), more.begin(), more.end());
  }
  out.threads = question.threads ? static_cast<unsigned>(whole_of(*question.threads, 1, 256, "--threads"))
                                 : watch.workers();
  out.columns = question.results ? results_of(*question.results) : default_results();
  out.by = question.by ? result_of(*question.by, question.by->text) : *grid::result_named("co2e");
  out.largest = question.largest.has_value();
  out.bands = question.bands.has_value();
  if (question.top) top_count(*question.top);
  if (question.pareto) {
    out.columns = objectives(*question.pareto);
    out.by = out.columns.front();
  }
  if (question.histogram) out.by = result_of(*question.histogram, question.histogram->text);
  if (question.group_by) out.group_axes = group_axes(*question.group_by, out.space.axes());
  if (question.reduce) out.reduce = reduction(*question.reduce);
  if (question.top && std::ranges::find(out.columns, out.by) == out.columns.end())
    out.columns.push_back(out.by);
}

std::size_t top_count(const run::Given& given) {
  return static_cast<std::size_t>(whole_of(given, 1, 100'000, "--top"));
}

std::uint64_t row_number(const run::Given& given, const grid::Space& space) {
  return whole_of(given, 0, space.size() - 1, "--explain-row");
}

}  // namespace kwhatif::ask
