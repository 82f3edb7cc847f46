// What a downloaded file says, in the terms of our tables: batches of rows that share a maker, a locator and
// a definition. Readers fill them, the diff compares them with the tables, the writer makes TOML of them.
#pragma once

#include "sheet.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::refresh {

/// Forms of files that are recognised by their content.
enum class Form {
  owid,
  ember,
  egrid,
  electricity_maps_yearly,
  electricity_maps_hourly,
  gsf,
  google,
  uptime,
  skypilot,
  price_sheet,
  mlperf
};

/// What is always the same of a maker's files.
struct Series {
  std::string_view id;     ///< of its sources, without the edition: "owid-ember"
  std::string_view title;  ///< of a source: the edition is put behind it
  std::string_view authors;
  std::string_view kind;  ///< of source
  std::string_view url;
  std::string_view publisher;
  std::string_view licence;
  std::string_view attribution;  ///< "{year}" stands for the year of access
  std::string_view file;         ///< of the tables, without the edition: "grids/intensity-owid-ember"
  bool whole = false;            ///< an edition replaces the one before: all rows are written
  /// Whose rows of the tables it is compared with, the preferred first; beginnings of ids of sources.
  std::string_view compared;
};
const Series& series(std::string_view id);

/// One value. `text` is as a cell of a table has it, with its unit.
struct Figure {
  std::string key;
  std::string text;
  double number = 0;     ///< in the coherent unit of the key
  double half_step = 0;  ///< half a unit of its last printed digit
  std::string low = {};  ///< where the file has several of which this is one
  std::string high = {};
};

struct Found {
  std::string id;
  std::optional<int> year;
  std::vector<std::pair<std::string, std::string>> words;  ///< other columns, as a cell has them
  std::vector<Figure> figures;
  std::string place;          ///< as the file calls it, for the report
  std::string instance = {};  ///< of a price: as the provider calls it, also where it is a host of the tables
};

struct Batch {
  catalog::Kind kind = catalog::Kind::grid_intensity;
  const Series* series = nullptr;
  std::string at;
  std::string standing;                                     ///< "verified", "secondary", "derived"
  std::vector<std::pair<std::string, std::string>> shared;  ///< [table.row]
  std::vector<Found> rows;
};

/// A name of the file that is no place, region or device of the tables.
struct Unknown {
  std::string name;
  std::string why;
  std::size_t rows = 0;
};

/// What the file says that nobody can mean, or says twice: told, and not taken as it stands.
struct Suspicious {
  std::string place;
  std::string text;  ///< as the file has it
  std::string why;   ///< and what became of it
  std::size_t rows = 0;
};

/// A file beside the tables that a row refers to, such as an hourly trace.
struct Attached {
  std::string path;  ///< in the data folder
  std::string text;
};

struct Reading {
  Form form = Form::owid;
  std::string file;
  std::size_t rows = 0;  ///< lines that were read
  std::vector<Batch> batches;
  std::vector<Unknown> unknown;
  std::vector<Suspicious> suspicious;
  std::vector<Attached> attached;
  std::vector<std::string> remarks;  ///< what was left out, and why
  std::string accessed;              ///< day of the download, where the user said it

  void not_known(std::string_view name, std::string_view why);
  void suspect(std::string_view place, std::string_view text, std::string_view why);
};

/// What a user says of a file that its content does not.
struct Hints {
  std::string provider;     ///< of a list of instances
  std::optional<int> year;  ///< of a file that has it in its name alone
  std::string accessed;     ///< day of the download, "2027-03-14"
};

struct FormRow {
  Form form;
  std::string_view word;  ///< --as
  std::string_view what;
  std::vector<std::string_view> columns;  ///< that make it this form
};
const std::vector<FormRow>& forms();
const FormRow& form_row(Form form);

/// Reads one file, or one folder of MLPerf results.
/// @param as  word of a form; empty: recognised
/// @errors diag::UsageError: unknown-form, and what is wrong with the file
Reading read(const catalog::Catalog& tables, const std::string& path, std::string_view as,
             const Hints& hints);

/// Makes one row of those of one place and year. What a later line says stands: corrections are appended.
/// Each value that was given twice is told.
void settle_repeats(Reading& reading);

// Readers of one form each; the head of the sheet is taken.
Reading read_owid(const catalog::Catalog& tables, const Sheet& sheet);
Reading read_ember(const catalog::Catalog& tables, const Sheet& sheet);
Reading read_egrid(const catalog::Catalog& tables, const Sheet& sheet);
Reading read_electricity_maps(const catalog::Catalog& tables, const Sheet& sheet);
Reading read_gsf(const catalog::Catalog& tables, const Sheet& sheet);
Reading read_google(const catalog::Catalog& tables, const Sheet& sheet, const Hints& hints);
Reading read_uptime(const catalog::Catalog& tables, const Sheet& sheet);
Reading read_skypilot(const catalog::Catalog& tables, const Sheet& sheet, const Hints& hints);
Reading read_price_sheet(const catalog::Catalog& tables, const Sheet& sheet, const Hints& hints);
/// @param files  result_0.txt and its like of one benchmark on one system
Reading read_mlperf(const catalog::Catalog& tables, const std::vector<std::string>& files,
                    const Hints& hints);

/// The grid that a code or name means; none where it means none or several.
std::optional<std::string> grid_named(const catalog::Catalog& tables, std::string_view name);

/// A figure of a key of a kind, from a number in a unit: text of at most two decimals.
Figure figure(catalog::Kind kind, std::string_view key, std::string_view digits, std::string_view unit);

/// Two names with a mark between them: "gcp:us-central1".
std::string joined(std::string_view first, char mark, std::string_view second);
/// "1 row", "1,204 rows".
std::string counted(std::size_t count, std::string_view thing);
/// The last part of a path.
std::string file_name(const std::string& path);

}  // namespace kwhatif::refresh
