#include <kwhatif/ask/solve.hpp>
#include <kwhatif/grid/axis.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

namespace {

using run::Input;

/// The slot that an input fills; none of names and words.
std::optional<run::Slot> slot_of(Input input) {
  if (input == Input::params) return run::Slot::active_parameters;  // of a dense model all are active
  std::string key{run::info(input).flag};
  std::replace(key.begin(), key.end(), '-', '_');
  for (std::size_t s = 0; s < run::slot_count; ++s) {
    if (run::slot_table[s].key == key) return static_cast<run::Slot>(s);
  }
  return std::nullopt;
}

// The number as people write it where that reads back to the same bits, else in coherent units.
std::string as_written(double x, const quantity::Dimension& dimension) {
  namespace dim = quantity::dim;
  struct Unit {
    quantity::Dimension dimension;
    std::string_view name;
  };
  static constexpr std::array units{
      Unit{dim::carbon_intensity, "g/kWh"}, Unit{dim::energy_price, "USD/kWh"},
      Unit{dim::device_price, "USD/h"},     Unit{dim::time, "h"},
      Unit{dim::device_time, "device-h"},   Unit{dim::device_flop_rate, "TFLOP/s"}};
  for (const Unit& unit : units) {
    if (unit.dimension != dimension) continue;
    std::string text = quantity::shortest(quantity::to_unit(x, unit.name)) + ' ' + std::string{unit.name};
    const auto parsed = quantity::parse(text, {.dimension = dimension, .bare_number = false, .example = {}});
    if (parsed.ok && parsed.value.coherent == x) return text;
  }
  return quantity::exact(x, dimension);
}

class Solver {
 public:
  Solver(const run::Scenario& run, const catalog::Catalog& catalog, Input input, std::size_t result,
         double wanted, double half_step)
      : run_(run),
        catalog_(catalog),
        input_(input),
        result_(result),
        wanted_(wanted),
        half_step_(half_step),
        whole_(input == Input::chips) {}

  Solution solve() {
    look_at_run();
    displace();
    if (!find_start()) {
      if (!resolves_somewhere_) throw diag::ScenarioError(fault_);
      return std::move(out_);  // the result is not known with any value
    }
    out_.known = true;
    explore();
    if (!answer()) tell_reach();
    if (out_.found) out_.run = with(out_.found->input);
    return std::move(out_);
  }

 private:
  run::Given given(double x) const {
    const auto& info = run::info(input_);
    return {as_written(x, info.dimension), {}, "--" + std::string{info.flag}};
  }
  run::Scenario with(double x) const {
    run::Scenario out = run_;
    out.set(input_, given(x));
    return out;
  }

  /// The result with a value of the input; nothing where estimate refuses the value.
  std::optional<double> at(double x) {
    try {
      const auto resolved = run::resolve(with(x), catalog_);
      resolves_somewhere_ = true;
      const auto y = grid::result_value(run::estimate(resolved.inputs), result_);
      return y && std::isfinite(*y) ? y : std::nullopt;
    } catch (const diag::ScenarioError& error) {
      if (fault_.empty()) fault_ = error.diagnostics();
      return std::nullopt;
    }
  }

  // What the run has of the input and of the result before anything is changed.
  void look_at_run() {
    const auto resolved = run::resolve(run_, catalog_);
    const auto& in = resolved.inputs;
    const auto estimated = run::estimate(in);
    current_ = run::slot_value(in, *slot_of(input_));
    if (!current_ && run_.stages.empty()) {
      if (input_ == Input::overhead) current_ = 0;
      if (input_ == Input::runs || input_ == Input::epochs) current_ = 1;
      if (input_ == Input::mfu && estimated.mfu) current_ = estimated.mfu->coherent();
      if (input_ == Input::tflops && estimated.achieved) current_ = estimated.achieved->coherent();
      if (input_ == Input::power && estimated.power) current_ = estimated.power->coherent();
      if (input_ == Input::chips && estimated.devices) current_ = estimated.devices->coherent();
      if (input_ == Input::flops && estimated.training_flop) current_ = estimated.training_flop->coherent();
    }
    const auto before = grid::result_value(estimated, result_);
    if (current_ && before && std::isfinite(*before)) out_.before = Attempt{*current_, *before};
  }

  // What says the same in another way makes way, as it does for the input's flag over a run file.
  void displace() {
    const run::Scenario before = run_;
    grid::clear_rivals(run_, std::array{input_});
    for (const auto& info : run::input_table()) {
      const bool gone = info.input != input_ && before.has(info.input) && !run_.has(info.input);
      if (gone) out_.displaced.push_back(*before.get(info.input));
    }
  }

  // A value with which the run has the result: its own, else that of the input's example or near it.
  bool find_start() {
    const auto try_start = [&](double x) {
      if (whole_) x = std::round(x);
      const auto y = at(x);
      if (y) samples_ = {{x, *y}};
      return y.has_value();
    };
    if (current_ && *current_ > 0 && try_start(*current_)) return true;
    const auto& info = run::info(input_);
    const auto example = quantity::parse(
        info.example,
        {.dimension = info.dimension, .bare_number = quantity::may_be_bare(info.dimension), .example = {}});
    for (const double factor : {1.0, 1e-3, 1e3, 1e-6, 1e6}) {
      if (example.ok && try_start(example.value.coherent * factor)) return true;
    }
    return false;
  }

