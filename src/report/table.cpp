#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace kwhatif::report {

std::size_t width(std::string_view text) {
  std::size_t out = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++out;
  }
  return out;
}

namespace {

std::vector<std::size_t> widths_of(const Table& table) {
  std::vector<std::size_t> out;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t w = width(table.columns[c].title);
    for (const auto& row : table.rows) w = std::max(w, width(row[c]));
    out.push_back(w);
  }
  return out;
}

// A cell as lines of at most that width, one at least.
std::vector<std::string> cell_lines(const std::string& cell, std::size_t columns) {
  if (width(cell) <= columns) return {cell};
  const std::string text = wrapped(cell, columns, 0);
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    out.push_back(text.substr(at, text.find('\n', at) - at));
  return out.empty() ? std::vector{cell} : out;
}

std::size_t longest_word(std::string_view text) {
  std::size_t out = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    out = std::max(out, width(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// Takes room from the columns of texts until a line fits: from the last one first, then from the widest; a
// column keeps what is good to read before any is made narrower than that, and the longest of its words.
void narrow(std::vector<std::size_t>& widths, const Table& table, std::size_t room) {
  std::size_t line = widths.empty() ? 0 : 2 * (widths.size() - 1);
  for (const std::size_t w : widths) line += w;
  if (line <= room) return;
  struct Text {
    std::size_t column;
    std::size_t longest;  ///< word
  };
  std::vector<Text> texts;
  for (std::size_t c = widths.size(); c-- > 0;) {
    if (table.columns[c].align == Align::right) continue;
    Text& text = texts.emplace_back(Text{c, longest_word(table.columns[c].title)});
    if (c + 1 == widths.size()) continue;  // what is too long there moves nothing
    for (const auto& row : table.rows) text.longest = std::max(text.longest, longest_word(row[c]));
  }
  const bool last_is_text = !texts.empty() && texts.front().column + 1 == widths.size();
  std::stable_sort(texts.begin() + (last_is_text ? 1 : 0), texts.end(),
                   [&](const Text& a, const Text& b) { return widths[a.column] > widths[b.column]; });
  for (const std::size_t least : {std::size_t{30}, std::size_t{20}}) {
    for (const Text& text : texts) {
      std::size_t& w = widths[text.column];
      const std::size_t kept = std::max(least, text.longest);
      if (line <= room || w <= kept) continue;
      const std::size_t less = std::min(line - room, w - kept);
      w -= less;
      line -= less;
    }
  }
}

}  // namespace

std::vector<std::vector<std::string>> laid_out(const Table& given, std::size_t indent, std::size_t columns) {
  Table table = given;
  for (auto& row : table.rows) {
    for (std::string& cell : row) cell = diag::visible(cell);
  }
  std::vector<std::size_t> widths = widths_of(table);
  narrow(widths, table, columns > indent ? columns - indent : 0);
  std::vector<std::vector<std::string>> out;
  const auto add = [&](const auto& cell_at) {
    std::vector<std::string>& lines = out.emplace_back();
    std::size_t before = indent;  // columns that the cell begins after
    for (std::size_t c = 0; c < widths.size(); before += widths[c++] + 2) {
      const bool right = table.columns[c].align == Align::right;
      const auto parts = right ? std::vector<std::string>{cell_at(c)} : cell_lines(cell_at(c), widths[c]);
      lines.resize(std::max(lines.size(), parts.size()));
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t start = before + (right ? widths[c] - width(parts[i]) : 0);
        lines[i].append(start - std::min(start, width(lines[i])), ' ');
        lines[i] += parts[i];
      }
    }
    for (std::string& line : lines) line.erase(line.find_last_not_of(' ') + 1);
  };
  const bool titled = std::any_of(table.columns.begin(), table.columns.end(),
                                  [](const Column& c) { return !c.title.empty(); });
  if (titled) add([&](std::size_t c) { return table.columns[c].title; });
  for (const auto& row : table.rows) add([&](std::size_t c) { return row[c]; });
  return out;
}

std::string text(const Table& table, int indent) {
  std::string out;
  for (const auto& row : laid_out(table, static_cast<std::size_t>(indent), std::string::npos)) {
    for (const std::string& line : row) out += line + '\n';
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

std::string hanging(std::string_view head, std::string_view paragraph, std::size_t columns,
                    std::size_t indent) {
  std::string body = wrapped(paragraph, std::max(columns, indent + 20), indent);
  body.erase(0, std::min(indent, body.size()));
  return std::string{head} + (body.empty() ? "\n" : body);
}

std::string wrapped(std::string_view paragraph, std::size_t columns, std::size_t indent) {
  std::string out;
  std::string line;
  const auto flush = [&] {
    if (line.empty()) return;
    out += std::string(indent, ' ') + line + '\n';
    line.clear();
  };
  while (!paragraph.empty()) {
    const auto end = std::min(paragraph.find_first_of(" \n"), paragraph.size());
    const std::string_view word = paragraph.substr(0, end);
    if (!word.empty()) {
      if (!line.empty() && width(line) + 1 + width(word) > columns - indent) flush();
      if (!line.empty()) line += ' ';
      line += word;
    }
    paragraph.remove_prefix(std::min(end + 1, paragraph.size()));
  }
  flush();
  return out;
}

}  // namespace kwhatif::report
