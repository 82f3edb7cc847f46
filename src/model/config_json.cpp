// The only file that knows nlohmann-json: text -> JsonValue tree with places.
//
// The library's event (SAX) parser is used, not its document: it is iterative, so nesting cannot overflow the
// stack, and our tree is refused at a fixed depth. The library does not say where a value begins; since
// events come in the order of the text, a cursor walks along and finds each token itself.
#include "json_tree.hpp"
#include <kwhatif/model/config_json.hpp>

#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

namespace kwhatif::model {
namespace {

bool is_number_character(char c) {
  return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

// Finds the tokens of a text one after the other.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) next_ = 3;  // byte order mark
  }

  /// Steps over what separates tokens, and over the token; returns where it began.
  std::size_t take_token() {
    constexpr std::string_view separators = " \t\r\n,:]}";
    while (next_ < text_.size() && separators.find(text_[next_]) != std::string_view::npos) ++next_;
    const std::size_t start = next_;
    if (next_ >= text_.size()) return start;
    if (text_[next_] == '"') {
      ++next_;
      while (next_ < text_.size() && text_[next_] != '"') next_ += text_[next_] == '\\' ? 2U : 1U;
      next_ = std::min(next_ + 1, text_.size());
    } else if (is_number_character(text_[next_])) {
      while (next_ < text_.size() && is_number_character(text_[next_])) ++next_;
    } else if (text_[next_] == '{' || text_[next_] == '[') {
      ++next_;
    } else {
      while (next_ < text_.size() && text_[next_] >= 'a' && text_[next_] <= 'z') ++next_;
    }
    return start;
  }
  std::size_t end() const { return next_; }

 private:
  std::string_view text_;
  std::size_t next_ = 0;
};

[[noreturn]] void fail(std::string code, std::string message, diag::Span where, std::string help) {
  throw ConfigError(diag::Diagnostic{.code = std::move(code),
                                     .message = std::move(message),
                                     .where = std::move(where),
                                     .help = std::move(help)});
}

// Builds the tree from the library's events.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(const std::shared_ptr<const diag::SourceText>& source, std::string_view text)
      : source_(source), cursor_(text) {}

