#include "boxes.hpp"
#include "refuse.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/shard.hpp>
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <exception>
#include <mutex>

namespace kwhatif::grid {

bool Limit::holds(double value) const {
  switch (compare) {
    case Compare::at_most:
      return value <= bound;
    case Compare::less:
      return value < bound;
    case Compare::at_least:
      return value >= bound;
    case Compare::more:
      return value > bound;
  }
  return false;
}

namespace {

std::string_view example_of(const quantity::Dimension& dimension) {
  namespace dim = quantity::dim;
  if (dimension == dim::time) return "30 days";
  if (dimension == dim::device_time) return "100k device-h";
  if (dimension == dim::energy) return "50 MWh";
  if (dimension == dim::co2e) return "5 t";
  if (dimension == dim::money) return "2M$";
  if (dimension == dim::device_power) return "800 W";
  if (dimension == dim::device_flop_rate) return "300 TFLOP/s";
  return dimension == dim::flop ? "1e23" : "0.4";
}

// A value as it is read back from the text that stands for it in our output. A rounding or two away from the
// value where its unit is not the coherent one: doubles of one unit do not all have doubles of their own in
// another.
double read_back(std::size_t result, double coherent) {
  const std::string text =
      quantity::shortest(machine_value(result, coherent)) + ' ' + std::string{result_info(result).unit};
  return quantity::parse(text, {.dimension = result_dimension(result), .bare_number = true}).value.coherent;
}

// A row is judged by the number that our output shows for it, so that a limit copied from there keeps or
// leaves out its row as written: the bound that does so for values as they are.
double bound_as_shown(std::size_t result, double limit, Limit::Compare compare) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (result_info(result).unit.empty() || limit == 0) return limit;
  // the largest value shown as at most the limit, or the smallest shown as at least it
  const bool largest = compare == Limit::Compare::at_most || compare == Limit::Compare::more;
  const double onward = largest ? infinity : 0;
  const double back = largest ? 0 : infinity;
  const auto within = [&](double value) {
    return largest ? read_back(result, value) <= limit : read_back(result, value) >= limit;
  };
  double bound = limit;
  constexpr int most_roundings = 64;
  for (int i = 0; i < most_roundings && !within(bound); ++i) bound = std::nextafter(bound, back);
  for (int i = 0; i < most_roundings; ++i) {
    const double next = std::nextafter(bound, onward);
    if (!std::isfinite(next) || !within(next)) break;
    bound = next;
  }
  return bound;
}

// Results are never below zero, so a limit below zero is a slip.
double bound_of(const run::Given& given, std::size_t result, std::string_view text, const std::string& named,
                Limit::Compare compare) {
  const auto dimension = result_dimension(result);
  const auto parsed = quantity::parse(text, {.dimension = dimension,
                                             .bare_number = quantity::may_be_bare(dimension),
                                             .example = example_of(dimension)});
  if (!parsed.ok) refuse(given, parsed.fault.code, named + ": " + parsed.fault.message, parsed.fault.help);
  if (parsed.value.coherent < 0)
    refuse(given, "out-of-range", named + ": a value below zero",
           std::string{result_info(result).label} + " is never below zero");
  return bound_as_shown(result, parsed.value.coherent, compare);
}

constexpr std::string_view condition_help =
    "write for example 'time<=30d and cost<=2M$': a result, one of <= < >= >, a value; 'and' between "
    "conditions";

}  // namespace

std::vector<Limit> read_limits(const run::Given& given) {
  std::vector<Limit> out;
  std::string_view rest = given.text;
  while (true) {
    const auto end = rest.find(" and ");
    const std::string_view part = diag::trimmed(rest.substr(0, end));
    const auto at = part.find_first_of("<>=!");
    if (at == std::string_view::npos || at == 0 || part[at] == '=' || part[at] == '!' ||
        part.find_first_of(",;<>&|", at + 1) != std::string_view::npos)
      refuse(given, "bad-condition", "'" + std::string{part.substr(0, 60)} + "' is no condition",
             std::string{condition_help});
    const std::string_view name = diag::trimmed(part.substr(0, at));
    std::string_view bound = part.substr(at + 1);
    Limit limit;
    limit.text = part;
    const bool equal = !bound.empty() && bound.front() == '=';
    if (equal) bound.remove_prefix(1);
    limit.compare = part[at] == '<' ? (equal ? Limit::Compare::at_most : Limit::Compare::less)
                                    : (equal ? Limit::Compare::at_least : Limit::Compare::more);
    const auto result = result_named(name);
    if (!result) refuse_result(given, name);
    limit.result = *result;
    limit.bound = bound_of(given, *result, diag::trimmed(bound), limit.text, limit.compare);
    out.push_back(std::move(limit));
    if (end == std::string_view::npos) return out;
    rest.remove_prefix(end + 5);
  }
}

