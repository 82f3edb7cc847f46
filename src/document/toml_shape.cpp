#include "toml_shape.hpp"

#include <kwhatif/document/csv.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace kwhatif::document {

namespace {

constexpr std::size_t deepest = 64;
constexpr std::size_t checkpoint = 64;  // code points

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

class Shape {
 public:
  Shape(const std::shared_ptr<const diag::SourceText>& source, const Limits& limits)
      : source_(source), text_(source->text), limits_(limits) {}

  void check() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
        continue;
      }
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      }
      take(c);
      ++at_;
    }
  }

 private:
  // A string of one line ends with its line, whatever stands in it.
  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool many_lines = text_.substr(at_).starts_with(three);
    at_ += many_lines ? 3 : 1;
    while (at_ < text_.size()) {
      if (text_[at_] == '\\' && quote == '"') {
        at_ += 2;
      } else if (many_lines ? text_.substr(at_).starts_with(three) : text_[at_] == quote) {
        at_ += many_lines ? 3 : 1;
        return;
      } else if (!many_lines && text_[at_] == '\n') {
        return;
      } else {
        ++at_;
      }
    }
    at_ = text_.size();
  }

  void take(char c) {
    switch (c) {
      case '.':
        ++dots_;
        check_depth();
        break;
      case '=':
        count_value();
        key_ = dots_ + 1;
        dots_ = 0;
        break;
      case ',':
        count_value();
        dots_ = 0;
        key_ = 1;
        break;
      case '[':
      case '{':
        if (enclosing_.empty() && key_ == 0) {  // [a.b] at the beginning of a line
          header_ = 0;
          in_header_ = true;
          dots_ = 0;
          break;
        }
        enclosing_.push_back(depth_);
        depth_ += std::max<std::size_t>(key_, 1);
        key_ = 0;
        dots_ = 0;
        check_depth();
        break;
      case ']':
      case '}':
        dots_ = 0;
        if (!enclosing_.empty()) {
          depth_ = enclosing_.back();
          enclosing_.pop_back();
        }
        break;
      case '\n':
        if (in_header_) header_ = dots_of_header_ + 1;
        in_header_ = false;
        dots_of_header_ = 0;
        dots_ = 0;
        if (enclosing_.empty()) key_ = 0;
        break;
      default:
        break;
    }
    if (in_header_) dots_of_header_ = std::max(dots_of_header_, dots_);
  }

  void check_depth() const {
    if (header_ + depth_ + dots_ < deepest) return;
    throw diag::Error({.code = "too-deep",
                       .message = "nested deeper than " + std::to_string(deepest) + " levels",
                       .where = span_at(source_, at_, 1),
                       .help = "run files and tables have two or three levels"});
  }

  void count_value() {
    if (++values_ <= limits_.values) return;
    throw diag::Error({.code = "too-large",
                       .message = "more than " + std::to_string(limits_.values) + " values, no " +
                                  std::string{limits_.what},
                       .where = span_at(source_, at_, 1),
                       .help = "allowed: " + std::to_string(limits_.values) + " values and " +
                               std::to_string(limits_.bytes >> 20U) + " MiB"});
  }

  const std::shared_ptr<const diag::SourceText>& source_;
  std::string_view text_;
  const Limits& limits_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
  std::size_t dots_ = 0;            // since the last key, value or bracket
  std::size_t key_ = 0;             // levels of the key whose value is read
  std::size_t depth_ = 0;           // of the brackets around
  std::size_t header_ = 0;          // of the [a.b] above
  std::size_t dots_of_header_ = 0;  // of the one on this line
  bool in_header_ = false;
  std::vector<std::size_t> enclosing_;
};

}  // namespace

void check_shape(const std::shared_ptr<const diag::SourceText>& source, const Limits& limits) {
  if (source->text.size() > limits.bytes)
    throw diag::Error({.code = "too-large",
                       .message = "the text is larger than " + std::to_string(limits.bytes >> 20U) +
                                  " MiB, no " + std::string{limits.what},
                       .where = {source, 0, 0, 0}});
  Shape{source, limits}.check();
}

Positions::Positions(std::string_view text) : text_(text), lines_{0}, characters_{0} {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!continues(text[i])) {
      if (characters % checkpoint == 0) checkpoints_.push_back(i);
      ++characters;
    }
    if (text[i] != '\n') continue;
    lines_.push_back(i + 1);
    characters_.push_back(characters);
  }
}

std::string_view Positions::from(int line, int column) const {
  if (line < 1 || column < 1 || static_cast<std::size_t>(line) > lines_.size()) return {};
  const auto number = static_cast<std::size_t>(line) - 1;
  const std::size_t character = characters_[number] + static_cast<std::size_t>(column) - 1;
  if (character / checkpoint >= checkpoints_.size()) return {};
  std::size_t at = checkpoints_[character / checkpoint];
  for (std::size_t left = character % checkpoint; left > 0 && at < text_.size();) {
    ++at;
    if (at < text_.size() && !continues(text_[at])) --left;
  }
  const std::size_t end = number + 1 < lines_.size() ? lines_[number + 1] - 1 : text_.size();
  return at < end ? text_.substr(at, end - at) : std::string_view{};
}

}  // namespace kwhatif::document
