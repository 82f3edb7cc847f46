// named_inputs: a run as other languages say it: names with texts, over a run file or a published run.
//
// Every text becomes a source of its own, named after its field, so that each fault is found at its field.
// Does not live here: JSON (src/bindings/question.hpp), values of Python (src/python).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/run/scenario.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kwhatif::bindings {

/// A value by the flag of its input, or with _ for -: {"seq_len", "4096"}.
struct NamedInput {
  std::string name;
  std::string text;
};

/// A text as the value of a field.
run::Given given(const std::string& field, std::string text);
/// "seq-len" of "seq_len".
std::string as_flag(std::string name);

/// Inputs of a run.
/// @errors diag::UsageError: unknown-input
run::Scenario inputs_of(std::span<const NamedInput> inputs, const document::Reader& files);

/// What inputs are laid over: one of these, or nothing.
struct BaseRun {
  std::optional<std::string> published = {};          ///< its id
  std::shared_ptr<const diag::SourceText> file = {};  ///< a run file
  /// Of a published run also what is known of it but not needed for its printed results.
  bool with_facts = false;
};

/// The run: the base, with each of `said` laid over what is there before it.
/// @errors diag::Error: unknown-run; no-work where nothing is known
run::Scenario run_over(const BaseRun& base, std::span<const run::Scenario> said,
                       const catalog::Catalog& tables);

}  // namespace kwhatif::bindings
