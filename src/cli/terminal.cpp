#include "terminal.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace kwhatif::cli {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

// 0 where nothing says.
std::size_t columns() {
  const std::string_view told = environment("COLUMNS");
  std::size_t out = 0;
  const auto read = std::from_chars(told.data(), told.data() + told.size(), out);
  if (read.ec == std::errc{} && read.ptr == told.data() + told.size() && out > 0) return out;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) return size.ws_col;
  return 0;
}

}  // namespace

bool shows_colour(int descriptor, bool wanted) {
  return wanted && environment("NO_COLOR").empty() && environment("TERM") != "dumb" &&
         ::isatty(descriptor) == 1;
}

report::Paper paper(bool colour_wanted, bool quiet) {
  using report::Paper;
  Paper out;
  if (const std::size_t known = columns(); known > 0)
    out.width = std::clamp(known, Paper::narrowest, Paper::widest);
  out.colour = shows_colour(STDOUT_FILENO, colour_wanted);
  out.quiet = quiet;
  return out;
}

}  // namespace kwhatif::cli
