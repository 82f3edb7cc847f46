#include <kwhatif/chart/text_width.hpp>
#include <kwhatif/diag/visible.hpp>

#include <array>

namespace kwhatif::chart {

namespace {

// Advance widths of ' ' to '~' in thousandths of the size, the wider of Liberation Sans 2 and DejaVu
// Sans 2.37 as a browser measures them.
constexpr std::array<int, 95> ascii{
    318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361,  318, 337, 637, 637, 637,
    637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 557, 1016, 685, 687, 723, 771, 667,
    611, 778, 752, 295, 500, 667, 558, 863, 749, 788, 667, 788, 723, 667,  611, 732, 685, 989, 686,
    667, 686, 391, 337, 391, 838, 557, 500, 613, 635, 550, 635, 616, 353,  635, 634, 278, 278, 580,
    278, 975, 634, 612, 635, 635, 412, 521, 393, 634, 592, 818, 592, 592,  525, 637, 337, 637, 838};
// Of other characters: 98 % of Latin, Greek and Cyrillic letters are narrower than the first.
constexpr double letter = 1.08;
constexpr double sign = 1.45;
constexpr double bolder = 1.16;  // of running text in the same two fonts

double width_of(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (first >= 32 && first < 127) return ascii[first - 32U] / 1000.0;
  if (character == "…" || character == "–" || character == "×" || character == "µ" || character == "²")
    return 1;
  return first < 0xE0U ? letter : sign;
}

// Calls visit(character) for each, in order, until it says no.
template <class Visit>
void each_character(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t bytes = diag::first_character(text);
    if (!visit(text.substr(0, bytes))) return;
    text.remove_prefix(bytes);
  }
}

// Bytes of the longest beginning that is no wider.
std::size_t fitting(std::string_view text, double width, double size, bool bold) {
  std::size_t bytes = 0;
  double sum = 0;
  each_character(text, [&](std::string_view c) {
    sum += width_of(c) * size * (bold ? bolder : 1);
    if (sum > width) return false;
    bytes += c.size();
    return true;
  });
  return bytes;
}

constexpr std::string_view ellipsis = "…";

}  // namespace

double text_width(std::string_view text, double size, bool bold) {
  double sum = 0;
  // as it is drawn: what cannot be seen is written out
  each_character(diag::visible(text), [&](std::string_view c) {
    sum += width_of(c);
    return true;
  });
  return sum * size * (bold ? bolder : 1);
}

std::string shortened(std::string_view hidden, double width, double size, bool bold) {
  const std::string text = diag::visible(hidden);
  if (text_width(text, size, bold) <= width) return text;
  const double rest = width - text_width(ellipsis, size, bold);
  if (rest < 0) return {};
  std::string_view head = std::string_view{text}.substr(0, fitting(text, rest, size, bold));
  while (head.ends_with(' ')) head.remove_suffix(1);
  return std::string{head} + std::string{ellipsis};
}

std::vector<std::string> wrapped(std::string_view hidden, double width, double size, std::size_t most,
                                 bool bold) {
  const std::string visible = diag::visible(hidden);
  std::string_view text = visible;
  std::vector<std::string> out;
  while (out.size() + 1 < most && text_width(text, size, bold) > width) {
    std::size_t end = fitting(text, width, size, bold);
    if (end == 0) break;  // not one character has room
    std::size_t next = end;
    if (text[end] != ' ') {
      const std::size_t blank = text.rfind(' ', end);
      if (blank != std::string_view::npos && blank > 0) end = next = blank;
    }
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(next);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  if (!text.empty() || out.empty()) out.push_back(shortened(text, width, size, bold));
  return out;
}

}  // namespace kwhatif::chart
