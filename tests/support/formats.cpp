#include "support/formats.hpp"

#include <cctype>
#include <cstdint>
#include <set>
#include <vector>

namespace kwhatif::test {

namespace {

std::string at(std::string_view what, std::size_t place, std::string_view text) {
  const std::size_t from = place > 20 ? place - 20 : 0;
  return std::string{what} + " at byte " + std::to_string(place) + ": …" + std::string{text.substr(from, 60)};
}

class Json {
 public:
  explicit Json(std::string_view text) : text_(text) {}
  std::string fault() {
    if (!value(0)) return at("no JSON", at_, text_);
    blanks();
    return at_ == text_.size() ? "" : at("more than one value", at_, text_);
  }

 private:
  char now() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (now() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  void blanks() {
    while (at_ < text_.size() && std::string_view{" \n\r\t"}.find(now()) != std::string_view::npos) ++at_;
  }
  bool word(std::string_view w) {
    if (text_.substr(at_, w.size()) != w) return false;
    at_ += w.size();
    return true;
  }
  bool digits() {
    const std::size_t from = at_;
    while (std::isdigit(static_cast<unsigned char>(now())) != 0) ++at_;
    return at_ > from;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('+')) take('-');
    return digits();
  }
  bool string() {
    if (!take('"')) return false;
    while (at_ < text_.size() && now() != '"') {
      if (static_cast<unsigned char>(now()) < 0x20) return false;
      if (!take('\\')) {
        ++at_;
      } else if (take('u')) {
        for (int i = 0; i < 4; ++i, ++at_) {
          if (std::isxdigit(static_cast<unsigned char>(now())) == 0) return false;
        }
      } else if (std::string_view{"\"\\/bfnrt"}.find(now()) == std::string_view::npos) {
        return false;
      } else {
        ++at_;
      }
    }
    return take('"');
  }
  template <class Item>
  bool list(char end, Item item) {
    blanks();
    if (take(end)) return true;
    do {
      if (!item()) return false;
      blanks();
    } while (take(','));
    return take(end);
  }
  bool value(int depth) {
    if (depth > 200) return false;
    blanks();
    if (take('[')) return list(']', [&] { return value(depth + 1); });
    if (take('{'))
      return list('}', [&] {
        blanks();
        if (!string()) return false;
        blanks();
        return take(':') && value(depth + 1);
      });
    if (now() == '"') return string();
    return word("true") || word("false") || word("null") || number();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Xml {
 public:
  explicit Xml(std::string_view text) : text_(text) {}
  std::string fault() {
    if (text_.starts_with("<?xml")) at_ = text_.find("?>") + 2;
    bool rooted = false;
    while (at_ < text_.size()) {
      if (text_[at_] != '<') {
        if (open_.empty() && text_[at_] != '\n' && text_[at_] != ' ') return at("text outside", at_, text_);
        if (!character("<")) return at("forbidden character", at_, text_);
        continue;
      }
      if (open_.empty() && rooted) return at("two roots", at_, text_);
      rooted = true;
      if (!tag()) return at("no tag", at_, text_);
    }
    if (!open_.empty()) return "not closed: " + open_.back();
    return rooted ? "" : "empty";
  }

 private:
  bool character(std::string_view forbidden) {
    const char c = text_[at_];
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') return false;
    if (forbidden.find(c) != std::string_view::npos) return false;
    if (c != '&') {
      ++at_;
      return true;
    }
    for (const std::string_view known : {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#39;"}) {
      if (text_.substr(at_, known.size()) != known) continue;
      at_ += known.size();
      return true;
    }
    return false;
  }
  std::string name() {
    const std::size_t from = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  std::string_view{":_-."}.find(text_[at_]) != std::string_view::npos))
      ++at_;
    return std::string{text_.substr(from, at_ - from)};
  }
  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  bool blanks() {
    const std::size_t from = at_;
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ > from;
  }
  bool tag() {
    if (take("</")) {
      if (open_.empty() || name() != open_.back()) return false;
      open_.pop_back();
      return take(">");
    }
    if (!take("<")) return false;
    const std::string element = name();
    if (element.empty()) return false;
    std::set<std::string> seen;
    while (blanks() && at_ < text_.size() && text_[at_] != '>' && text_[at_] != '/') {
      const std::string key = name();
      if (key.empty() || !seen.insert(key).second || !take("=\"")) return false;
      while (at_ < text_.size() && text_[at_] != '"') {
        if (!character("<")) return false;
      }
      if (!take("\"")) return false;
    }
    if (take("/>")) return true;
    open_.push_back(element);
    return take(">");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
};

}  // namespace

std::string fault_of_json(std::string_view text) { return Json{text}.fault(); }
std::string fault_of_xml(std::string_view text) { return Xml{text}.fault(); }

std::string fault_of_csv(std::string_view text) {
  std::size_t columns = 0;
  std::set<std::string> heads;
  for (std::size_t line = 0, i = 0; i < text.size(); ++line) {
    std::size_t fields = 0;
    bool more = true;
    while (more) {
      std::string field;
      if (i < text.size() && text[i] == '"') {
        for (++i;; ++i) {
          if (i >= text.size()) return at("a quote is open", i, text);
          if (text[i] == '"' && (i + 1 >= text.size() || text[i + 1] != '"')) break;
          if (text[i] == '"') ++i;
          field += text[i];
        }
        ++i;
      } else {
        for (; i < text.size() && text[i] != ',' && text[i] != '\n'; ++i) {
          if (text[i] == '"') return at("a quote within a field", i, text);
          field += text[i];
        }
      }
      if (i >= text.size()) return "the last line has no end";
      if (text[i] != ',' && text[i] != '\n') return at("text after a quoted field", i, text);
      ++fields;
      if (line == 0 && (field.empty() || !heads.insert(field).second))
        return "head '" + field + "' is empty or twice";
      more = text[i++] == ',';
    }
    if (line == 0) columns = fields;
    if (fields != columns)
      return "row " + std::to_string(line) + " has " + std::to_string(fields) + " fields, not " +
             std::to_string(columns);
  }
  return columns == 0 ? "no head" : "";
}

std::string fault_of_plain(std::string_view text) {
  std::set<std::string_view> keys;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return "the last line has no end";
    const std::string_view line = text.substr(0, end);
    const auto tab = line.find('\t');
    if (tab == 0 || tab == std::string_view::npos || line.find('\t', tab + 1) != std::string_view::npos)
      return "not one key, one tab, one value: " + std::string{line};
    if (!keys.insert(line.substr(0, tab)).second) return "twice: " + std::string{line};
    text.remove_prefix(end + 1);
  }
  return "";
}

std::string hidden_in(std::string_view text, bool tabs) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80   ? 1
                               : byte < 0xC2 ? 0
                               : byte < 0xE0 ? 2
                               : byte < 0xF0 ? 3
                               : byte < 0xF5 ? 4
                                             : 0;
    if (length == 0 || i + length > text.size()) return at("no UTF-8", i, text);
    std::uint32_t value = length == 1 ? byte : byte & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0U) != 0x80U) return at("no UTF-8", i, text);
      value = value << 6U | (next & 0x3FU);
    }
    const bool layout = value == '\n' || (tabs && value == '\t');
    const bool control = value < 0x20 || (value >= 0x7F && value < 0xA0);
    const bool direction = value == 0x61C || (value >= 0x200B && value <= 0x200F) ||
                           (value >= 0x2028 && value <= 0x202E) || (value >= 0x2060 && value <= 0x206F) ||
                           value == 0xFEFF || (value >= 0xE0000 && value <= 0xE007F);
    if ((control || direction) && !layout) return at("hidden character " + std::to_string(value), i, text);
    i += length;
  }
  return "";
}

}  // namespace kwhatif::test
