// What is wrong with run files and tables before anything is asked of them.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/run/scenario.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace kwhatif::ask {

struct CheckQuestion {
  struct File {
    run::Given path;
    bool folder = false;  ///< of tables
  };
  std::vector<File> files;
  document::Reader read;  ///< of run files, and of the files that they name
  bool strict = false;    ///< warnings are problems, too
};

/// What checking one file or folder found.
struct CheckedFile {
  std::string name;
  std::vector<diag::Diagnostic> found;
  std::size_t problems = 0;  ///< how many of them make the answer no
};

struct CheckedFiles {
  std::vector<CheckedFile> files;
  std::size_t problems = 0;
};

/// A file with the key `schema` is a table, one with a table [serve] a service, any other a run.
/// @errors diag::UsageError: missing-value; faults of the files are the answer
CheckedFiles check(const CheckQuestion& question, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
