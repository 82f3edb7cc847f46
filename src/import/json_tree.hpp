// A JSON text as values that know their line. Python's NaN and Infinity are read as numbers that are not
// known. Private to src/import.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::imports {

struct JsonEntry;

struct JsonValue {
  enum class Type { null, boolean, number, text, array, object };
  Type type = Type::null;
  double number = 0;
  std::string text;
  std::vector<JsonValue> items;
  std::vector<JsonEntry> entries;  ///< of an object, in the order of the text
  int line = 0;

  bool is_object() const { return type == Type::object; }
  bool is_array() const { return type == Type::array; }
  /// The value under a key, or null.
  const JsonValue* find(std::string_view key) const;
  /// The number under a key; also where it is written as a text of digits.
  std::optional<double> number_of(std::string_view key) const;
  std::string text_of(std::string_view key) const;
  /// Its own number, or the one that its text is.
  std::optional<double> as_number() const;
};

struct JsonEntry {
  std::string key;
  JsonValue value;
};

struct JsonFault {
  int line = 0;
  std::string why;
};

/// Reads one document, or several one after the other (JSON Lines).
/// @return what could be read; with a fault, up to it
std::vector<JsonValue> read_json(std::string_view text, std::optional<JsonFault>& fault);

}  // namespace kwhatif::imports
