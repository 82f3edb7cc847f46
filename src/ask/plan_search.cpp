#include "plan_front.hpp"
#include <kwhatif/ask/plan_search.hpp>
#include <kwhatif/grid/confidence.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <unordered_map>

namespace kwhatif::ask {

namespace {

constexpr std::size_t listed = 8;

// The row whose work may grow most until the first upper limit is reached.
class GrowthSink : public grid::Sink {
 public:
  /// @param surely  null, or what knows the factor in a share of the draws: growth(row, at least this much)
  GrowthSink(const grid::Kernel& kernel, const std::vector<grid::Limit>& limits,
             std::function<double(std::uint64_t, double)> surely)
      : surely_(std::move(surely)) {
    const auto& results = kernel.results();
    for (const grid::Limit& limit : limits)
      bounds_.push_back(
          {static_cast<std::size_t>(std::ranges::find(results, limit.result) - results.begin()), limit});
  }
  struct GrowthPart : grid::Part {
    GrowthSink* sink = nullptr;
    grid::Ranked best = {0, ~std::uint64_t{0}};
    void take(const grid::Block& block, const double* const* columns, const unsigned char*) override {
      for (std::size_t i = 0; i < block.lanes; ++i) {
        double factor = std::numeric_limits<double>::infinity();
        for (const auto& [column, limit] : sink->bounds_)
          factor = std::min(factor, grid::room_for_growth(limit, columns[column][i]));
        if (sink->surely_ && factor > 0 && std::isfinite(factor))
          factor = sink->surely_(block.row(i), best.value);
        enter({factor, block.row(i)});
      }
    }
    void enter(const grid::Ranked& r) {
      if (r.value > best.value || (r.value == best.value && r.row < best.row)) best = r;
    }
  };
  std::unique_ptr<grid::Part> part() override {
    auto out = std::make_unique<GrowthPart>();
    out->sink = this;
    return out;
  }
  void commit(grid::Part& part) override {
    const grid::Ranked& more = static_cast<GrowthPart&>(part).best;
    if (more.value > best.value || (more.value == best.value && more.row < best.row)) best = more;
  }
  std::uint64_t task_points() const override {
    return surely_ ? std::uint64_t{1} << 12U : grid::Sink::task_points();
  }
  grid::Ranked best = {0, ~std::uint64_t{0}};

 private:
  std::function<double(std::uint64_t, double)> surely_;
  std::vector<std::pair<std::size_t, grid::Limit>> bounds_;
};

class Planner {
 public:
  Planner(std::vector<grid::Space> spaces, const PlanGoal& goal, const catalog::Catalog& catalog,
          const Watch& watch)
      : begin_(spaces), spaces_(std::move(spaces)), goal_(goal), catalog_(catalog), watch_(watch) {}

  PlanFound run() {
    for (const grid::Space& space : spaces_) answer_.points += space.size();
    if (goal_.grow)
      grow();
    else
      search();
    if (!answer_.best && !answer_.stopped) explain_failure();
    tell_results();
    answer_.spaces = std::move(spaces_);
    return std::move(answer_);
  }

 private:
  bool surely() const { return goal_.confidence > 0 && !goal_.limits.empty(); }
  // The limits that a search tries on central values: none where draws decide.
  std::vector<grid::Limit> central(const std::vector<grid::Limit>& limits) const {
    return surely() ? std::vector<grid::Limit>{} : limits;
  }
  bool evaluate(const grid::Kernel& kernel, grid::Sink& sink, const std::vector<grid::Limit>& limits) {
    grid::WalkOptions options{.threads = watch_.workers(), .limits = central(limits), .stop = watch_.stop};
    if (watch_.progress && !goal_.grow)
      options.progress = [&](std::uint64_t points) {
        watch_.progress(std::min(total_, done_ + points), total_);
      };
    const bool whole = grid::walk(kernel, sink, options);
    done_ = std::min(total_, done_ + kernel.space().size());
    answer_.stopped = answer_.stopped || !whole;
    return whole;
  }

