// The answer of `plan --solve`, for people and for machines.
#pragma once

#include <kwhatif/ask/solve.hpp>
#include <kwhatif/report/table.hpp>

#include <string>

namespace kwhatif::report {

/// What was asked.
struct SolveQuestion {
  run::Input input{};
  std::size_t result = 0;
  double wanted = 0;  ///< coherent
};

/// @param run_file  the file that the run needs beside its flags, if any
std::string solve_text(const SolveQuestion& question, const ask::Solution& solution,
                       std::string_view run_file = {});
/// Schema kwhatif/plan/1.
/// @param warnings  of the run with the value found
std::string solve_json(const SolveQuestion& question, const ask::Solution& solution,
                       const std::vector<diag::Diagnostic>& warnings, const std::vector<std::string>& sources,
                       const catalog::Catalog& catalog);
/// One row.
Table solve_table(const SolveQuestion& question, const ask::Solution& solution);
/// One key, a tab and a value per line.
std::string solve_plain(const SolveQuestion& question, const ask::Solution& solution);

}  // namespace kwhatif::report
