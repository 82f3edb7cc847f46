// Documents as rows for machines: CSV, and one key and value per line.
#include "content.hpp"

namespace kwhatif::report {

std::string render_csv(const Document& document, const Paper& /*paper*/) {
  return csv(document.content().rows());
}

std::string render_plain(const Document& document, const Paper& /*paper*/) {
  const Content& content = document.content();
  return plain(content.plain_rows ? content.plain_rows() : content.rows(), content.records);
}

}  // namespace kwhatif::report