  // Whether rows of a grid keep limits in the share of draws asked for; every row is judged once.
  class Judge {
   public:
    Judge(const grid::Space& space, const std::vector<grid::Limit>& limits, double confidence)
        : confidence_(space, limits), enough_(confidence) {}
    bool operator()(std::uint64_t row) {
      {
        const std::lock_guard lock(mutex_);
        if (const auto known = known_.find(row); known != known_.end()) return known->second;
      }
      const bool keeps = confidence_.share(row, enough_) >= enough_;
      const std::lock_guard lock(mutex_);
      return known_.emplace(row, keeps).first->second;
    }

   private:
    grid::Confidence confidence_;
    double enough_;
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, bool> known_;
  };

  // Null where central values decide.
  std::shared_ptr<Judge> judge(std::size_t space, const std::vector<grid::Limit>& limits) const {
    if (!surely() || limits.empty()) return nullptr;
    return std::make_shared<Judge>(spaces_[space], limits, goal_.confidence);
  }
  static void ask(grid::ChoosingSink& sink, const std::shared_ptr<Judge>& judge) {
    if (judge) sink.accept = [judge](std::uint64_t row) { return (*judge)(row); };
  }

  std::size_t objective() const {
    return goal_.largest_model ? *grid::result_named("flops") : goal_.minimize;
  }

  void search() {
    const bool largest = goal_.largest_model;
    const double sign = largest ? -1 : 1;
    const auto better = [&](const PlanPoint& a, const PlanPoint& b) {
      return sign * a.value < sign * b.value;
    };
    for (std::size_t s = 0; s < spaces_.size(); ++s) {
      judges_.push_back(judge(s, goal_.limits));
      total_ += spaces_[s].size() * searches(spaces_[s]);
    }
    for (std::size_t s = 0; s < spaces_.size(); ++s) {
      std::vector<std::size_t> results{objective()};
      grid::add_results(results, goal_.limits);
      const grid::Kernel kernel(spaces_[s], results, true);
      grid::TopSink top(kernel, 0, 1, largest);
      ask(top, judges_[s]);
      if (!evaluate(kernel, top, goal_.limits)) return;
      for (const grid::Ranked& r : top.best()) {
        const PlanPoint point{.space = s, .row = r.row, .value = r.value};
        if (!answer_.best || better(point, *answer_.best)) answer_.best = point;
      }
      for (std::size_t a = 0; a < spaces_[s].axes().size(); ++a) {
        const auto input = spaces_[s].axes()[a].input;
        if (!compared(input)) continue;
        const grid::Kernel apart(spaces_[s], results, true, {a});
        grid::GroupSink sink(apart, 0, {a}, largest ? grid::Reduce::max : grid::Reduce::min);
        sink.counts = false;
        ask(sink, judges_[s]);
        if (!evaluate(apart, sink, goal_.limits)) return;
        const auto groups = sink.groups();
        auto& list = input == run::Input::hardware ? answer_.by_hardware : answer_.by_region;
        for (std::size_t g = 0; g < groups.size(); ++g) {
          const grid::Group& found = groups[g];
          if (std::isnan(found.best.value)) continue;
          const PlanPoint point{.space = s, .row = found.best.row, .value = found.best.value};
          // a place may be in several grids: once, with its best
          const std::string name = spaces_[s].axes()[a].text(g);
          const auto same =
              std::ranges::find_if(list, [&](const PlanPoint& p) { return value_on(p, input) == name; });
          if (same == list.end())
            list.push_back(point);
          else if (better(point, *same))
            *same = point;
        }
      }
      if (goal_.front && !collect_front(s)) return;
    }
    if (answer_.best) settle_place(*answer_.best);
    for (PlanPoint& point : answer_.by_hardware) settle_place(point);
    for (auto* list : {&answer_.by_hardware, &answer_.by_region}) {
      // equal ones by their CO2e
      std::vector<std::pair<double, PlanPoint>> keyed;
      for (const PlanPoint& point : *list) keyed.emplace_back(co2e_of(point), point);
      std::ranges::stable_sort(keyed, [&](const auto& a, const auto& b) {
        return better(a.second, b.second) || (a.second.value == b.second.value && a.first < b.first);
      });
      if (keyed.size() > listed) keyed.resize(listed);
      list->clear();
      for (const auto& [mass, point] : keyed) list->push_back(point);
    }
    finish_front();
  }

