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
#include <kwhatif/dossier/particulars.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::dossier {

/// What a number is.
enum class Status : std::uint8_t {
  forecast,
  calculated,  ///< from a measurement and from what was not measured: a PUE, an intensity, a price
  measured
};
std::string_view name(Status status);

/// The percentiles of a figure, in its unit.
struct Interval {
  double p05 = 0, p25 = 0, p50 = 0, p75 = 0, p95 = 0;
};

/// What published ways of counting make of a figure, in its unit: a range without probabilities.
struct Conventions {
  double low = 0, high = 0;
  std::string what;  ///< "6 N D, without attention, to the whole square of attention"
};

/// One number of a run, or that it is not known.
struct Figure {
  std::string_view key;    ///< as in the JSON of estimate, with its unit: facility_energy_kwh
  std::string_view label;  ///< for people: "Facility energy"
  std::string_view unit;   ///< of value and interval, for machines: "kWh"; empty for a share or a count
  quantity::Dimension dimension;
  std::optional<double> value = {};             ///< in `unit`
  std::optional<double> coherent = {};          ///< the same for quantity::human()
  std::optional<Interval> interval = {};        ///< none: nothing that it follows from is uncertain
  run::WorkUnit work = {};                      ///< its words for tokens, in label and value
  std::optional<Conventions> conventions = {};  ///< of the training compute, where an architecture is known
  Status status = Status::forecast;
  /// What it follows from, the weakest first: "predicted: MFU (38 measured times); tables: PUE; given:
  /// tokens".
  std::string evidence = {};
  std::vector<std::string> sources = {};  ///< ids, in order of use
  std::string missing = {};               ///< where there is no value: what would give it
};

/// One run of a report: a column of a comparison.
struct Subject {
  std::string name;
  ask::Estimate estimate;
  /// Every result, in the order of the field table; those of one run, without repeats and overhead
  /// (one_run_device_hours, one_run_wall_hours), stand behind those of all runs.
  std::vector<Figure> figures;
  /// What time and energy of one run are multiplied by: runs · (1 + overhead); 1 where neither is given, none
  /// where stages differ in it. Compute is that of one run.
  std::optional<double> repeats = 1;

  const run::ResolvedRun& run() const { return estimate.run(); }
  /// @param key  of a figure, which must exist
  const Figure& figure(std::string_view key) const;
  Status status() const;  ///< of its energy, or of its time where it has no energy
};

/// All that a report says.
struct Dossier {
  Particulars particulars;
  std::vector<Subject> subjects;              ///< at least one; of a comparison all runs
  std::optional<ask::Comparison> comparison;  ///< of several runs
  std::optional<ask::PlanAnswer> plan;        ///< whose best run is the one subject
  std::optional<ask::LifecycleAnswer> life;   ///< whose training is the one subject
  const catalog::Catalog* tables = nullptr;   ///< must outlive it
  std::string command = {};                   ///< the command line that repeats it, for a shell
  std::vector<diag::Diagnostic> warnings;

  const Subject& subject() const { return subjects.front(); }
};

// All of them: the runs are estimated in full.
// @errors diag::UsageError: nothing-measured, where --measured has no time, power or energy to speak of

/// One run.
Dossier gather(ask::Estimate estimate, Particulars particulars, const catalog::Catalog& tables);
/// The runs of a comparison.
Dossier gather(ask::Comparison comparison, Particulars particulars, const catalog::Catalog& tables);
/// The best run of a plan.
/// @errors diag::UsageError: no-plan, where no run meets the limits
Dossier gather(ask::PlanAnswer plan, Particulars particulars, const catalog::Catalog& tables);
Dossier gather(ask::LifecycleAnswer life, Particulars particulars, const catalog::Catalog& tables);

}  // namespace kwhatif::dossier
