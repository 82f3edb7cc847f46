#include <kwhatif/chart/xml.hpp>
#include <kwhatif/diag/visible.hpp>

namespace kwhatif::chart {

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : diag::visible(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace kwhatif::chart
