#include "stage_support.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/synonym.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::run {

using document::Entry;
using document::Value;

std::string Scenario::file(const std::string& path) const {
  if (!files)
    throw diag::Error({.code = "cannot-read",
                       .message = "cannot read '" + path + "': this run was given no reader of files",
                       .help = "Scenario::files = document::read_file reads the disk"});
  return files(path)->text;
}

bool Scenario::empty() const {
  return stages.empty() &&
         std::none_of(given_.begin(), given_.end(), [](const auto& given) { return given.has_value(); });
}

namespace {

std::vector<std::string_view> top_level_keys() {
  std::vector<std::string_view> out{"title", "stage", "published", "report"};
  for (const InputInfo& row : input_table()) {
    const std::string_view section = row.key.substr(0, row.key.find('.'));
    if (std::find(out.begin(), out.end(), section) == out.end()) out.push_back(section);
  }
  return out;
}

std::string help_for_key(const std::string& section, const std::string& name) {
  std::vector<std::string_view> own;
  std::vector<std::string_view> all;
  for (const InputInfo& row : input_table()) {
    all.push_back(row.key);
    if (row.key.starts_with(section + '.')) own.push_back(row.key.substr(section.size() + 1));
  }
  if (std::string meant = meant_by(name, Naming::key); !meant.empty()) return meant;
  if (std::string near = diag::did_you_mean(name, own); !near.empty()) return near;
  if (const auto flag = input_by_flag(name)) return "the key is " + std::string{info(*flag).key};
  if (std::string near = diag::did_you_mean(section + '.' + name, all); !near.empty()) return near;
  return "keys of [" + section + "]: " + diag::listed(own);
}

}  // namespace

void read_keyed(Scenario& run, const Entry& entry, const std::string& section,
                std::vector<diag::Diagnostic>& faults) {
  const std::string key = section + '.' + entry.key;
  const auto input = input_by_key(key);
  if (!input && entry.value.type == Value::Type::table &&
      std::any_of(input_table().begin(), input_table().end(),
                  [&](const InputInfo& row) { return row.key.starts_with(key + '.'); })) {
    for (const Entry& inner : entry.value.entries) read_keyed(run, inner, key, faults);
    return;
  }
  if (!input) {
    faults.push_back({.code = "unknown-key",
                      .message = "no key '" + key + "' in a run file",
                      .where = entry.key_span,
                      .help = help_for_key(section, entry.key)});
    return;
  }
  read_input(run, *input, entry, key, faults);
}

void read_input(Scenario& run, Input input, const Entry& entry, const std::string& key,
                std::vector<diag::Diagnostic>& faults) {
  const InputInfo& row = info(input);
  const Value& value = entry.value;
  const std::string form = "write for example " + entry.key + " = \"" + std::string{row.example} + '"';
  const bool number = value.type == Value::Type::integer || value.type == Value::Type::real;
  const bool quantity_wanted = row.type == InputType::quantity;
  const bool bare_allowed =
      row.type == InputType::whole || (quantity_wanted && quantity::may_be_bare(row.dimension));
  if (value.type != Value::Type::text && !number) {
    faults.push_back({.code = "wrong-type",
                      .message = key + " cannot be " + std::string{document::type_name(value.type)},
                      .where = value.span,
                      .help = form});
    return;
  }
  if (number && !bare_allowed) {
    faults.push_back({.code = quantity_wanted ? "missing-unit" : "wrong-type",
                      .message = quantity_wanted ? key + " = " + value.text + " has no unit; " +
                                                       quantity::describe(row.dimension) + " is needed"
                                                 : key + " must be a text",
                      .where = value.span,
                      .help = form});
    return;
  }
  run.set(input, {value.text, value.span, key});
}

