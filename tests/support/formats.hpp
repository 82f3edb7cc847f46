// Whether text is what it claims to be: JSON, CSV, `--plain`, XML, and free of what steers a terminal.
// Each check says what is wrong, or nothing. JSON, CSV and XML are judged by the readers of json.hpp, csv.hpp
// and xml.hpp.
#pragma once

#include <string>
#include <string_view>

namespace kwhatif::test {

/// One JSON value (RFC 8259) and blanks.
std::string fault_of_json(std::string_view text);
/// RFC 4180 with '\n' line ends: a head of unlike names, then rows of as many fields.
std::string fault_of_csv(std::string_view text);
/// One key, a tab and a value per line; no key twice.
std::string fault_of_plain(std::string_view text);
/// Well-formed XML 1.0 without a document type: tags nest, attributes are quoted and unlike, references and
/// characters are allowed.
std::string fault_of_xml(std::string_view text);
/// Valid UTF-8 without control characters (but '\n', and '\t' where asked), bidirectional marks, line
/// separators or characters without width.
std::string hidden_in(std::string_view text, bool tabs = false);

}  // namespace kwhatif::test
