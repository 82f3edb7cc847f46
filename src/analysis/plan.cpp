#include <kwhatif/analysis/plan.hpp>
#include <kwhatif/estimate/run.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::analysis {

namespace {

constexpr std::size_t listed = 8;

// The factor by which work may grow until the first upper limit is reached, as a column of its own: the best
// are kept.
class GrowthSink : public Sink {
 public:
  GrowthSink(const Kernel& kernel, const std::vector<Limit>& limits, std::size_t count) : count_(count) {
    const auto& results = kernel.results();
    for (const Limit& limit : limits)
      bounds_.push_back({static_cast<std::size_t>(std::find(results.begin(), results.end(), limit.result) -
                                                  results.begin()),
                         limit.bound});
  }
  struct GrowthPart : Part {
    const GrowthSink* sink = nullptr;
    std::vector<Ranked> best;
    void take(const Block& block, const double* const* columns, const unsigned char*) override {
      for (std::size_t i = 0; i < block.lanes; ++i) {
        double factor = std::numeric_limits<double>::infinity();
        for (const auto& [column, bound] : sink->bounds_) {
          const double f = bound / columns[column][i];
          factor = f < factor || std::isnan(f) ? f : factor;
          if (std::isnan(f)) break;
        }
        if (std::isnan(factor) || std::isinf(factor)) continue;
        if (best.size() == sink->count_ && factor <= best.back().value) continue;
        best.push_back({factor, block.row(i)});
        sink->tidy(best);
      }
    }
  };
  std::unique_ptr<Part> part() override {
    auto out = std::make_unique<GrowthPart>();
    out->sink = this;
    return out;
  }
  void commit(Part& part) override {
    const auto& more = static_cast<GrowthPart&>(part).best;
    best.insert(best.end(), more.begin(), more.end());
    tidy(best);
  }
  std::vector<Ranked> best;

 private:
  void tidy(std::vector<Ranked>& list) const {
    std::sort(list.begin(), list.end(), [](const Ranked& a, const Ranked& b) {
      return a.value > b.value || (a.value == b.value && a.row < b.row);
    });
    if (list.size() > count_) list.resize(count_);
  }
  std::vector<std::pair<std::size_t, double>> bounds_;
  std::size_t count_;
};

std::optional<double> result_at(const estimate::RunEstimate<double>& r, std::size_t wanted) {
  std::optional<double> out;
  std::size_t i = 0;
  estimate::for_each_result(r, [&](const estimate::ResultInfo&, const auto& field) {
    if (i++ == wanted && field) out = field->coherent();
  });
  return out;
}

class Planner {
 public:
  Planner(const std::vector<Space>& spaces, const PlanQuestion& question, const catalog::Catalog& catalog)
      : spaces_(spaces), question_(question), catalog_(catalog) {}

  PlanAnswer run() {
    for (const Space& space : spaces_) answer_.points += space.size();
    if (question_.largest_tokens)
      grow();
    else
      search();
    if (!answer_.best && !answer_.stopped) explain_failure();
    return std::move(answer_);
  }

 private:
  RunOptions options(std::vector<Limit> limits) const {
    return {.threads = question_.threads, .limits = std::move(limits), .stop = question_.stop};
  }

  bool evaluate(const Kernel& kernel, Sink& sink, std::vector<Limit> limits) {
    if (analysis::run(kernel, sink, options(std::move(limits)))) return true;
    answer_.stopped = true;
    return false;
  }

  void search() {
    const bool largest = question_.largest_model;
    const std::size_t objective = largest ? *result_named("flops") : question_.minimize;
    const double sign = largest ? -1 : 1;
    const auto better = [&](const PlanPoint& a, const PlanPoint& b) {
      return sign * a.value < sign * b.value;
    };
    for (std::size_t s = 0; s < spaces_.size(); ++s) {
      std::vector<std::size_t> results{objective};
      add_results(results, question_.limits);
      const Kernel kernel(spaces_[s], results, true);
      TopSink top(kernel, 0, 1, largest);
      if (!evaluate(kernel, top, question_.limits)) return;
      for (const Ranked& r : top.best()) {
        const PlanPoint point{.space = s, .row = r.row, .value = r.value};
        if (!answer_.best || better(point, *answer_.best)) answer_.best = point;
      }
      for (std::size_t a = 0; a < spaces_[s].axes().size(); ++a) {
        const auto input = spaces_[s].axes()[a].input;
        if (input != scenario::Input::hardware && input != scenario::Input::region) continue;
        GroupSink sink(kernel, 0, {a}, largest ? Reduce::max : Reduce::min);
        if (!evaluate(kernel, sink, question_.limits)) return;
        const auto groups = sink.groups();
        auto& list = input == scenario::Input::hardware ? answer_.by_hardware : answer_.by_region;
        for (std::size_t g = 0; g < groups.size(); ++g) {
          const Group& found = groups[g];
          if (found.count == 0) continue;
          const PlanPoint point{.space = s, .row = found.best.row, .value = found.best.value};
          // a place may be in several grids: once, with its best
          const std::string name = spaces_[s].axes()[a].text(g);
          const auto same = std::find_if(list.begin(), list.end(),
                                         [&](const PlanPoint& p) { return value_on(p, input) == name; });
          if (same == list.end())
            list.push_back(point);
          else if (better(point, *same))
            *same = point;
        }
      }
      if (question_.front.size() >= 2) collect_front(s);
    }
    if (answer_.best) settle_place(*answer_.best);
    for (PlanPoint& point : answer_.by_hardware) settle_place(point);
    for (auto* list : {&answer_.by_hardware, &answer_.by_region}) {
      std::stable_sort(list->begin(), list->end(), better);
      if (list->size() > listed) list->resize(listed);
    }
    finish_front();
  }