  double co2e_of(const PlanPoint& point) const {
    const auto inputs = spaces_[point.space].inputs(spaces_[point.space].indices(point.row));
    constexpr double unknown = std::numeric_limits<double>::infinity();
    return inputs ? grid::result_value(run::estimate(*inputs), *grid::result_named("co2e")).value_or(unknown)
                  : unknown;
  }

  // Where the objective does not care for the place (money), the place with the least CO2e is taken.
  void settle_place(PlanPoint& point) const {
    const grid::Space& space = spaces_[point.space];
    auto at = space.indices(point.row);
    double least = co2e_of(point);
    for (std::size_t a = 0; a < at.size(); ++a) {
      const auto input = space.axes()[a].input;
      if (input != run::Input::region && input != run::Input::grid) continue;
      for (std::size_t i = 0; i < space.axes()[a].size(); ++i) {
        at[a] = i;
        const auto inputs = space.inputs(at);
        if (!inputs) continue;
        const auto result = run::estimate(*inputs);
        const auto mass = grid::result_value(result, *grid::result_named("co2e"));
        if (grid::result_value(result, objective()) != point.value || !mass || *mass >= least) continue;
        if (!keeps(point.space, space.row(at), result)) continue;
        least = *mass;
        point.row = space.row(at);
      }
    }
  }

  bool keeps(std::size_t s, std::uint64_t row, const run::RunEstimate<double>& result) const {
    if (surely()) return (*judges_[s])(row);
    return std::ranges::all_of(goal_.limits, [&](const grid::Limit& l) {
      const auto v = grid::result_value(result, l.result);
      return v && l.holds(*v);
    });
  }

  std::string value_on(const PlanPoint& point, run::Input input) const {
    const grid::Space& space = spaces_[point.space];
    const auto at = space.indices(point.row);
    for (std::size_t a = 0; a < at.size(); ++a) {
      if (space.axes()[a].input == input) return space.axes()[a].text(at[a]);
    }
    return {};
  }

  static bool compared(run::Input input) {
    return input == run::Input::hardware || input == run::Input::region;
  }
  // How often search() goes through a grid.
  std::uint64_t searches(const grid::Space& space) const {
    const auto groups =
        std::ranges::count_if(space.axes(), [](const grid::Axis& axis) { return compared(axis.input); });
    return 1 + static_cast<std::uint64_t>(groups) + (goal_.front ? 1 : 0);
  }

  // The front of one grid; false where the search was stopped.
  bool collect_front(std::size_t s) {
    std::vector<std::size_t> results(goal_.front->begin(), goal_.front->end());
    grid::add_results(results, goal_.limits);
    const grid::Kernel kernel(spaces_[s], results, true);
    std::vector<KeptRow> found;
    if (spaces_[s].size_estimate() <= static_cast<double>(kept_for_front)) {
      KeepingSink sink({0, 1, 2});
      if (!evaluate(kernel, sink, goal_.limits)) return false;
      std::function<bool(std::uint64_t)> accept;
      if (judges_[s]) accept = [&](std::uint64_t row) { return !wanted_to_stop() && (*judges_[s])(row); };
      found = front_of(std::move(sink.points), accept);
      answer_.stopped = wanted_to_stop();
    } else if (!search_front(s, kernel, found)) {
      return false;
    }
    for (KeptRow& p : found) {
      owners_.push_back({s, p.row});
      p.row = owners_.size() - 1;  // rows of different grids are told apart
      front_.push_back(p);
    }
    return !answer_.stopped;
  }

