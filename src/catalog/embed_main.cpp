// Build tool: reads the tables under a folder and writes them as constant C++ arrays. Faulty tables fail the
// build with file, line and column. Usage: kwhatif-embed DATA_FOLDER OUTPUT.cpp [--without KIND]
//
// Without a kind the tables name the same edition and hash as with it: they are those tables, of which a part
// is left behind (the page leaves hourly traces, which are half of all).
#include "loader.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <span>
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

// All but the rows of one kind, and what they alone need.
std::shared_ptr<const Tables> without(const Tables& all, Kind kind) {
  std::vector<RowDraft> rows;
  for (std::size_t k = 0; k < kind_count; ++k) {
    if (static_cast<Kind>(k) == kind) continue;
    for (std::size_t i = 0; i < all.rows[k].size(); ++i) {
      rows.push_back(draft_of(all, static_cast<Kind>(k), i));
      rows.back().base = false;
    }
  }
  return packed(rows, all.string(all.edition), nullptr);
}

template <class T, class Write>
void write_array(std::ostream& out, std::string_view type, std::string_view name, std::span<const T> records,
                 const Write& write) {
  out << "constexpr " << type << ' ' << name << "[] = {\n";
  for (const T& record : records) {
    write(record);
    out << ",\n";
  }
  out << "};\n\n";
}

// The rows, or names, of all kinds in one array: first that, then the spans of it.
template <class T, class Write>
std::string write_kinds(std::ostream& out, std::string_view type, std::string_view name,
                        const std::array<std::span<const T>, kind_count>& kinds, const Write& write) {
  std::vector<T> all;
  std::string spans;
  for (const auto& kind : kinds) {
    if (kind.empty()) spans += "{}, ";  // a zero would be a null pointer, too
    if (!kind.empty())
      spans += "{" + std::string{name} + " + " + std::to_string(all.size()) + ", " +
               std::to_string(kind.size()) + "}, ";
    all.insert(all.end(), kind.begin(), kind.end());
  }
  write_array<T>(out, type, name, all, write);
  return "{{" + spans + "}}";
}

void write(std::ostream& out, const Tables& t, const std::string& hash) {
  out << "// Generated from data/ by kwhatif-embed. Do not edit.\n"
         "#include <kwhatif/catalog/store.hpp>\n\nnamespace kwhatif::catalog {\nnamespace {\n\n";
  const std::string rows = write_kinds(out, "RowRecord", "rows", t.rows, [&](const RowRecord& r) {
    out << '{' << r.id << ',' << r.shape << ',' << r.first_value << ',' << r.line << '}';
  });
  const std::string aliases = write_kinds(
      out, "AliasRecord", "aliases", t.aliases,
      [&](const AliasRecord& a) { out << '{' << a.key << ',' << a.row << ',' << a.preferred << '}'; });
  write_array(out, "ShapeRecord", "shapes", t.shapes.below, [&](const ShapeRecord& s) {
    out << '{' << s.first_slot << ',' << s.slot_count << ',' << s.source << ',' << s.at << ',' << s.file
        << ',' << int{s.kind} << ',' << int{s.standing} << '}';
  });
  write_array(out, "SlotRecord", "slots", t.slots.below, [&](const SlotRecord& s) {
    out << '{' << s.detail << ',' << s.field << ',' << s.numeric << '}';
  });
  write_array(out, "DetailRecord", "details", t.details.below, [&](const DetailRecord& d) {
    out << '{' << d.source << ',' << d.at << ',' << d.note << ',' << d.date << ',' << d.low << ',' << d.high
        << ',' << d.standing << '}';
  });
  write_array(out, "NumberRecord", "numbers", t.numbers.below, [&](const NumberRecord& n) {
    out << '{' << literal(n.value) << ',' << n.half_step << ',' << n.text << '}';
  });
  write_array(out, "double", "reals", t.reals.below, [&](double r) { out << literal(r); });
  write_array(out, "std::uint32_t", "values", t.values.below, [&](std::uint32_t v) { out << v; });
  out << "constexpr char strings[] =\n";
  write_strings(out, t.strings);
  out << ";\n\n}  // namespace\n\nconst Tables& builtin_tables() {\n"
         "  static constexpr Tables tables{.rows = "
      << rows << ",\n.aliases = " << aliases
      << ",\n.shapes = {.below = shapes}, .slots = {.below = slots}, .details = {.below = details}, "
         ".numbers = {.below = numbers}, .reals = {.below = reals}, .values = {.below = values}, "
         ".strings = {strings, sizeof strings - 1}, .edition = "
      << t.edition << "};\n  return tables;\n}\n\nstd::string_view data_version() { return \""
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
      write(out, *without(catalog.tables(), *left), hash);
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
