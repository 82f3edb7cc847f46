#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/csv.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::document {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

int characters(std::string_view text) { return static_cast<int>(diag::characters(text)); }

// The line that begins at `at`, and the beginning of the next one.
std::string_view line_at(std::string_view text, std::size_t& at) {
  const auto end = std::min(text.find('\n', at), text.size());
  const auto line = text.substr(at, end - at);
  at = std::min(end + 1, text.size());
  return line;
}

bool is_skipped(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos || line[first] == '#';
}

// Fields of one line; separators between quotes do not count.
std::size_t fields_in(std::string_view line, char separator) {
  std::size_t out = 1;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (c == separator && !quoted) ++out;
  }
  return out;
}

// A line without quotes.
void split(std::string_view line, std::size_t line_begin, char separator, CsvRecord& record) {
  std::size_t count = 0;
  for (std::size_t at = 0;; ++count) {
    if (record.fields.size() <= count) {
      record.fields.emplace_back();
      record.offsets.emplace_back();
    }
    const std::size_t end = std::min(line.find(separator, at), line.size());
    std::size_t last = end;
    while (at < end && is_blank(line[at])) ++at;
    while (last > at && is_blank(line[last - 1])) --last;
    record.fields[count].assign(line.substr(at, last - at));
    record.offsets[count] = line_begin + at;
    if (end == line.size()) break;
    at = end + 1;
  }
  record.fields.resize(count + 1);
  record.offsets.resize(count + 1);
}

}  // namespace

CsvReader::CsvReader(std::string_view text, char separator) : text_(text), separator_(separator) {
  if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
}

bool CsvReader::next(CsvRecord& record) {
  record.unclosed.reset();
  while (at_ < text_.size()) {
    std::size_t after = at_;
    const auto line = line_at(text_, after);
    if (!is_skipped(line)) {
      if (line.find('"') != std::string_view::npos) break;
      split(line, at_, separator_, record);
      at_ = after;
      return true;
    }
    at_ = after;
  }
  if (at_ >= text_.size()) return false;
  std::size_t count = 0;
  while (true) {
    if (record.fields.size() <= count) {
      record.fields.emplace_back();
      record.offsets.emplace_back();
    }
    record.fields[count].clear();
    while (at_ < text_.size() && is_blank(text_[at_]) && text_[at_] != separator_) ++at_;
    record.offsets[count] = at_;
    std::string& field = record.fields[count];
    ++count;
    std::optional<std::size_t> quoted;  // characters between quotes
    if (at_ < text_.size() && text_[at_] == '"') {
      ++at_;
      while (at_ < text_.size() && (text_[at_] != '"' || text_.substr(at_ + 1, 1) == "\"")) {
        at_ += text_[at_] == '"' ? 1 : 0;  // two quotes stand for one
        field += text_[at_++];
      }
      if (at_ == text_.size() && !record.unclosed) record.unclosed = record.offsets[count - 1];
      quoted = field.size();
      at_ = std::min(at_ + 1, text_.size());
    }
    while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n') field += text_[at_++];
    // text and a further quote behind a closing quote: it was the opening one of a later field
    if (quoted && !record.unclosed && field.find('"', *quoted) != std::string::npos)
      record.unclosed = record.offsets[count - 1];
    while (!field.empty() && is_blank(field.back())) field.pop_back();
    const bool ended = at_ == text_.size() || text_[at_] == '\n';
    at_ = std::min(at_ + 1, text_.size());
    if (ended) break;
  }
  record.fields.resize(count);
  record.offsets.resize(count);
  return true;
}

char csv_separator(std::string_view text) {
  constexpr std::array separators{'\t', ';', '|', ','};
  constexpr std::size_t looked_at = 60;  // lines; a preamble is shorter
  std::vector<std::string_view> lines;
  std::size_t at = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  while (at < text.size() && lines.size() < looked_at) {
    const auto line = line_at(text, at);
    if (!is_skipped(line)) lines.push_back(line);
  }
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    char best = 0;
    std::size_t most = 1;
    for (const char separator : separators) {
      const std::size_t fields = fields_in(lines[i], separator);
      if (fields < 2 || fields != fields_in(lines[i + 1], separator)) continue;
      const bool first = fields == most && lines[i + 1].find(separator) < lines[i + 1].find(best);
      if (fields > most || first) best = separator;
      most = std::max(most, fields);
    }
    if (best != 0) return best;
  }
  if (lines.empty()) return ',';
  return *std::max_element(separators.begin(), separators.end(), [&](char a, char b) {
    return fields_in(lines.front(), a) < fields_in(lines.front(), b);
  });
}

diag::Span span_at(const std::shared_ptr<const diag::SourceText>& source, std::size_t offset,
                   std::size_t length) {
  const std::string_view before = std::string_view{source->text}.substr(0, offset);
  const auto line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view part = std::string_view{source->text}.substr(offset, length);
  return {source, 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n')),
          1 + characters(before.substr(line_begin)),
          std::max(1, characters(part.substr(0, part.find('\n'))))};
}

}  // namespace kwhatif::document
