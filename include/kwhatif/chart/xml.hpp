// Text in XML and HTML: between tags and in attributes.
#pragma once

#include <string>
#include <string_view>

namespace kwhatif::chart {

/// The text with what XML 1.0 gives a meaning or forbids escaped or made visible; safe between tags and in
/// quoted attributes.
std::string xml_text(std::string_view text);

}  // namespace kwhatif::chart
