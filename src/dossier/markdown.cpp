// The outline as Markdown of GitHub.
#include "outline.hpp"
#include <kwhatif/diag/visible.hpp>

namespace kwhatif::dossier {

namespace {

std::string cell(const Cell& cell) {
  const std::string text = in_markdown(cell.text);
  return cell.blank && !text.empty() ? '_' + text + '_' : text;
}

std::string grid(const Grid& grid) {
  std::string out = "**" + in_markdown(grid.caption) + "**\n\n|";
  for (const Head& head : grid.heads) out += ' ' + in_markdown(head.text) + " |";
  out += "\n|";
  for (const Head& head : grid.heads) out += head.number ? "---:|" : "---|";
  out += '\n';
  for (const auto& row : grid.rows) {
    out += '|';
    for (const Cell& one : row) out += ' ' + cell(one) + " |";
    out += '\n';
  }
  return out + '\n';
}

// A fence longer than any run of back-ticks in the text.
std::string fenced(const std::string& text) {
  std::string fence = "```";
  while (text.find(fence) != std::string::npos) fence += '`';
  return fence + '\n' + diag::visible(text, diag::Layout::lines) + '\n' + fence + "\n\n";
}

std::string part(const Part& part) {
  std::string out;
  switch (part.kind) {
    case Part::Kind::paragraph:
      return cell(part.texts.front()) + "\n\n";
    case Part::Kind::list:
      for (const Cell& item : part.texts) out += "- " + cell(item) + '\n';
      return out + '\n';
    case Part::Kind::grid:
      return grid(part.grid);
    case Part::Kind::chart:  // its numbers stand in the tables
      return "**" + in_markdown(part.chart.title) + "** " + in_markdown(part.chart.description) + "\n\n";
    case Part::Kind::code:
      return fenced(part.texts.front().text);
  }
  return out;
}

}  // namespace

std::string markdown(const Dossier& dossier, const FormChoices& choices) {
  const Outline outline = outline_of(dossier, choices);
  std::string out = "# " + in_markdown(outline.title) + "\n\n";
  for (const std::string& words : outline.sentences) out += in_markdown(words) + "\n\n";
  for (const auto& [label, value] : outline.head)
    out += "- " + in_markdown(label) + ": " + cell(value) + '\n';
  out += '\n';
  for (const Section& section : outline.sections) {
    out += "## " + in_markdown(section.title) + "\n\n";
    for (const Part& one : section.parts) out += part(one);
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace kwhatif::dossier
