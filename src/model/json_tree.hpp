// Private to the model module: a JSON document that knows where each value stands in its text.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::model {

/// A value with its place. Only the member that fits `kind` is filled.
struct JsonValue {
  enum class Kind { null, boolean, integer, number, text, array, object };
  Kind kind = Kind::null;
  std::string key = {};  ///< name in the object that it is a member of; empty elsewhere
  bool boolean = false;
  bool negative = false;        ///< of an integer
  std::uint64_t magnitude = 0;  ///< of an integer
  double number = 0;            ///< of a number with fraction or exponent, or too large for an integer
  std::string text = {};
  std::vector<JsonValue> items = {};
  std::vector<JsonValue> members = {};  ///< of an object, in order of the text
  std::size_t offset = 0;               ///< in bytes, into the text
  std::size_t length = 1;               ///< in bytes, for the caret
};

/// "a whole number", "text", …
std::string_view kind_name(JsonValue::Kind kind);

/// The document in a text. `NaN` and `Infinity`, which Python writes and JSON does not know, read as 0.
/// @errors ConfigError: config-not-json, config-too-large, config-too-deep, config-duplicate-key
JsonValue parse_json(const std::shared_ptr<const diag::SourceText>& source);

/// The line and column of a byte offset.
diag::Span span_at(const std::shared_ptr<const diag::SourceText>& source, std::size_t offset,
                   std::size_t length);

}  // namespace kwhatif::model
