// What of a downloaded file goes into the tables, as files in our form with their source; all of them or
// none. Existing tables stay as they are: an edition gets files and a source of its own.
#pragma once

#include "diff.hpp"

#include <string>
#include <vector>

namespace kwhatif::refresh {

/// A file in the data folder.
struct TableFile {
  std::string path;  ///< relative to the folder
  std::string text;
  std::size_t rows = 0;
  bool replaces = false;  ///< the folder has it, and the new text has all of the old one
};

struct Plan {
  std::vector<TableFile> files;
  std::vector<std::string> then;  ///< what a person does afterwards
};

/// The files that a reading becomes; none where nothing is new.
/// @param accessed  day of the download, "2027-03-14"
Plan plan_files(const catalog::Catalog& tables, const std::string& data, const Reading& reading,
                const Diff& diff, const std::string& accessed);

/// What `kwhatif check` would say of the tables with the files of a plan, and does not say of them as they
/// are.
/// @errors diag::UsageError: cannot-write
std::vector<diag::Diagnostic> faults_with(const std::string& data, const Plan& plan);

/// Tries the tables with the files of a plan, as `kwhatif check` does, and marks the values that it would
/// refuse as left out: the rest can be written. Whether it marked any: then the plan is to be made once more.
bool leave_out_refused(const std::string& data, const Plan& plan, const Reading& reading, Diff& diff);

/// Writes the files, all of them or none: the folder with them is read first.
/// @errors diag::UsageError: exists, cannot-write; diag::DataError: what is wrong with the tables
void write_files(const std::string& data, const Plan& plan);

/// A folder of links to the files of another one, to try what would be in it.
/// @errors diag::UsageError: cannot-write
void link_tables(const std::string& data, const std::string& copy);

/// @errors diag::UsageError: cannot-write, always
[[noreturn]] void cannot_write(const std::string& path, const std::string& why);
/// Makes a file, and the folders above it.
void put(const std::string& path, const std::string& text);

}  // namespace kwhatif::refresh
