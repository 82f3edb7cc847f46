// One run at all points of some axes.
#include <kwhatif/analysis/compare.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/estimate/run.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace kwhatif::analysis {

using catalog::Kind;
using scenario::Given;
using scenario::Input;

namespace {

constexpr std::size_t most_runs = 10'000;

[[noreturn]] void refuse(std::string code, std::string message, const diag::Span& where, std::string help) {
  throw diag::UsageError(
      {.code = std::move(code), .message = std::move(message), .where = where, .help = std::move(help)});
}

std::vector<std::string> parted(std::string_view text) {
  std::vector<std::string> out;
  while (true) {
    const auto comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) out.emplace_back(part);
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

// '*' stands for any characters.
bool matches(std::string_view pattern, std::string_view text) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t i = star; i <= text.size(); ++i) {
    if (matches(rest, text.substr(i))) return true;
  }
  return false;
}

std::optional<Kind> table_of(Input input) {
  switch (input) {
    case Input::hardware:
      return Kind::hardware;
    case Input::region:
      return Kind::region;
    case Input::grid:
      return Kind::grid;
    case Input::model:
      return Kind::model;
    default:
      return std::nullopt;
  }
}

bool is_pattern(std::string_view text) {
  return text == "all" || text.starts_with("kind:") || text.find('*') != std::string_view::npos;
}

void expand(VaryAxis& axis, Kind kind, const std::string& pattern, const catalog::Catalog& catalog) {
  const std::size_t before = axis.values.size();
  for (const catalog::Row& row : catalog.rows(kind)) {
    const std::string_view id = row.id();
    if (id.find(":average") != std::string_view::npos) continue;  // a provider's mean is no place
    const bool wanted =
        pattern == "all" ||
        (pattern.starts_with("kind:") ? row.text("kind") == pattern.substr(5) : matches(pattern, id));
    if (wanted) axis.values.emplace_back(id);
  }
  if (axis.values.size() == before)
    refuse("bad-axis", "nothing in the tables fits '" + pattern.substr(0, 60) + "'", axis.where,
           "`kwhatif list " + std::string{catalog::schema(kind).plural} + "` prints all");
  axis.pattern = true;
}

// "FROM:TO:lin10" or "FROM:TO:log10".
bool range(VaryAxis& axis, std::string_view text, const scenario::InputInfo& info) {
  const auto first = text.find(':');
  const auto second = text.rfind(':');
  if (first == std::string_view::npos || second == first) return false;
  const std::string_view steps = text.substr(second + 1);
  const bool linear = steps.starts_with("lin");
  const auto wrong = [&](const std::string& why) {
    refuse("bad-axis", why + ": '" + std::string{text.substr(0, 80)} + "'", axis.where,
           "a range is FROM:TO:linN or FROM:TO:logN, such as ci=10g/kWh:900g/kWh:lin10");
  };
  if (!linear && !steps.starts_with("log")) wrong("the third part of a range says how many steps");
  std::size_t count = 0;
  const auto read = std::from_chars(steps.data() + 3, steps.data() + steps.size(), count);
  if (read.ec != std::errc{} || read.ptr != steps.data() + steps.size() || count < 2 || count > most_runs)
    wrong("a range has 2 to " + std::to_string(most_runs) + " steps");
  const quantity::Expected expected{.dimension = info.dimension,
                                    .bare_number = quantity::may_be_bare(info.dimension),
                                    .example = info.example};
  const auto from = quantity::parse(text.substr(0, first), expected);
  const auto to = quantity::parse(text.substr(first + 1, second - first - 1), expected);
  if (!from.ok) wrong(from.fault.message);
  if (!to.ok) wrong(to.fault.message);
  const double a = from.value.coherent;
  const double b = to.value.coherent;
  if (!linear && (a <= 0 || b <= 0)) wrong("a logarithmic range has ends above zero");
  for (std::size_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(count - 1);
    const double value = i == 0 ? a : i + 1 == count ? b : linear ? a + t * (b - a) : a * std::pow(b / a, t);
    axis.values.push_back(quantity::exact(value, info.dimension));
  }
  return true;
}

// What an axis replaces in the run besides its own input.
void clear_rivals(scenario::Scenario& run, Input input) {
  const auto clear = [&](std::initializer_list<Input> rivals) {
    for (const Input rival : rivals) run.clear(rival);
  };
  switch (input) {
    case Input::region:
      return clear({Input::grid, Input::ci, Input::ci_market});
    case Input::grid:
      return clear({Input::region, Input::ci, Input::ci_market});
    case Input::chips:
      return clear({Input::nodes});
    case Input::nodes:
      return clear({Input::chips});
    case Input::mfu:
      return clear({Input::tflops, Input::hours, Input::device_hours});
    case Input::tflops:
      return clear({Input::mfu, Input::hours, Input::device_hours});
    case Input::power:
      return clear({Input::total_power});
    case Input::params:
    case Input::tokens:
      return clear({Input::flops});
    default:
      return;
  }
}

