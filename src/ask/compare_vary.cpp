// One run at all points of some axes.
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/obtainable.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>

namespace kwhatif::ask {

using diag::refuse;
using run::Input;

namespace {

constexpr std::size_t most_runs = 10'000;

// An id without ' ' or ',' as a label; numbers as people write them, in the words of the run's work.
std::string shown(const run::InputInfo& info, const std::string& text, const run::WorkUnit& work) {
  if (info.type != run::InputType::quantity) return text;
  const auto parsed = quantity::parse(
      text, {.dimension = info.dimension, .bare_number = quantity::may_be_bare(info.dimension)});
  return parsed.ok ? work.human(parsed.value.coherent, info.dimension) : text;
}

}  // namespace

Varied vary(const run::Scenario& base, const std::vector<grid::Axis>& axes, const catalog::Catalog& catalog,
            bool unavailable) {
  Varied out;
  std::size_t count = 1;
  for (const grid::Axis& axis : axes) {
    count *= axis.size();
    if (count > most_runs)
      refuse("too-many", "the axes have more than " + std::to_string(most_runs) + " points together",
             axis.given.where, "fewer values");
  }
  std::vector<std::size_t> at(axes.size(), 0);
  run::Scenario free = base;
  grid::clear_rivals(free, axes, catalog);
  out.warnings = grid::displaced_warnings(base, free);
  for (std::size_t n = 0; n < count; ++n) {
    run::Scenario point = free;
    Compared c;
    bool pattern = false;
    bool searched = false;  // the device or the place
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const grid::Axis& axis = axes[i];
      const auto& info = run::info(axis.input);
      const std::string value = axis.text(at[i]);
      point.set(axis.input, {value, axis.given.where, std::string{info.flag} + " (--vary)"});
      c.position.emplace_back(info.flag, value);
      pattern = pattern || axis.chosen(at[i]);
      const bool pair = axis.input == Input::hardware || axis.input == Input::region;
      searched = searched || (pair && axis.searched(at[i]));
    }
    const auto label = [&] {
      std::string words;
      for (const auto& [flag, value] : c.position)
        words += (words.empty() ? "" : ", ") + shown(run::info(*run::input_by_flag(flag)), value, c.run.work);
      return words;
    };
    c.label = label();
    for (std::size_t i = axes.size(); i-- > 0;) {  // the last axis fastest
      if (++at[i] < axes[i].size()) break;
      at[i] = 0;
    }
    try {
      c.run = run::resolve(point, catalog);
      c.label = label();
      if (pattern && c.run.intensity && c.run.intensity->status == run::IntensityStatus::refused) {
        out.left_out.push_back(c.label + ": no comparable carbon intensity: " + c.run.intensity->refused);
        continue;
      }
      c.result = run::estimate(c.run.inputs);
    } catch (const diag::Error& error) {
      const std::string& code = error.diagnostics().front().code;
      const bool misspelt = code.starts_with("unknown-") || code == "ambiguous-name";
      if (!pattern || misspelt) throw;
      out.left_out.push_back(c.label + ": " + error.diagnostics().front().message);
      continue;
    }
    if (searched && !unavailable && !obtainable(c.run, catalog)) {
      ++out.not_offered;
      out.left_out.push_back(c.label + ": the device is not known to be offered there");
      continue;
    }
    for (const auto& warning : c.run.warnings) {
      if (searched && warning.code == "not-offered") continue;  // was asked for
      if (warning.code == "no-price") continue;                 // told with the runs that lack it
      const auto same = [&](const diag::Diagnostic& d) {
        return d.code == warning.code && d.message == warning.message;
      };
      if (std::ranges::none_of(out.warnings, same)) out.warnings.push_back(warning);
    }
    out.runs.push_back(std::move(c));
  }
  const bool devices =
      std::ranges::any_of(axes, [](const grid::Axis& a) { return a.input == Input::hardware; });
  if (devices) {
    std::string kept;
    for (const Input input : {Input::mfu, Input::tflops, Input::power, Input::total_power, Input::hours,
                              Input::device_hours, Input::price}) {
      const bool axis = std::ranges::any_of(axes, [&](const grid::Axis& a) { return a.input == input; });
      if (free.has(input) && !axis)
        kept += (kept.empty() ? "--" : ", --") + std::string{run::info(input).flag};
    }
    if (!kept.empty())
      out.warnings.push_back(
          {.code = "kept-input",
           .message = kept + " of the run is kept for every device, though it belongs to one of them",
           .help = "leave it out: each device then has its own from the tables",
           .severity = diag::Severity::warning});
  }
  if (out.runs.empty())
    refuse("no-data", "no point of the axes has data", axes.empty() ? diag::Span{} : axes.front().given.where,
           out.left_out.empty() ? "" : out.left_out.front());
  return out;
}

}  // namespace kwhatif::ask
