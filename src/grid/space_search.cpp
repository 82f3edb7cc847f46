// Points of a grid that resolve, and values that resolve nowhere.
#include "space_builder.hpp"
#include <kwhatif/grid/faults.hpp>
#include <kwhatif/model/memory.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace kwhatif::grid {

using run::slot_count;

namespace {

constexpr std::size_t remembered = 40'000;  // points, 16 MB
constexpr std::size_t some_numbers = 33;    // of a spaced axis: the ends and what lies between
constexpr std::size_t few_numbers = 5;      // axes of numbers up to this long are tried with all others whole
constexpr std::size_t most_corners = 64;
constexpr std::size_t most_together = 2000;  // combinations of the values that a fault speaks of
constexpr std::size_t most_kinds = 24;       // of faults that are remembered
constexpr std::size_t most_faults = 12;      // that are mended one after the other
constexpr int tries = 64;

// What decides intensity, PUE and nothing else. The year is that of the software as well, and cooling draws
// power.
bool is_place(const Axis& axis) {
  return run::info(axis.input).key.starts_with("site.") && axis.input != run::Input::year &&
         axis.input != run::Input::cooling;
}

std::vector<std::size_t> ends_of(const Axis& axis) {
  const auto [least, most] = std::minmax_element(axis.numbers.begin(), axis.numbers.end());
  return {static_cast<std::size_t>(least - axis.numbers.begin()),
          static_cast<std::size_t>(most - axis.numbers.begin())};
}

}  // namespace

bool wrong_by_itself(const diag::Diagnostic& fault) {
  constexpr std::array codes{"out-of-range", "not-a-number",   "missing-unit",
                             "wrong-unit",   "other-currency", "ambiguous-name"};
  return fault.code.starts_with("unknown-") || std::ranges::find(codes, fault.code) != codes.end();
}

namespace {

diag::Diagnostic not_offered() {
  return {.code = "not-offered",
          .message = "the device is not known to be offered there",
          .where = {},
          .help = "--unavailable takes such pairs, too"};
}

}  // namespace

Lookups::Lookups(Space& space, const catalog::Catalog& catalog)
    : space_(space),
      catalog_(catalog),
      forecasts_(std::make_shared<Forecasts>(predict::predictor(catalog), space.options_)),
      hands_(*forecasts_) {
  const SpaceOptions& options = space.options_;
  const bool alone = space.base_.stages.empty();
  for (const std::size_t s : following_slots) {
    // distributions of predictions are kept by table
    const bool may = s == slot_count ? options.must_fit || options.offered : !options.spreads;
    if (alone && may) following_ |= std::uint64_t{1} << s;
  }
}

PointValues Lookups::at(const Indices& point) {
  const std::uint64_t row = space_.row(point);
  if (const auto found = known_.find(row); found != known_.end()) return found->second;
  const PointValues out = ask(point);
  if (known_.size() < remembered) known_.emplace(row, out);
  return out;
}

run::ResolvedRun Lookups::run(const Indices& point) const {
  return run::resolve(space_.scenario(point), catalog_);
}

PointValues Lookups::ask(const Indices& point) {
  ++space_.lookups_;
  constexpr std::size_t often = 1024;
  if (space_.options_.progress && space_.lookups_ % often == 0) space_.options_.progress(space_.lookups_);
  PointValues out;
  const auto failed = [&](const std::vector<diag::Diagnostic>& faults) {
    std::string kinds;
    std::string words;
    for (const diag::Diagnostic& f : faults) {
      kinds += f.code + ' ' + std::to_string(f.where.line) + ':' + std::to_string(f.where.column) + '\n';
      words += f.message + '\n';
    }
    out.fault = std::hash<std::string>{}(kinds);
    out.words = std::hash<std::string>{}(words);
    if (failing_.size() < most_kinds) failing_.try_emplace(out.fault, point);
    return out;
  };
  // Offers and the number of devices are judged by themselves where that has always been enough.
  const bool apart = (following_ >> slot_count & 1U) != 0;
  if (!obtainable(point)) {
    out.apart = apart;
    return failed({not_offered()});
  }
  try {
    const run::Scenario scenario = space_.scenario(point);
    // defaults that a run does not need are set, too: they depend on fewer axes than the need for them
    const auto run = run::resolve(scenario, catalog_, {.unneeded = true});
    const auto unfit = space_.options_.must_fit ? does_not_fit(run) : std::nullopt;
    if (unfit && !apart) return failed({*unfit});
    if (const auto fault = not_comparable(run, point)) return failed({*fault});
    out.resolves = !unfit;
    take(run, scenario.has(run::Input::cooling), out);
    for (const std::string& id : run.sources()) space_.looked_up_.insert(id);
    if (unfit) return failed({*unfit});
    for (const diag::Diagnostic& w : run.warnings) {
      if (is_of_place(w) && run.grid) of_places_.try_emplace(std::string{run.grid->id()}, w);
    }
    if (run.intensity && run.inputs.ci())
      definitions_.insert(run.intensity->comparable() ? "the comparable one" : run.intensity->definition());
    return out;
  } catch (const diag::ScenarioError& error) {
    return failed(error.diagnostics());
  }
}

