// JSON against a schema, by a validator that knows nothing of us (Debian: libvalijson-dev).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace kwhatif::test {

using Value = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

/// A schema of draft 7; throws where a $ref leads nowhere.
/// @param fetch  gives the document of a $ref to another one; must outlive nothing
inline std::unique_ptr<valijson::Schema> parsed(
    const Value& schema, const std::function<const Value*(const std::string&)>& fetch = {}) {
  auto out = std::make_unique<valijson::Schema>();
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  if (fetch)
    parser.populateSchema(Adapter(schema), *out, fetch, [](const Value* /*document*/) {});
  else
    parser.populateSchema(Adapter(schema), *out);
  return out;
}

/// Why a value is not what a schema says; empty where it is.
inline std::string fault_by(const valijson::Schema& schema, const Value& value) {
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(schema, Adapter(value), &results)) return {};
  std::string out;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const std::string& part : error.context) out += part;
    out += ": " + error.description + '\n';
  }
  return out.empty() ? "not valid" : out;
}

}  // namespace kwhatif::test
