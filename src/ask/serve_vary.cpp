// Services side by side: one for each combination of the values of --vary.
#include "serve_reading.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <exception>

namespace kwhatif::ask {

namespace {

constexpr std::size_t most_rows = 500;

struct Axis {
  std::string flag;
  std::vector<run::Given> values;
};

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
    out.values.push_back({std::string{trimmed}, given.where, "--" + name});
  }
  return out;
}

}  // namespace

ServeAnswer serve(const ServeQuestion& question, const catalog::Catalog& tables) {
  ServeAnswer out;
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
    ServeQuestion one{.inputs = question.inputs, .vary = {}, .files = question.files};
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
  return out;
}

}  // namespace kwhatif::ask
