// import: the run file, its values each with where it comes from, and the same as a study.
#include "import_file.hpp"

#include <kwhatif/diag/visible.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/run/input.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::report {

namespace {

using imports::Boundary;
using imports::Measure;

constexpr std::size_t comment_width = 76;

// Lines behind "# ".
std::string comment(std::string_view text) {
  std::string out;
  for (const std::string& line : wrapped_lines(diag::visible(text), comment_width)) out += "# " + line + '\n';
  return out;
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : diag::visible(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string section_of(std::string_view key) { return std::string{key.substr(0, key.find('.'))}; }
std::string name_in(std::string_view key) { return std::string{key.substr(key.find('.') + 1)}; }

std::string value_lines(const ask::ImportedValue& value) {
  std::string said = label_of(value.finding) + ": " + origin_of(value.finding);
  if (!value.finding.note.empty()) said += "; " + value.finding.note;
  if (!value.used) said += "; off: " + value.why_not;
  return comment(said) + (value.used ? "" : "# ") + name_in(value.key) + " = " + toml_text(value.written) +
         '\n';
}

std::string said_lines(const ask::ImportAnswer& answer, std::string_view section) {
  std::string out;
  for (const auto& input : run::input_table()) {
    const auto& given = answer.said.get(input.input);
    if (!given || section_of(input.key) != section) continue;
    out += name_in(input.key) + " = " + toml_text(given->text) + "  # given, not measured\n";
  }
  return out;
}

std::string head_of(const ask::ImportAnswer& answer) {
  std::string out = comment(
      "A measurement as a run for kwhatif: what was measured stands below, each value with its statistic, "
      "file and lines.");
  for (const ask::ImportedFile& file : answer.files) {
    std::string line = file.path + ": " + file.name;
    if (!file.version.empty()) line += ' ' + file.version;
    out += comment(line + ", " + file.read + ".");
  }
  out += comment("Lines behind '#' are off; '= ?' asks for what no file says.");
  std::string title;
  for (const ask::ImportedFile& file : answer.files)
    title += (title.empty() ? "Measured: " : ", ") + file.path;
  return out + "\ntitle = " + toml_text(title) + '\n';
}

// Whether the MFU that is used counts the full attention square.
bool counts_square(const ask::ImportAnswer& answer) {
  const ask::ImportedValue* const mfu = answer.used("hardware.mfu");
  return mfu != nullptr && mfu->finding.note.find("full attention square") != std::string::npos;
}

bool in_section(const ask::ImportedValue& value, std::string_view section) {
  return !value.key.empty() && section_of(value.key) == section;
}

// Words that may stand in an id.
std::string id_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool capital = c >= 'A' && c <= 'Z';
    if (letter)
      out += c;
    else if (capital)
      out += static_cast<char>(c - 'A' + 'a');
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "run" : out;
}

constexpr std::string_view own_head =
    "# Own runs, by `kwhatif import --observation`: --data lets the forecast learn.\n";

// A line of a table in a study, with its origin above.
std::string inner_line(std::string_view key, const ask::ImportedValue& value) {
  constexpr std::size_t indent = 2;
  std::string out;
  for (const std::string& line :
       wrapped_lines(diag::visible(origin_of(value.finding)), comment_width - indent))
    out += "  # " + line + '\n';
  return out + "  " + std::string{key} + " = " + toml_text(value.written) + '\n';
}

}  // namespace

std::string label_of(const imports::Finding& finding) {
  std::string out{imports::info_of(finding.measure).label};
  switch (finding.boundary) {
    case Boundary::accelerator:
      return out + (finding.measure == Measure::accelerator_power ? "" : " (boards alone)");
    case Boundary::components:
      return out + " (GPU, CPU, memory)";
    case Boundary::node:
      return out + " (nodes)";
    case Boundary::facility:
      return out + " (with a PUE)";
    case Boundary::none:
      break;
  }
  return out;
}

std::string origin_of(const imports::Finding& finding) {
  std::string where = finding.file;
  if (finding.line_first > 0)
    where += finding.line_last > finding.line_first ? ", lines " + std::to_string(finding.line_first) +
                                                          " to " + std::to_string(finding.line_last)
                                                    : ", line " + std::to_string(finding.line_first);
  return finding.statistic.empty() ? where : finding.statistic + " (" + where + ")";
}

std::string imported_run_file(const ask::ImportAnswer& answer) {
  std::string out = head_of(answer);
  for (const std::string_view section : {"model", "training", "hardware", "site"}) {
    std::string body = said_lines(answer, section);
    for (const bool used : {true, false}) {
      for (const ask::ImportedValue& value : answer.values) {
        if (in_section(value, section) && value.used == used) body += value_lines(value);
      }
    }
    if (section == "hardware" && counts_square(answer)) body += "mfu_convention = \"full-attention\"\n";
    for (const ask::ImportGap& gap : answer.gaps) {
      if (section_of(gap.key) == section) body += comment(name_in(gap.key) + " = ?  # " + gap.question);
    }
    if (!body.empty()) out += "\n[" + std::string{section} + "]\n" + body;
  }
  // so that a report of it does not call forecast what was measured
  const bool measured = std::ranges::any_of(answer.values, [](const ask::ImportedValue& value) {
    constexpr std::array<std::string_view, 6> measures{"training.wall_time",   "training.device_time",
                                                       "training.energy",      "hardware.power",
                                                       "hardware.total_power", "hardware.accelerator_power"};
    return value.used && std::ranges::find(measures, value.key) != measures.end();
  });
  if (measured) out += "\n[report]\nmeasured = true  # its time, power or energy\n";
  std::string others;
  for (const ask::ImportedValue& value : answer.values) {
    if (value.key.empty())
      others += comment(
          "  " + label_of(value.finding) + " " + value.written + ": " + origin_of(value.finding) +
          (value.why_not.empty() || value.why_not == "no input of a run" ? "" : "; " + value.why_not));
  }
  if (!others.empty()) out += "\n# Also in the files, and no input of a run:\n" + others;
  if (!answer.left.empty()) {
    out += "\n# Left out:\n";
    for (const imports::Left& left : answer.left) out += comment("  " + left.what + ": " + left.why);
  }
  return out;
}

std::string imported_study(const ask::ImportAnswer& answer) {
  std::string id;
  for (const ask::ImportedFile& file : answer.files)
    id += (id.empty() ? "" : "-") + id_of(file.path.substr(file.path.rfind('/') + 1));
  std::string out = comment("A measurement as a study: `kwhatif reproduce " + id +
                            " --data FOLDER` recomputes its results from its inputs. Put this file into "
                            "FOLDER.");
  out += '\n';
  out += "schema = \"study/1\"\n\n[study]\nid = " + toml_text(id) + "\ntitle = " +
         toml_text((answer.files.front().form == "run-file" ? "Printed: " : "Measured: ") +
                   answer.files.front().path) +
         "\nsource = \"own\"\n\n";
  out += "[defaults]\nsource = \"own\"\nstatus = \"verified\"\n\n[[row]]\nid = \"run\"\nname = " +
         toml_text(answer.files.front().path) + "\nkind = \"other\"\n";
  std::string at;
  for (const ask::ImportedFile& file : answer.files) at += (at.empty() ? "" : ", ") + file.path;
  out += "at = " + toml_text(at) + "\n  [row.inputs]\n";
  for (const auto& input : run::input_table()) {
    std::string key{input.flag};
    std::ranges::replace(key, '-', '_');
    const auto& given = answer.said.get(input.input);
    const ask::ImportedValue* const value = answer.used(input.key);
    if (given)
      out += "  " + key + " = " + toml_text(given->text) +
             (answer.files.front().form == "run-file" ? "\n" : "  # given, not measured\n");
    else if (value != nullptr)
      out += inner_line(key, *value);
  }
  out += "  [row.published]\n";
  for (const ask::ImportedFigure& figure : answer.figures) {
    const std::string off = figure.follows ? "" : "; off: the inputs above do not give it";
    for (const std::string& line : wrapped_lines(diag::visible(figure.origin + off), comment_width - 2))
      out += "  # " + line + '\n';
    out +=
        std::string{figure.follows ? "  " : "  # "} + figure.key + " = " + toml_text(figure.printed) + '\n';
  }
  return out;
}

std::string with_note(const std::string& before, const ask::OwnNote& note) {
  std::string out = before;
  if (out.empty()) {
    out = std::string{own_head} +
          "\nschema = \"observation/1\"\n\n[defaults]\nsource = \"own-runs\"\nstatus = \"verified\"\n";
  } else if (!out.starts_with(own_head)) {
    return {};
  }
  std::string id = id_of(note.id);
  for (int n = 2; out.find("id = " + toml_text(id) + '\n') != std::string::npos; ++n)
    id = id_of(note.id) + '-' + std::to_string(n);
  const auto count = [](double n) { return toml_text(quantity::shortest(n)); };
  out += "\n[[observation]]\nid = " + toml_text(id) +
         "\nfamily = \"own\"\nuse = \"yes\"\nevidence = \"own\"\nat = " + toml_text(note.at) +
         "\nhardware = " + toml_text(note.hardware) + "\nparams = " + count(note.params) +
         "\nchips = " + count(note.chips) + "\ntokens = " + count(note.tokens) +
         "\ndevice_hours = " + toml_text(quantity::shortest(note.device_hours) + " device-h") + '\n';
  out += note.power
             ? "power = \"system\"\npower_drawn = " + toml_text(quantity::shortest(*note.power) + " W") + '\n'
             : std::string{"power = \"none\"\n"};
  return out + "note = \"the measured rate as one hour of all devices\"\n";
}

std::string own_source() {
  return "# The source of own measurements.\n\nschema = \"source/1\"\n\n[[source]]\nid = \"own-runs\"\nkind "
         "= \"own\"\ntitle = \"Own measurements\"\n";
}

}  // namespace kwhatif::report
