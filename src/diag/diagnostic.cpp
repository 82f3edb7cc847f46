#include <kwhatif/diag/diagnostic.hpp>

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

bool is_continuation_byte(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Names and messages quote what a person or file gave: nothing in them may steer the terminal or fake another
// line.
std::string printable(std::string_view text, bool keep_lines = false) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if ((byte < 0x20U || byte == 0x7FU) && !(keep_lines && byte == '\n')) {
      out += '?';
    } else if (byte == 0xC2U && next >= 0x80U && next < 0xA0U) {  // control characters beyond ASCII
      out += '?';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

// A source line may be 10 MB of junk or hold control characters: show a window of printable text around
// the column, so that a terminal is never flooded or reprogrammed by an input file.
struct Excerpt {
  std::string text;
  int caret = 0;
};

Excerpt excerpt(std::string_view line, int column) {
  constexpr int before = 60;
  constexpr int after = 60;
  Excerpt out;
  int position = 0;
  const int first = std::max(1, column - before);
  const int last = column + after;
  if (first > 1) out.text += "…";
  out.caret = first > 1 ? 1 : 0;
  bool cut = false;
  bool showing = false;
  for (const char c : line) {
    if (!is_continuation_byte(c)) {
      ++position;
      showing = position >= first && position <= last;
      if (position > last) {
        cut = true;
        break;
      }
      if (showing && position < column) ++out.caret;
    }
    if (!showing) continue;
    out.text += c == '\t' ? ' ' : c;
  }
  if (cut) out.text += "…";
  out.text = printable(out.text);
  return out;
}

}  // namespace

std::string render(const Diagnostic& d) {
  std::string out;
  const bool placed = d.where.source != nullptr;
  if (placed) {
    out += printable(d.where.source->name);
    if (d.where.line > 0) out += ':' + std::to_string(d.where.line);
    if (d.where.line > 0 && d.where.column > 0) out += ':' + std::to_string(d.where.column);
    out += ": ";
  }
  out += severity_word(d.severity);
  out += '[' + d.code + "]: " + printable(d.message) + '\n';
  if (placed && d.where.line > 0) {
    const std::string_view line = d.where.source->line(d.where.line);
    if (!line.empty()) {
      const std::string number = std::to_string(d.where.line);
      const Excerpt shown = excerpt(line, std::max(1, d.where.column));
      out += "  " + number + " | " + shown.text + '\n';
      if (d.where.column > 0 && d.where.length > 0) {
        out += "  " + std::string(number.size(), ' ') + " | ";
        out += std::string(static_cast<std::size_t>(shown.caret), ' ');
        out += std::string(static_cast<std::size_t>(std::clamp(d.where.length, 1, 60)), '^') + '\n';
      }
    }
  }
  if (!d.help.empty()) out += "help: " + printable(d.help, true) + '\n';
  return out;
}

std::string render(const std::vector<Diagnostic>& diagnostics, std::size_t limit) {
  std::string out;
  const std::size_t shown = std::min(limit, diagnostics.size());
  for (std::size_t i = 0; i < shown; ++i) out += render(diagnostics[i]);
  if (shown < diagnostics.size()) {
    out += "… and " + std::to_string(diagnostics.size() - shown) + " more\n";
  }
  return out;
}

Error::Error(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(diagnostics.empty() ? std::string{"unknown error"} : diagnostics.front().message),
      diagnostics_(std::move(diagnostics)) {}

Error::Error(Diagnostic diagnostic) : Error(std::vector<Diagnostic>{std::move(diagnostic)}) {}

}  // namespace kwhatif::diag
