// The JSON Schema (draft 7) of every document that the program prints: what each key means, its unit, and
// whether it is always there.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace kwhatif::report {

/// A schema by name.
struct SchemaTitle {
  std::string_view name;  ///< "estimate" for documents with "schema": "kwhatif/estimate/1"
  std::string_view of;    ///< what prints such documents
};

/// All of them, in the order of the verbs.
std::span<const SchemaTitle> schema_titles();

/// The schema with that name as JSON, made of the tables of inputs and results; empty where there is none.
///
/// Closed where all keys are known: one that the schema does not have makes a document invalid.
/// @tested  what every verb prints is valid, and is not without one of its keys or with one of another type
std::string schema_of(std::string_view name);

}  // namespace kwhatif::report