Limit upper_limit(const run::Given& given, std::string_view result) {
  Limit limit;
  limit.result = *result_named(result);
  limit.bound = bound_of(given, limit.result, given.text, given.named, limit.compare);
  limit.text = std::string{result} + "<=" + given.text;
  return limit;
}

void refuse_result(const run::Given& given, std::string_view name) {
  const auto names = result_names();
  const std::string near = diag::did_you_mean(name, names);
  refuse(given, "unknown-result", "no result '" + std::string{name.substr(0, 40)} + "'",
         near + (near.empty() ? "" : " ") + "results: energy, co2e, time, cost, device-hours, flops …");
}

void add_results(std::vector<std::size_t>& results, const std::vector<Limit>& limits) {
  for (const Limit& limit : limits) {
    if (std::ranges::find(results, limit.result) == results.end()) results.push_back(limit.result);
  }
}

namespace {

// Applies the limits to blocks on the way into a part.
class Filter {
 public:
  Filter(const Kernel& kernel, const std::vector<Limit>& limits) {
    const auto& results = kernel.results();
    for (const Limit& limit : limits) {
      const auto at = std::ranges::find(results, limit.result);
      if (at == results.end()) throw diag::InternalError("a limit on a result that is not evaluated");
      checks_.push_back({static_cast<std::size_t>(at - results.begin()), limit});
    }
    columns_.resize(results.size());
    pointers_.resize(results.size());
    keep_.resize(Kernel::block_lanes);
    for (auto& c : columns_) c.resize(checks_.empty() ? 0 : Kernel::block_lanes);
    for (std::size_t k = 0; k < columns_.size(); ++k) pointers_[k] = columns_[k].data();
  }

  void pass(const Block& block, Part& part) {
    if (checks_.empty()) {
      part.take(block, block.columns, nullptr);
      return;
    }
    const std::size_t n = block.lanes;
    std::fill_n(keep_.begin(), n, static_cast<unsigned char>(1));
    unsigned char any = 0;
    for (const auto& [column, limit] : checks_) {
      const double* v = block.columns[column];
      const double b = limit.bound;
      switch (limit.compare) {
        case Limit::Compare::at_most:
          mark(n, [&](std::size_t i) { return v[i] <= b; });
          break;
        case Limit::Compare::less:
          mark(n, [&](std::size_t i) { return v[i] < b; });
          break;
        case Limit::Compare::at_least:
          mark(n, [&](std::size_t i) { return v[i] >= b; });
          break;
        case Limit::Compare::more:
          mark(n, [&](std::size_t i) { return v[i] > b; });
          break;
      }
    }
    for (std::size_t i = 0; i < n; ++i) any = static_cast<unsigned char>(any | keep_[i]);
    if (any == 0) return;
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      const double* from = block.columns[k];
      for (std::size_t i = 0; i < n; ++i) columns_[k][i] = keep_[i] != 0 ? from[i] : absent;
    }
    part.take(block, pointers_.data(), keep_.data());
  }

 private:
  template <class Holds>
  void mark(std::size_t n, Holds holds) {
    for (std::size_t i = 0; i < n; ++i) keep_[i] = static_cast<unsigned char>(keep_[i] & (holds(i) ? 1 : 0));
  }
  struct Check {
    std::size_t column;
    Limit limit;
  };
  std::vector<Check> checks_;
  std::vector<std::vector<double>> columns_;
  std::vector<const double*> pointers_;
  std::vector<unsigned char> keep_;
};

constexpr double search_worth = 2e5;              // points: fewer are streamed in less time than bounds take
constexpr double group_worth = 4096;              // points of a group
constexpr std::uint64_t worth_looking_at = 1024;  // points of a box that is not halved any more
constexpr std::size_t searches_per_thread = 16;
constexpr std::uint64_t searches_per_shard = 4;  // neighbours are alike: several of each even the work out
constexpr std::uint64_t most_shard_searches = 4096;

// Tasks dealt to threads; parts committed in order of tasks.
class Runner {
 public:
  Runner(const Kernel& kernel, Sink& sink, const WalkOptions& options, const Shard& shard)
      : kernel_(kernel),
        sink_(sink),
        options_(options),
        shard_(shard),
        first_(shard_begin(kernel.blocks(), shard.index, shard.count)),
        end_(shard_begin(kernel.blocks(), shard.index + 1, shard.count)),
        search_(would_search(kernel, sink, options)),
        look_at_(options.route == Route::search ? 1 : worth_looking_at),
        blocks_per_task_(blocks_per_task(kernel, sink)),
        tasks_((end_ - first_ + blocks_per_task_ - 1) / blocks_per_task_) {
    if (search_) divide();
  }