// The numbers of a run, what its predictions rest on, and whether they follow from that.
void Lookups::take(const run::ResolvedRun& run, bool cooled, PointValues& out) {
  out.known = true;
  out.numbers.fill(absent);
  out.spreads.fill(0);
  for (std::size_t s = 0; s < slot_count; ++s) {
    if (const auto v = run::slot_value(run.inputs, static_cast<run::Slot>(s))) out.numbers[s] = *v;
  }
  out.numbers[slot_count] = 0;
  if (space_.options_.spreads) {
    const uncertain::Spread spread = uncertain::spread_of(run);
    for (std::size_t s = 0; s < slot_count; ++s) {
      if (spread.inputs[s]) out.spreads[s] = number_of(*spread.inputs[s]);
    }
  }
  if (following_ == 0) return;
  auto grounds = forecasts_->take_apart(run, cooled);
  grounds[index(Ground::offered)] = 0;
  const auto number = [&](run::Slot slot) { return out.numbers[static_cast<std::size_t>(slot)]; };
  const auto& found = hands_.at({.of = grounds,
                                 .peak = number(run::Slot::peak),
                                 .tdp = number(run::Slot::tdp),
                                 .devices = number(run::Slot::devices),
                                 .resolves = 0});
  for (std::size_t k = 0; k < predicted_count; ++k) {
    const double said = out.numbers[following_slots[k]];
    const double other = Forecasts::other_than(found[k], said);
    grounds[index(Ground::other) + k] = other;
    if (!std::isnan(said) && std::isnan(other)) met_ |= std::uint64_t{1} << following_slots[k];
  }
  if (std::isnan(found[predicted_count]) == out.resolves)
    following_ &= ~(std::uint64_t{1} << slot_count);
  else if (out.resolves)
    met_ |= std::uint64_t{1} << slot_count;
  std::ranges::copy(grounds, out.numbers.begin() + static_cast<std::ptrdiff_t>(slot_count + 1));
}

// A place of a pattern whose carbon intensity cannot be compared stands outside every ranking.
std::optional<diag::Diagnostic> Lookups::not_comparable(const run::ResolvedRun& run,
                                                        const Indices& point) const {
  if (!run.intensity || run.intensity->status != run::IntensityStatus::refused) return std::nullopt;
  for (std::size_t a = 0; a < point.size(); ++a) {
    const Axis& axis = space_.axes_[a];
    const bool place = axis.input == run::Input::region || axis.input == run::Input::grid;
    if (place && axis.chosen(point[a]))
      return diag::Diagnostic{.code = "not-comparable",
                              .message = "no comparable carbon intensity: " + run.intensity->refused,
                              .help = "name the place to have it all the same"};
  }
  return std::nullopt;
}

std::vector<diag::Diagnostic> Lookups::faults(const Indices& point) {
  if (!obtainable(point)) return {not_offered()};
  try {
    const auto resolved = run(point);
    if (const auto fault = does_not_fit(resolved)) return {*fault};
    if (const auto fault = not_comparable(resolved, point)) return {*fault};
  } catch (const diag::ScenarioError& error) {
    return error.diagnostics();
  }
  throw diag::InternalError("a point of a grid resolves now and did not before");
}

diag::Diagnostic Lookups::fault(const Indices& point) { return faults(point).front(); }

// 1 + index of a distribution among those met so far.
std::uint32_t Lookups::number_of(const uncertain::InputDistribution& distribution) {
  auto& all = space_.distributions_;
  auto& alike = distributions_[std::bit_cast<std::uint64_t>(distribution.quantile(0.5))];
  for (const std::uint32_t n : alike) {
    if (all[n - 1] == distribution) return n;
  }
  all.push_back(distribution);
  alike.push_back(static_cast<std::uint32_t>(all.size()));
  return alike.back();
}

// Known models by their architecture (resolve() warns); others by the states of Adam in mixed precision
// alone.
std::optional<diag::Diagnostic> Lookups::does_not_fit(const run::ResolvedRun& run) const {
  for (const diag::Diagnostic& warning : run.warnings) {
    const bool beyond = space_.options_.within_scale && warning.code == "beyond-scale";
    if (warning.code == "does-not-fit" || beyond) return warning;
  }
  const auto memory = run.hardware ? run.hardware->number("memory") : std::nullopt;
  if (!memory || !run.inputs.active_parameters() || !run.inputs.devices()) return std::nullopt;
  const double bytes = model::state_bytes(model::Optimizer::adam, model::TrainingPrecision::mixed_16).sum();
  const double needed = model::fewest_for_states(run.inputs.active_parameters()->coherent(), bytes,
                                                 model::Memory::from_coherent(*memory));
  if (needed <= run.inputs.devices()->coherent()) return std::nullopt;
  return diag::Diagnostic{
      .code = "does-not-fit",
      .message = "weights, gradients and optimizer states do not fit into the devices' memory",
      .where = {},
      .help = "more devices, or devices with more memory"};
}

