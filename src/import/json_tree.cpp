#include "json_tree.hpp"

#include "text.hpp"

#include <limits>

namespace kwhatif::imports {

namespace {

constexpr int deepest = 64;
constexpr std::size_t most_values = 4'000'000;

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  std::vector<JsonValue> all(std::optional<JsonFault>& fault) {
    std::vector<JsonValue> out;
    skip();
    while (at_ < text_.size()) {
      JsonValue value;
      if (!read(value, 0)) {
        fault = JsonFault{line_, why_};
        return out;
      }
      out.push_back(std::move(value));
      skip();
    }
    return out;
  }

 private:
  bool fail(const char* why) {
    if (why_.empty()) why_ = why;
    return false;
  }

  void skip() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return;
    }
  }

  bool read(JsonValue& value, int depth) {
    skip();
    if (depth > deepest) return fail("it is nested too deeply");
    if (++values_ > most_values) return fail("it holds more than 4 million values");
    if (at_ >= text_.size()) return fail("it ends in the middle");
    value.line = line_;
    const char c = text_[at_];
    if (c == '{') return read_object(value, depth);
    if (c == '[') return read_array(value, depth);
    if (c == '"') {
      value.type = JsonValue::Type::text;
      return read_text(value.text);
    }
    return read_word(value);
  }

  bool read_object(JsonValue& value, int depth) {
    value.type = JsonValue::Type::object;
    ++at_;
    skip();
    if (take('}')) return true;
    while (true) {
      skip();
      std::string key;
      if (at_ >= text_.size()) return fail("it ends in the middle");
      if (text_[at_] != '"' || !read_text(key)) return fail("a key is no text");
      skip();
      if (!take(':')) return fail("a key has no value");
      value.entries.push_back({std::move(key), {}});
      if (!read(value.entries.back().value, depth + 1)) return false;
      skip();
      if (take('}')) return true;
      if (!take(',')) return fail(at_ >= text_.size() ? "it ends in the middle" : "a comma is missing");
    }
  }

  bool read_array(JsonValue& value, int depth) {
    value.type = JsonValue::Type::array;
    ++at_;
    skip();
    if (take(']')) return true;
    while (true) {
      value.items.emplace_back();
      if (!read(value.items.back(), depth + 1)) return false;
      skip();
      if (take(']')) return true;
      if (!take(',')) return fail(at_ >= text_.size() ? "it ends in the middle" : "a comma is missing");
    }
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // Escapes of code points become a question mark: no value that is taken has one.
  bool read_text(std::string& out) {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\n') return fail("a text is not closed");
      if (c != '\\') {
        out += c;
        continue;
      }
      if (++at_ >= text_.size()) break;
      const char e = text_[at_];
      if (e == 'u') at_ = std::min(at_ + 4, text_.size());
      out += e == 'n' ? '\n' : e == 't' ? '\t' : e == 'u' ? '?' : e;
    }
    return fail("it ends in the middle");
  }

  bool read_word(JsonValue& value) {
    const std::size_t end = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    at_ = end;
    if (word == "null") return true;
    if (word == "true" || word == "false") {
      value.type = JsonValue::Type::boolean;
      value.number = word == "true" ? 1 : 0;
      return true;
    }
    value.type = JsonValue::Type::number;
    if (word == "NaN" || word == "Infinity" || word == "-Infinity") {
      value.number = std::numeric_limits<double>::quiet_NaN();
      return true;
    }
    const auto n = number(word);
    if (!n) return fail("a word is no value");
    value.number = *n;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::size_t values_ = 0;
  std::string why_;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::optional<double> JsonValue::as_number() const {
  if (type == Type::text) return leading_number(text);
  if (type != Type::number || number != number) return std::nullopt;  // NaN is not known
  return number;
}

std::optional<double> JsonValue::number_of(std::string_view key) const {
  const JsonValue* const value = find(key);
  return value != nullptr ? value->as_number() : std::nullopt;
}

std::string JsonValue::text_of(std::string_view key) const {
  const JsonValue* const value = find(key);
  return value != nullptr && value->type == Type::text ? value->text : std::string{};
}

std::vector<JsonValue> read_json(std::string_view text, std::optional<JsonFault>& fault) {
  return JsonReader{text}.all(fault);
}

}  // namespace kwhatif::imports
