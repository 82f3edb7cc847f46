// How the tables lie in memory: flat arrays of small records over one pool of strings.
//
// The same records serve the tables inside the binary (constant arrays, nothing to do at start-up) and tables
// read with --data (vectors). No pointers, only offsets, so the constants need no relocation.
#pragma once

#include <kwhatif/catalog/origin.hpp>
#include <kwhatif/catalog/schema.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace kwhatif::catalog {

/// One value of a row. Strings are offsets into the pool; 0 is the empty string.
struct CellRecord {
  double value = 0;      ///< coherent unit; quantities, integers
  double half_step = 0;  ///< half a unit of the last printed digit
  double low = 0;        ///< spread; low == high == 0 where not given
  double high = 0;
  std::uint32_t text = 0;  ///< as written
  std::uint32_t source = 0;
  std::uint32_t at = 0;
  std::uint32_t note = 0;
  std::uint32_t date = 0;
  std::uint16_t field = 0;  ///< index into the kind's fields
  std::uint8_t standing = 0;
  std::uint8_t numeric = 0;  ///< 1 where `value` holds a number
  std::uint32_t line = 0;    ///< of a value in the user's tables: its line in the row's file; 0: built in

  friend bool operator==(const CellRecord&, const CellRecord&) = default;
};

struct RowRecord {
  std::uint32_t id = 0;
  std::uint32_t first_cell = 0;
  std::uint32_t cell_count = 0;
  std::uint32_t source = 0;  ///< of the row
  std::uint32_t at = 0;
  std::uint32_t file = 0;  ///< where it is defined
  std::uint32_t line = 0;
  std::uint8_t kind = 0;
  std::uint8_t standing = 0;
  std::uint8_t laid_over = 0;  ///< 1: of the user's tables, or with values of theirs, over the built-in ones

  friend bool operator==(const RowRecord&, const RowRecord&) = default;
};

/// A folded name that stands for a row.
struct AliasRecord {
  std::uint32_t key = 0;
  std::uint32_t row = 0;
  std::uint8_t kind = 0;
  std::uint8_t preferred = 0;  ///< 1: this row is meant where the name is ambiguous

  friend bool operator==(const AliasRecord&, const AliasRecord&) = default;
};

/// Read-only view of one set of tables. Rows are sorted by kind, then id, then place of definition; aliases
/// by kind, then key.
struct Tables {
  std::span<const RowRecord> rows;
  std::span<const CellRecord> cells;
  std::span<const AliasRecord> aliases;
  std::string_view strings;
  std::array<std::uint32_t, kind_count + 1> first_row{};  ///< rows of kind k: [first_row[k], first_row[k+1])
  std::uint32_t edition = 0;  ///< "2026.11", as edition.toml says; empty where it is missing

  std::string_view string(std::uint32_t offset) const { return strings.data() + offset; }
};

/// The tables inside the binary (generated from data/ by the build).
const Tables& builtin_tables();

/// Edition of the tables inside the binary: "2026.11", from data/edition.toml.
std::string_view data_edition();
/// A hash of what tables say: ids, keys, texts, sources, locators, notes; not of where a row is defined.
/// Sixteen hexadecimal digits.
/// @param laid_over_alone  only of the user's values that are laid over the built-in ones
std::string content_hash(const Tables& tables, bool laid_over_alone = false);
/// Edition and content hash of the tables inside the binary, printed with every result:
/// "2026.11+5d41402abc4b2a76" (generated with the tables).
std::string_view data_version();

}  // namespace kwhatif::catalog
