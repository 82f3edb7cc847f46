// One presenter per verb: what stands in the document of its answer. A document refers to the answer and the
// tables, which must outlive it.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/document.hpp>

#include <cstdint>

namespace kwhatif::ask {
struct Backtest;
struct CheckedFiles;
struct Comparison;
struct Contest;
struct Equivalents;
struct Estimate;
struct Explanation;
struct HeatMap;
struct ImportAnswer;
struct LeversAnswer;
struct Listing;
struct MethodsAnswer;
struct ModelAnswer;
struct OwnNote;
struct PlanAnswer;
struct Reproduction;
struct ScheduleAnswer;
struct Sensitivity;
struct ServeAnswer;
struct Shown;
struct SolveAnswer;
struct StartingRun;
struct SweepAnswer;
}  // namespace kwhatif::ask

namespace kwhatif::report {

Document present(const ask::Estimate& answer, const catalog::Catalog& tables);
Document present(const ask::Explanation& answer, const catalog::Catalog& tables);
Document present(const ask::Comparison& answer, const catalog::Catalog& tables);
Document present(const ask::LeversAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::MethodsAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::ModelAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::Contest& answer, const catalog::Catalog& tables);
Document present(const ask::Listing& answer, const catalog::Catalog& tables);
Document present(const ask::Shown& answer, const catalog::Catalog& tables);
Document present(const ask::CheckedFiles& answer, const catalog::Catalog& tables);
/// A run file.
Document present(const ask::StartingRun& answer, const catalog::Catalog& tables);
/// The schemas of documents (schema.hpp), which are no answer but a list of what is presented here.
Document present_schemas(const catalog::Catalog& tables);
Document present(const ask::PlanAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::SolveAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::SweepAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::ScheduleAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::HeatMap& answer, const catalog::Catalog& tables);
Document present(const ask::Sensitivity& answer, const catalog::Catalog& tables);
Document present(const ask::Equivalents& answer, const catalog::Catalog& tables);
Document present(const ask::ServeAnswer& answer, const catalog::Catalog& tables);

/// What the text of an imported measurement is; machines get the same of all three.
enum class ImportForm : std::uint8_t {
  run_file,  ///< TOML, each value with where it comes from
  study,     ///< TOML of a study: inputs, and results as printed
  page       ///< what was read, taken and left
};
Document present(const ask::ImportAnswer& answer, const catalog::Catalog& tables, ImportForm form);
/// The table of own runs with one more; empty where the text before is none of ours.
/// @param before  empty for a new one
std::string with_note(const std::string& before, const ask::OwnNote& note);
/// The table with the source that it names.
std::string own_source();

/// How much of a long answer stands on the page; machines get all of it.
enum class Detail : std::uint8_t {
  least,  ///< a line per study
  usual,
  most  ///< also the baselines, and what was predicted from printed inputs
};
Document present(const ask::Reproduction& answer, const catalog::Catalog& tables, Detail detail);
Document present(const ask::Backtest& answer, const catalog::Catalog& tables, Detail detail);

}  // namespace kwhatif::report
