// How the tables lie in memory: flat arrays of small records over one pool of strings.
//
// The same records serve the tables inside the binary (constant arrays, nothing to do at start-up) and tables
// read with --data (vectors). No pointers, only indices, so the constants need no relocation. What many rows
// have alike is kept once: which keys they have and where the values come from (a shape), a number with its
// text. Tables of a user lie over others without a copy of those: every pool is what lies below and what is
// laid over it. Does not live here: reading tables (loader), what a value means (Cell, Row).
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

/// What lies below, and behind it what is laid over it, under one row of indices.
template <class T>
struct Layered {
  std::span<const T> below = {};
  std::span<const T> above = {};

  const T& operator[](std::size_t i) const { return i < below.size() ? below[i] : above[i - below.size()]; }
  std::size_t size() const { return below.size() + above.size(); }
};

// Strings are offsets into the pool; 0 is the empty string. Other references are indices into the pool of the
// record named.

/// A number as it is written. It is the value of as many rows as say it.
struct NumberRecord {
  double value = 0;             ///< coherent unit; quantities, integers
  std::uint32_t half_step = 0;  ///< a real: half a unit of the last printed digit
  std::uint32_t text = 0;       ///< as written

  friend bool operator==(const NumberRecord&, const NumberRecord&) = default;
};

/// Where values come from, where that is not said of their rows, and what is said of them.
struct DetailRecord {
  std::uint32_t source = 0;
  std::uint32_t at = 0;
  std::uint32_t note = 0;
  std::uint32_t date = 0;
  std::uint32_t low = 0;  ///< reals: spread; low == high == 0 where not given
  std::uint32_t high = 0;
  std::uint32_t standing = 0;

  friend bool operator==(const DetailRecord&, const DetailRecord&) = default;
};

/// One value of all rows of a shape, but for the value itself.
struct SlotRecord {
  std::uint32_t detail = 0;
  std::uint16_t field = 0;    ///< index into the kind's fields
  std::uint16_t numeric = 0;  ///< 1 where the value is a number, 0 where it is a string

  friend bool operator==(const SlotRecord&, const SlotRecord&) = default;
};

/// What rows say alike: which keys they have, in order, and where they come from.
struct ShapeRecord {
  std::uint32_t first_slot = 0;
  std::uint32_t slot_count = 0;
  std::uint32_t source = 0;  ///< of the row
  std::uint32_t at = 0;
  std::uint32_t file = 0;  ///< where it is defined
  std::uint8_t kind = 0;
  std::uint8_t standing = 0;
  std::uint16_t laid_over = 0;  ///< 1: of the user's tables, or with values of theirs, over the built-in ones

  friend bool operator==(const ShapeRecord&, const ShapeRecord&) = default;
};

struct RowRecord {
  std::uint32_t id = 0;
  std::uint32_t shape = 0;
  std::uint32_t first_value = 0;  ///< as many as the shape has slots
  std::uint32_t line = 0;         ///< in the file

  friend bool operator==(const RowRecord&, const RowRecord&) = default;
};

/// A folded name that stands for a row of a kind.
struct AliasRecord {
  std::uint32_t key = 0;
  std::uint32_t row = 0;        ///< among those of the kind
  std::uint32_t preferred = 0;  ///< 1: this row is meant where the name is ambiguous

  friend bool operator==(const AliasRecord&, const AliasRecord&) = default;
};

/// Read-only view of one set of tables. Rows of a kind are sorted by id, then place of definition; its
/// aliases by key.
struct Tables {
  std::array<std::span<const RowRecord>, kind_count> rows = {};
  std::array<std::span<const AliasRecord>, kind_count> aliases = {};
  Layered<ShapeRecord> shapes = {};
  Layered<SlotRecord> slots = {};
  Layered<DetailRecord> details = {};
  Layered<NumberRecord> numbers = {};
  Layered<double> reals = {};          ///< the first is 0
  Layered<std::uint32_t> values = {};  ///< of rows: numbers or strings, as the slots say
  std::string_view strings = {};       ///< those below
  std::string_view more_strings = {};  ///< behind them, those laid over
  std::span<const std::uint32_t> lines =
      {};                       ///< of the values laid over: the user's lines; 0: not the user's
  std::uint32_t own_kinds = 0;  ///< bit k: rows of kind k are laid over
  std::uint32_t edition = 0;    ///< "2026.11", as edition.toml says; empty where it is missing

  std::string_view string(std::uint32_t offset) const {
    return offset < strings.size() ? strings.data() + offset
                                   : more_strings.data() + (offset - strings.size());
  }
  const ShapeRecord& shape(const RowRecord& row) const { return shapes[row.shape]; }
  const std::span<const RowRecord>& of(Kind kind) const { return rows[static_cast<std::size_t>(kind)]; }
  /// Line of a value in the user's tables; 0 where it is not the user's.
  std::uint32_t line(std::size_t value) const {
    return value < values.below.size() || lines.empty() ? 0 : lines[value - values.below.size()];
  }
};
static_assert(kind_count <= 32, "own_kinds has a bit for each kind");

/// The tables inside the binary (generated from data/ by the build).
const Tables& builtin_tables();

/// Edition of the tables inside the binary: "2026.11", from data/edition.toml.
std::string_view data_edition();
/// A hash of what tables say: ids, keys, texts, sources, locators, notes; not of where a row is defined.
/// Sixteen hexadecimal digits.
/// @param laid_over_alone  only of the user's values that are laid over the built-in ones
std::string content_hash(const Tables& tables, bool laid_over_alone = false);
/// How many rows are the user's, or have values of theirs, over the built-in ones.
std::size_t laid_over_rows(const Tables& tables);
/// Edition and content hash of the tables inside the binary, printed with every result:
/// "2026.11+5d41402abc4b2a76" (generated with the tables).
std::string_view data_version();

}  // namespace kwhatif::catalog
