// Services side by side: one for each combination of the values of --vary.
#include "serve_beside.hpp"
#include "serve_reading.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/axis.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>

namespace kwhatif::ask {

namespace {

constexpr std::size_t most_rows = 500;

struct Axis {
  std::string flag;
  std::vector<run::Given> values;
};

// One value, or FROM:TO:linN and FROM:TO:logN: N values from end to end.
std::vector<std::string> values_of(const run::Given& given, std::string_view flag, std::string_view text) {
  constexpr std::array<std::string_view, 6> counts{"batch",         "devices", "chips",
                                                   "data-parallel", "steps",   "image-size"};
  const bool whole = std::ranges::find(counts, flag) != counts.end();
  const auto parts = diag::parts(text, ':');
  if (parts.size() != 3 || (!parts[2].starts_with("lin") && !parts[2].starts_with("log")))
    return {std::string{text}};
  const auto number = [&](std::string_view part) {
    const auto parsed = quantity::parse(part, {.any = true});
    if (!parsed.ok)
      diag::refuse(parsed.fault.code, given.named + ": " + parsed.fault.message, given.where,
                   "a range is FROM:TO:linN or FROM:TO:logN: batch=8:512:log4");
    return parsed.value;
  };
  const auto from = number(parts[0]);
  const auto to = number(parts[1]);
  const auto count = number(parts[2].substr(3)).coherent;
  const bool even = parts[2].starts_with("lin");
  const bool sound = count >= 2 && count <= static_cast<double>(most_rows) && count == std::floor(count) &&
                     from.dimension == to.dimension && (even || (from.coherent > 0 && to.coherent > 0));
  if (!sound)
    diag::refuse("bad-axis", given.named + " '" + std::string{text.substr(0, 40)} + "' is no range",
                 given.where,
                 "a range is FROM:TO:linN or FROM:TO:logN of 2 to " + std::to_string(most_rows) +
                     " values, above 0 for log");
  std::vector<std::string> out;
  const auto all = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < all; ++i) {
    double value = grid::point_of_range(from.coherent, to.coherent, i, all, !even);
    constexpr double hair = 1e-9;  // of powers and quotients
    if (whole || std::fabs(value - std::round(value)) < hair * std::fabs(value)) value = std::round(value);
    out.push_back(quantity::exact(value, from.dimension));
  }
  return out;
}

Axis axis_of(const run::Given& given) {
  const auto equals = given.text.find('=');
  const std::string name = given.text.substr(0, equals);
  std::vector<std::string_view> known;
  for (const ServeInput& input : serve_inputs) known.push_back(input.flag);
  if (equals == std::string::npos || equals + 1 == given.text.size())
    diag::refuse("bad-axis", given.named + " '" + given.text.substr(0, 40) + "' has no values", given.where,
                 "write for example --vary batch=8,64,256");
  if (std::ranges::find(known, name) == known.end()) {
    const std::string near = diag::did_you_mean(name, known);
    diag::refuse("unknown-axis", "serve has no input '" + name.substr(0, 40) + "' to vary", given.where,
                 near.empty() ? "one of: " + diag::listed(known) : near);
  }
  Axis out{.flag = name, .values = {}};
  for (const std::string_view value : diag::parts(std::string_view{given.text}.substr(equals + 1), ',')) {
    const auto trimmed = diag::trimmed(value);
    if (trimmed.empty())
      diag::refuse("bad-axis", given.named + " '" + given.text.substr(0, 40) + "' has an empty value",
                   given.where, "write for example --vary batch=8,64,256");
    for (std::string& each : values_of(given, name, trimmed))
      out.values.push_back({std::move(each), given.where, "--" + name});
  }
  return out;
}

void add_sources(const Derivation& d, std::vector<std::string>& out) {
  if (d.origin && !d.origin->source.empty() && std::ranges::find(out, d.origin->source) == out.end())
    out.push_back(d.origin->source);
  for (const Derivation& part : d.parts) add_sources(part, out);
}

}  // namespace

ServeAnswer serve(const ServeQuestion& question, const catalog::Catalog& tables) {
  ServeAnswer out;
  if (question.levers && !question.vary.empty())
    diag::refuse("conflict", "--levers and --vary exclude each other", question.levers->where,
                 "ask for the levers of one service");
  for (const char* other :
       {question.vary.empty() ? nullptr : "--vary", question.levers ? "--levers" : nullptr}) {
    if (question.explain && other != nullptr)
      diag::refuse("conflict", std::string{"--explain and "} + other + " exclude each other",
                   question.explain->where, "ask how the numbers of one service follow");
  }
  std::vector<Axis> axes;
  std::size_t rows = 1;
  for (const run::Given& given : question.vary) {
    Axis axis = axis_of(given);
    if (std::ranges::find(out.axes, axis.flag) != out.axes.end())
      diag::refuse("given-twice", "--vary " + axis.flag + " is given twice", given.where,
                   "give all values at once");
    rows *= axis.values.size();
    if (rows > most_rows)
      diag::refuse("too-large", "--vary asks for more than " + std::to_string(most_rows) + " services",
                   given.where, "give fewer values");
    out.axes.push_back(axis.flag);
    axes.push_back(std::move(axis));
  }
  std::exception_ptr first_fault;
  for (std::size_t row = 0; row < rows; ++row) {
    ServeQuestion one{
        .inputs = question.inputs, .vary = {}, .faults = question.faults, .files = question.files};
    std::vector<std::pair<std::string, std::string>> at(axes.size());
    std::size_t rest = row;
    for (std::size_t a = axes.size(); a-- > 0;) {  // the last axis runs fastest
      const run::Given& value = axes[a].values[rest % axes[a].values.size()];
      rest /= axes[a].values.size();
      at[a] = {axes[a].flag, value.text};
      one.inputs.insert_or_assign(axes[a].flag, value);
    }
    try {
      out.cases.push_back(serve_one(one, tables));
    } catch (const diag::Error& error) {
      if (axes.empty()) throw;
      if (!first_fault) first_fault = std::current_exception();
      ServeCase& none = out.cases.emplace_back();
      none.problem = error.diagnostics().front().message;
      if (const auto model = one.inputs.find("model"); model != one.inputs.end())
        none.model = model->second.text;
    }
    out.cases.back().axes = std::move(at);
  }
  const bool none = std::ranges::all_of(out.cases, [](const ServeCase& c) { return !c.problem.empty(); });
  if (none && first_fault) std::rethrow_exception(first_fault);
  if (!axes.empty()) set_beside(out, tables);
  // said once, however many services say it
  for (const ServeCase& c : out.cases) {
    for (const diag::Diagnostic& d : c.warnings) {
      if (std::ranges::find(out.warnings, d.message, &diag::Diagnostic::message) == out.warnings.end())
        out.warnings.push_back(d);
    }
    for (const std::string& id : c.sources) {
      if (std::ranges::find(out.sources, id) == out.sources.end()) out.sources.push_back(id);
    }
  }
  if (question.explain) {
    out.derivations = serve_derivations(question, out.cases.front(), tables);
    for (const Derivation& d : *out.derivations) add_sources(d, out.sources);
  }
  if (question.levers) {
    if (out.cases.front().image)
      diag::refuse("no-effect", "--levers has no effect on a model of images", question.levers->where,
                   "the measures are of text");
    out.levers = serve_levers(question, out.cases.front(), tables);
    for (const ServeLever& lever : *out.levers) {
      if (lever.published) out.sources.emplace_back(lever.published->source());
    }
  }
  return out;
}

}  // namespace kwhatif::ask
