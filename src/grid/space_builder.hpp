// Building the tables of a Space: what is known only while it is built. Private to grid.
//
// resolve() is a black box here. Which slots depend on which axes, and which combinations resolve, is found
// by asking it: one axis after the other from several points; every value of an axis of names together with
// every value of each other axis (a device with a precision, a model with a device; a place and a machine do
// not meet in resolve(), so these pairs are passed over); the corners of all axes of numbers together, where
// limits on products lie. The tables over the axes found are then complete, whatever the order of their
// interaction. At the end they are compared with resolve() on random points, every value of every axis among
// them, and what a difference teaches is taken up.
#pragma once

#include "forecasts.hpp"
#include <kwhatif/grid/sweep.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace kwhatif::grid {

using Indices = std::vector<std::size_t>;  ///< of a point, one per axis

/// What is looked up: the slots, whether a point resolves, and what predictions rest on.
inline constexpr std::size_t looked_up_count = run::slot_count + 1 + ground_count;
constexpr std::size_t place_of(Ground ground) { return run::slot_count + 1 + index(ground); }

/// What resolve() says of one point.
struct PointValues {
  bool resolves = false;
  bool apart = false;       ///< not offered, which is judged by itself: nothing else is known of the point
  bool known = false;       ///< the numbers are; a run that has no place on its devices has numbers, too
  std::uint64_t fault = 0;  ///< the same for the same kinds of faults at the same places
  std::uint64_t words = 0;  ///< the same for faults in the same words: what a fault speaks of is in them
  std::array<double, looked_up_count> numbers;
  std::array<std::uint32_t, run::slot_count> spreads;  ///< as in SlotTable
};

/// Asks resolve(), and remembers what it said.
class Lookups {
 public:
  Lookups(Space& space, const catalog::Catalog& catalog);

  PointValues at(const Indices& point);
  bool resolves(const Indices& point) { return at(point).resolves; }
  /// Why a point does not resolve.
  diag::Diagnostic fault(const Indices& point);
  std::vector<diag::Diagnostic> faults(const Indices& point);
  run::ResolvedRun run(const Indices& point) const;
  /// Warnings of places, by the grid that they speak of: each value of an axis of places may have its own.
  const std::map<std::string, diag::Diagnostic>& of_places() const { return of_places_; }
  /// What the carbon intensities met count: one definition unless the user asked for rows as they are.
  const std::set<std::string>& definitions() const { return definitions_; }
  /// After axes have changed: rows are numbered anew.
  void forget() {
    known_.clear();
    failing_.clear();
    places_ = devices_ = std::nullopt;
    priced_alike_.clear();
  }
  /// The first value of the axis of regions whose prices are those of a region: its provider's.
  std::size_t first_priced_alike(std::size_t axis, std::size_t region);
  /// Whether the point's device can be had in its region, where that is asked for.
  bool obtainable(const Indices& point);
  /// Whether a slot followed from its grounds at all points so far, and was known at some.
  bool follows(std::size_t slot) const { return ((following_ & met_) >> slot & 1U) != 0; }
  void follow_nothing() { following_ = 0; }
  const std::shared_ptr<Forecasts>& forecasts() const { return forecasts_; }
  /// Points that do not resolve, one per kind of fault met.
  std::vector<Indices> failing() const {
    std::vector<Indices> out;
    for (const auto& [fault, point] : failing_) out.push_back(point);
    return out;
  }

 private:
  std::optional<diag::Diagnostic> does_not_fit(const run::ResolvedRun& run) const;
  std::optional<diag::Diagnostic> not_comparable(const run::ResolvedRun& run, const Indices& point) const;
  void look_up_offers();
  PointValues ask(const Indices& point);
  void take(const run::ResolvedRun& run, bool cooled, PointValues& out);
  std::uint32_t number_of(const uncertain::InputDistribution& distribution);

  Space& space_;
  const catalog::Catalog& catalog_;
  std::shared_ptr<Forecasts> forecasts_;
  Forecasts::Hands hands_;
  std::uint64_t following_ = 0, met_ = 0;  // slots, by bit
  std::unordered_map<std::uint64_t, PointValues> known_;
  std::optional<std::vector<std::optional<catalog::Row>>> places_,
      devices_;                            ///< of the axes, else of the run
  std::vector<std::size_t> priced_alike_;  ///< by index of the axis of regions
  bool rented_ = false;                    ///< something is rented in one of the places
  std::map<std::string, diag::Diagnostic> of_places_;
  std::set<std::string> definitions_;
  std::map<std::uint64_t, Indices> failing_;                           // by fault
  std::map<std::uint64_t, std::vector<std::uint32_t>> distributions_;  // by their median
};

