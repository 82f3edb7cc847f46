// lifecycle: the whole life of a model in one table: training, development, serving, each with its
// electricity, manufacture, water and money; from how many queries on serving takes more than the rest;
// scores by ISO/IEC 21031 and SCI for AI. Does not live here: the numbers of a run (estimate.hpp) and of a
// query (serve.hpp), wording (report).
#pragma once

#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/serve.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::ask {

struct LifecycleQuestion {
  run::Scenario run = {};
  std::optional<ServeQuestion> service = {};  ///< how it is served
  bool service_is_a_guess = false;  ///< nobody said how: where the run cannot be served, the rest is answered
  std::optional<run::Given> functional_unit =
      {};  ///< tokens, queries, runs, or a count of some unit of one's own
};

/// What one part of the life takes; absent: not known.
struct LifecyclePart {
  std::optional<double> energy;    ///< of the facility [J]
  std::optional<double> location;  ///< [kg]
  std::optional<double> embodied;  ///< [kg]
  std::optional<double> total;     ///< location and embodied [kg]
  std::optional<double> water;     ///< on site and of the electricity [L]
  std::optional<double> cost;      ///< [USD]
};

/// A part with its name, and its share of all where all of it is known.
struct LifecyclePhase {
  std::string key;    ///< training, development, serving
  std::string label;  ///< for people
  LifecyclePart part = {};
  LifecyclePart share = {};  ///< of the sum over the phases, 0 to 1
};

/// From how many queries on serving takes as much as a share of all energy.
struct ServingShare {
  double share = 0;  ///< of serving in the energy of the facility: 0.5 is the break-even
  double queries = 0;
  std::optional<double> low, high;  ///< 90 % band
};

/// CO2e per functional unit, electricity by location and manufacture together. [kg per unit]
struct Score {
  std::string view;  ///< provider: training and development; consumer: serving. Neither holds the other
  std::string unit;  ///< "million training tokens"
  double value = 0;
};

struct LifecycleAnswer {
  Estimate training;
  std::optional<ServeCase> service;
  std::optional<double> queries;
  std::optional<double> queries_per_day;
  std::vector<LifecyclePhase> phases;
  LifecyclePart total;
  std::vector<ServingShare> shares;  ///< at 50, 80 and 90 %; of a service
  std::vector<Score> scores;
  std::string functional_unit;       ///< as given
  std::vector<std::string> missing;  ///< what the sum leaves out, and what would give it
  std::vector<diag::Diagnostic> warnings;
  std::vector<std::string> sources;

  /// 50 %: queries after which serving has taken as much as all before; none without a service.
  const ServingShare* break_even() const { return shares.empty() ? nullptr : &shares.front(); }
};

/// What a run says of how its model could be served: the model, the device, the place, contracts and prices.
/// Its devices are as many as hold the model, unless `service` says.
/// @param service  wins over the run in all that it says; a place is taken whole
ServeQuestion service_of(const run::Scenario& run, ServeQuestion service = {});

/// Queries whose energy is a share of that of training, development and serving together.
///
///   q = s / (1 - s) · E / e
///
/// @param once      E, of training and development     [J]    > 0
/// @param query     e, of one query                    [J]    > 0
/// @param share     s                                  in (0, 1)
/// @tested  golden: published break-evens (data/studies/life-cycle.toml)
double queries_for_share(double once, double query, double share);

/// @errors those of estimate() and serve_one(); diag::UsageError: unknown-word
LifecycleAnswer lifecycle(const LifecycleQuestion& question, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
