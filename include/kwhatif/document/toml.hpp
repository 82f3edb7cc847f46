// document: a TOML text as a tree of values that know their place.
//
// The one door to toml++: the catalog (tables under data/) and the scenario (run files) read this tree and
// never see the library, so its header is compiled once. Order of keys is the order of the file; every key
// and value has a Span. Does not live here: what keys mean (catalog/schema, run/input).
#pragma once

#include <kwhatif/diag/diagnostic.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::document {

struct Entry;

/// One TOML value.
struct Value {
  enum class Type { table, array, text, integer, real, boolean, other };
  Type type = Type::other;
  diag::Span span;
  std::string text;          ///< of a text; otherwise the value as TOML prints it ("2023", "1.1", "true")
  std::int64_t integer = 0;  ///< of an integer or boolean
  std::vector<Entry> entries;
  std::vector<Value> items;

  /// The value under a key of a table, or null.
  const Value* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  diag::Span key_span;
  Value value;
};

/// What a value is, for messages: "a table", "a number", …
std::string_view type_name(Value::Type type);

/// How large a text of a kind may be; a value takes about 600 bytes of memory.
struct Limits {
  std::string_view what;   ///< "run file", for messages
  std::size_t bytes = 0;   ///< of text
  std::size_t values = 0;  ///< keys and elements of arrays
};
/// The largest built-in table has 60 kB; a hundred times that is still a table.
inline constexpr Limits table_limits{"table or run file", 16U << 20U, 300'000};
inline constexpr Limits run_file_limits{"run file", 1U << 20U, 20'000};

/// Parses a whole document; the result is a table.
/// @errors diag::Error with one Diagnostic: syntax-error where the text is no TOML, too-large above the
///         limits, too-deep above 64 levels of keys, tables and arrays
Value parse_toml(std::shared_ptr<const diag::SourceText> source, const Limits& limits = table_limits);

}  // namespace kwhatif::document