  bool null() override { return put({}); }
  bool boolean(bool value) override { return put({.kind = JsonValue::Kind::boolean, .boolean = value}); }
  bool number_integer(number_integer_t value) override {
    // Reached for negative numbers only; the magnitude of the least one still fits.
    return put({.kind = JsonValue::Kind::integer,
                .negative = value < 0,
                .magnitude =
                    value < 0 ? ~static_cast<std::uint64_t>(value) + 1U : static_cast<std::uint64_t>(value)});
  }
  bool number_unsigned(number_unsigned_t value) override {
    return put({.kind = JsonValue::Kind::integer, .magnitude = value});
  }
  bool number_float(number_float_t value, const string_t&) override {
    return put({.kind = JsonValue::Kind::number, .number = value});
  }
  bool string(string_t& value) override {
    return put({.kind = JsonValue::Kind::text, .text = std::move(value)});
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(JsonValue::Kind::object); }
  bool start_array(std::size_t) override { return open(JsonValue::Kind::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    const std::size_t start = cursor_.take_token();
    if (!levels_.back().keys.insert(name).second) {
      fail("config-duplicate-key", "the key '" + shortened(name) + "' occurs twice in one object",
           span_at(source_, start, cursor_.end() - start), "keep the one that is meant");
    }
    levels_.back().key = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    std::string reason = error.what();
    if (const auto at = reason.find("] "); at != std::string::npos) reason.erase(0, at + 2);
    if (const auto at = reason.find("column "); at != std::string::npos) {
      if (const auto colon = reason.find(": ", at); colon != std::string::npos) reason.erase(0, colon + 2);
    }
    const std::size_t offset = position == 0 ? 0 : position - 1;
    const bool ends = offset >= source_->text.size();
    fail("config-not-json",
         ends ? "the file ends in the middle of the JSON" : "not JSON: " + shortened(reason),
         span_at(source_, offset, 1),
         ends ? "was it cut off while copying or downloading?"
              : "config.json is one object: {\"key\": value, …}");
  }

  JsonValue take_root() { return std::move(root_); }

 private:
  struct Level {
    JsonValue value;
    std::string key;  // an object's key that waits for its value
    std::set<std::string> keys;
  };

  static std::string shortened(const std::string& text) {
    constexpr std::size_t longest = 160;
    std::string out = text.substr(0, longest);
    for (char& c : out) {
      if (static_cast<unsigned char>(c) < 0x20U) c = '?';
    }
    return text.size() > longest ? out + "…" : out;
  }

  bool put(JsonValue value) {
    value.offset = cursor_.take_token();
    value.length = cursor_.end() - value.offset;
    attach(std::move(value));
    return true;
  }
  void attach(JsonValue value) {
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (levels_.back().value.kind == JsonValue::Kind::array) {
      levels_.back().value.items.push_back(std::move(value));
    } else {
      value.key = std::exchange(levels_.back().key, {});
      levels_.back().value.members.push_back(std::move(value));
    }
  }
  bool open(JsonValue::Kind kind) {
    Level level;
    level.value.kind = kind;
    level.value.offset = cursor_.take_token();
    if (levels_.size() >= static_cast<std::size_t>(deepest_config_nesting)) {
      fail("config-too-deep", "nested deeper than " + std::to_string(deepest_config_nesting) + " levels",
           span_at(source_, level.value.offset, 1), "config.json files have three or four levels");
    }
    levels_.push_back(std::move(level));
    return true;
  }
  bool close() {
    JsonValue value = std::move(levels_.back().value);
    levels_.pop_back();
    attach(std::move(value));
    return true;
  }

  const std::shared_ptr<const diag::SourceText>& source_;
  Cursor cursor_;
  std::vector<Level> levels_;
  JsonValue root_;
};

// Python's json module writes NaN, Infinity and -Infinity (mamba2's time_step_limit has one): as 0 of the
// same length they parse, and all places stay right. No field that is counted may be 0, so none is misread.
std::string without_python_numbers(std::string_view text) {
  std::string out(text);
  bool in_text = false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '"') in_text = !in_text;
    if (in_text && out[i] == '\\') ++i;
    if (in_text || i >= out.size()) continue;
    for (const std::string_view word : {"-Infinity", "Infinity", "NaN"}) {
      if (std::string_view(out).substr(i).starts_with(word)) {
        out.replace(i, word.size(), "0" + std::string(word.size() - 1, ' '));
      }
    }
  }
  return out;
}

}  // namespace

std::string_view kind_name(JsonValue::Kind kind) {
  constexpr std::string_view names[] = {"null", "true or false", "a whole number", "a fractional number",
                                        "text", "a list",        "an object"};
  return names[static_cast<std::size_t>(kind)];
}

diag::Span span_at(const std::shared_ptr<const diag::SourceText>& source, std::size_t offset,
                   std::size_t length) {
  const std::string_view before = std::string_view(source->text).substr(0, offset);
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  const auto column =
      std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(), is_start);
  constexpr std::size_t longest_caret = 60;
  return {source, static_cast<int>(lines) + 1, static_cast<int>(column) + 1,
          static_cast<int>(std::min(length, longest_caret))};
}

JsonValue parse_json(const std::shared_ptr<const diag::SourceText>& source) {
  if (source->text.size() > largest_config_bytes) {
    constexpr std::size_t mib = std::size_t{1} << 20U;
    fail("config-too-large",
         "the file has " + std::to_string(source->text.size()) + " bytes; a config.json has at most " +
             std::to_string(largest_config_bytes / mib) + " MiB",
         {source, 0, 0, 0}, "is this a tokenizer or a weights file? kwhatif wants config.json");
  }
  const std::string text = without_python_numbers(source->text);
  TreeBuilder builder(source, text);
  if (!nlohmann::json::sax_parse(text, &builder)) {
    fail("config-not-json", "not JSON", span_at(source, 0, 1), "");
  }
  JsonValue root = builder.take_root();
  if (root.kind != JsonValue::Kind::object) {
    fail("config-not-json", "expected an object, found " + std::string(kind_name(root.kind)),
         span_at(source, root.offset, root.length), "config.json is one object: {\"key\": value, …}");
  }
  return root;
}

}  // namespace kwhatif::model
