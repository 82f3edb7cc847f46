// A question in JSON as what the questions of ask are made of: inputs, options and files by name. Every text
// is a source of its own, named after its field, so that each fault is found at its field.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/run/scenario.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace kwhatif::bindings {

using Json = nlohmann::ordered_json;

class Question {
 public:
  /// @errors diag::UsageError: bad-question
  Question(Json json, const catalog::Catalog& tables, document::Reader files);

  const catalog::Catalog& tables() const { return tables_; }
  std::string verb() const;
  /// The run: file or published run with the inputs laid over it.
  /// @param with_facts  of a published run also what is known of it but not needed for its printed results
  /// @errors diag::Error
  run::Scenario run(bool with_facts = false) const { return run_of(json_, with_facts); }
  /// The same, for verbs to which axes may say what the run is: nothing need be known of it.
  run::Scenario said() const;
  struct Side {
    run::Scenario run;
    run::Given name;
    bool printed = false;  ///< a published run without inputs over it
  };
  std::vector<Side> sides() const;  ///< of "runs"

  std::vector<run::Given> arguments() const;
  std::optional<run::Given> get(const char* option) const;
  std::vector<run::Given> all(const char* option) const;
  bool has(const char* option) const { return get(option).has_value(); }
  /// All options, for verbs whose options are a table.
  std::vector<std::string> options() const;
  /// Refuses options that the verb did not ask for.
  /// @errors diag::UsageError: unknown-option
  void refuse_the_rest() const;
  const document::Reader& files() const { return files_; }
  std::string text(const char* key, std::string otherwise) const;
  /// Of "form", where it is a list.
  std::vector<std::string> forms() const;
  std::size_t number(const char* key, std::size_t otherwise) const;

 private:
  std::vector<run::Scenario> said_in(const Json& part) const;
  run::Scenario run_of(const Json& part, bool with_facts) const;

  Json json_;
  const catalog::Catalog& tables_;
  document::Reader files_;
  mutable std::vector<std::string> asked_;  ///< options that the verb looked for
};

}  // namespace kwhatif::bindings
