#include "refuse.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/axis.hpp>
#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/market.hpp>
#include <kwhatif/run/place.hpp>
#include <kwhatif/run/synonym.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

namespace kwhatif::grid {

using run::Input;
using run::InputType;

double point_of_range(double from, double to, std::size_t i, std::size_t count, bool logarithmic) {
  if (i == 0) return from;
  if (i == count - 1) return to;
  const double share = static_cast<double>(i) / static_cast<double>(count - 1);
  return logarithmic ? from * std::pow(to / from, share) : from + (to - from) * share;
}

namespace {

namespace dim = quantity::dim;

constexpr std::string_view form_help =
    "an axis is NAME=V1,V2,… or NAME=FROM:TO:lin20 or NAME=FROM:TO:log20, NAME a flag without its dashes; "
    "also hardware=all, hardware=kind:gpu, region=gcp:*";

// The machine unit of an input, as column suffix and as unit name.
struct MachineUnit {
  std::string_view suffix;
  std::string_view unit;
};

MachineUnit suffix_and_unit(Input input) {
  const auto& d = run::info(input).dimension;
  if (d == dim::time || d == dim::device_time || d == dim::device_flop_rate) {
    if (input == Input::step_time) return {"_s", "s"};
    if (input == Input::lifetime) return {"_hours", "h"};
    if (d == dim::time) return {"", "h"};  // "hours" is the flag's own name
    return d == dim::device_time ? MachineUnit{"", "device-h"} : MachineUnit{"", "TFLOP/s"};
  }
  if (d == dim::power || d == dim::device_power) return {"_w", "W"};
  if (d == dim::energy) return {"_kwh", "kWh"};
  if (d == dim::carbon_intensity) return {"_g_per_kwh", "g/kWh"};
  if (d == dim::device_price) return {"_usd_per_hour", "USD/h"};
  if (d == dim::device_purchase) return {"_usd", "USD"};
  if (d == dim::energy_price) return {"_usd_per_kwh", "USD/kWh"};
  if (d == dim::co2e) return {"_kg", "kg"};
  if (d == dim::device_co2e) return {"_kg", "kg"};
  if (d == dim::co2e_per_power) return {"_kg_per_kw", "kg/kW"};
  if (d == dim::water_intensity) return {"_l_per_kwh", "L/kWh"};
  if (d == dim::bandwidth) return {"_gb_per_s", "GB/s"};
  return {};
}

bool counts_whole(Input input) {
  const auto& d = run::info(input).dimension;
  return input == Input::runs || input == Input::nodes || d == dim::device || d == dim::token ||
         d == dim::parameter || run::info(input).type == InputType::whole;
}

double number_of(const Axis& axis, std::string_view text) {
  const auto& info = run::info(axis.input);
  // FLOP of a sample are FLOP: the name says of what
  const auto& dimension = axis.input == Input::flops_per_sample ? dim::flop : info.dimension;
  const auto parsed = quantity::parse(
      text,
      {.dimension = dimension, .bare_number = quantity::may_be_bare(dimension), .example = info.example});
  if (!parsed.ok)
    refuse(axis.given, parsed.fault.code, "axis " + axis.name + ": " + parsed.fault.message,
           parsed.fault.help);
  return parsed.value.coherent;
}

std::vector<std::string> parts_of(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const auto end = text.find(separator);
    std::string_view part = text.substr(0, end);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    out.emplace_back(part);
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

[[noreturn]] void too_long(const Axis& axis, std::size_t size, std::size_t limit) {
  refuse(axis.given, "bad-axis", "axis " + axis.name + " would have " + std::to_string(size) + " values",
         "from 2 to " + std::to_string(limit) + " values");
}

// "lin50" or "log50".
struct Spacing {
  bool logarithmic = false;
  std::size_t count = 0;
};

bool read_spacing(const Axis& axis, std::string_view text, Spacing& out) {
  if (!text.starts_with("lin") && !text.starts_with("log")) return false;
  out.logarithmic = text.starts_with("log");
  const std::string_view digits = text.substr(3);
  const auto count = quantity::whole_number(digits);
  if (!count || digits.size() > 9) return false;
  out.count = static_cast<std::size_t>(*count);
  if (out.count < 2 || out.count > axis_limit) too_long(axis, out.count, axis_limit);
  return true;
}

void space(Axis& axis, double from, double to, const Spacing& spacing) {
  if (spacing.logarithmic && (from <= 0 || to <= 0))
    refuse(axis.given, "bad-axis", "axis " + axis.name + ": logarithmic steps need ends above 0", "use linN");
  const std::size_t first = axis.numbers.size();
  for (std::size_t i = 0; i < spacing.count; ++i) {
    double v = point_of_range(from, to, i, spacing.count, spacing.logarithmic);
    if (counts_whole(axis.input)) v = std::round(v);
    if (axis.numbers.size() > first && axis.numbers.back() == v) continue;
    axis.numbers.push_back(v);
  }
}

// '*' stands for anything. Where the rest does not fit, only the last star takes one character more: what the
// stars before it stand for never has to be thought over, so this is no longer than pattern times text.
bool matches(std::string_view pattern, std::string_view text) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t p = 0;
  std::size_t star = none;
  std::size_t taken = 0;  // where the text after the last star begins
  for (std::size_t t = 0; t < text.size();) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != none) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == none;
}

// The table that a name axis chooses from.
std::optional<catalog::Kind> kind_of(Input input) {
  switch (input) {
    case Input::hardware:
      return catalog::Kind::hardware;
    case Input::region:
      return catalog::Kind::region;
    case Input::grid:
      return catalog::Kind::grid;
    case Input::model:
      return catalog::Kind::model;
    default:
      return std::nullopt;
  }
}

bool is_pattern(std::string_view text) {
  return text == "all" || text.starts_with("kind:") || text.find('*') != std::string_view::npos;
}

// The names of an axis while it is read: each once.
class Names {
 public:
  explicit Names(Axis& axis) : axis_(axis) {}
  void add(std::string_view name, bool chosen) {
    if (!seen_.emplace(name).second) return;
    axis_.texts.emplace_back(name);
    axis_.by_pattern.push_back(chosen);
  }
  // False where the same pattern has been expanded before.
  bool is_new(std::string_view pattern) { return patterns_.emplace(pattern).second; }

