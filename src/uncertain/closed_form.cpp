#include "closed_form.hpp"

#include "convolution.hpp"
#include "term_sums.hpp"
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

namespace kwhatif::uncertain {

using run::Slot;
using run::slot_count;

namespace {

constexpr double alike = 1 - 1e-9;  ///< correlation from which two scores are one
constexpr double unlike = 1e-9;     ///< and up to which they are independent

bool monotone(const Curve& curve, bool rising) {
  for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
    if (rising ? curve[i + 1] < curve[i] : curve[i + 1] > curve[i]) return false;
  }
  return true;
}

}  // namespace

ClosedForm::ClosedForm(std::span<const Uncertain> runs, std::span<const Source> sources) {
  add_variables(runs, sources);
  add_scores();
  add_powers(runs);
}

void ClosedForm::add_variables(std::span<const Uncertain> runs, std::span<const Source> sources) {
  for (std::size_t v = 0; v < sources.size(); ++v) {
    const Source& source = sources[v];
    for (const Source::Feed& feed : source.feeds) {
      const auto& inputs = runs[feed.run].inputs;
      const auto whole = std::find_if(variables_.begin(), variables_.end(), [&](const Variable& x) {
        return source.part && x.run == feed.run && x.slot == feed.slot && !x.distribution->parts().empty();
      });
      if (whole != variables_.end()) {
        whole->parts.emplace_back(v, feed.weight);
        continue;
      }
      Variable out{.run = feed.run, .slot = feed.slot};
      out.distribution = source.factor ? &source.distribution : &*runs[feed.run].spread[feed.slot];
      if (!source.factor) out.typical = run::slot_value(inputs, feed.slot).value_or(0);
      out.parts.emplace_back(v, source.part ? feed.weight : 1);
      variables_.push_back(std::move(out));
    }
  }
  for (Variable& x : variables_) {
    if (x.parts.size() == 1) x.parts.front().second = 1;
    x.distribution->log_quantiles(scores().at, x.logarithm);
    const double typical = std::log(x.typical);
    for (double& y : x.logarithm) {
      y -= typical;
      x.positive = x.positive && std::isfinite(y);
    }
  }
  for (Variable& x : variables_) {
    const predict::Following follows = x.distribution->follows();
    if (!follows.any()) continue;
    for (std::size_t u = 0; u < variables_.size(); ++u) {
      const Variable& utilisation = variables_[u];
      if (utilisation.run != x.run || utilisation.slot != Slot::mfu || !utilisation.positive) continue;
      if (utilisation.distribution != &*runs[x.run].spread[Slot::mfu]) continue;  // a factor on it
      x.follows = u;
      for (std::size_t i = 0; i < score_count; ++i)
        x.following[i] = std::log(follows.factor(std::exp(utilisation.logarithm[i])));
    }
  }
}

double ClosedForm::correlation(std::size_t a, std::size_t b) const {
  double out = 0;
  for (const auto& [source, weight] : variables_[a].parts) {
    for (const auto& [other, of_other] : variables_[b].parts) {
      if (source == other) out += weight * of_other;
    }
  }
  return out;
}

void ClosedForm::add_scores() {
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    const auto same = std::find_if(scores_.begin(), scores_.end(),
                                   [&](std::size_t j) { return correlation(i, j) > alike; });
    variables_[i].score = static_cast<std::size_t>(same - scores_.begin());
    if (same == scores_.end()) scores_.push_back(i);
  }
}

void ClosedForm::add_powers(std::span<const Uncertain> runs) {
  using T = number::Terms<slot_count>;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    std::uint64_t drawn = 0;
    for (const Variable& x : variables_) {
      if (x.run == r) drawn |= run::bit_of(x.slot);
    }
    const auto all =
        run::estimate(run::lift<T>(runs[r].inputs, [&](Slot slot, const quantity::Dimension&, double value) {
          return (drawn & run::bit_of(slot)) != 0 ? T::input(value, static_cast<std::size_t>(slot))
                                                  : T(value);
        }));
    value_.push_back(runs[r].inputs.values);
    auto& powers = powers_.emplace_back();
    run::for_each_result(all, [&](const run::ResultInfo&, const auto& field) {
      auto& out = powers.emplace_back();
      if (!field) return;
      const T& terms = field->coherent();
      if (terms.known()) out.assign(terms.products().begin(), terms.products().end());
    });
  }
}

// False where a number that may be negative has a part in it.
bool ClosedForm::add(const Powers& powers, std::size_t run, int sign, Exponents& exponents) const {
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    const Variable& x = variables_[i];
    const int power = x.run == run ? powers.power[static_cast<std::size_t>(x.slot)] : 0;
    if (power != 0 && !x.positive) return false;
    exponents[i] += sign * power;
  }
  return true;
}