namespace {

// What is wrong with the text of a quantity, at its place within the text.
diag::Diagnostic fault_of(const Given& given, const quantity::ParseFault& fault) {
  diag::Span where = given.where;
  const bool quoted = where.length > static_cast<int>(given.text.size());
  where.column += static_cast<int>(fault.offset) + (quoted ? 1 : 0);
  where.length = static_cast<int>(std::max<std::size_t>(1, fault.length));
  return {
      .code = fault.code, .message = given.named + ": " + fault.message, .where = where, .help = fault.help};
}

// A result as printed: by its key (facility_energy) or as flags of plans call it (energy, co2e, time).
void read_published(Scenario& run, const Entry& entry, std::vector<diag::Diagnostic>& faults) {
  const std::string key{result_meant(entry.key)};
  if (key.empty()) {
    std::vector<std::string_view> all;
    for (const ResultInfo& row : result_table) all.push_back(row.key);
    std::string near = diag::did_you_mean(entry.key, all);
    faults.push_back({.code = "unknown-key",
                      .message = "no result '" + entry.key + "' of a run",
                      .where = entry.key_span,
                      .help = near.empty() ? "results: " + diag::listed(all) : std::move(near)});
    return;
  }
  const Value& value = entry.value;
  const bool number = value.type == Value::Type::integer || value.type == Value::Type::real;
  if (value.type != Value::Type::text && !number) {
    faults.push_back(
        {.code = "wrong-type",
         .message = "published." + entry.key + " cannot be " + std::string{document::type_name(value.type)},
         .where = value.span,
         .help = "write it as printed, such as \"1287 MWh\""});
    return;
  }
  const Given given{value.text, value.span, "published." + entry.key};
  const auto dimension = result_dimension(key);
  const auto parsed = quantity::parse(
      given.text, {.dimension = dimension, .bare_number = quantity::may_be_bare(dimension), .example = {}});
  if (!parsed.ok) {
    faults.push_back(fault_of(given, parsed.fault));
    return;
  }
  if (std::signbit(parsed.value.coherent)) {
    faults.push_back({.code = "out-of-range",
                      .message = given.named + " = " + given.text + " is out of range",
                      .where = given.where,
                      .help = "it cannot be negative"});
    return;
  }
  for (const PublishedFigure& other : run.published) {
    if (other.result != key) continue;
    faults.push_back({.code = "conflict",
                      .message = given.named + " is given twice: " + other.given.text + " (" +
                                 other.given.named + ") and " + given.text,
                      .where = given.where,
                      .help = "both are the result " + key});
    return;
  }
  run.published.push_back({key, given});
}

}  // namespace

Scenario read_run(const std::shared_ptr<const diag::SourceText>& source) {
  Value root;
  try {
    root = document::parse_toml(source, document::run_file_limits);
  } catch (const diag::Error& error) {
    throw diag::ScenarioError(error.diagnostics());
  }
  Scenario run;
  std::vector<diag::Diagnostic> faults;
  const auto known = top_level_keys();
  for (const Entry& entry : root.entries) {
    if (entry.key == "title") {
      if (entry.value.type == Value::Type::text) {
        run.title = entry.value.text;
      } else {
        faults.push_back(
            {.code = "wrong-type", .message = "title must be a text", .where = entry.value.span});
      }
      continue;
    }
    if (entry.key == "stage") {
      read_stages(run, entry, faults);
      continue;
    }
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      std::string help = meant_by(entry.key, Naming::key);
      if (help.empty()) help = diag::did_you_mean(entry.key, known);
      if (const auto flag = input_by_flag(entry.key)) help = "the key is " + std::string{info(*flag).key};
      if (help.empty())
        help =
            "a run file holds title, [model], [training], [hardware], [site], [published], [report] and "
            "[[stage]]";
      faults.push_back({.code = "unknown-key",
                        .message = "no key '" + entry.key + "' at the top of a run file",
                        .where = entry.key_span,
                        .help = help});
      continue;
    }
    if (entry.value.type != Value::Type::table) {
      faults.push_back({.code = "wrong-type",
                        .message = entry.key + " must be a table, not " +
                                   std::string{document::type_name(entry.value.type)},
                        .where = entry.value.span,
                        .help = "write [" + entry.key + "] and its keys below"});
      continue;
    }
    for (const Entry& inner : entry.value.entries) {
      if (entry.key == "published")
        read_published(run, inner, faults);
      else if (entry.key == "report")
        read_report(run, inner, faults);
      else
        read_keyed(run, inner, entry.key, faults);
    }
  }
  run.faults = std::move(faults);  // resolve() reports them with its own, all at once
  return run;
}

bool names_a_choice(std::string_view text) {
  const bool number = text == "nan" || text.starts_with("inf");
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !number && !text.empty() && letter(text.front());
}

