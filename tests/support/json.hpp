// A strict reader of JSON for tests: what machines get must be JSON by the letter (no NaN, no duplicate
// keys). Not the library that writes it, so that the two do not share a fault.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::test {

struct JsonEntry;

struct Json {
  enum class Type { null, boolean, number, text, array, object };
  Type type = Type::null;
  double number = 0;  ///< of a number; 1 or 0 of a boolean
  std::string text;   ///< of a text; of a number as written
  std::vector<Json> items;
  std::vector<JsonEntry> entries;

  bool is_number() const { return type == Type::number; }
  bool is_null() const { return type == Type::null; }
  bool is_text() const { return type == Type::text; }
  bool is_array() const { return type == Type::array; }
  bool is_object() const { return type == Type::object; }
  /// The value under a key, or null where there is none.
  const Json* find(std::string_view key) const;
  /// By a path of keys: "results.it_energy_kwh".
  const Json* at(std::string_view path) const;
};

struct JsonEntry {
  std::string first;
  Json second;
};

/// Reads a document; nothing where it is none, with the reason in `fault`.
std::optional<Json> parse_json(std::string_view text, std::string& fault);

}  // namespace kwhatif::test
