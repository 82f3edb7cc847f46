#include "text.hpp"

#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace kwhatif::imports {

namespace {

constexpr char escape = '\x1b';
constexpr double minute = 60;
constexpr double hour = 3600;
constexpr double day = 86400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_wordy(char c) { return is_digit(c) || is_letter(c) || c == '_'; }

// Without the sequences that colour a terminal.
std::string uncoloured(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != escape) {
      out += text[i];
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == '[') {
      ++i;
      while (i + 1 < text.size() && !is_letter(text[i + 1])) ++i;
      ++i;
    }
  }
  return out;
}

// Days since 1970 of a date of the Gregorian calendar (H. Hinnant's algorithm).
double days_of(int year, int month, int date) {
  year -= month <= 2 ? 1 : 0;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int of_era = year - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date - 1;
  const int days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  constexpr int before_1970 = 719468;
  return static_cast<double>(era) * 146097 + days - before_1970;
}

// Reads exactly so many digits at a place.
std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int out = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    out = out * 10 + (text[i] - '0');
  }
  return out;
}

// "10:20:30.125" at a place; seconds, and where it ends.
std::optional<double> time_at(std::string_view text, std::size_t at, std::size_t& end) {
  const auto h = digits_at(text, at, 2);
  const auto m = digits_at(text, at + 3, 2);
  const auto s = digits_at(text, at + 6, 2);
  if (!h || !m || !s || text[at + 2] != ':' || text[at + 5] != ':') return std::nullopt;
  double out = *h * hour + *m * minute + *s;
  end = at + 8;
  if (end + 1 < text.size() && (text[end] == '.' || text[end] == ',') && is_digit(text[end + 1])) {
    double scale = 1;
    for (++end; end < text.size() && is_digit(text[end]); ++end) {
      scale /= 10;
      out += (text[end] - '0') * scale;
    }
  }
  return out;
}

// The offset of a zone behind a time: "Z", "+02:00", "+0000"; none where there is no zone.
std::optional<double> offset_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return std::nullopt;
  if (text[at] == 'Z' || text.substr(at, 4) == " UTC") return 0.0;
  if (text[at] != '+' && text[at] != '-') return std::nullopt;
  const auto h = digits_at(text, at + 1, 2);
  const std::size_t minutes = at + 3 < text.size() && text[at + 3] == ':' ? at + 4 : at + 3;
  const auto m = digits_at(text, minutes, 2);
  if (!h || !m) return std::nullopt;
  return (text[at] == '-' ? -1 : 1) * (*h * hour + *m * minute);
}

}  // namespace

void for_each_piece(std::string_view text, const std::function<void(const Piece&)>& take) {
  int line = 0;
  std::string plain;
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (at < text.size()) {
    ++line;
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view rest = text.substr(at, end - at);
    at = end + 1;
    while (!rest.empty()) {
      const std::size_t part = std::min(rest.find('\r'), rest.size());
      std::string_view piece = rest.substr(0, part);
      rest = rest.substr(std::min(part + 1, rest.size()));
      if (piece.empty()) continue;
      if (piece.find(escape) != std::string_view::npos) {
        plain = uncoloured(piece);
        piece = plain;
      }
      take({piece, line});
    }
  }
}

std::optional<double> number(std::string_view text) {
  text = diag::trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double out = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (fault != std::errc{} || end != text.data() + text.size() || !std::isfinite(out)) return std::nullopt;
  return out;
}

std::optional<double> leading_number(std::string_view text, std::string_view* rest) {
  std::string digits;
  std::size_t i = 0;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) digits += text[i++];
  const auto thousands = [&](std::size_t at) {  // ",163" and no further digit
    return at + 3 < text.size() && is_digit(text[at + 1]) && is_digit(text[at + 2]) &&
           is_digit(text[at + 3]) && (at + 4 >= text.size() || !is_digit(text[at + 4]));
  };
  bool point = false;
  for (; i < text.size(); ++i) {
    if (is_digit(text[i])) {
      digits += text[i];
    } else if (text[i] == '.' && !point && i + 1 < text.size() && is_digit(text[i + 1])) {
      point = true;
      digits += '.';
    } else if (!(text[i] == ',' && !point && !digits.empty() && thousands(i))) {
      break;
    }
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E') && !digits.empty()) {
    std::size_t j = i + 1;
    if (j < text.size() && (text[j] == '+' || text[j] == '-')) ++j;
    if (j < text.size() && is_digit(text[j])) {
      while (j < text.size() && is_digit(text[j])) ++j;
      digits += text.substr(i, j - i);
      i = j;
    }
  }
  const auto out = number(digits);
  if (out && rest != nullptr) *rest = text.substr(i);
  return out;
}

std::optional<double> suffixed_number(std::string_view text) {
  std::string_view rest;
  auto out = leading_number(diag::trimmed(text), &rest);
  if (!out) return std::nullopt;
  rest = diag::trimmed(rest);
  constexpr double thousand = 1e3;
  constexpr std::string_view suffixes = "KMGTPE";
  const std::string word = lowered(rest.substr(0, rest.find_first_of(" ,;)|")));
  if (word == "billion" || word == "b") return *out * thousand * thousand * thousand;
  if (word == "million") return *out * thousand * thousand;
  if (word.size() != 1) return out;
  const char letter = rest[0] == 'k' ? 'K' : rest[0];
  if (const auto at = suffixes.find(letter); at != std::string_view::npos)
    *out *= std::pow(thousand, static_cast<double>(at + 1));
  return std::isfinite(*out) ? out : std::nullopt;
}