  bool wanted_to_stop() const { return watch_.stop != nullptr && watch_.stop->load(); }

  // Of a grid too large to keep: given up where the front gets long, because every point is compared with
  // all.
  bool search_front(std::size_t s, const grid::Kernel& kernel, std::vector<KeptRow>& found) {
    std::atomic<bool> stop{false};
    std::atomic<std::size_t> entered{0};
    grid::ParetoSink sink(kernel, {0, 1, 2});
    sink.accept = [&](std::uint64_t row) {
      if (wanted_to_stop() || ++entered > longest_searched_front) stop = true;
      return !stop && (!judges_[s] || (*judges_[s])(row));
    };
    const grid::WalkOptions options{
        .threads = watch_.workers(), .limits = central(goal_.limits), .stop = &stop};
    const bool whole = grid::walk(kernel, sink, options);
    answer_.stopped = wanted_to_stop();
    answer_.front_too_long = answer_.front_too_long || (!whole && !answer_.stopped);
    if (!whole) return !answer_.stopped;
    for (const grid::FrontPoint& p : sink.front())
      found.push_back({{p.values[0], p.values[1], p.values[2]}, p.row});
    return true;
  }

  void finish_front() {
    if (answer_.front_too_long) return;
    std::vector<grid::FrontPoint> points;
    for (const KeptRow& p : front_of(std::move(front_)))
      points.push_back({.values = {p.values.begin(), p.values.end()}, .row = p.row});
    const auto bends = grid::knees(points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const auto& [space, row] = owners_[points[i].row];
      answer_.front.push_back({.space = space,
                               .row = row,
                               .value = points[i].values.front(),
                               .knee = std::ranges::find(bends, i) != bends.end()});
    }
  }

  // The point of the grids that may grow most, by which factor. Nothing where none has all results.
  std::optional<PlanPoint> most_growth() {
    std::optional<PlanPoint> best;
    for (std::size_t s = 0; s < spaces_.size(); ++s) {
      std::vector<std::size_t> results;
      grid::add_results(results, goal_.limits);
      const grid::Kernel kernel(spaces_[s], results, true);
      std::optional<grid::Confidence> draws;
      std::function<double(std::uint64_t, double)> surely_by;
      if (surely()) {
        draws.emplace(spaces_[s], goal_.limits);
        surely_by = [&](std::uint64_t row, double enough) {
          return draws->growth(row, goal_.confidence, enough);
        };
      }
      GrowthSink sink(kernel, goal_.limits, surely_by);
      if (!evaluate(kernel, sink, {})) return std::nullopt;
      if (sink.best.value > 0 && (!best || sink.best.value > best->value))
        best = PlanPoint{.space = s, .row = sink.best.row, .value = sink.best.value};
    }
    return best;
  }