namespace {

// "960 h", "680k hours": a count with its suffix, times a unit of time.
std::optional<quantity::Parsed> amount_of_sound(std::string_view text) {
  const auto time = [](std::string_view of) {
    return quantity::parse(of, {.dimension = quantity::dim::time, .bare_number = false});
  };
  if (const auto whole = time(text); whole.ok) return whole.value;
  const auto blank = text.find_last_of(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto count =
      quantity::parse(text.substr(0, blank), {.dimension = quantity::dim::sample, .bare_number = true});
  const auto unit = time("1" + std::string{text.substr(blank)});
  if (!count.ok || !unit.ok) return std::nullopt;
  quantity::Parsed out = unit.value;
  out.half_step = count.value.half_step * out.coherent;
  out.coherent *= count.value.coherent;
  return out;
}

}  // namespace

std::optional<quantity::Parsed> read_quantity(Input input, const Given& given,
                                              std::vector<diag::Diagnostic>& faults) {
  if (input == Input::tokens && given.text == "optimal")
    return std::nullopt;  // settled once the size is known
  if (input == Input::development && names_a_choice(given.text)) return std::nullopt;  // whose it is
  const InputInfo& row = info(input);
  const bool bare = quantity::may_be_bare(row.dimension);
  if (input == Input::global_batch) {  // "512 sequences", "1024 images": so many tokens each
    const auto samples =
        quantity::parse(given.text, {.dimension = quantity::dim::sample, .bare_number = false});
    if (samples.ok) return samples.value;
  }
  if (input == Input::samples) {  // "680k h": of sound
    if (const auto sound = amount_of_sound(given.text)) return sound;
  }
  if (input == Input::flops_per_sample) {  // "24.6 GFLOP": of a sample, the name says it
    auto flop = quantity::parse(given.text, {.dimension = quantity::dim::flop, .bare_number = true});
    flop.value.dimension = row.dimension;
    if (flop.ok) return flop.value;
  }
  const auto result =
      quantity::parse(given.text, {.dimension = row.dimension, .bare_number = bare, .example = row.example});
  if (result.ok) return result.value;
  faults.push_back(fault_of(given, result.fault));
  return std::nullopt;
}

std::optional<long> read_whole(Input input, const Given& given, std::vector<diag::Diagnostic>& faults) {
  const InputInfo& row = info(input);
  const auto [low, high] = std::pair{row.range->low, row.range->high};
  const auto parsed = quantity::parse(
      given.text, {.dimension = quantity::dim::one, .bare_number = true, .example = row.example});
  const double value = parsed.value.coherent;
  if (parsed.ok && value == std::floor(value) && value >= low && value <= high)
    return static_cast<long>(value);
  const auto end = [](double x) { return std::to_string(static_cast<long>(x)); };
  faults.push_back({.code = "out-of-range",
                    .message = given.named + " must be a whole number from " + end(low) + " to " + end(high) +
                               ", not '" + given.text.substr(0, 40) + "'",
                    .where = given.where});
  return std::nullopt;
}

namespace {

// A basic string of TOML, quotes included.
std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return diag::through_hidden(out, diag::Layout::none,
                              [](diag::Hidden hidden) {
                                constexpr char32_t replacement = 0xFFFD;
                                const char32_t c = hidden.is_character ? hidden.value : replacement;
                                return c < 0x10000 ? "\\u" + diag::hexadecimal(c, 4)
                                                   : "\\U" + diag::hexadecimal(c, 8);
                              }) +
         '"';
}

// A key of a run file with its value, or turned off with an example, and what it means.
std::string line_of_key(const InputInfo& row, const std::optional<Given>& given) {
  const std::string_view key = row.key.substr(row.key.find('.') + 1);
  std::string line =
      (given ? "" : "# ") + std::string{key} + " = " + toml_text(given ? given->text : row.example);
  constexpr std::size_t comment_column = 48;
  if (line.size() < comment_column) line.append(comment_column - line.size(), ' ');
  line += " # " + std::string{row.help};
  if (!row.choices.empty()) {
    std::string choices{row.choices};
    std::replace(choices.begin(), choices.end(), '|', ' ');
    line += ": " + choices;
  }
  return line + '\n';
}

}  // namespace

std::string run_file(const Scenario& scenario, const std::string& title) {
  std::string out =
      "# A run for kwhatif. Estimate it with: kwhatif estimate THIS_FILE\n"
      "# Every quantity carries its unit; counts take k, M, B, T. Lines behind '#' are off: what is not "
      "given is\n"
      "# taken from the tables or a documented default, and listed under assumptions.\n\n";
  out += "title = " + toml_text(title) + '\n';
  std::vector<std::string_view> sections;
  for (const InputInfo& row : input_table()) {
    const std::string_view own = row.key.substr(0, row.key.find('.'));
    if (std::find(sections.begin(), sections.end(), own) == sections.end()) sections.push_back(own);
  }
  for (const std::string_view section : sections) {
    out += "\n[" + std::string{section} + "]\n";
    for (const InputInfo& row : input_table()) {
      if (row.key.substr(0, row.key.find('.')) == section) out += line_of_key(row, scenario.get(row.input));
    }
  }
  return out;
}

}  // namespace kwhatif::run