std::optional<double> trailing_number(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::size_t begin = text.size();
  while (begin > 0 && (is_digit(text[begin - 1]) || text[begin - 1] == '.' || text[begin - 1] == ','))
    --begin;
  if (begin > 0 && text[begin - 1] == '-') --begin;
  while (begin < text.size() && (text[begin] == ',' || text[begin] == '.')) ++begin;
  std::string_view rest;
  const auto out = leading_number(text.substr(begin), &rest);
  return out && rest.empty() ? out : std::nullopt;
}

std::optional<double> number_after(std::string_view line, std::string_view mark) {
  for (std::size_t at = line.find(mark); at != std::string_view::npos; at = line.find(mark, at + 1)) {
    if (at > 0 && is_wordy(mark.front()) && is_wordy(line[at - 1])) continue;
    std::string_view rest = line.substr(at + mark.size());
    if (is_wordy(mark.back()) && !rest.empty() && is_letter(rest.front())) continue;
    const std::size_t begin = rest.find_first_not_of(" \t:='\".|");
    if (begin == std::string_view::npos) continue;
    if (const auto out = leading_number(rest.substr(begin))) return out;
  }
  return std::nullopt;
}

std::optional<double> find_stamp(std::string_view text, bool* utc) {
  constexpr std::size_t shortest = 19;  // "2024-08-21 10:19:42"
  for (std::size_t i = 0; i + shortest <= text.size(); ++i) {
    if (!is_digit(text[i]) || (i > 0 && is_digit(text[i - 1]))) continue;
    const auto year = digits_at(text, i, 4);
    const auto month = digits_at(text, i + 5, 2);
    const auto date = digits_at(text, i + 8, 2);
    if (!year || !month || !date) continue;
    const char parted = text[i + 4];
    if ((parted != '-' && parted != '/') || text[i + 7] != parted) continue;
    if (*month < 1 || *month > 12 || *date < 1 || *date > 31) continue;
    if (text[i + 10] != ' ' && text[i + 10] != 'T') continue;
    std::size_t end = 0;
    const auto time = time_at(text, i + 11, end);
    if (!time) continue;
    const auto offset = offset_at(text, end);
    if (utc != nullptr) *utc = offset.has_value();
    return days_of(*year, *month, *date) * day + *time - offset.value_or(0);
  }
  return std::nullopt;
}

std::optional<double> clock_time(std::string_view text) {
  text = diag::trimmed(text);
  double days = 0;
  if (const auto dash = text.find('-'); dash != std::string_view::npos && dash > 0) {
    const auto n = number(text.substr(0, dash));
    if (!n) return std::nullopt;
    days = *n;
    text.remove_prefix(dash + 1);
  }
  double out = 0;
  std::size_t fields = 0;
  while (true) {
    const auto colon = text.find(':');
    const auto field = number(text.substr(0, colon));
    if (!field || *field < 0) return std::nullopt;
    out = out * minute + *field;
    ++fields;
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
  }
  if (fields < 2 || fields > 3) return std::nullopt;
  return days * day + out;
}

std::string lowered(std::string_view text) {
  std::string out{text};
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string in_digits(double value) {
  constexpr double exact = 1e15;
  if (std::floor(value) == value && value >= 0 && value < exact)
    return quantity::grouped(static_cast<std::uint64_t>(value));
  return quantity::significant(value);
}

std::string seconds_in_words(double seconds) {
  if (seconds < minute) return quantity::significant(seconds) + " s";
  if (seconds < hour) return quantity::significant(seconds / minute) + " min";
  if (seconds < 2 * day) return quantity::significant(seconds / hour) + " h";
  return quantity::significant(seconds / day) + " days";
}

std::string counted(std::size_t n, std::string_view one, std::string_view many) {
  return quantity::grouped(n) + ' ' +
         (n == 1         ? std::string{one}
          : many.empty() ? std::string{one} + 's'
                         : std::string{many});
}

std::string lines_in_words(int first, int last) {
  if (first <= 0) return {};
  if (last <= first) return "line " + std::to_string(first);
  return "lines " + std::to_string(first) + " to " + std::to_string(last);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

Finding& found(Measurement& into, Measure measure, double value, std::string statistic, int first, int last) {
  into.findings.push_back({.measure = measure,
                           .value = value,
                           .text = {},
                           .statistic = std::move(statistic),
                           .line_first = first,
                           .line_last = std::max(first, last)});
  return into.findings.back();
}

Finding& found(Measurement& into, Measure measure, std::string text, std::string statistic, int line) {
  Finding& out = found(into, measure, 0.0, std::move(statistic), line);
  out.text = std::move(text);
  return out;
}

void leave(Measurement& into, std::string what, std::string why, int first, int last) {
  into.left.push_back({std::move(what), std::move(why), first, std::max(first, last), {}});
}

void warn(Measurement& into, std::string code, std::string message, std::string help) {
  into.warnings.push_back({.code = std::move(code),
                           .message = std::move(message),
                           .where = {},
                           .help = std::move(help),
                           .severity = diag::Severity::warning});
}

}  // namespace kwhatif::imports
