#include "xml.hpp"

#include <array>
#include <cctype>

namespace kwhatif::test {

namespace {

class Reader {
 public:
  Reader(std::string_view text, std::string& fault) : text_(text), fault_(fault) {}

  std::optional<Element> document() {
    blanks();
    if (text_.substr(at_, 5) == "<?xml") {
      at_ = text_.find("?>", at_);
      if (at_ == std::string_view::npos) return fail("a declaration without end"), std::nullopt;
      at_ += 2;
      blanks();
    }
    Element root;
    if (!element(root, 0)) return std::nullopt;
    blanks();
    if (at_ != text_.size()) return fail("something follows the root"), std::nullopt;
    return root;
  }

 private:
  bool fail(const std::string& why) {
    if (fault_.empty()) {
      const std::size_t from = at_ < 40 || at_ > text_.size() ? 0 : at_ - 40;
      fault_ = why + ": …" + std::string{text_.substr(from, 80)};
    }
    return false;
  }
  void blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  std::string name() {
    const std::size_t from = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '-' || text_[at_] == '_' || text_[at_] == ':'))
      ++at_;
    return std::string{text_.substr(from, at_ - from)};
  }
  // One character of a text, with entities resolved.
  bool character(std::string& out) {
    const char c = text_[at_];
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r')
      return fail("a control character");
    if (c == '<') return fail("'<' in a text");
    if (c != '&') {
      out += c;
      ++at_;
      return true;
    }
    constexpr std::array<std::pair<std::string_view, char>, 5> entities{
        {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}}};
    for (const auto& [written, meant] : entities) {
      if (text_.substr(at_, written.size()) != written) continue;
      out += meant;
      at_ += written.size();
      return true;
    }
    const auto end = text_.substr(at_, 2) == "&#" ? text_.find(';', at_) : std::string_view::npos;
    if (end == std::string_view::npos || end > at_ + 9) return fail("'&' without entity");
    out += text_.substr(at_, end + 1 - at_);
    at_ = end + 1;
    return true;
  }
  bool attributes(Element& out) {
    while (true) {
      const std::size_t end = at_;
      blanks();
      if (at_ >= text_.size() || text_[at_] == '>' || text_[at_] == '/') return true;
      if (at_ == end) return fail("no blank before an attribute");
      const std::string key = name();
      if (key.empty() || text_.substr(at_, 2) != "=\"") return fail("a broken attribute");
      if (out.attributes.contains(key)) return fail("the attribute " + key + " stands twice");
      std::string& value = out.attributes[key];
      for (at_ += 2; at_ < text_.size() && text_[at_] != '"';) {
        if (!character(value)) return false;
      }
      ++at_;
    }
  }
  bool element(Element& out, int depth) {
    if (depth > 50 || at_ >= text_.size() || text_[at_] != '<') return fail("no element");
    ++at_;
    out.name = name();
    if (out.name.empty()) return fail("an element without a name");
    if (!attributes(out)) return false;
    if (text_.substr(at_, 2) == "/>") {
      at_ += 2;
      return true;
    }
    if (at_ >= text_.size() || text_[at_] != '>') return fail("'>' is missing");
    ++at_;
    while (at_ < text_.size()) {
      if (text_.substr(at_, 2) == "</") {
        at_ += 2;
        if (name() != out.name) return fail("another element ends than began (" + out.name + ")");
        blanks();
        if (at_ >= text_.size() || text_[at_++] != '>') return fail("'>' is missing");
        return true;
      }
      if (text_[at_] == '<') {
        if (!element(out.children.emplace_back(), depth + 1)) return false;
      } else if (!character(out.text)) {
        return false;
      }
    }
    return fail("<" + out.name + "> has no end");
  }

  std::string_view text_;
  std::string& fault_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<const Element*> Element::all(std::string_view wanted) const {
  std::vector<const Element*> out;
  if (name == wanted) out.push_back(this);
  for (const Element& child : children) {
    for (const Element* found : child.all(wanted)) out.push_back(found);
  }
  return out;
}

std::optional<Element> parse_xml(std::string_view text, std::string& fault) {
  fault.clear();
  return Reader{text, fault}.document();
}

}  // namespace kwhatif::test
