// Fields of config.json files that no reader asks for: what each could do to a count.
//
// A field is one of these: read by the family's reader; known to change neither parameters nor FLOPs whatever
// it says; known not to change them at certain values; a sign of a part that is not counted (a tower); or
// unknown. The last three are told, never passed over.
#pragma once

#include <span>
#include <string_view>

namespace kwhatif::model {

/// Fields that change no count, and why.
struct InertFields {
  std::string_view why;
  std::span<const std::string_view> names;
};
std::span<const InertFields> inert_fields();

/// Whether a field changes no count whatever it says: one of inert_fields(), or by the ending of its name (a
/// drop-out rate, an epsilon, the number of a special token).
bool is_inert(std::string_view name);

/// A field that changes no count at certain values.
struct RestingField {
  std::string_view name;
  std::string_view at_rest;    ///< values as JSON writes them, texts without quotes, '|' between: "false|0"
  std::string_view otherwise;  ///< what it means at any other value: "adds …"
};
std::span<const RestingField> resting_fields();

/// Whether a field belongs to a part beside the language model: a tower for images, sound or video, or what
/// joins it.
bool is_of_a_tower(std::string_view name);

}  // namespace kwhatif::model
