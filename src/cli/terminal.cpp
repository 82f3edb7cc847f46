#include "terminal.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace kwhatif::cli {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

namespace {

// 0 where nothing says.
std::size_t columns(int descriptor) {
  const std::string_view told = environment("COLUMNS");
  std::size_t out = 0;
  const auto read = std::from_chars(told.data(), told.data() + told.size(), out);
  if (read.ec == std::errc{} && read.ptr == told.data() + told.size() && out > 0) return out;
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0) return size.ws_col;
  return 0;
}

}  // namespace

namespace {

// Characters of a line as a terminal shows them: colours have no width.
std::size_t shown(std::string_view text) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = std::min(text.find('m', i), text.size());
      continue;
    }
    const bool continues = (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;  // of a character in UTF-8
    out += continues ? 0 : 1;
  }
  return out;
}

}  // namespace

std::string wrapped(std::string_view messages) {
  const std::size_t width = std::max<std::size_t>(columns(STDERR_FILENO), 0);
  if (width == 0) return std::string{messages};
  constexpr std::size_t least = 40;
  const std::size_t most = std::max(width, least);
  constexpr std::string_view indent = "  ";
  std::string out;
  while (!messages.empty()) {
    const auto end = std::min(messages.find('\n'), messages.size());
    std::string_view line = messages.substr(0, end);
    messages.remove_prefix(std::min(end + 1, messages.size()));
    const bool of_file = line.starts_with("  ");
    std::size_t taken = 0;  // of the line that is being written
    bool first = true;
    while (!of_file && shown(line) + taken > most) {
      const auto blank = std::min(line.find(' '), line.size());
      const std::string_view word = line.substr(0, blank);
      if (!first && taken + 1 + shown(word) > most) {
        out += '\n';
        out += indent;
        taken = indent.size();
        first = true;
      }
      if (!first) {
        out += ' ';
        ++taken;
      }
      out += word;
      taken += shown(word);
      first = false;
      line.remove_prefix(std::min(blank + 1, line.size()));
    }
    if (!line.empty()) {
      if (!first) {
        const bool fits = taken + 1 + shown(line) <= most;
        out += fits ? " " : "\n" + std::string{indent};
      }
      out += line;
    }
    out += '\n';
  }
  return out;
}

bool outgrows_terminal(std::string_view text) {
  winsize size{};
  if (::isatty(STDOUT_FILENO) != 1 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return false;
  if (size.ws_row == 0 || size.ws_col == 0) return false;
  std::size_t rows = 1;  // of the prompt
  while (!text.empty() && rows <= size.ws_row) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    rows += std::max<std::size_t>(1, (shown(text.substr(0, end)) + size.ws_col - 1) / size.ws_col);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return rows > size.ws_row;
}

bool shows_colour(int descriptor, bool wanted) {
  return wanted && environment("NO_COLOR").empty() && environment("TERM") != "dumb" &&
         ::isatty(descriptor) == 1;
}

report::Paper paper(bool colour_wanted, bool quiet) {
  using report::Paper;
  Paper out;
  if (const std::size_t known = columns(STDOUT_FILENO); known > 0)
    out.width = std::clamp(known, Paper::narrowest, Paper::widest);
  out.colour = shows_colour(STDOUT_FILENO, colour_wanted);
  out.quiet = quiet;
  return out;
}

}  // namespace kwhatif::cli