double ClosedForm::at(const Exponents& exponents, std::size_t score, const Score& where) const {
  double out = 0;
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    const Variable& x = variables_[i];
    if (exponents[i] == 0) continue;
    const auto logarithm = [&](const Variable& of) {
      double y = 0;
      of.distribution->log_quantiles({&where, 1}, {&y, 1});
      return y - std::log(of.typical);
    };
    if (x.score == score) out += exponents[i] * logarithm(x);
    if (x.follows && variables_[*x.follows].score == score)
      out += exponents[i] *
             std::log(x.distribution->follows().factor(std::exp(logarithm(variables_[*x.follows]))));
  }
  return out;
}

Curve ClosedForm::curve(const Exponents& exponents, std::size_t score) const {
  Curve out{};
  const auto add = [&](const Curve& curve, double by) {
    for (std::size_t i = 0; i < score_count; ++i) out[i] += by * curve[i];
  };
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    const Variable& x = variables_[i];
    if (exponents[i] == 0) continue;
    if (x.score == score) add(x.logarithm, exponents[i]);
    if (x.follows && variables_[*x.follows].score == score) add(x.following, exponents[i]);
  }
  return out;
}

namespace {

// Of two scores that correlate: one curve of their sum or difference, whichever matters more, for each of
// some values of the other.
Summand of_two(const Curve& a, const Curve& b, double correlation) {
  const double plus = std::sqrt((1 + correlation) / 2);
  const double minus = std::sqrt((1 - correlation) / 2);
  const auto sum = [&](double s, double d) {
    return value_at(a, plus * s + minus * d) + value_at(b, plus * s - minus * d);
  };
  const bool of_sum = std::fabs(sum(1, 0) - sum(-1, 0)) > std::fabs(sum(0, 1) - sum(0, -1));
  constexpr std::size_t stride = 8;
  Summand out;
  double whole = 0;
  for (std::size_t j = 0; j < score_count; j += stride) {
    const double given = scores().at[j].normal;
    out.weight.push_back(scores().weight[j]);
    whole += out.weight.back();
    Curve& curve = out.curve.emplace_back();
    for (std::size_t i = 0; i < score_count; ++i) {
      const double z = scores().at[i].normal;
      curve[i] = of_sum ? sum(z, given) : sum(given, z);
    }
  }
  for (double& w : out.weight) w /= whole;
  return out;
}

constexpr std::array shares{0.05, 0.25, 0.5, 0.75, 0.95};

}  // namespace

std::optional<std::vector<double>> ClosedForm::logarithms(const Exponents& exponents) const {
  std::vector<std::size_t> moved;  // scores
  std::vector<Curve> curves;
  for (std::size_t s = 0; s < scores_.size(); ++s) {
    const Curve of_score = curve(exponents, s);
    if (std::all_of(of_score.begin(), of_score.end(), [](double x) { return x == 0; })) continue;
    moved.push_back(s);
    curves.push_back(of_score);
  }
  std::vector<double> out;
  if (moved.empty()) return std::vector<double>(shares.size());
  const bool rising = curves.front().back() > curves.front().front();
  if (moved.size() == 1 && monotone(curves.front(), rising)) {
    for (const double p : shares)
      out.push_back(at(exponents, moved.front(), Score::of(predict::normal_quantile(rising ? p : 1 - p))));
    return out;
  }
  std::vector<Summand> summands;
  std::vector<bool> taken(moved.size());
  for (std::size_t i = 0; i < moved.size(); ++i) {
    if (taken[i]) continue;
    std::optional<std::size_t> partner;
    for (std::size_t j = 0; j < moved.size(); ++j) {
      if (j == i || std::fabs(correlation(scores_[moved[i]], scores_[moved[j]])) <= unlike) continue;
      if (partner || j < i) return std::nullopt;  // three that hang together
      partner = j;
    }
    if (partner && taken[*partner]) return std::nullopt;
    if (!partner) {
      summands.push_back({{1}, {curves[i]}});
      continue;
    }
    taken[*partner] = true;
    summands.push_back(
        of_two(curves[i], curves[*partner], correlation(scores_[moved[i]], scores_[moved[*partner]])));
  }
  return percentiles_of_sum(std::move(summands), shares);
}

std::optional<Band> ClosedForm::band(const run::ResultInfo& info, double typical,
                                     const Exponents& exponents) {
  auto found =
      std::find_if(done_.begin(), done_.end(), [&](const auto& done) { return done.first == exponents; });
  if (found == done_.end()) {
    auto made = logarithms(exponents);
    if (!made) return std::nullopt;
    found = done_.insert(done_.end(), {exponents, *std::move(made)});
  }
  const auto at = [&](std::size_t i) { return typical * std::exp(found->second[i]); };
  return Band{.info = info, .p05 = at(0), .p25 = at(1), .p50 = at(2), .p75 = at(3), .p95 = at(4)};
}