// An id without ' ' or ',' as a label; numbers as people write them.
std::string shown(const scenario::InputInfo& info, const std::string& text) {
  if (info.type != scenario::InputType::quantity) return text;
  const auto parsed = quantity::parse(
      text, {.dimension = info.dimension, .bare_number = quantity::may_be_bare(info.dimension)});
  return parsed.ok ? quantity::human(parsed.value.coherent, info.dimension) : text;
}

}  // namespace

VaryAxis read_vary(const Given& given, const catalog::Catalog& catalog) {
  VaryAxis axis;
  axis.where = given.where;
  const auto equals = given.text.find('=');
  const std::string name = given.text.substr(0, equals);
  const auto input = scenario::input_by_flag(name);
  if (!input) {
    std::vector<std::string_view> flags;
    for (const auto& row : scenario::input_table()) flags.push_back(row.flag);
    const std::string near = diag::did_you_mean(name, flags);
    refuse("unknown-axis", "no axis '" + name.substr(0, 60) + "'", given.where,
           near + (near.empty() ? "" : " ") +
               "an axis is NAME=V1,V2,… with the name of a run's flag, such as region=gcp:*");
  }
  axis.input = *input;
  const auto& info = scenario::info(*input);
  const std::string values = equals == std::string::npos ? "" : given.text.substr(equals + 1);
  const auto table = table_of(*input);
  for (const std::string& part : parted(values)) {
    if (table && is_pattern(part)) {
      expand(axis, *table, part, catalog);
    } else if (info.type != scenario::InputType::quantity || !range(axis, part, info)) {
      axis.values.push_back(part);
    }
  }
  if (axis.values.empty())
    refuse("missing-value", "the axis " + name + " has no values", given.where,
           "write for example " + name + "=" + std::string{info.example});
  return axis;
}

Varied vary(const scenario::Scenario& base, const std::vector<VaryAxis>& axes,
            const catalog::Catalog& catalog) {
  Varied out;
  std::size_t count = 1;
  for (const VaryAxis& axis : axes) {
    count *= axis.values.size();
    if (count > most_runs)
      refuse("too-many", "the axes have more than " + std::to_string(most_runs) + " points together",
             axis.where, "fewer values");
  }
  std::vector<std::size_t> at(axes.size(), 0);
  for (std::size_t n = 0; n < count; ++n) {
    scenario::Scenario point = base;
    Compared c;
    bool pattern = false;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const VaryAxis& axis = axes[i];
      const auto& info = scenario::info(axis.input);
      const std::string& value = axis.values[at[i]];
      clear_rivals(point, axis.input);
      point.set(axis.input, {value, axis.where, std::string{info.flag} + " (--vary)"});
      c.position.emplace_back(info.flag, value);
      c.label += (c.label.empty() ? "" : ", ") + shown(info, value);
      pattern = pattern || axis.pattern;
    }
    for (std::size_t i = axes.size(); i-- > 0;) {  // the last axis fastest
      if (++at[i] < axes[i].values.size()) break;
      at[i] = 0;
    }
    try {
      c.run = whole_run(point, catalog);
      c.result = estimate::estimate(c.run.inputs);
    } catch (const diag::Error& error) {
      const std::string& code = error.diagnostics().front().code;
      const bool misspelt = code.starts_with("unknown-") || code == "ambiguous-name";
      if (!pattern || misspelt) throw;
      out.left_out.push_back(c.label + ": " + error.diagnostics().front().message);
      continue;
    }
    for (const auto& warning : c.run.warnings) {
      const auto same = [&](const diag::Diagnostic& d) {
        return d.code == warning.code && d.message == warning.message;
      };
      if (std::none_of(out.warnings.begin(), out.warnings.end(), same)) out.warnings.push_back(warning);
    }
    out.runs.push_back(std::move(c));
  }
  const bool devices =
      std::any_of(axes.begin(), axes.end(), [](const VaryAxis& a) { return a.input == Input::hardware; });
  if (devices) {
    std::string kept;
    for (const Input input : {Input::mfu, Input::tflops, Input::power, Input::total_power, Input::hours,
                              Input::device_hours, Input::price}) {
      const bool axis =
          std::any_of(axes.begin(), axes.end(), [&](const VaryAxis& a) { return a.input == input; });
      if (base.has(input) && !axis)
        kept += (kept.empty() ? "--" : ", --") + std::string{scenario::info(input).flag};
    }
    if (!kept.empty())
      out.warnings.push_back(
          {.code = "kept-input",
           .message = kept + " of the run is kept for every device, though it belongs to one of them",
           .help = "leave it out: each device then has its own from the tables",
           .severity = diag::Severity::warning});
  }
  if (out.runs.empty())
    refuse("no-data", "no point of the axes has data", axes.empty() ? diag::Span{} : axes.front().where,
           out.left_out.empty() ? "" : out.left_out.front());
  return out;
}

}  // namespace kwhatif::analysis