  // Results grow with the work nearly in proportion, so the next value to try is the factor away; utilisation
  // follows the work a little and memory ends it, so the answer is enclosed and halved where that misses. The
  // grids are made anew for every value tried: what is accepted is accepted at that value by estimate().
  void grow() {
    refuse_many_lookups();
    const std::uint64_t each = lookups();
    constexpr double close = 1e-9;
    constexpr double step = 1e-12;
    double high = std::numeric_limits<double>::infinity();
    double low = 0;
    std::vector<grid::Space> spaces_at_low;
    double value = start();
    for (std::uint64_t i = 0; i < growth_tries && value >= 1 && !answer_.stopped; ++i) {
      if (watch_.progress) watch_.progress(i * each, growth_tries * each);
      const bool valid = move_to(value);
      const auto found = valid ? most_growth() : std::nullopt;
      double next = found ? std::floor(value * found->value) : 0;
      if (found && found->value >= 1) {
        low = value;
        answer_.best = PlanPoint{.space = found->space, .row = found->row, .value = value};
        spaces_at_low = spaces_;
        const bool without_end = std::isinf(found->value) || next > most_ever;
        // memory ends the parameters where no limit does
        answer_.unlimited = without_end && *goal_.grow == run::Input::tokens;
        if (answer_.unlimited) break;
        if (without_end) next = std::min(high, most_ever);
        if (high == std::numeric_limits<double>::infinity() ? next <= low * (1 + close)
                                                            : high <= low * (1 + close) + 1)
          break;
        if (next <= low || next >= high) next = std::floor(std::sqrt(low * high));
      } else {
        high = value;
        if (low > 0 && high <= low * (1 + close) + 1) break;
        next = std::min(next, std::floor(value * (1 - step)));
        if (next <= low) next = low > 0 ? std::floor(std::sqrt(low * high)) : std::floor(value / most_step);
      }
      if (next == low || next == value) break;
      value = next;
    }
    if (answer_.best) spaces_ = std::move(spaces_at_low);
  }

  std::uint64_t lookups() const {
    std::uint64_t out = 0;
    for (const grid::Space& space : begin_) out += space.lookups();
    return out;
  }
  void refuse_many_lookups() const {
    if (lookups() * growth_tries <= growth_lookups) return;
    diag::refuse(
        "too-many-lookups",
        "the search for the most would look up " + std::to_string(lookups()) +
            " runs for every value that it tries, " + std::to_string(growth_tries) + " of them",
        {},
        "at most " + std::to_string(growth_lookups / growth_tries) +
            ": use fewer values on the axes, or give the utilisation and the power (--mfu, --power)");
  }

  static constexpr double most_step = 1000;
  static constexpr double most_ever = 1e30;  // beyond this no limit is meant to bind

  double start() const {
    for (const grid::Space& space : begin_) {
      const auto v = run::slot_value(space.sample().inputs, *goal_.grow == run::Input::tokens
                                                                ? run::Slot::tokens
                                                                : run::Slot::active_parameters);
      if (v) return *v;
    }
    return 0;
  }

  // The grids at another value of what grows; false where nothing resolves there.
  bool move_to(double value) {
    const run::Given given{
        quantity::fixed(std::floor(value), 0), {}, "--" + std::string{run::info(*goal_.grow).flag}};
    std::vector<grid::Space> moved;
    for (const grid::Space& space : begin_) {
      try {
        moved.push_back(space.with(*goal_.grow, given, catalog_));
      } catch (const diag::ScenarioError&) {  // nothing of this grid can be run at this value
      }
    }
    if (moved.empty()) return false;
    spaces_ = std::move(moved);
    return true;
  }

  void explain_failure() {
    find_without();
    if (answer_.without) return;
    for (std::size_t k = 0; k < goal_.limits.size(); ++k) {
      Binding binding;
      binding.limit = goal_.limits[k];
      std::vector<grid::Limit> others = goal_.limits;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
      nearest(binding, others);
      if (!binding.nearest) nearest(binding, {});
      binding.alone = !binding.nearest || others.empty() || !reachable(goal_.limits[k]);
      if (binding.alone && !others.empty()) {  // then the least of all is what to compare with
        binding.nearest.reset();
        nearest(binding, {});
      }
      answer_.bindings.push_back(binding);
    }
  }

  // A run that keeps all limits, though it cannot be the answer.
  void find_without() {
    for (std::size_t s = 0; s < spaces_.size() && !goal_.grow; ++s) {
      std::vector<std::size_t> results;
      grid::add_results(results, goal_.limits);
      if (results.empty()) results.push_back(*grid::result_named("device-hours"));
      const grid::Kernel kernel(spaces_[s], results, true);
      grid::TopSink top(kernel, 0, 1);
      ask(top, judges_[s]);
      if (!evaluate(kernel, top, goal_.limits) || top.best().empty()) continue;
      answer_.without = PlanPoint{.space = s, .row = top.best().front().row};
      return;
    }
  }