  // Samples by doubling and halving from the start to the ends of what is accepted, rising.
  void explore() {
    constexpr int most = 100;
    const Attempt start = samples_.front();
    refused_above_ = walk(start, 2, most, samples_);
    ends_above_ = refused_above_.has_value();
    std::vector<Attempt> below;
    const auto at_zero = whole_ ? std::nullopt : at(0);
    constexpr int few = 40;
    refused_below_ = walk(start, 0.5, at_zero ? few : most, below);
    ends_below_ = at_zero || refused_below_;
    if (at_zero) {
      below.push_back({0, *at_zero});
      refused_below_.reset();
    }
    start_at_ = below.size();
    samples_.insert(samples_.begin(), below.rbegin(), below.rend());
  }

  /// @return the first value refused
  std::optional<double> walk(const Attempt& start, double factor, int most, std::vector<Attempt>& to) {
    double x = start.input;
    for (int i = 0; i < most; ++i) {
      double next = x * factor;
      if (whole_) next = std::floor(next);
      if (next == x) return std::nullopt;
      const auto y = at(next);
      if (!y) return next;
      to.push_back({next, *y});
      x = next;
    }
    return std::nullopt;
  }

  // Between a value that is accepted and one that is not: the last accepted one.
  Attempt last_accepted(Attempt good, double refused) {
    while (true) {
      const double middle = between(good.input, refused);
      if (middle == good.input || middle == refused) return good;
      if (const auto y = at(middle))
        good = {middle, *y};
      else
        refused = middle;
    }
  }
  // Halfway on a logarithmic scale where that is far, so that ends of any size are found in few steps.
  double between(double a, double b) const {
    const double low = std::min(a, b);
    const double high = std::max(a, b);
    const double middle =
        low > 0 && high > 2 * low ? std::sqrt(low) * std::sqrt(high) : low + (high - low) / 2;
    return whole_ ? std::floor(middle) : middle;
  }

  bool encloses(const Attempt& a, const Attempt& b) const {
    return (a.result <= wanted_ && wanted_ <= b.result) || (b.result <= wanted_ && wanted_ <= a.result);
  }

  bool answer() {
    if (const auto pair = nearest_pair()) return close_in(samples_[*pair], samples_[*pair + 1]);
    // beyond the samples, up to the ends
    if (refused_above_) {
      const Attempt last = samples_.back();
      samples_.push_back(last_accepted(last, *refused_above_));
      if (encloses(last, samples_.back())) return close_in(last, samples_.back());
    }
    if (refused_below_) {
      const Attempt first = samples_.front();
      samples_.insert(samples_.begin(), last_accepted(first, *refused_below_));
      if (encloses(samples_.front(), first)) return close_in(samples_.front(), first);
    }
    return false;
  }

  // The pair of neighbours around the wanted result that is nearest to the start.
  std::optional<std::size_t> nearest_pair() const {
    std::optional<std::size_t> best;
    const auto distance = [&](std::size_t i) { return i >= start_at_ ? i - start_at_ : start_at_ - i - 1; };
    for (std::size_t i = 0; i + 1 < samples_.size(); ++i) {
      const bool flat = samples_[i].result == samples_[i + 1].result;
      if (encloses(samples_[i], samples_[i + 1]) && !flat && (!best || distance(i) < distance(*best)))
        best = i;
    }
    return best;
  }

  bool close_in(Attempt low, Attempt high) {
    while (low.result != wanted_ && high.result != wanted_) {
      const double middle = between(low.input, high.input);
      if (middle == low.input || middle == high.input) break;
      const auto y = at(middle);
      if (!y) break;
      const Attempt now{middle, *y};
      (encloses(low, now) ? high : low) = now;
    }
    const Attempt& near = std::fabs(low.result - wanted_) <= std::fabs(high.result - wanted_) ? low : high;
    constexpr double close_enough = 1e-9;
    if (std::fabs(near.result - wanted_) <= std::max(close_enough * wanted_, whole_ ? half_step_ : 0.0)) {
      out_.found = near;
      return true;
    }
    out_.between = std::pair{low, high};
    return false;
  }

  // What can be reached; an end that rounds to the wanted figure is an answer.
  void tell_reach() {
    const auto [least, most] =
        std::minmax_element(samples_.begin(), samples_.end(),
                            [](const Attempt& a, const Attempt& b) { return a.result < b.result; });
    out_.least = *least;
    out_.most = *most;
    const auto open = [&](const Attempt& end) {
      return (!ends_below_ && &end == &samples_.front()) || (!ends_above_ && &end == &samples_.back());
    };
    out_.no_least = open(*least);
    out_.no_most = open(*most);
    if (out_.between) return;
    for (const Attempt& end : {*least, *most}) {
      if (least->result < most->result && std::fabs(end.result - wanted_) <= half_step_) out_.found = end;
    }
  }

  run::Scenario run_;
  const catalog::Catalog& catalog_;
  Input input_;
  std::size_t result_;
  double wanted_;
  double half_step_;
  bool whole_;
  std::optional<double> current_;
  std::vector<Attempt> samples_;  ///< by input, rising
  std::size_t start_at_ = 0;
  std::optional<double> refused_above_, refused_below_;
  bool ends_above_ = false, ends_below_ = false;
  bool resolves_somewhere_ = false;
  std::vector<diag::Diagnostic> fault_;
  Solution out_;
};

}  // namespace

bool solvable(Input input) {
  return slot_of(input).has_value() && run::info(input).type == run::InputType::quantity;
}

Solution solve(const run::Scenario& run, const catalog::Catalog& catalog, Input input, std::size_t result,
               double wanted, double half_step) {
  return Solver{run, catalog, input, result, wanted, half_step}.solve();
}

}  // namespace kwhatif::ask