  // Where the objective does not care for the place (money), the place with the least CO2e is taken.
  void settle_place(PlanPoint& point) const {
    const Space& space = spaces_[point.space];
    const std::size_t objective = question_.largest_model ? *result_named("flops") : question_.minimize;
    const std::size_t co2e = *result_named("co2e");
    auto at = space.indices(point.row);
    const auto here = space.inputs(at);
    if (!here) return;
    double least =
        result_at(estimate::estimate(*here), co2e).value_or(std::numeric_limits<double>::infinity());
    for (std::size_t a = 0; a < at.size(); ++a) {
      const auto input = space.axes()[a].input;
      if (input != scenario::Input::region && input != scenario::Input::grid) continue;
      for (std::size_t i = 0; i < space.axes()[a].size(); ++i) {
        at[a] = i;
        const auto inputs = space.inputs(at);
        if (!inputs) continue;
        const auto result = estimate::estimate(*inputs);
        const auto mass = result_at(result, co2e);
        if (result_at(result, objective) != point.value || !mass || *mass >= least || !fits(result)) continue;
        least = *mass;
        point.row = space.row(at);
      }
    }
  }

  std::string value_on(const PlanPoint& point, scenario::Input input) const {
    const Space& space = spaces_[point.space];
    const auto at = space.indices(point.row);
    for (std::size_t a = 0; a < at.size(); ++a) {
      if (space.axes()[a].input == input) return space.axes()[a].text(at[a]);
    }
    return {};
  }

  void collect_front(std::size_t s) {
    std::vector<std::size_t> results = question_.front;
    add_results(results, question_.limits);
    const Kernel kernel(spaces_[s], results, true);
    std::vector<std::size_t> columns(question_.front.size());
    for (std::size_t k = 0; k < columns.size(); ++k) columns[k] = k;
    ParetoSink sink(kernel, columns);
    if (!evaluate(kernel, sink, question_.limits)) return;
    // rows of different grids are told apart by an offset
    for (FrontPoint p : sink.front()) {
      owners_.push_back({s, p.row});
      p.row = owners_.size() - 1;
      insert(front_, p);
    }
  }

  void finish_front() {
    std::sort(front_.begin(), front_.end(),
              [](const FrontPoint& a, const FrontPoint& b) { return a.values < b.values; });
    const auto bends = knees(front_);
    for (std::size_t i = 0; i < front_.size(); ++i) {
      const auto& [space, row] = owners_[front_[i].row];
      answer_.front.push_back({.space = space,
                               .row = row,
                               .value = front_[i].values.front(),
                               .knee = std::find(bends.begin(), bends.end(), i) != bends.end()});
    }
  }

  bool fits(const estimate::RunEstimate<double>& r) const {
    return std::all_of(question_.limits.begin(), question_.limits.end(), [&](const Limit& l) {
      const auto v = result_at(r, l.result);
      return v && l.holds(*v);
    });
  }