  // The run with the least of the limit's result among those that keep the others; with a confidence the
  // least that is kept in that share of draws, among the many with the least central value.
  void nearest(Binding& binding, const std::vector<grid::Limit>& others) {
    constexpr std::size_t many = 4096;
    const double sign = wants_more(binding.limit) ? -1 : 1;
    for (std::size_t s = 0; s < spaces_.size(); ++s) {
      std::vector<std::size_t> results{binding.limit.result};
      grid::add_results(results, others);
      const grid::Kernel kernel(spaces_[s], results, true);
      grid::TopSink top(kernel, 0, surely() ? many : 1, wants_more(binding.limit));
      ask(top, judge(s, others));
      if (!evaluate(kernel, top, others)) return;
      std::optional<grid::Confidence> draws;
      if (surely()) draws.emplace(spaces_[s], std::vector<grid::Limit>{binding.limit});
      for (const grid::Ranked& r : top.best()) {
        const double value = draws ? draws->value_at(r.row, 0, goal_.confidence) : r.value;
        if (binding.nearest && sign * binding.value <= sign * value) continue;
        binding.nearest = PlanPoint{.space = s, .row = r.row, .value = r.value};
        binding.value = value;
      }
    }
  }

  static bool wants_more(const grid::Limit& limit) {
    return limit.compare == grid::Limit::Compare::at_least || limit.compare == grid::Limit::Compare::more;
  }

  bool reachable(const grid::Limit& limit) {
    for (std::size_t s = 0; s < spaces_.size(); ++s) {
      const grid::Kernel kernel(spaces_[s], {limit.result}, true);
      grid::TopSink top(kernel, 0, 1, wants_more(limit));
      ask(top, judge(s, {limit}));
      if (!evaluate(kernel, top, {limit})) return false;
      if (!top.best().empty()) return true;
    }
    return false;
  }

  // What is told of a point: its results, and how surely it keeps the limits.
  void tell_results() {
    std::vector<std::unique_ptr<grid::Confidence>> draws;
    if (surely()) {
      for (const grid::Space& space : spaces_)
        draws.push_back(std::make_unique<grid::Confidence>(space, goal_.limits));
    }
    const auto tell = [&](PlanPoint& point) {
      const grid::Space& space = spaces_[point.space];
      if (const auto inputs = space.inputs(space.indices(point.row))) point.result = run::estimate(*inputs);
      if (surely()) point.share = draws[point.space]->share(point.row);
    };
    if (answer_.best) tell(*answer_.best);
    if (answer_.without) tell(*answer_.without);
    for (auto* list : {&answer_.by_hardware, &answer_.by_region, &answer_.front}) {
      for (PlanPoint& point : *list) tell(point);
    }
    for (Binding& binding : answer_.bindings) {
      if (binding.nearest) tell(*binding.nearest);
    }
  }

  std::vector<grid::Space> begin_;   // as given
  std::vector<grid::Space> spaces_;  // where the search is
  const PlanGoal& goal_;
  const catalog::Catalog& catalog_;
  const Watch& watch_;
  PlanFound answer_;
  std::uint64_t done_ = 0, total_ = 0;          // points looked at, of all searches
  std::vector<std::shared_ptr<Judge>> judges_;  // of all limits, per space; null where central values decide
  std::vector<KeptRow> front_;
  std::vector<std::pair<std::size_t, std::uint64_t>> owners_;
};

}  // namespace

PlanFound search(std::vector<grid::Space> spaces, const PlanGoal& goal, const catalog::Catalog& catalog,
                 const Watch& watch) {
  return Planner{std::move(spaces), goal, catalog, watch}.run();
}

}  // namespace kwhatif::ask