 private:
  Axis& axis_;
  std::set<std::string, std::less<>> seen_;
  std::set<std::string, std::less<>> patterns_;
};

// What a pattern may begin with: "kinds: cpu, gpu, tpu; ", "providers: aws, gcp; ".
std::string heads_of(const Axis& axis, bool of_kind, catalog::Kind kind, const catalog::Catalog& catalog) {
  if (!of_kind && axis.input != Input::region) return {};
  std::set<std::string> heads;
  for (const catalog::Row& row : catalog.rows(kind))
    heads.insert(of_kind ? std::string{row.text("kind")}
                         : std::string{row.id().substr(0, row.id().find(':'))});
  heads.erase("");
  return heads.empty() ? "" : (of_kind ? "kinds: " : "providers: ") + diag::listed(heads) + "; ";
}

void note(Axis& axis, std::string code, std::string message, std::string help) {
  axis.notes.push_back({.code = std::move(code),
                        .message = std::move(message),
                        .where = axis.given.where,
                        .help = std::move(help),
                        .severity = diag::Severity::note});
}

// "gpu" names no device of the tables: the one that stands for its kind in the year is taken, and said.
bool stands_for(Axis& axis, Names& names, const std::string& text, const catalog::Catalog& catalog,
                const AxisOptions& options) {
  if (axis.input != Input::hardware || catalog.meant(catalog::Kind::hardware, text).row) return false;
  const int year = options.year > 0 ? options.year : catalog.edition_year();
  const auto found = run::representative(catalog, text, year);
  if (!found) return false;
  names.add(found->device.id(), false);
  note(axis, "representative",
       text + ": " + std::string{found->device.id()} + " stands for the kind in " + std::to_string(year) +
           ": " + found->why,
       "--axis or --vary hardware=kind:" + text + " takes all of them");
  return true;
}

// The names of the table that a pattern fits.
void expand(Axis& axis, Names& names, std::string_view text, catalog::Kind kind,
            const catalog::Catalog& catalog, const AxisOptions& options) {
  if (!names.is_new(text)) return;
  std::vector<std::string> unsold;
  const bool of_kind = text.starts_with("kind:");
  std::size_t found = 0;
  for (const catalog::Row& row : catalog.rows(kind)) {
    if (of_kind && row.text("kind") != text.substr(5)) continue;
    if (!of_kind && text != "all" && !matches(text, row.id())) continue;
    if (axis.input == Input::region && !run::is_site(row)) continue;
    ++found;
    if (axis.input == Input::hardware && !options.unavailable && !run::on_sale(row)) {
      unsold.emplace_back(row.id());
      continue;
    }
    names.add(row.id(), true);
  }
  if (!unsold.empty())
    note(axis, "not-sold",
         std::to_string(unsold.size()) + (unsold.size() == 1 ? " device" : " devices") + " of '" +
             std::string{text} + "' left out, never sold, announced or withdrawn: " + diag::listed(unsold),
         "--unavailable takes them, too");
  if (found == 0)
    refuse(axis.given, "bad-axis",
           "axis " + axis.name + ": nothing in the tables fits '" + std::string{text.substr(0, 60)} + "'",
           heads_of(axis, of_kind, kind, catalog) + "`kwhatif list " +
               std::string{catalog::schema(kind).plural} + "` prints all");
}

// Every value once, where it first stands: a row that stands twice would weigh double in means and counts.
void keep_first(Axis& axis) {
  auto sorted = axis.numbers;
  std::ranges::sort(sorted);
  const bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  if (!axis.numbers.empty() && !twice) return;
  std::set<double> numbers;
  std::set<std::string> words;
  std::size_t kept = 0;
  const bool numeric = !axis.numbers.empty();
  const std::size_t size = axis.size();
  axis.texts.resize(size);
  for (std::size_t i = 0; i < size; ++i) {
    if (numeric ? !numbers.insert(axis.numbers[i]).second : !words.insert(axis.texts[i]).second) continue;
    if (kept != i) {
      axis.texts[kept] = std::move(axis.texts[i]);
      if (numeric) axis.numbers[kept] = axis.numbers[i];
    }
    ++kept;
  }
  axis.texts.resize(kept);
  if (numeric) axis.numbers.resize(kept);
}

// A colon parts the ends of a range from its spacing, and in a time hours from minutes.
bool is_range(const Axis& axis, const std::string& text) {
  const auto colon = text.rfind(':');
  const bool time = run::info(axis.input).dimension == dim::time;
  return colon != std::string::npos && (!time || text.compare(colon + 1, 1, "l") == 0);
}

// "1e11:1e13:log50".
void add_range(Axis& axis, const std::string& text, std::size_t& spaced) {
  const auto ends = parts_of(text, ':');
  Spacing spacing;
  if (ends.size() != 3 || !read_spacing(axis, ends[2], spacing))
    refuse(axis.given, "bad-axis", "'" + text.substr(0, 60) + "' is no range",
           "a range is FROM:TO:linN or FROM:TO:logN, such as ci=10g/kWh:900g/kWh:lin10");
  spaced += spacing.count;
  if (spaced > axis_limit) too_long(axis, spaced, axis_limit);
  space(axis, number_of(axis, ends[0]), number_of(axis, ends[1]), spacing);
}

}  // namespace

