// dossier: reports that people hand in, and forms that other tools read.
//
//   answers (ask) + what only the author knows ──gather()──► Dossier ──write()──► one file
//
// A dossier holds the answers themselves and, of each run, its figures: value, interval, status and evidence,
// or what is missing. A form (form.hpp) is one file of src/dossier and a row of its table; it knows no
// formula and no verb. Does not live here: what the verbs print (report), drawings (chart), streams and flags
// (cli).
//
// Rules of every form: the word forecast, or measured where it was; "prediction interval", never
// "confidence"; what is missing is a blank that is seen, never 0; dates come from the author, never from the
// clock; the same dossier gives the same bytes.
#pragma once

#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/lifecycle.hpp>
#include <kwhatif/ask/plan.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::dossier {

/// What only the author of a report knows. Nothing stands for what is absent but a visible blank.
struct Particulars {
  std::optional<run::Given> title;
  std::optional<run::Given> date;  ///< YYYY-MM-DD; of --date or SOURCE_DATE_EPOCH
  std::optional<run::Given> author;
  std::optional<run::Given> organisation;
  std::optional<run::Given> contact;
  std::optional<run::Given> model_name;  ///< of the model to come, not of the architecture it is like
  std::optional<run::Given> model_version;
  std::optional<run::Given> modality;          ///< text, audio, image, video … that the model generates
  std::optional<run::Given> synthetic_tokens;  ///< non-public, generated for this model
  std::optional<run::Given> generator;         ///< model that generated them, or its active parameters
  bool measured = false;  ///< the author says that given time, power or energy were measured
};

/// What a number is.
enum class Status : std::uint8_t { forecast, measured };
std::string_view name(Status status);

/// The percentiles of a figure, in its unit.
struct Interval {
  double p05 = 0, p25 = 0, p50 = 0, p75 = 0, p95 = 0;
};

/// One number of a run, or that it is not known.
struct Figure {
  std::string_view key;    ///< as in the JSON of estimate, with its unit: facility_energy_kwh
  std::string_view label;  ///< for people: "Facility energy"
  std::string_view unit;   ///< of value and interval, for machines: "kWh"; empty for a share or a count
  quantity::Dimension dimension;
  std::optional<double> value = {};     ///< in `unit`
  std::optional<double> coherent = {};  ///< the same for quantity::human()
  std::optional<Interval> interval = {};
  Status status = Status::forecast;
  /// What decides it: "predicted; 38 published runs of the device", "given by --energy".
  std::string evidence = {};
  std::vector<std::string> sources = {};  ///< ids
  std::string missing = {};               ///< where there is no value: what would give it
};

/// One run of a report: a column of a comparison.
struct Subject {
  std::string name;
  ask::Estimate estimate;
  std::vector<Figure> figures;  ///< every result, in the order of the field table
  std::string command;          ///< that repeats it

  /// @param key  of a figure, which must exist
  const Figure& figure(std::string_view key) const;
  Status status() const;  ///< of its energy
};

/// All that a report says.
struct Dossier {
  Particulars particulars;
  std::vector<Subject> subjects;              ///< at least one; of a comparison all runs
  std::optional<ask::Comparison> comparison;  ///< of several runs
  std::optional<ask::PlanAnswer> plan;        ///< whose best run is the one subject
  std::optional<ask::LifecycleAnswer> life;   ///< whose training is the one subject
  const catalog::Catalog* tables = nullptr;   ///< must outlive it
  std::string command;                        ///< the command line that repeats it
  std::vector<diag::Diagnostic> warnings;

  const Subject& subject() const { return subjects.front(); }
};

/// One run.
Dossier gather(ask::Estimate estimate, Particulars particulars, const catalog::Catalog& tables);
/// The runs of a comparison, each estimated in full.
Dossier gather(ask::Comparison comparison, Particulars particulars, const catalog::Catalog& tables);
/// The best run of a plan.
/// @errors diag::UsageError: no-work, where no run meets the limits
Dossier gather(ask::PlanAnswer plan, Particulars particulars, const catalog::Catalog& tables);
Dossier gather(ask::LifecycleAnswer life, Particulars particulars, const catalog::Catalog& tables);

}  // namespace kwhatif::dossier