// The term with every input at its value.
double ClosedForm::typical(const Powers& powers, std::size_t run) const {
  double out = powers.factor;
  std::array<bool, slot_count> done{};  // a factor on an input has its slot, too
  for (const Variable& x : variables_) {
    const auto slot = static_cast<std::size_t>(x.slot);
    if (x.run != run || done[slot]) continue;
    done[slot] = true;
    out *= std::pow(value_[run][slot], powers.power[slot]);
  }
  return out;
}

std::vector<double> ClosedForm::of_sum(std::size_t run, const std::vector<Powers>& terms) const {
  for (std::size_t a = 0; a < scores_.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      if (variables_[scores_[a]].run == run && variables_[scores_[b]].run == run &&
          std::fabs(correlation(scores_[a], scores_[b])) > unlike)
        return {};
    }
  }
  std::vector<Term> out(terms.size());
  std::vector<Exponents> exponents(terms.size(), Exponents(variables_.size()));
  for (std::size_t t = 0; t < terms.size(); ++t) {
    out[t].typical = typical(terms[t], run);
    if (!(out[t].typical > 0) || !add(terms[t], run, 1, exponents[t])) return {};
  }
  // scores that are parts of the same terms, and of each alike, are one
  std::vector<std::pair<std::vector<bool>, std::vector<Summand>>> alike_in;
  const auto moves = [](const Curve& c) {
    return std::any_of(c.begin(), c.end(), [](double x) { return x != 0; });
  };
  std::deque<Curve> curves;
  const auto add_score = [&](const Curve& curve, std::size_t term, bool again) {
    if (!again) curves.push_back(curve);
    out[term].logarithm.back() = &curves.back();
  };
  for (std::size_t s = 0; s < scores_.size(); ++s) {
    std::vector<Curve> of_term;
    std::vector<bool> in(terms.size());
    bool alike_throughout = true;
    const Curve* first = nullptr;
    for (std::size_t t = 0; t < terms.size(); ++t) of_term.push_back(curve(exponents[t], s));
    for (std::size_t t = 0; t < terms.size(); ++t) {
      in[t] = moves(of_term[t]);
      if (!in[t]) continue;
      alike_throughout = alike_throughout && (first == nullptr || *first == of_term[t]);
      first = &of_term[t];
    }
    if (first == nullptr) continue;
    if (alike_throughout) {
      auto found =
          std::find_if(alike_in.begin(), alike_in.end(), [&](const auto& g) { return g.first == in; });
      if (found == alike_in.end()) found = alike_in.insert(alike_in.end(), {in, {}});
      found->second.push_back({{1}, {*first}});
      continue;
    }
    for (Term& term : out) term.logarithm.push_back(nullptr);
    for (std::size_t t = 0; t < terms.size(); ++t) {
      if (in[t]) add_score(of_term[t], t, false);
    }
  }
  for (auto& [in, summands] : alike_in) {
    const Curve together = summands.size() == 1 ? summands.front().curve.front() : curve_of_sum(summands);
    for (Term& term : out) term.logarithm.push_back(nullptr);
    bool again = false;
    for (std::size_t t = 0; t < terms.size(); ++t) {
      if (in[t]) add_score(together, t, std::exchange(again, true));
    }
  }
  if (out.front().logarithm.empty()) return {};
  return percentiles_of_terms(out, shares);
}

std::optional<Band> ClosedForm::band(const run::ResultInfo& info, double typical, std::size_t run,
                                     std::size_t result) {
  const auto& terms = powers_[run][result];
  if (terms.empty() || !(typical > 0)) return std::nullopt;
  Exponents exponents(variables_.size());
  if (terms.size() == 1)
    return add(terms.front(), run, 1, exponents) ? band(info, typical, exponents) : std::nullopt;
  const auto p = of_sum(run, terms);
  if (p.empty()) return std::nullopt;
  return Band{.info = info, .p05 = p[0], .p25 = p[1], .p50 = p[2], .p75 = p[3], .p95 = p[4]};
}

std::optional<Band> ClosedForm::ratio(const run::ResultInfo& info, double typical, std::size_t over,
                                      std::size_t under, std::size_t result) {
  const auto& a = powers_[over][result];
  const auto& b = powers_[under][result];
  Exponents exponents(variables_.size());
  if (a.size() != 1 || b.size() != 1 || !(typical > 0) || !add(a.front(), over, 1, exponents) ||
      !add(b.front(), under, -1, exponents))
    return std::nullopt;
  return band(info, typical, exponents);
}

}  // namespace kwhatif::uncertain