std::string Axis::text(std::size_t i) const {
  if (i < texts.size() && !texts[i].empty()) return texts[i];
  const auto& info = run::info(input);
  if (info.type == InputType::whole) return quantity::shortest(numbers[i]);
  return quantity::exact(numbers[i], info.dimension);
}

std::string Axis::shown(std::size_t i) const {
  if (!numeric()) return texts[i];
  const auto& info = run::info(input);
  if (info.type == InputType::whole) return text(i);
  constexpr double spelled_out = 1e5;
  if (counts_whole(input) && info.dimension == dim::one && numbers[i] < spelled_out)
    return quantity::shortest(numbers[i]);
  std::string out = quantity::human(numbers[i], info.dimension);
  for (const std::string_view word : {" tokens", " parameters"}) {
    if (out.ends_with(word)) out.resize(out.size() - word.size());
  }
  return out;
}

std::string machine_key(Input input) {
  std::string out{run::info(input).flag};
  std::replace(out.begin(), out.end(), '-', '_');
  return out += suffix_and_unit(input).suffix;
}

std::string machine_column(Input input) {
  std::string out = machine_key(input);
  // the result of the same name has its own column
  for (std::size_t r = 0; r < result_count(); ++r) {
    if (result_info(r).json_key == out) return "input_" + out;
  }
  return out;
}

