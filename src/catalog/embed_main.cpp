// Build tool: reads the tables under a folder and writes them as constant C++ arrays. Faulty tables fail the
// build with file, line and column. Usage: kwhatif-embed DATA_FOLDER OUTPUT.cpp [--without KIND]
//
// Without a kind the tables name the same edition and hash as with it: they are those tables, of which a part
// is left behind (the page leaves hourly traces, which are half of all).
#include <kwhatif/catalog/catalog.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

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

// Tables with their own records.
struct Part {
  std::vector<RowRecord> rows;
  std::vector<CellRecord> cells;
  std::vector<AliasRecord> aliases;
  std::string strings{'\0'};  // the empty one first
  Tables view;
};

// All but the rows of one kind, and the strings that they still need.
Part without(const Tables& all, Kind kind) {
  Part out;
  std::map<std::string_view, std::uint32_t> placed{{"", 0}};
  const auto keep = [&](std::uint32_t& text) {
    const std::string_view written = all.string(text);
    const auto [found, added] = placed.try_emplace(written, static_cast<std::uint32_t>(out.strings.size()));
    if (added) out.strings.append(written).push_back('\0');
    text = found->second;
  };
  const std::uint32_t first = all.first_row[static_cast<std::size_t>(kind)];
  const std::uint32_t behind = all.first_row[static_cast<std::size_t>(kind) + 1];
  for (std::uint32_t r = 0; r < all.rows.size(); ++r) {
    if (r >= first && r < behind) continue;
    RowRecord& row = out.rows.emplace_back(all.rows[r]);
    for (auto* text : {&row.id, &row.source, &row.at, &row.file}) keep(*text);
    const auto cells = all.cells.subspan(row.first_cell, row.cell_count);
    row.first_cell = static_cast<std::uint32_t>(out.cells.size());
    for (CellRecord cell : cells) {
      for (auto* text : {&cell.text, &cell.source, &cell.at, &cell.note, &cell.date}) keep(*text);
      out.cells.push_back(cell);
    }
  }
  for (AliasRecord alias : all.aliases) {
    if (alias.row >= first && alias.row < behind) continue;
    if (alias.row >= behind) alias.row -= behind - first;
    keep(alias.key);
    out.aliases.push_back(alias);
  }
  out.view = {.rows = out.rows,
              .cells = out.cells,
              .aliases = out.aliases,
              .strings = {},
              .first_row = all.first_row};
  for (std::uint32_t& row : out.view.first_row) {
    if (row >= behind)
      row -= behind - first;
    else if (row > first)
      row = first;
  }
  out.view.edition = all.edition;
  keep(out.view.edition);
  out.view.strings = out.strings;
  return out;
}

void write(std::ostream& out, const Tables& t, const std::string& hash) {
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
      << t.string(t.edition) << '+' << hash << "\"; }\n\n}  // namespace kwhatif::catalog\n";
}

}  // namespace

int main(int count, char** arguments) {
  const bool part = count == 5 && std::string_view{arguments[3]} == "--without";
  const auto left = part ? kind_named(arguments[4]) : std::nullopt;
  if ((count != 3 && !part) || (part && !left)) {
    std::cerr << "usage: kwhatif-embed DATA_FOLDER OUTPUT.cpp [--without KIND]\n";
    return 2;
  }
  try {
    const Catalog catalog = Catalog::load(arguments[1], Catalog::Doubts::refused);
    if (catalog.tables().edition == 0) {
      std::cerr << "error: " << arguments[1] << " has no edition.toml\n";
      return 1;
    }
    std::ofstream out(arguments[2], std::ios::binary);
    const std::string hash = content_hash(catalog.tables());
    if (left)
      write(out, without(catalog.tables(), *left).view, hash);
    else
      write(out, catalog.tables(), hash);
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
