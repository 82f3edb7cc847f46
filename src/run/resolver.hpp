// The working state of resolve(): shared by its parts (quantities, machine, site).
#pragma once

#include "numbers.hpp"
#include <kwhatif/number/interval.hpp>
#include <kwhatif/predict/predictor.hpp>
#include <kwhatif/run/market.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>

namespace kwhatif::run {

/// Whether the sequences of a network are sound: frames of 20 ms, 50 a second.
bool hears(const model::Architecture& architecture);

/// A run with the model and the device of its pilot where it names none itself.
/// @errors diag::ScenarioError: those of read_run() and of the reader of files
Scenario with_names_of_pilot(const Scenario& scenario);

/// Where a run lies among all that its forecast tells apart.
predict::Whereabouts whereabouts(const RunForecast& forecast);

class Resolver {
 public:
  Resolver(const Scenario& scenario, const catalog::Catalog& catalog, const ResolveOptions& options)
      : scenario_(scenario), catalog_(catalog), options_(options) {}

  ResolvedRun run();

 private:
  void say_displaced();

  // quantities.cpp: what the user gave in numbers, its ranges and contradictions
  void read_quantities();
  void check_conflicts();
  void check_measured_conflicts();
  /// The numbers with the rounding of their texts, as the estimate would take them.
  RunInputs<number::Interval> rounded() const;
  void conflict(const std::string& what, Input a, const std::string& first, const std::string& second,
                const std::string& help);
  void check_plausible();
  void check_derived();
  void check_power(const RunEstimate<double>& known);

  // network.cpp: the architecture
  void resolve_network();
  void take_size(const catalog::Row& model);
  const Given* plain_given() const;
  void count_plain(const Given& given);
  void count_network(const model::ReadConfig& read, const std::string& name,
                     const std::optional<catalog::Row>& preset, const Given& given);
  void resolve_recompute();
  void take_counted_work();

  // work.cpp: samples, steps and throughput in the units of the architecture
  void resolve_work_unit();
  std::optional<double> sample_length(Input needed_by);
  std::optional<double> needed_batch(Input needed_by);
  void settle_batch();
  void settle_sound();
  void check_steps(const Given& data, double amount, double half_step);
  void check_flops_per_sample();
  void resolve_work();
  void resolve_throughput();
  void resolve_base();
  void resolve_done();

  // memory_check.cpp: whether the run fits into the devices
  void check_memory();
  void check_states(double memory);

  // layout_check.cpp: whether it can be laid out as it is said
  void check_layout();

  // scale_check.cpp: whether a step has work for so many devices
  void check_scale();

  // machine.cpp: the device and its defaults
  void resolve_hardware();
  void resolve_precision();
  bool keep_unknown_device(const Given& given, const std::string& nearest);
  void resolve_nodes();
  void default_devices();
  bool measured_power();
  bool power_of_board();
  void default_power();

  // price.cpp: money, and whether the device is offered there
  std::optional<Billing> asked_billing();
  void own_devices();
  bool own_price();
  void no_price(const std::string& why, const std::string& help);
  bool price_of_provider(const std::string& provider, std::optional<Billing> billing);
  void price_over_providers(const std::string& provider, Billing billing);
  void default_price();
  void warn_of_offers();

  // forecast.cpp: time and power before the run
  void resolve_framework();
  std::optional<predict::ForecastDevice> forecast_device() const;
  std::optional<predict::Training<double>> training(RunForecast& into) const;
  std::optional<double> compute_per_token() const;
  std::optional<double> recomputed_share() const;
  void make_forecast();
  void default_rate();
  void say_usual();
  void warn_of_idle_settings();
  /// The power of a system before it is measured, and how busy it is taken to be.
  struct PredictedPower {
    predict::ForecastDevice device;
    predict::PowerForecast power = {};
    std::string busy = {};
  };
  std::optional<PredictedPower> power_before();
  bool predict_power();
  static SlotRecord predicted(const predict::Distribution& distribution, const std::string& what,
                              predict::Tier tier);

  // pilot.cpp: what a measured run teaches the forecast
  void say_brought();
  Scenario pilot_as_a_run(RunPilot& into) const;
  void read_pilot();
  void learn_time(RunForecast& forecast);
  void learn_power(predict::PowerForecast& power, const std::string& device);

  // conventions.cpp: rates that count more than the model's FLOPs
  void resolve_conventions();

  // site.cpp: the place
  void resolve_site();
  std::optional<catalog::Row> find_place(catalog::Kind kind, const Given& given,
                                         const std::string& otherwise);
  void take_region(const Given& given);
  void take_grid(const Given& given);
  void take_market();
  void warn_of_age(int year, const Given& given);
  void choose_intensity(const std::string& place, const Given& given);
  std::optional<GridIntensity> intensity_asked_for(const std::string& place, const Given& given);
  bool users_own() const;
  bool has_own_intensity(const catalog::Row& region) const;
  void take_intensity();
  void say_hours();
  void choose_pue();

  // life_cycle.cpp: manufacture, water and development
  void take_development();
  bool manufacture_of_host();
  bool manufacture_of_device();
  void default_manufacture();
  void default_wue();
  void spread_as_elsewhere(Slot slot, const std::string& id);
  void doubt_life_cycle();
  void default_water_intensity();
  void default_life_cycle();

  // shared
  bool has(Slot slot) const { return out_.inputs.has(slot); }
  double value(Slot slot) const { return out_.inputs.values[static_cast<std::size_t>(slot)]; }
  /// The slot with the rounding of its text.
  number::Interval interval(Slot slot) const;
  void set(Slot slot, double coherent, SlotRecord record);
  void set(Slot slot, const catalog::Cell& cell, catalog::Responsible responsible,
           const std::string& note = {});
  /// A row of the defaults table.
  catalog::Row default_row(const std::string& id) const;
  /// The same into a slot.
  void set_default(Slot slot, const std::string& id);
  void throw_if_faulty();
  void fault(std::string code, std::string message, const diag::Span& where, std::string help = {});
  void warn(std::string code, std::string message, std::string help, const diag::Span& where = {});
  void choose(std::string input, std::string value, catalog::Origin origin);
  /// Writes down which row a name stands for, where it is not the row's id.
  void read_as(const std::string& input, const Given& given, const catalog::Lookup& found);
  void ambiguous(const Given& given, const catalog::Lookup& found);

  const Scenario& scenario_;
  const catalog::Catalog& catalog_;
  ResolveOptions options_;
  Numbers numbers_;
  ResolvedRun out_;
  std::vector<diag::Diagnostic> faults_;
};

}  // namespace kwhatif::run