std::string_view machine_unit(Input input) { return suffix_and_unit(input).unit; }

std::string Axis::column() const { return machine_column(input); }

std::string_view Axis::unit() const { return numeric() ? machine_unit(input) : std::string_view{}; }

double Axis::machine(std::size_t i) const {
  return unit().empty() ? numbers[i] : quantity::to_unit(numbers[i], unit());
}

void Axis::drop(const std::vector<std::size_t>& indices) {
  const auto leave_out = [&](auto& values) {
    std::size_t kept = 0;
    auto next = indices.begin();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (next != indices.end() && *next == i) {
        ++next;
        continue;
      }
      if (kept != i) values[kept] = std::move(values[i]);
      ++kept;
    }
    values.resize(kept);
  };
  leave_out(texts);
  leave_out(numbers);
  std::vector<bool> patterns;
  for (std::size_t i = 0; i < by_pattern.size(); ++i) {
    if (!std::binary_search(indices.begin(), indices.end(), i)) patterns.push_back(by_pattern[i]);
  }
  by_pattern = std::move(patterns);
}

namespace {

// Takes out the inputs of `anew` and what they displace. What is taken out is not seen by resolve() any more,
// so its numbers are read here.
void make_room(run::Scenario& run, const run::Scenario& anew, const catalog::Catalog* catalog) {
  if (auto faults = run::faults_of_numbers(run); !faults.empty())
    throw diag::ScenarioError(std::move(faults));
  run.give_way(anew, catalog, run::Anew::along_axes);
  for (const auto& info : run::input_table()) {
    if (anew.has(info.input)) run.clear(info.input);
  }
}

}  // namespace

void clear_rivals(run::Scenario& run, std::span<const Input> inputs) {
  run::Scenario anew;
  for (const Input input : inputs) anew.set(input, {{}, {}, "--" + std::string{run::info(input).flag}});
  make_room(run, anew, nullptr);
}

void clear_rivals(run::Scenario& run, std::span<const Axis> axes, const catalog::Catalog& catalog) {
  run::Scenario anew;
  for (const Axis& axis : axes) {
    // One device among hosts suffices: nodes cannot be counted of it.
    std::string text;
    for (std::size_t i = 0; axis.input == Input::hardware && i < axis.size(); ++i) {
      text = axis.text(i);
      if (!catalog.meant(catalog::Kind::host, text).row) break;
    }
    anew.set(axis.input, {text, {}, "axis " + axis.name});
  }
  make_room(run, anew, &catalog);
}

std::vector<diag::Diagnostic> displaced_warnings(const run::Scenario& before, const run::Scenario& after) {
  // That places bring their own intensities is what an axis over places asks for.
  static constexpr std::array places{Input::region, Input::grid, Input::ci, Input::ci_market};
  std::string said;
  int count = 0;
  for (std::size_t i = before.displaced.size(); i < after.displaced.size(); ++i) {
    const auto& d = after.displaced[i];
    if (std::ranges::find(places, d.input) != places.end()) continue;
    said += (count++ == 0 ? "" : ", ") + d.given.named + ' ' + d.given.text;
  }
  if (count == 0) return {};
  return {{.code = "displaced",
           .message = said + (count == 1 ? " is" : " are") +
                      " not used: the axes take the place, for every row alike",
           .help = "what belongs to one device or place alone says nothing of the others",
           .severity = diag::Severity::warning}};
}