  bool run() {
    const unsigned threads = static_cast<unsigned>(
        std::clamp<std::uint64_t>(options_.threads, 1, std::max<std::uint64_t>(1, tasks_)));
    uncertain::in_parallel(
        threads, [&](unsigned) { worker(threads); }, options_.start);
    if (failure_) std::rethrow_exception(failure_);
    return committed_ == tasks_;
  }

 private:
  // Whole outer steps; parts of one where a single step is already too much.
  static std::uint64_t blocks_per_task(const Kernel& kernel, const Sink& sink) {
    const std::uint64_t steps = sink.task_points() / kernel.inner_size();
    if (steps > 0) return steps * kernel.blocks_per_step();
    return std::max<std::uint64_t>(1, sink.task_points() / Kernel::block_lanes);
  }

  // What a thread needs.
  struct Hands {
    std::shared_ptr<Kernel::Work> work;
    Filter filter;
    std::optional<Boxes> boxes;
  };

  bool stopped() const { return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed); }

  // Tasks of a search: groups, or boxes, the promising ones first.
  void divide() {
    groups_ = 1;
    for (const std::size_t a : sink_.apart()) groups_ *= kernel_.space().axes()[a].size();
    const std::size_t wanted = options_.threads > 1 ? options_.threads * searches_per_thread : 1;
    if (groups_ > 1) {
      first_group_ = shard_begin(groups_, shard_.index, shard_.count);
      end_group_ = shard_begin(groups_, shard_.index + 1, shard_.count);
      const std::uint64_t own = end_group_ - first_group_;
      groups_per_task_ = std::max<std::uint64_t>(1, (own + wanted - 1) / wanted);
      tasks_ = (own + groups_per_task_ - 1) / groups_per_task_;
      return;
    }
    Boxes boxes(kernel_, options_.limits);
    seeds_.push_back(boxes.whole());
    if (shard_.count > 1) deal(boxes);
    halve(boxes, wanted);
    const auto part = sink_.part();
    std::ranges::sort(seeds_, [&](const Box& a, const Box& b) {
      const double x = part->promise(a.bounds());
      const double y = part->promise(b.bounds());
      return x < y || (x == y && a.first_row < b.first_row);
    });
    tasks_ = seeds_.size();
  }

  // Halves the largest box until there are as many as are wanted.
  void halve(Boxes& boxes, std::uint64_t wanted) {
    while (!seeds_.empty() && seeds_.size() < wanted) {
      const auto largest =
          std::ranges::max_element(seeds_, [](const Box& a, const Box& b) { return a.points < b.points; });
      Box first;
      Box second;
      if (largest->points <= look_at_ || !boxes.split(*largest, first, second)) break;
      *largest = std::move(first);
      seeds_.push_back(std::move(second));
    }
  }

  // Keeps the boxes of this part of the grid. How it is parted must not depend on threads.
  void deal(Boxes& boxes) {
    halve(boxes, std::min(shard_.count, most_shard_searches / searches_per_shard) * searches_per_shard);
    std::vector<Box> own;
    for (std::size_t i = 0; i < seeds_.size(); ++i) {
      if (i % shard_.count == shard_.index) own.push_back(std::move(seeds_[i]));
    }
    seeds_ = std::move(own);
  }

  // Hands blocks to the part: those between two of them, or those of one outer step.
  template <class... Which>
  bool stream(Hands& hands, Part& part, Which... which) const {
    bool whole = true;
    kernel_.each_block(
        *hands.work, which...,
        [&](const Block& block) {
          hands.filter.pass(block, part);
          whole = !stopped();
          return whole;
        },
        [&](std::size_t lanes) { return options_.limits.empty() ? part.room(lanes) : nullptr; });
    return whole;
  }

  // Looks at the rows of a box that may change the answer.
  bool search(Hands& hands, Part& part, const Box& box) const {
    if (stopped()) return false;
    if (box.none_holds || !part.matters(box.bounds())) return true;
    Box first;
    Box second;
    if (box.points <= look_at_ || !hands.boxes->split(box, first, second))
      return hands.boxes->each_step(box, [&](StepNumber step) { return stream(hands, part, step); });
    const double x = part.promise(first.bounds());
    const double y = part.promise(second.bounds());
    const bool in_order = x < y || (x == y && first.first_row < second.first_row);
    return search(hands, part, in_order ? first : second) && search(hands, part, in_order ? second : first);
  }

  bool search(Hands& hands, Part& part, std::uint64_t task) const {
    if (groups_ == 1) return search(hands, part, seeds_[task]);
    const auto apart = sink_.apart();
    std::vector<std::pair<std::size_t, std::size_t>> at(apart.size());
    const std::uint64_t last = std::min(end_group_, first_group_ + (task + 1) * groups_per_task_);
    for (std::uint64_t g = first_group_ + task * groups_per_task_; g < last; ++g) {
      std::uint64_t rest = g;
      for (std::size_t k = apart.size(); k-- > 0;) {
        const std::size_t n = kernel_.space().axes()[apart[k]].size();
        at[k] = {apart[k], rest % n};
        rest /= n;
      }
      if (!search(hands, part, hands.boxes->whole(at))) return false;
    }
    return true;
  }

  bool work(Hands& hands, Part& part, std::uint64_t task) const {
    if (search_) return search(hands, part, task);
    return stream(hands, part, first_of(task), first_of(task + 1));
  }

  // Where the blocks of a task begin.
  BlockNumber first_of(std::uint64_t task) const {
    return BlockNumber{std::min(end_, first_ + task * blocks_per_task_)};
  }

  void worker(unsigned threads) {
    try {
      Hands hands{kernel_.work(), Filter(kernel_, options_.limits), std::nullopt};
      if (search_) hands.boxes.emplace(kernel_, options_.limits);
      while (true) {
        std::uint64_t task = 0;
        std::unique_ptr<Part> part;
        {
          std::unique_lock lock(mutex_);
          room_.wait(lock,
                     [&] { return failure_ || next_ >= tasks_ || next_ < committed_ + 2ULL * threads; });
          if (failure_ || next_ >= tasks_) return;
          task = next_++;
          part = sink_.part();
        }
        const bool whole = work(hands, *part, task);
        std::unique_lock lock(mutex_);
        if (!whole) {
          next_ = tasks_;
          room_.notify_all();
          return;
        }
        done_.emplace(task, std::move(part));
        for (auto it = done_.find(committed_); it != done_.end(); it = done_.find(committed_)) {
          sink_.commit(*it->second);
          done_.erase(it);
          ++committed_;
          if (options_.progress)
            options_.progress(search_ ? static_cast<std::uint64_t>(kernel_.space().size_estimate() *
                                                                   static_cast<double>(committed_) /
                                                                   static_cast<double>(tasks_ * shard_.count))
                                      : kernel_.points_before(first_of(committed_)) -
                                            kernel_.points_before(BlockNumber{first_}));
        }
        room_.notify_all();
      }
    } catch (...) {
      const std::unique_lock lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      room_.notify_all();
    }
  }

  const Kernel& kernel_;
  Sink& sink_;
  const WalkOptions& options_;
  Shard shard_;
  std::uint64_t first_, end_;  // blocks
  bool search_;
  std::uint64_t look_at_;
  std::uint64_t blocks_per_task_;
  std::uint64_t tasks_;
  std::uint64_t groups_ = 1;
  std::uint64_t first_group_ = 0, end_group_ = 1;
  std::uint64_t groups_per_task_ = 1;
  std::vector<Box> seeds_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::uint64_t next_ = 0;
  std::uint64_t committed_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Part>> done_;
  std::exception_ptr failure_;
};

}  // namespace

