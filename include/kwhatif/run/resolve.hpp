// From inputs as given to numbers with origins; every default used is written down.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/catalog/origin.hpp>
#include <kwhatif/predict/distribution.hpp>
#include <kwhatif/run/grid_intensity.hpp>
#include <kwhatif/run/network.hpp>
#include <kwhatif/run/pilot.hpp>
#include <kwhatif/run/run_forecast.hpp>
#include <kwhatif/run/run_inputs.hpp>
#include <kwhatif/run/scenario.hpp>
#include <kwhatif/run/work.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kwhatif::run {

/// Where the number in one slot comes from and how far it can be off.
struct SlotRecord {
  catalog::Origin origin = {};
  double half_step = 0;            ///< rounding of the text it was read from, coherent unit
  std::optional<double> low = {};  ///< spread, where the source gives one
  std::optional<double> high = {};
  /// Of a predicted number: all of its quantiles; then low and high are the 5 and 95 % points.
  std::optional<predict::Distribution> distribution = {};
  /// What it was multiplied by since: the typical factor is in the number, in low and high and in the
  /// distribution; how far the factor itself can be off is not.
  struct Factor {
    std::string source;  ///< id of the lever
    double low = 1;      ///< over the typical one, <= 1
    double high = 1;
  };
  std::vector<Factor> factors = {};
};

/// A choice that was made for the user and is no number of its own: a precision, what a name stands for, a
/// row taken.
struct Choice {
  std::string input;  ///< the input it concerns: "precision"
  std::string value;  ///< what was taken: "fp16"
  catalog::Origin origin;
};

/// A result that stays unknown for want of a factor that no table has.
struct MissingFactor {
  std::string result;  ///< a key of result_table: "water_on_site"
  std::string why;     ///< "no WUE of gcp is known"
  std::string flag;    ///< that gives it: "--wue"
};

/// A run in numbers.
struct ResolvedRun {
  std::string title;
  RunInputs<double> inputs;
  std::array<SlotRecord, slot_count> records;
  std::vector<Choice> choices;
  std::vector<diag::Diagnostic> warnings;
  std::vector<MissingFactor> missing;  ///< of manufacture and water
  /// As resolved, by flag name, for the record: {"hardware", "v100-sxm2-16gb"}, {"power", "330 W"}.
  std::vector<std::pair<std::string, std::string>> summary;
  std::optional<catalog::Row> hardware;
  std::optional<catalog::Row> host;
  std::optional<catalog::Row> region;
  std::optional<catalog::Row> grid;
  std::optional<catalog::Row> framework;
  std::optional<GridIntensity> intensity;  ///< where the tables gave the carbon intensity
  std::optional<Contracts> contracts;      ///< of the provider of the region, where its share is known
  std::shared_ptr<const Network> network;  ///< where --model or --config names an architecture
  WorkUnit work;                           ///< what its tokens are: images of one that sees images
  std::optional<double> done;              ///< share of a run under way that is done
  /// Of the warnings that more or fewer devices end: fewer than this do not fit (asked for with
  /// ResolveOptions::unneeded; infinite: no number fits), more than this are beyond scale.
  std::optional<double> fewest_devices, most_devices;
  std::shared_ptr<const RunPilot> pilot;        ///< a measured run that calibrates the forecast
  std::shared_ptr<const RunForecast> forecast;  ///< where device and work (or its size) are known

  const SlotRecord& record(Slot slot) const { return records[static_cast<std::size_t>(slot)]; }
  /// All sources named by the numbers and choices, each once, in order of use.
  std::vector<std::string> sources() const;
};

struct ResolveOptions {
  /// Fill what is missing from tables and documented defaults. Off for published rows: only what they print
  /// counts.
  bool defaults = true;
  /// One number is multiplied where it comes into the run, beyond its range if need be; what follows from it
  /// is derived from the product. For sensitivities.
  struct Moved {
    Slot slot{};
    double factor = 1;
  };
  std::optional<Moved> moved = {};
  /// Also defaults that this run does not need, such as the PUE of a run without energy: they change no
  /// result. For tables over many runs, where the default depends on fewer inputs than the need for it;
  /// the band of a grid is then that of a whole year, whatever the length of the run.
  bool unneeded = false;
  /// The work, where it is neither given nor published but counted from what is known of the network: its
  /// compute, and how that came about. None where it cannot be counted.
  struct CountedWork {
    Given compute;  ///< as it would be given: its text, place and name
    SlotRecord record;
  };
  std::function<std::optional<CountedWork>(const ResolvedRun& known)> count_work = {};
};

/// What is wrong with the numbers given, whether a run uses them or not, those of the stages included.
std::vector<diag::Diagnostic> faults_of_numbers(const Scenario& scenario);

/// Resolves one run; of a run of stages, what they add up to.
///
/// @errors diag::ScenarioError with all faults: unknown-hardware, unknown-region, unknown-grid, no-data,
/// out-of-range,
///         wrong-unit, missing-unit, unknown-unit, not-a-number, conflict, no-work
ResolvedRun resolve(const Scenario& scenario, const catalog::Catalog& catalog,
                    const ResolveOptions& options = {});

}  // namespace kwhatif::run