Axis read_axis(const run::Given& given, const catalog::Catalog& catalog, const AxisOptions& options) {
  Axis axis;
  axis.given = given;
  const std::string& text = given.text;
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    refuse(given, "bad-axis", "'" + text.substr(0, 60) + "' is no axis", std::string{form_help});
  axis.name = text.substr(0, equals);
  const auto input = run::input_by_flag(axis.name);
  if (!input || *input == Input::config) {
    std::vector<std::string_view> known;
    for (const auto& row : run::input_table()) {
      if (row.input != Input::config) known.push_back(row.flag);
    }
    std::string near = run::meant_by(axis.name, run::Naming::axis);
    if (!near.empty()) near += ';';
    if (near.empty()) near = diag::did_you_mean(axis.name, known);
    refuse(given, "unknown-axis", "no input '" + axis.name.substr(0, 40) + "' that could vary",
           near + (near.empty() ? "" : " ") +
               "an axis is named like a flag: tokens, chips, hardware, region, ci …");
  }
  axis.input = *input;
  axis.name = run::info(*input).flag;
  const std::string values = text.substr(equals + 1);
  const auto kind = kind_of(axis.input);
  const InputType type = run::info(axis.input).type;
  const bool numeric = type == InputType::quantity || type == InputType::whole;
  Names names(axis);
  std::size_t spaced = 0;  // numbers asked for by ranges
  for (std::string& part : parts_of(values, ',')) {
    if (part.empty())
      refuse(given, "bad-axis", "axis " + axis.name + " has an empty value", std::string{form_help});
    if (kind) {
      if (is_pattern(part))
        expand(axis, names, part, *kind, catalog, options);
      else if (!stands_for(axis, names, part, catalog, options))
        names.add(part, false);
    } else if (!numeric) {
      axis.texts.push_back(std::move(part));
    } else if (is_range(axis, part)) {
      add_range(axis, part, spaced);
    } else {
      axis.texts.resize(axis.numbers.size());
      axis.numbers.push_back(number_of(axis, part));
      axis.texts.push_back(std::move(part));
    }
  }
  if (!kind) keep_first(axis);  // names are found once anyway
  const std::size_t limit = numeric ? axis_limit : name_limit;
  if (axis.size() > limit) too_long(axis, axis.size(), limit);
  return axis;
}

namespace {

// Two inputs that say the same thing: a run takes one of them.
bool rivals(Input a, Input b) {
  static constexpr std::array pairs{
      std::pair{Input::mfu, Input::tflops}, std::pair{Input::region, Input::grid},
      std::pair{Input::chips, Input::nodes}, std::pair{Input::power, Input::total_power}};
  return std::ranges::any_of(pairs, [&](const auto& pair) {
    return pair == std::pair{a, b} || pair == std::pair{b, a};
  });
}

}  // namespace

std::vector<Axis> read_axes(const std::vector<run::Given>& given, const catalog::Catalog& catalog,
                            const AxisOptions& options) {
  std::vector<Axis> out;
  for (const run::Given& g : given) {
    Axis axis = read_axis(g, catalog, options);
    for (const Axis& other : out) {
      if (other.input == axis.input)
        refuse(g, "given-twice", "two axes vary '" + axis.name + "'", "write all values in one axis");
      if (rivals(other.input, axis.input))
        refuse(g, "given-twice",
               "the axes '" + other.name + "' and '" + axis.name + "' say the same of a run",
               "vary one of them");
    }
    out.push_back(std::move(axis));
  }
  return out;
}

std::vector<diag::Diagnostic> notes_of(std::span<const Axis> axes) {
  std::vector<diag::Diagnostic> out;
  for (const Axis& axis : axes) out.insert(out.end(), axis.notes.begin(), axis.notes.end());
  return out;
}

}  // namespace kwhatif::grid
