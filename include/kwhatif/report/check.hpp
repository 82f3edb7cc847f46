// The problems of checked files, for machines; for people they are diagnostics.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/report/table.hpp>

#include <string>
#include <vector>

namespace kwhatif::report {

/// What checking one file or folder found.
struct CheckedFile {
  std::string name;
  std::vector<diag::Diagnostic> problems;
};

/// One row per problem.
Table check_table(const std::vector<CheckedFile>& files);
/// Schema kwhatif/check/1.
std::string check_json(const std::vector<CheckedFile>& files, const catalog::Catalog& catalog);

}  // namespace kwhatif::report
