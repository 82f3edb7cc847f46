#include "sweep_kernel.hpp"
#include <kwhatif/grid/confidence.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/sobol.hpp>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace kwhatif::grid {

using number::Operation;
using run::Slot;
using run::slot_count;

namespace {

constexpr std::size_t draws = limit_draws.points;
constexpr std::size_t block = 512;          // draws looked at before it is asked whether to go on
constexpr std::size_t kept_columns = 1024;  // of draws of one input, 16 kB each

// Draws of every dimension as numbers in (0, 1).
const std::vector<double>& uniform(std::size_t dimension) {
  static const auto all = [] {
    constexpr std::size_t at_once = 32;
    std::vector<std::vector<double>> out(uncertain::sobol_dimensions, std::vector<double>(draws));
    for (std::size_t d = 0; d < uncertain::sobol_dimensions; ++d) {
      const uncertain::Sobol sequence(d, limit_draws.seed);
      std::array<double, at_once> some{};
      for (std::size_t i = 0; i < draws; i += at_once) {
        sequence.block(static_cast<std::uint32_t>(i), some);
        std::copy(some.begin(), some.end(), out[d].begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    return out;
  }();
  return all[dimension];
}

}  // namespace

double room_for_growth(const Limit& limit, double value) {
  if (!limit.holds(0) || std::isnan(value)) return 0;
  if (value == 0) return std::numeric_limits<double>::infinity();
  const double most = limit.compare == Limit::Compare::less ? std::nextafter(limit.bound, 0) : limit.bound;
  return most / value;
}

// What one thread needs: buffers, and draws of inputs that it has met.
struct Confidence::Work {
  std::shared_ptr<Kernel::Work> kernel;
  std::unordered_map<std::uint64_t, std::unique_ptr<double[]>> columns;  // dimension and distribution
  std::vector<std::unique_ptr<double[]>> vectors;
  std::vector<double> scalars;
  std::vector<const double*> pointers;
  std::vector<bool> varies;

  // An uncertain input: its own dimension of the draws, and which distribution it has.
  struct Input {
    std::size_t dimension = 0;
    std::uint32_t which = 0;
  };
  const double* column(const Input& input, const uncertain::InputDistribution& distribution) {
    return made(input.which, input.dimension,
                [&](std::size_t i) { return distribution.quantile(uniform(input.dimension)[i]); });
  }
  // The same of a predicted power, which follows the utilisation that it was predicted from.
  const double* following(const Input& input, const uncertain::InputDistribution& distribution,
                          const Input& leading, const uncertain::InputDistribution& leader) {
    const std::uint64_t pair = (static_cast<std::uint64_t>(leading.which) << 24U) | input.which;
    return made(pair, (leading.dimension << 5U) | input.dimension, [&](std::size_t i) {
      return distribution.quantile(uniform(input.dimension)[i]) *
             distribution.follows().factor(leader.quantile(uniform(leading.dimension)[i]) / leader.median());
    });
  }

 private:
  template <class Draw>
  const double* made(std::uint64_t distributions, std::uint64_t dimensions, Draw draw) {
    auto& out = columns[(distributions << 10U) | dimensions];
    if (!out) {
      out = std::make_unique<double[]>(draws);
      for (std::size_t i = 0; i < draws; ++i) out[i] = draw(i);
    }
    return out.get();
  }
};

struct Confidence::Pool {
  std::mutex mutex;
  std::vector<std::unique_ptr<Work>> idle;
};

// A Work for the time of one question.
class Confidence::Lease {
 public:
  explicit Lease(const Confidence& owner) : owner_(owner) {
    const std::lock_guard lock(owner.pool_->mutex);
    if (owner.pool_->idle.empty()) {
      work_ = std::make_unique<Work>();
      work_->kernel = owner.kernel_->work();
    } else {
      work_ = std::move(owner.pool_->idle.back());
      owner.pool_->idle.pop_back();
    }
    if (work_->columns.size() > kept_columns) work_->columns.clear();
  }
  ~Lease() {
    const std::lock_guard lock(owner_.pool_->mutex);
    owner_.pool_->idle.push_back(std::move(work_));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  Work& operator*() { return *work_; }

 private:
  const Confidence& owner_;
  std::unique_ptr<Work> work_;
};

Confidence::Confidence(const Space& space, std::vector<Limit> limits)
    : space_(space), limits_(std::move(limits)), pool_(std::make_unique<Pool>()) {
  std::vector<std::size_t> results;
  add_results(results, limits_);
  kernel_ = std::make_unique<Kernel>(space, results, true);
  for (const Limit& l : limits_)
    columns_.push_back(static_cast<std::size_t>(std::ranges::find(results, l.result) - results.begin()));
}
Confidence::~Confidence() = default;

// Calls take(pointers to the limits' results over a block of draws, number of draws); a pointer is null where
// the run does not have the result. False where the row does not resolve.
template <class Take>
bool Confidence::each_block(Work& work, std::uint64_t row, Take take) const {
  const auto indices = space_.indices(row);
  const auto inputs = space_.inputs(indices);
  if (!inputs) return false;
  std::uint64_t mask = std::uint64_t{1} << slot_count;
  std::array<const double*, slot_count> drawn{};
  std::array<std::optional<Work::Input>, slot_count> uncertain{};
  std::size_t dimension = 0;
  constexpr auto index = [](Slot slot) { return static_cast<std::size_t>(slot); };
  for (std::size_t s = 0; s < slot_count; ++s) {
    if (!run::slot_value(*inputs, static_cast<Slot>(s))) continue;
    mask |= std::uint64_t{1} << s;
    const std::uint32_t which = space_.spread(s, indices);
    if (which == 0) continue;
    const uncertain::InputDistribution& own = space_.distributions()[which - 1];
    // as sources_of(): where no contract makes a difference, both intensities are one number of one grid
    const auto& location = uncertain[index(Slot::ci)];
    const bool twin = s == index(Slot::ci_market) && location && location->which == which;
    if (!twin && dimension >= uncertain::sobol_dimensions) continue;
    uncertain[s] = Work::Input{twin ? location->dimension : dimension++, which};
    const auto& leading = uncertain[index(Slot::mfu)];
    if (own.follows().any() && leading)
      drawn[s] = work.following(*uncertain[s], own, *leading, space_.distributions()[leading->which - 1]);
    else
      drawn[s] = work.column(*uncertain[s], own);
  }
  const Kernel::Program& program = kernel_->program(*work.kernel, mask);
  const std::size_t steps = program.steps.size();
  if (work.scalars.size() < steps) {
    work.scalars.resize(steps);
    work.vectors.resize(steps);
    work.pointers.resize(steps);
    work.varies.resize(steps);
  }
  std::vector<std::vector<double>> spread_out(limits_.size());
  std::vector<const double*> out(limits_.size());
  for (std::size_t first = 0; first < draws; first += block) {
    for (std::size_t i = 0; i < steps; ++i) {
      const Step& step = program.steps[i];
      work.pointers[i] = &work.scalars[i];
      work.varies[i] = false;
      if (step.operation == Operation::constant) {
        work.scalars[i] = step.constant;
      } else if (step.operation == Operation::leaf) {
        if (drawn[step.leaf] != nullptr) {
          work.pointers[i] = drawn[step.leaf] + first;
          work.varies[i] = true;
        } else {
          work.scalars[i] = *run::slot_value(*inputs, static_cast<Slot>(step.leaf));
        }
      } else if (work.varies[step.left] || work.varies[step.right]) {
        if (!work.vectors[i]) work.vectors[i] = std::make_unique<double[]>(block);
        operate(step.operation, work.vectors[i].get(), work.pointers[step.left], work.varies[step.left],
                work.pointers[step.right], work.varies[step.right], block);
        work.pointers[i] = work.vectors[i].get();
        work.varies[i] = true;
      } else {
        work.scalars[i] = operate(step.operation, work.scalars[step.left], work.scalars[step.right]);
      }
    }
    for (std::size_t k = 0; k < limits_.size(); ++k) {
      const std::uint32_t at = program.results[columns_[k]];
      out[k] = at == Kernel::Program::none ? nullptr : work.pointers[at];
      if (out[k] == nullptr || work.varies[at]) continue;
      spread_out[k].assign(block, *out[k]);
      out[k] = spread_out[k].data();
    }
    if (!take(out, block)) return true;
  }
  return true;
}

double Confidence::share(std::uint64_t row, double enough) const {
  Lease lease(*this);
  const auto allowed = static_cast<std::size_t>((1 - enough) * static_cast<double>(draws) + 1e-6);
  std::size_t kept = 0;
  std::size_t failed = 0;
  std::array<bool, block> holds{};
  each_block(*lease, row, [&](const std::vector<const double*>& results, std::size_t n) {
    holds.fill(true);
    for (std::size_t k = 0; k < limits_.size(); ++k) {
      for (std::size_t i = 0; i < n; ++i)
        holds[i] = holds[i] && results[k] != nullptr && limits_[k].holds(results[k][i]);
    }
    const auto good = static_cast<std::size_t>(std::ranges::count(holds, true));
    kept += good;
    failed += n - good;
    return failed <= allowed;
  });
  return static_cast<double>(kept) / static_cast<double>(draws);
}

namespace {

// The k-th smallest, so that a share of the values is at or below it.
double level(std::vector<double>& values, double share) {
  const auto n = static_cast<double>(values.size());
  const auto k = static_cast<std::size_t>(std::clamp(std::ceil(share * n - 1e-6) - 1, 0.0, n - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(k), values.end());
  return values[k];
}

}  // namespace

double Confidence::value_at(std::uint64_t row, std::size_t limit, double share) const {
  Lease lease(*this);
  const auto compare = limits_[limit].compare;
  const double sign = compare == Limit::Compare::at_most || compare == Limit::Compare::less ? 1.0 : -1.0;
  std::vector<double> values;
  each_block(*lease, row, [&](const std::vector<const double*>& results, std::size_t n) {
    if (results[limit] == nullptr) return false;
    for (std::size_t i = 0; i < n; ++i) values.push_back(sign * results[limit][i]);
    return true;
  });
  return values.empty() ? absent : sign * level(values, share);
}

double Confidence::growth(std::uint64_t row, double share, double enough) const {
  Lease lease(*this);
  const auto allowed = static_cast<std::size_t>((1 - share) * static_cast<double>(draws) + 1e-6);
  std::vector<double> factors;
  std::size_t low = 0;
  const bool resolves =
      each_block(*lease, row, [&](const std::vector<const double*>& results, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) {
          double factor = std::numeric_limits<double>::infinity();
          for (std::size_t k = 0; k < limits_.size(); ++k)
            factor =
                std::min(factor, results[k] == nullptr ? 0.0 : room_for_growth(limits_[k], results[k][i]));
          factors.push_back(-factor);
          low += factor < enough ? 1U : 0U;
        }
        return low <= allowed;
      });
  if (!resolves || factors.size() < draws) return 0;
  return -level(factors, share);
}

}  // namespace kwhatif::grid
