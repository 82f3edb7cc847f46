#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/diag/visible.hpp>

#include <algorithm>
#include <utility>

namespace kwhatif::diag {

std::string_view SourceText::line(int number) const {
  if (number < 1) return {};
  std::string_view rest = text;
  for (int i = 1; i < number; ++i) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

namespace {

constexpr std::string_view severity_word(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "error";
}

constexpr std::string_view bold = "\x1b[1m";

constexpr std::string_view paint(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "\x1b[1;31m";
    case Severity::warning:
      return "\x1b[1;33m";
    case Severity::note:
      return bold;
  }
  return bold;
}

std::string painted(std::string text, std::string_view colour, const Style& style) {
  return style.colour ? std::string{colour} + std::move(text) + "\x1b[0m" : text;
}

// Characters that a text takes on a terminal.
int shown_width(std::string_view text) {
  int out = 0;
  for (; !text.empty(); text.remove_prefix(first_character(text))) ++out;
  return out;
}

// A source line may be 10 MB of junk or hold control characters: show a window of visible text around the
// column, so that a terminal is never flooded or reprogrammed by an input file.
struct Excerpt {
  std::string text;
  int caret = 0;   // blanks before the place
  int length = 0;  // of the place, as shown
};

Excerpt excerpt(std::string_view line, int column, int length) {
  constexpr int around = 60;  // columns of a terminal before the place, and from it on
  std::vector<std::string> before;
  std::string after;
  int after_width = 0;
  bool cut_after = false;
  Excerpt out;
  for (int position = 1; !line.empty() && !cut_after; ++position) {
    const std::size_t bytes = first_character(line);
    if (position >= column - around) {
      std::string shown = line[0] == '\t' ? " " : visible(line.substr(0, bytes));
      const int columns = shown_width(shown);
      cut_after = position > column && after_width + columns > around + 1;
      if (position < column) {
        before.push_back(std::move(shown));
      } else if (!cut_after) {
        if (position < column + length) out.length += columns;
        after_width += columns;
        after += shown;
      }
    }
    line.remove_prefix(bytes);
  }
  std::size_t first = before.size();
  while (first > 0 && out.caret + shown_width(before[first - 1]) <= around)
    out.caret += shown_width(before[--first]);
  if (first > 0 || column > around + 1) {
    out.text = "…";
    ++out.caret;
  }
  for (std::size_t i = first; i < before.size(); ++i) out.text += before[i];
  out.text += after + (cut_after ? "…" : "");
  out.length = std::max(out.length, 1);
  return out;
}

}  // namespace

std::string render(const Diagnostic& d, const Style& style) {
  std::string out;
  const bool placed = d.where.source != nullptr;
  if (placed) {
    out += visible(d.where.source->name);
    if (d.where.line > 0) out += ':' + std::to_string(d.where.line);
    if (d.where.line > 0 && d.where.column > 0) out += ':' + std::to_string(d.where.column);
    out += ": ";
  }
  out += painted(std::string{severity_word(d.severity)} + '[' + d.code + ']', paint(d.severity), style);
  out += ": " + visible(d.message) + '\n';
  if (placed && d.where.line > 0) {
    const std::string_view line = d.where.source->line(d.where.line);
    if (!line.empty()) {
      const std::string number = std::to_string(d.where.line);
      const Excerpt shown = excerpt(line, std::max(1, d.where.column), d.where.length);
      out += "  " + number + " | " + shown.text + '\n';
      if (d.where.column > 0 && d.where.length > 0) {
        out += "  " + std::string(number.size(), ' ') + " | ";
        out += std::string(static_cast<std::size_t>(shown.caret), ' ');
        out += painted(std::string(static_cast<std::size_t>(std::clamp(shown.length, 1, 60)), '^'),
                       paint(d.severity), style) +
               '\n';
      }
    }
  }
  if (!d.help.empty()) out += painted("help:", bold, style) + ' ' + visible(d.help, Layout::lines) + '\n';
  return out;
}

std::string render(const std::vector<Diagnostic>& diagnostics, const Style& style) {
  std::string out;
  const std::size_t shown = std::min(style.limit, diagnostics.size());
  for (std::size_t i = 0; i < shown; ++i) out += render(diagnostics[i], style);
  if (shown < diagnostics.size()) {
    out += "… and " + std::to_string(diagnostics.size() - shown) + " more\n";
  }
  return out;
}

Error::Error(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(diagnostics.empty() ? std::string{"unknown error"} : diagnostics.front().message),
      diagnostics_(std::move(diagnostics)) {}

Error::Error(Diagnostic diagnostic) : Error(std::vector<Diagnostic>{std::move(diagnostic)}) {}

void refuse(std::string code, std::string message, const Span& where, std::string help) {
  throw UsageError(
      {.code = std::move(code), .message = std::move(message), .where = where, .help = std::move(help)});
}

}  // namespace kwhatif::diag
