#include <kwhatif/diag/visible.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace kwhatif::report {

std::vector<Column> heads(std::initializer_list<std::string_view> titles) {
  std::vector<Column> out;
  for (std::string_view title : titles) {
    const bool right = title.starts_with('>');
    title.remove_prefix(right ? 1 : 0);
    out.push_back({std::string{title}, right ? Align::right : Align::left});
  }
  return out;
}

std::string in_words(double count) {
  if (count >= 1e9) return quantity::significant(count / 1e9) + " billion";
  if (count >= 1e6) return quantity::significant(count / 1e6) + " million";
  std::string digits = count == std::floor(count) ? quantity::shortest(count) : quantity::significant(count);
  if (count < 1e4 || digits.find_first_of(".e") != std::string::npos) return digits;
  digits.insert(digits.size() - 3, ",");
  return digits;
}

namespace {

// "-3", "+12.5 %", "-0.4 kg/kWh": a number, with or without a unit, that a spreadsheet may take for one.
bool is_signed_number(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + (text.front() == '+' ? 1 : 0), end, number);
  if (read.ec != std::errc{}) return false;
  return std::all_of(read.ptr, end, [](char c) {
    return static_cast<unsigned char>(c) >= 0x80U ||
           std::string_view{" %$/._"}.find(c) != std::string::npos || (c >= '0' && c <= '9') ||
           (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

// Text that a spreadsheet would run as a formula.
bool is_formula(std::string_view text) {
  if (text.empty() || std::string_view{"=+-@"}.find(text.front()) == std::string_view::npos) return false;
  return text.front() == '=' || text.front() == '@' || (text.size() > 1 && !is_signed_number(text));
}

}  // namespace

std::string csv_field(std::string_view given) {
  std::string text = diag::visible(given, diag::Layout::lines);
  if (is_formula(text)) text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string plain(const Table& table, Records records) {
  std::string out;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const std::string row = records == Records::one ? "" : std::to_string(r + 1) + '.';
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      out += row + diag::visible(table.columns[c].title) + '\t' + diag::visible(table.rows[r][c]) + '\n';
  }
  return out;
}

std::string csv(const Table& table) {
  std::string out;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (c > 0) out += ',';
    out += csv_field(table.columns[c].title);
  }
  out += '\n';
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c > 0) out += ',';
      out += csv_field(row[c]);
    }
    out += '\n';
  }
  return out;
}

}  // namespace kwhatif::report