bool would_search(const Kernel& kernel, const Sink& sink, const WalkOptions& options) {
  if (!sink.searches() || options.route == Route::stream) return false;
  if (kernel.space().computes_predictions()) return false;  // they have no bounds
  double groups = 1;
  for (const std::size_t a : sink.apart()) {
    const auto& outer = kernel.outer_axes();
    if (std::ranges::find(outer, a) == outer.end()) return false;
    groups *= static_cast<double>(kernel.space().axes()[a].size());
  }
  const double points = kernel.space().size_estimate();
  return options.route == Route::search || (points >= search_worth && points >= groups * group_worth);
}

bool walk(const Kernel& kernel, Sink& sink, const WalkOptions& options) {
  return walk(kernel, sink, options, Shard{});
}

bool walk(const Kernel& kernel, Sink& sink, const WalkOptions& options, const Shard& shard) {
  return Runner{kernel, sink, options, shard}.run();
}

// Without a product of the two, which may be too large.
std::uint64_t shard_begin(std::uint64_t size, std::uint64_t index, std::uint64_t count) {
  return size / count * index + size % count * index / count;
}

std::pair<std::uint64_t, std::uint64_t> shard_rows(const Kernel& kernel, const Shard& shard) {
  const auto row = [&](std::uint64_t index) {
    return kernel.points_before(BlockNumber{shard_begin(kernel.blocks(), index, shard.count)});
  };
  return {row(shard.index), row(shard.index + 1)};
}

}  // namespace kwhatif::grid