  // Tokens: every result that a limit may name is proportional to them; the largest whole number is checked.
  void grow() {
    for (std::size_t s = 0; s < spaces_.size(); ++s) {
      std::vector<std::size_t> results;
      add_results(results, question_.limits);
      const Kernel kernel(spaces_[s], results, true);
      GrowthSink sink(kernel, question_.limits, 1);
      if (!evaluate(kernel, sink, {})) return;
      for (const Ranked& r : sink.best) {
        const Space& space = spaces_[s];
        const auto reference = space.inputs(space.indices(r.row));
        if (!reference || !reference->tokens) continue;
        double tokens = std::floor(reference->tokens->coherent() * r.value);
        const auto at = [&](double n) {
          auto run = space.scenario(space.indices(r.row));
          run.set(scenario::Input::tokens, {exact_count(n), {}, "--tokens"});
          return estimate::estimate(scenario::resolve(run, catalog_).inputs);
        };
        // rounding, or a utilisation that follows the tokens: step down until it fits
        constexpr int tries = 60;
        bool ok = false;
        for (int i = 0; i < tries && tokens >= 1e4 && !ok; ++i) {
          try {
            ok = fits(at(tokens));
          } catch (const diag::ScenarioError&) {
            break;
          }
          if (!ok) tokens = std::floor(tokens * (1 - std::ldexp(1e-15, std::min(i, 40))));
        }
        const PlanPoint point{.space = s, .row = r.row, .value = tokens, .tokens = tokens};
        if (ok && (!answer_.best || point.value > answer_.best->value)) answer_.best = point;
      }
    }
  }

  static std::string exact_count(double n) {
    std::string out = std::to_string(n);
    return out.substr(0, out.find('.'));
  }

  void explain_failure() {
    for (std::size_t k = 0; k < question_.limits.size(); ++k) {
      Binding binding;
      binding.limit = question_.limits[k];
      std::vector<Limit> others = question_.limits;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
      nearest(binding, others);
      if (!binding.nearest) {
        nearest(binding, {});
      }
      binding.alone = !binding.nearest || (others.empty() ? true : !reachable(question_.limits[k]));
      answer_.bindings.push_back(binding);
    }
  }

  void nearest(Binding& binding, const std::vector<Limit>& others) {
    for (std::size_t s = 0; s < spaces_.size(); ++s) {
      std::vector<std::size_t> results{binding.limit.result};
      add_results(results, others);
      const Kernel kernel(spaces_[s], results, true);
      TopSink top(kernel, 0, 1);
      if (!evaluate(kernel, top, others)) return;
      for (const Ranked& r : top.best()) {
        if (binding.nearest && binding.value <= r.value) continue;
        binding.nearest = PlanPoint{.space = s, .row = r.row, .value = r.value};
        binding.value = r.value;
      }
    }
  }

  bool reachable(const Limit& limit) {
    Binding alone{.limit = limit, .nearest = {}, .value = 0, .alone = false};
    nearest(alone, {});
    return alone.nearest && limit.holds(alone.value);
  }

  const std::vector<Space>& spaces_;
  const PlanQuestion& question_;
  const catalog::Catalog& catalog_;
  PlanAnswer answer_;
  std::vector<FrontPoint> front_;
  std::vector<std::pair<std::size_t, std::uint64_t>> owners_;
};

}  // namespace

PlanAnswer plan(const std::vector<Space>& spaces, const PlanQuestion& question,
                const catalog::Catalog& catalog) {
  return Planner{spaces, question, catalog}.run();
}

std::optional<double> solve(const estimate::RunInputs<double>& inputs, estimate::Slot slot,
                            std::size_t result, double wanted) {
  const auto at = [&](double x) {
    auto copy = inputs;
    estimate::set_slot(copy, slot, x);
    return result_at(estimate::estimate(copy), result);
  };
  double x = estimate::slot_value(inputs, slot).value_or(1);
  if (x <= 0 || wanted <= 0) return std::nullopt;
  constexpr int most_steps = 60;
  constexpr double close_enough = 1e-14;
  for (int i = 0; i < most_steps; ++i) {
    const auto here = at(x);
    const auto there = at(2 * x);
    if (!here || !there || *here <= 0 || *there <= 0) return std::nullopt;
    if (std::fabs(*here / wanted - 1) < close_enough) return x;
    const double slope = std::log2(*there / *here);
    if (std::fabs(slope) < 1e-9) return std::nullopt;
    const double next = x * std::pow(wanted / *here, 1 / slope);
    if (!std::isfinite(next) || next <= 0) return std::nullopt;
    if (std::fabs(next / x - 1) < 1e-15) return next;
    x = next;
  }
  const auto reached = at(x);
  return reached && std::fabs(*reached / wanted - 1) < 1e-6 ? std::optional{x} : std::nullopt;
}

std::vector<std::string> rentable(const catalog::Catalog& catalog, std::string_view kind) {
  std::vector<std::string> out;
  for (const catalog::Row& row : catalog.rows(catalog::Kind::hardware)) {
    const bool sixteen = row.cell("peak_bf16") || row.cell("peak_fp16");
    if (row.text("kind") == kind && sixteen && (row.cell("price_on_demand") || row.cell("price_spot")))
      out.emplace_back(row.id());
  }
  return out;
}

}  // namespace kwhatif::analysis
