// Build tool: reads the tables under a folder and writes them as constant C++ arrays. Faulty tables fail the
// build with file, line and column. Usage: kwhatif-embed DATA_FOLDER OUTPUT.cpp
#include <kwhatif/catalog/catalog.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

namespace {

using namespace kwhatif::catalog;

// Exact and locale-free.
std::string literal(double value) {
  if (value == 0) return "0";
  std::array<char, 64> text{};
  char* const end =
      std::to_chars(text.data(), text.data() + text.size(), std::fabs(value), std::chars_format::hex).ptr;
  return (value < 0 ? "-0x" : "0x") + std::string{text.data(), end};
}

void write_strings(std::ostream& out, std::string_view strings) {
  constexpr std::size_t piece = 96;
  for (std::size_t i = 0; i < strings.size(); i += piece) {
    out << '"';
    for (const char c : strings.substr(i, piece)) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out << '\\' << c;
      } else if (byte >= 0x20 && byte < 0x7F && c != '?') {
        out << c;
      } else {
        char escaped[8];
        std::snprintf(escaped, sizeof escaped, "\\%03o", byte);
        out << escaped;
      }
    }
    out << "\"\n";
  }
}

void write(std::ostream& out, const Tables& t) {
  out << "// Generated from data/ by kwhatif-embed. Do not edit.\n"
         "#include <kwhatif/catalog/store.hpp>\n\nnamespace kwhatif::catalog {\nnamespace {\n\n"
         "constexpr RowRecord rows[] = {\n";
  for (const RowRecord& r : t.rows) {
    out << '{' << r.id << ',' << r.first_cell << ',' << r.cell_count << ',' << r.source << ',' << r.at << ','
        << r.file << ',' << r.line << ',' << int{r.kind} << ',' << int{r.standing} << "},\n";
  }
  out << "};\n\nconstexpr CellRecord cells[] = {\n";
  for (const CellRecord& c : t.cells) {
    out << '{' << literal(c.value) << ',' << literal(c.half_step) << ',' << literal(c.low) << ','
        << literal(c.high) << ',' << c.text << ',' << c.source << ',' << c.at << ',' << c.note << ','
        << c.date << ',' << c.field << ',' << int{c.standing} << ',' << int{c.numeric} << "},\n";
  }
  out << "};\n\nconstexpr AliasRecord aliases[] = {\n";
  for (const AliasRecord& a : t.aliases) {
    out << '{' << a.key << ',' << a.row << ',' << int{a.kind} << ',' << int{a.preferred} << "},\n";
  }
  out << "};\n\nconstexpr char strings[] =\n";
  write_strings(out, t.strings);
  out << ";\n\n}  // namespace\n\nconst Tables& builtin_tables() {\n"
         "  static constexpr Tables tables{rows, cells, aliases, {strings, sizeof strings - 1}, {";
  for (const std::uint32_t first : t.first_row) out << first << ',';
  out << "}," << t.edition << "};\n  return tables;\n}\n\nstd::string_view data_version() { return \""
      << t.string(t.edition) << '+' << content_hash(t) << "\"; }\n\n}  // namespace kwhatif::catalog\n";
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "usage: kwhatif-embed DATA_FOLDER OUTPUT.cpp\n";
    return 2;
  }
  try {
    const Catalog catalog = Catalog::load(arguments[1], Catalog::Doubts::refused);
    if (catalog.tables().edition == 0) {
      std::cerr << "error: " << arguments[1] << " has no edition.toml\n";
      return 1;
    }
    std::ofstream out(arguments[2], std::ios::binary);
    write(out, catalog.tables());
    out.close();
    if (!out) {
      std::cerr << "cannot write " << arguments[2] << '\n';
      return 2;
    }
  } catch (const kwhatif::diag::Error& error) {
    std::cerr << kwhatif::diag::render(error.diagnostics());
    return 1;
  }
  return 0;
}