/// A warning that speaks of the place alone.
inline bool is_of_place(const diag::Diagnostic& warning) {
  return warning.code == "old-value" || warning.code == "not-comparable";
}

class SpaceBuilder {
 public:
  SpaceBuilder(Space& space, const catalog::Catalog& catalog) : space_(space), lookups_(space, catalog) {}

  void build();

 private:
  static constexpr std::size_t valid = run::slot_count;  // the table that says where a run resolves
  static constexpr std::size_t nothing = static_cast<std::size_t>(-1);
  static constexpr std::size_t mending_limit = 200'000;  // lookups: values beyond stay, without results

  std::size_t random_below(std::size_t n);
  Indices random_point();

  // space_search.cpp: points that resolve
  void find_base();
  std::optional<Indices> mend(const Indices& from, std::size_t fixed);
  std::optional<Indices> home(std::size_t axis, std::size_t value);
  void start_at_an_offer();
  std::optional<Indices> at_an_offer(const Indices& from, std::size_t axis);
  std::optional<std::size_t> axis_of(run::Input input) const;
  void declare_prices();
  Indices same_price(const Indices& point, const std::vector<std::size_t>& slots);
  bool may_mend() const { return space_.lookups() - before_mending_ < mending_limit; }
  void drop_unusable();
  void drop(std::size_t axis, const std::vector<std::size_t>& values);
  const std::vector<std::size_t>& samples(std::size_t axis);
  std::vector<std::size_t> probes(std::size_t axis);
  const std::vector<std::size_t>& marks(std::size_t axis);
  std::vector<Indices> corners(const Indices& from);
  bool meet(std::size_t a, std::size_t b) const;

  // space_builder.cpp: dependencies and tables
  void find_dependencies();
  void vary(const Indices& from, std::size_t axis, const std::vector<std::size_t>& values);
  bool direct(std::size_t slot, std::size_t axis);
  SlotTable& table(std::size_t s);
  /// Whether a number of a point stands for others: what a forecast rests on does where there is one.
  static bool tells(const PointValues& values, std::size_t s) {
    const bool of_forecast = s > valid && s - valid - 1 < forecast_grounds && s != place_of(Ground::device);
    return !of_forecast || !std::isnan(values.numbers[place_of(Ground::device)]);
  }
  bool usable(const PointValues& values) const {
    return lookups_.follows(valid) ? values.known : values.resolves;
  }
  void search_dependencies();
  bool needed(std::size_t s) const;
  std::optional<Indices> somewhere_with_forecast();
  void fill_offers();
  void follow();
  std::uint64_t count_resolving() const;
  void follow(const std::vector<std::size_t>& slots, const std::set<std::size_t>& axes);
  /// Axes and strides of a table.
  void arrange(SlotTable& table, const std::set<std::size_t>& axes) const;
  /// The same with an entry for every combination of values, all absent.
  void shape(SlotTable& table, const std::set<std::size_t>& axes);
  /// Moves a point to the values that an entry of a table is of; on other axes it stays.
  void go_to(Indices& point, const SlotTable& table, std::uint64_t entry) const;
  [[noreturn]] void too_many(const std::set<std::size_t>& axes, double count);
  void fill();
  void fill(const std::set<std::size_t>& axes, const std::vector<std::size_t>& slots);
  bool agrees(const Indices& point);
  std::optional<Indices> disagreement();
  void check();
  void tell_unresolved();
  void warn_of_places();

  Space& space_;
  Lookups lookups_;
  Indices base_;
  std::optional<Indices> forecast_base_;  // one that has a forecast, where base_ has none
  std::vector<Indices> other_;            // further points that resolve
  std::map<std::pair<std::size_t, std::size_t>, Indices> homes_;  // of values that do not resolve at the base
  std::array<std::set<std::size_t>, looked_up_count> depends_;
  std::map<std::size_t, std::vector<std::size_t>> samples_, marks_;  // by axis, once asked for
  std::size_t before_mending_ = 0;
  std::uint64_t state_ = 20261123;
};

}  // namespace kwhatif::grid
