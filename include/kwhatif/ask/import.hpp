// A measurement as a run: what files say of a training, which inputs of a run follow, and what is missing.
//
// Readers (kwhatif/import) say what stands in each file. Here devices and places become those of the tables,
// files of one run are put together on their clocks, and of values that say the same one is chosen as the
// basis. Does not live here: the forms of files (import), the wording of pages and run files (report).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/import/measurement.hpp>
#include <kwhatif/run/scenario.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::ask {

struct ImportQuestion {
  std::vector<run::Given> files;
  document::Reader read;
  imports::Choice choice;
  run::Scenario said;      ///< inputs that the user adds: they win over what was read
  bool of_folder = false;  ///< the files are all of a folder: those of no form are left out, ranks count once
  bool as_study = false;   ///< the next thing to do is another one
  std::string written_to;  ///< the run file, for the command to type next; empty: standard output
};

/// One value of the answer.
struct ImportedValue {
  imports::Finding finding;
  std::string key;      ///< of a run file; empty where no input follows
  std::string written;  ///< as the run file has it: "0.14 s", "h100-sxm5"
  bool used = false;    ///< it stands in the run file; otherwise as a comment
  std::string why_not;  ///< of those that are not used
};

/// What has to be known and is in no file.
struct ImportGap {
  std::string key;
  std::string question;
};

struct ImportedFile {
  std::string path;
  std::string form, name, tool, version, read;
};

/// A printed result of a study.
struct ImportedFigure {
  std::string key;       ///< of a result: "it_energy"
  std::string printed;   ///< "1287 MWh"
  std::string origin;    ///< where it was printed
  bool follows = false;  ///< from the inputs of the study alone: it can be recomputed
};

struct ImportAnswer {
  std::vector<ImportedFile> files;
  std::vector<ImportedValue> values;
  std::vector<imports::Left> left;
  std::vector<ImportGap> gaps;
  std::vector<diag::Diagnostic> warnings;
  run::Scenario said;
  std::vector<ImportedFigure> figures;  ///< of a study only
  std::string device_name;              ///< of the row in the tables, or as it names itself
  bool device_known = false;            ///< it is in the tables
  std::string place_name;
  std::string next;  ///< the command to type next

  /// The used value under a key, or null.
  const ImportedValue* used(std::string_view key) const;
  /// The first finding of a measure, used or not, or null.
  const ImportedValue* find(imports::Measure measure) const;
};

/// As a study, a run file is read, too: its inputs, and the results that it prints under [published].
/// @errors diag::UsageError: missing-value, cannot-read, and those of imports::read(); as a study:
///         nothing-published where no printed result follows from the inputs
ImportAnswer import_files(const ImportQuestion& question, const catalog::Catalog& tables);

/// The results that the files print, told by whether the inputs give them.
std::vector<ImportedFigure> study_figures(const ImportAnswer& answer, const catalog::Catalog& tables);

/// Whether a text is a run file, or is meant to be one: TOML, right or wrong in what it says.
bool is_run_file(const std::shared_ptr<const diag::SourceText>& source);

/// The same as a run: what the run file would say, for whoever wants no file (a pilot that is a log).
run::Scenario as_run(const ImportAnswer& answer);

/// A reader that hands out a pilot that is a log as the run file it makes; all else as it is.
/// @errors of what it reads: those of import_files()
document::Reader pilots_from_logs(document::Reader read, const run::Given& pilot,
                                  const catalog::Catalog& tables);

/// What the note of a run that was measured needs (data/predict/README.md, "Your own runs").
struct OwnNote {
  std::string id;
  std::string hardware;
  double params = 0;
  double chips = 0;
  double tokens = 0;
  double device_hours = 0;
  std::optional<double> power;  ///< [W] per device, host included
  std::string at;               ///< the files it comes from
};
/// @errors diag::UsageError: missing-input, where one of them is neither measured nor said
OwnNote own_note(const ImportAnswer& answer, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