std::size_t SpaceBuilder::random_below(std::size_t n) {
  state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
  return static_cast<std::size_t>((state_ >> 33U) % n);
}

Indices SpaceBuilder::random_point() {
  Indices out;
  for (const Axis& axis : space_.axes_) out.push_back(random_below(axis.size()));
  return out;
}

// Do two axes meet in resolve()? The place and everything else do not; both are tried on a few points anyway.
bool SpaceBuilder::meet(std::size_t a, std::size_t b) const {
  return a != b && is_place(space_.axes_[a]) == is_place(space_.axes_[b]);
}

// Values that stand for an axis: all names; of many numbers the ends and what lies between.
const std::vector<std::size_t>& SpaceBuilder::samples(std::size_t a) {
  auto& out = samples_[a];
  if (!out.empty()) return out;
  const Axis& axis = space_.axes_[a];
  const std::size_t n = axis.size();
  const std::size_t count = axis.numeric() ? std::min(n, some_numbers) : n;
  for (std::size_t i = 0; i < count; ++i) out.push_back(count == 1 ? 0 : i * (n - 1) / (count - 1));
  if (count == n) return out;
  const auto ends = ends_of(axis);
  out.insert(out.end(), ends.begin(), ends.end());
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// Values of an axis that are looked at one by one: these, and all numbers that were written out.
std::vector<std::size_t> SpaceBuilder::probes(std::size_t a) {
  const Axis& axis = space_.axes_[a];
  auto out = samples(a);
  if (out.size() == axis.size()) return out;
  for (std::size_t i = 0; i < axis.texts.size(); ++i) {
    if (!axis.texts[i].empty()) out.push_back(i);
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// Values that are tried together with those of other axes: all names; the ends of an axis of numbers, where
// what is right or wrong along it shows. Years and the like are names written in digits.
const std::vector<std::size_t>& SpaceBuilder::marks(std::size_t a) {
  auto& out = marks_[a];
  if (!out.empty()) return out;
  const Axis& axis = space_.axes_[a];
  const bool whole = run::info(axis.input).type == run::InputType::whole;
  const bool all = !axis.numeric() || axis.size() <= (whole ? some_numbers : few_numbers);
  return out = all ? samples(a) : ends_of(axis);
}

// The point with the axes of numbers at their ends, in all combinations or in many.
std::vector<Indices> SpaceBuilder::corners(const Indices& from) {
  std::vector<std::size_t> axes;
  for (std::size_t a = 0; a < from.size(); ++a) {
    if (space_.axes_[a].numeric()) axes.push_back(a);
  }
  const bool all = axes.size() < 7;  // 2^6 is most_corners
  std::vector<Indices> out;
  for (std::size_t c = 0; c < (all ? std::size_t{1} << axes.size() : most_corners); ++c) {
    Indices point = from;
    for (std::size_t k = 0; k < axes.size(); ++k) {
      const auto& ends = marks(axes[k]);
      const bool high = all ? (c >> k & 1U) != 0 : random_below(2) == 1;
      point[axes[k]] = high ? ends.back() : ends.front();
    }
    out.push_back(std::move(point));
  }
  return out;
}

// A point that resolves, found from one that does not by mending fault after fault. First the other axes are
// changed one by one, then those together whose change changes the words of the fault: it speaks of them.
// Where a change meets another kind of fault, the search goes on from there.
std::optional<Indices> SpaceBuilder::mend(const Indices& from, std::size_t fixed) {
  std::set<std::uint64_t> met{lookups_.at(from).fault};
  std::deque<Indices> next{from};
  std::optional<Indices> found;
  const auto try_point = [&](Indices point) {
    if (fixed != nothing) point[fixed] = from[fixed];
    const auto values = lookups_.at(point);
    if (values.resolves)
      found = point;
    else if (met.insert(values.fault).second && met.size() <= most_faults)
      next.push_back(std::move(point));
    return values.resolves;
  };
  for (int i = 0; i < tries / 2; ++i) {
    if (try_point(random_point())) return found;
  }
  for (; !next.empty(); next.pop_front()) {
    const Indices point = next.front();
    const std::uint64_t words = lookups_.at(point).words;
    std::vector<std::size_t> spoken_of;
    std::size_t together = 1;
    for (std::size_t b = 0; b < point.size(); ++b) {
      if (b == fixed || (fixed != nothing && !meet(fixed, b))) continue;
      bool changes = false;
      for (const std::size_t i : samples(b)) {
        Indices changed = point;
        changed[b] = i;
        changes = changes || lookups_.at(changed).words != words;
        if (i != point[b] && try_point(std::move(changed))) return found;
      }
      if (!changes) continue;
      spoken_of.push_back(b);
      together = std::min(most_together + 1, together * marks(b).size());
    }
    if (spoken_of.size() > 1) {
      const bool all = together <= most_together;
      for (std::size_t k = 0; k < std::min(together, most_together); ++k) {
        Indices changed = point;
        std::size_t rest = k;
        for (const std::size_t b : spoken_of) {
          const auto& values = marks(b);
          changed[b] = values[all ? rest % values.size() : random_below(values.size())];
          rest /= values.size();
        }
        if (try_point(std::move(changed))) return found;
      }
    }
    for (Indices& corner : corners(point)) {
      if (try_point(std::move(corner))) return found;
    }
  }
  return std::nullopt;
}

void SpaceBuilder::find_base() {
  base_.assign(space_.axes_.size(), 0);
  start_at_an_offer();
  const Indices first = base_;
  for (int i = 0; i < tries && !lookups_.resolves(base_); ++i) base_ = random_point();
  for (int i = 0; i < 4 && !lookups_.resolves(base_); ++i) {
    const auto mended = mend(i == 0 ? first : random_point(), nothing);
    if (mended) base_ = *mended;
  }
  if (!lookups_.resolves(base_)) throw diag::ScenarioError(lookups_.faults(first));
  space_.sample_ = std::make_shared<run::ResolvedRun>(lookups_.run(base_));
  space_.warnings_ = space_.sample_->warnings;
  other_.clear();
  for (int k = 0; k < tries && other_.size() < 2; ++k) {
    const Indices point = random_point();
    if (lookups_.resolves(point)) other_.push_back(point);
  }
}

// A point that resolves with one value of one axis; as near to the base as there is.
std::optional<Indices> SpaceBuilder::home(std::size_t a, std::size_t i) {
  Indices at_base = base_;
  at_base[a] = i;
  if (lookups_.resolves(at_base)) return at_base;
  if (const auto known = homes_.find({a, i}); known != homes_.end()) return known->second;
  std::optional<Indices> out;
  for (const Indices& other : other_) {
    Indices point = other;
    point[a] = i;
    if (!out && lookups_.resolves(point)) out = point;
  }
  if (!out) out = at_an_offer(at_base, a);
  if (!out && may_mend()) out = mend(at_base, a);
  if (out) homes_.emplace(std::pair{a, i}, *out);
  return out;
}

// Values that resolve nowhere are left out and told; what the user wrote is an error where it is wrong by
// itself.
void SpaceBuilder::drop_unusable() {
  bool dropped = false;
  before_mending_ = space_.lookups();
  for (std::size_t a = 0; a < space_.axes_.size(); ++a) {
    const Axis& axis = space_.axes_[a];
    std::vector<std::size_t> unusable;
    LeftOut record{.axis = a, .count = 0, .example = {}, .values = {}};
    for (const std::size_t i : probes(a)) {
      if (home(a, i) || !may_mend()) continue;
      Indices point = base_;
      point[a] = i;
      const auto faults = lookups_.faults(point);
      if (!axis.chosen(i) && std::ranges::any_of(faults, wrong_by_itself)) throw diag::ScenarioError(faults);
      if (record.count++ == 0) record.example = axis.text(i) + ": " + faults.front().message;
      record.values.push_back(axis.text(i));
      unusable.push_back(i);
    }
    if (record.count == 0) continue;
    space_.left_out_.push_back(std::move(record));
    drop(a, unusable);
    dropped = true;
  }
  if (dropped) find_base();  // the first values are what the sample shows
}

// Leaves out values of an axis; the points that are known move with the rest.
void SpaceBuilder::drop(std::size_t a, const std::vector<std::size_t>& values) {
  space_.axes_[a].drop(values);
  const auto before = [&](std::size_t i) {
    return static_cast<std::size_t>(std::lower_bound(values.begin(), values.end(), i) - values.begin());
  };
  base_[a] -= before(base_[a]);
  for (Indices& point : other_) point[a] -= before(point[a]);
  auto homes = std::move(homes_);
  homes_.clear();
  for (auto& [which, point] : homes) {
    point[a] -= before(point[a]);
    homes_.emplace(
        std::pair{which.first, which.first == a ? which.second - before(which.second) : which.second},
        std::move(point));
  }
  samples_.clear();
  marks_.clear();
  lookups_.forget();
}

}  // namespace kwhatif::grid
