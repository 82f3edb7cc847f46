// A reader of XML that refuses what is not well-formed, for the SVG files that the program writes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::test {

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;  ///< directly in it
  std::vector<Element> children;

  /// Itself and all below with this name, in order.
  std::vector<const Element*> all(std::string_view wanted) const;
};

/// The root; nothing where the text is no well-formed document, with the reason in `fault`.
std::optional<Element> parse_xml(std::string_view text, std::string& fault);

}  // namespace kwhatif::test
