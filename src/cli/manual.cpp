#include "manual.hpp"

#include "help.hpp"
#include <kwhatif/catalog/store.hpp>

#include <algorithm>
#include <string_view>

namespace kwhatif::cli {

using report::Block;
using report::Page;
using report::Table;

namespace {

// Text inside a line: a hyphen that is typed stays one when it is copied.
std::string inner(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c == '\n' ? ' ' : c;
    }
  }
  return out;
}

// A line of text, which roff never takes for a request.
std::string line(std::string_view text) {
  const bool request = text.starts_with('.') || text.starts_with('\'');
  return (request ? "\\&" : "") + inner(text) + '\n';
}

// Code between backquotes is bold, as in the references of man pages; the rest is text.
std::string prose(std::string_view text) {
  std::string out;
  bool code = false;
  for (std::size_t i = 0; i <= text.size();) {
    const std::size_t next = std::min(text.find('`', i), text.size());
    out += inner(text.substr(i, next - i));
    if (next < text.size()) out += (code = !code) ? "\\fB" : "\\fR";
    i = next + 1;
  }
  if (code) out += "\\fR";
  return (out.starts_with('.') || out.starts_with('\'') ? "\\&" : "") + out + '\n';
}

std::string request(std::string_view name, std::string_view argument) {
  std::string quoted;
  for (const char c : inner(argument)) quoted += c == '"' ? std::string{"\\(dq"} : std::string{c};
  return '.' + std::string{name} + " \"" + quoted + "\"\n";
}

// Rows as terms with what they mean: the first cells in bold, the last one below.
std::string terms(const Table& table) {
  std::string out;
  for (const auto& row : table.rows) {
    if (row.empty()) continue;
    out += ".TP\n\\fB" + inner(row.front()) + "\\fR";
    for (std::size_t i = 1; i + 1 < row.size(); ++i) {
      if (!row[i].empty()) out += "  \\fI" + inner(row[i]) + "\\fR";
    }
    out += '\n' + prose(row.size() > 1 ? row.back() : std::string{});
  }
  return out;
}

std::string example(std::string_view lines) {
  std::string out = ".PP\n.nf\n.RS 4\n";
  for (std::size_t i = 0; i < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', i), lines.size());
    out += line(lines.substr(i, end - i));
    i = end + 1;
  }
  return out + ".RE\n.fi\n";
}

// A command, broken before flags where the page of a terminal has no room for it.
std::string command(std::string text) {
  constexpr std::size_t room = 66;  // of 80 columns, what the indentation leaves
  return example(report::page_text(Page{}.command("", std::move(text), 2), {.width = room}));
}

std::string heading(const char* name, std::string_view what) {
  return ".TH \"" + std::string{name} + "\" \"" + std::string{what} + "\" \"" +
         std::string{catalog::data_edition()} + "\" \"kwhatif " KWHATIF_VERSION "\" \"" +
         (what == "1" ? "User Commands" : "File Formats") + "\"\n";
}

}  // namespace

std::string roff(const Page& page) {
  std::string out;
  for (const Block& block : page.blocks()) {
    switch (block.kind) {
      case Block::Kind::gap:
        break;
      case Block::Kind::heading:
        out += request("SS", block.text);
        break;
      case Block::Kind::paragraph:
        out += block.head.find_first_not_of(' ') == std::string::npos
                   ? ".PP\n" + prose(block.text)
                   : ".TP\n\\fB" + inner(block.head) + "\\fR\n" + prose(block.text);
        break;
      case Block::Kind::table:
        out += terms(block.table);
        break;
      case Block::Kind::tree:
        break;  // no help has one
      case Block::Kind::command:
        out += example(block.text);
        break;
      case Block::Kind::lines:
        out += example(block.text);
        break;
    }
  }
  return out;
}

std::string manual() {
  std::string out = heading("KWHATIF", "1");
  out += ".SH NAME\nkwhatif \\- energy and CO2e of training AI models, before any training starts\n";
  out += ".SH SYNOPSIS\n.B kwhatif\n.I VERB\n[\\fIarguments\\fR]\n";
  out += ".SH DESCRIPTION\n";
  out += prose(
      "kwhatif estimates offline what a training run of an AI model will take: energy, CO2e, water, time and "
      "money, each with its prediction interval and every number explained down to its source. It compares "
      "hardware, places and models, searches plans that meet limits, and writes reports.");
  out += ".SH VERBS\n";
  for (const Verb& verb : verbs()) {
    out += request("SS", "kwhatif " + std::string{verb.name} + ' ' + std::string{verb.usage});
    out += prose(std::string{verb.answers} + '.');
    out += terms(option_table(verb.options));
    out += command(std::string{verb.example});
  }
  out += ".SH OPTIONS\nEvery verb has these.\n" + terms(option_table(common_options()));
  out += ".SH INPUTS OF A RUN\n" +
         prose("Each is a flag, and a key of a run file (kwhatif-run(5)); a flag wins over the file.") +
         terms(inputs_table());
  out += ".SH TOPICS\n";
  for (const std::string_view topic : concepts()) out += roff(help_page(std::string{topic}));
  out += ".SH EXIT STATUS\n" + terms(exit_codes());
  out += ".SH ENVIRONMENT\n" + terms(environment());
  return out + ".SH SEE ALSO\n.BR kwhatif\\-run (5)\n";
}

std::string run_file_manual() {
  std::string out = heading("KWHATIF-RUN", "5");
  out += ".SH NAME\nkwhatif-run \\- a training run in a file\n.SH DESCRIPTION\n";
  for (const char* topic : {"runfile", "units", "stages"}) out += roff(help_page(std::string{topic}));
  return out + ".SH SEE ALSO\n.BR kwhatif (1)\n";
}

}  // namespace kwhatif::cli
