// The question of compare: which runs, what is held equal, whether places may be ranked.
#include "given_words.hpp"
#include "verdict_rows.hpp"
#include <kwhatif/ask/beside.hpp>
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/obtainable.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/scale.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace kwhatif::ask {

namespace {

void append(std::vector<diag::Diagnostic>& all, const std::vector<diag::Diagnostic>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

Compared worked_out(const run::Scenario& given, std::string label, const catalog::Catalog& tables) {
  Compared out;
  out.label = std::move(label);
  out.run = run::resolve(given, tables);
  out.result = run::estimate(out.run.inputs);
  return out;
}

// "large" of "runs/large.toml".
std::string stem(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);
  const auto dot = file.rfind('.');
  return dot == 0 ? file : file.substr(0, dot);
}

Compared compared(const CompareQuestion::Side& side, const catalog::Catalog& tables) {
  if (auto printed = side.printed ? published_run(tables, side.name.text) : std::nullopt)
    return std::move(*printed);
  const std::string& title = side.run.title;
  return worked_out(side.run, title.empty() ? stem(side.name.text) : title, tables);
}

// A ranking of unlike values needs to be asked for.
void refuse_mixed(const Ranking& ranking) {
  if (ranking.mixed.empty()) return;
  auto errors = ranking.mixed;
  for (diag::Diagnostic& d : errors) {
    d.severity = diag::Severity::error;
    d.help += "; --mixed ranks them all the same";
  }
  throw diag::ScenarioError(std::move(errors));
}

struct Gathered {
  Varied varied;
  std::vector<diag::Diagnostic> notes;
  std::optional<Compared> own;  // the varied run at its own place
  std::string length;           // of the sequences of all runs, where it was made alike
};

// Equal quality of two architectures is asked at one sequence length: that of the reference, where none is
// given.
std::optional<run::Given> common_length(const Varied& varied, std::size_t against) {
  const auto length = [](const Compared& c) { return c.run.network ? c.run.network->sequence_length : 0; };
  if (against >= varied.runs.size()) return std::nullopt;
  const Compared& reference = varied.runs[against];
  const double wanted = length(reference);
  const bool alike = std::ranges::all_of(
      varied.runs, [&](const Compared& c) { return length(c) == 0 || length(c) == wanted; });
  if (wanted == 0 || alike) return std::nullopt;
  return run::Given{quantity::shortest(wanted), {}, "sequence length of " + reference.label};
}

Gathered gather(const CompareQuestion& question, const catalog::Catalog& tables) {
  Gathered out;
  const auto& given = question.runs;
  if (question.vary.empty() ? given.size() < 2 : given.empty())
    diag::refuse("missing-value", "compare needs two runs, or one run and --vary", {},
                 "write for example: kwhatif compare a.toml b.toml, or kwhatif compare "
                 "patterson-2021/transformer-big-p100-us patterson-2021/evolved-medium-tpu-v2-iowa");
  if (question.vary.empty()) {
    for (const CompareQuestion::Side& side : given) {
      out.varied.runs.push_back(compared(side, tables));
      append(out.varied.warnings, out.varied.runs.back().run.warnings);
    }
    return out;
  }
  if (given.size() > 1)
    diag::refuse("too-many-arguments", "--vary takes one run, not " + std::to_string(given.size()),
                 given[1].name.where, "compare files without --vary, or vary one of them");
  const auto printed = given[0].printed ? published_scenario(tables, given[0].name.text) : std::nullopt;
  const run::Scenario& base = printed ? *printed : given[0].run;
  const auto axes = grid::read_axes(question.vary, tables, axis_options(base, question.unavailable));
  out.notes = grid::notes_of(axes);
  // among places that rent nothing, all is as it is
  const bool unavailable = question.unavailable || !rents_anything(base, axes, tables);
  out.varied = vary(base, axes, tables, unavailable);
  if (question.equal && read_equal_work(*question.equal) == EqualWork::loss &&
      !base.has(run::Input::seq_len)) {
    const std::size_t against =
        question.against ? whole_given(*question.against, 1, out.varied.runs.size()) - 1 : 0;
    if (const auto length = common_length(out.varied, against)) {
      run::Scenario same = base;
      same.set(run::Input::seq_len, *length);
      out.length =
          "; at " + length->text + " tokens per sequence, those of " + out.varied.runs[against].label;
      out.varied = vary(same, axes, tables, unavailable);
    }
  }
  if (out.varied.not_offered > 0)
    out.notes.push_back({.code = "not-offered",
                         .message = std::to_string(out.varied.not_offered) +
                                    " runs are left out: the device is not known to be offered there",
                         .where = {},
                         .help = "--unavailable takes them, too",
                         .severity = diag::Severity::note});
  // the run at its own place stands in rankings of places; elsewhere it may lack what an axis gives
  const bool places = std::ranges::any_of(
      axes, [](const grid::Axis& a) { return a.input == run::Input::region || a.input == run::Input::grid; });
  if (places && (base.has(run::Input::region) || base.has(run::Input::grid)))
    out.own = worked_out(base, {}, tables);
  return out;
}

// A rule of equivalence, and how tokens find experts, have no effect on a run whose tokens are given; but
// they say what its model is worth beside others, unless all are dense.
void settle_equivalence(std::vector<diag::Diagnostic>& warnings, const Comparison& comparison) {
  const auto of_worth = [](const diag::Diagnostic& d) {
    if (d.code != "no-effect") return false;
    const std::string_view named =
        d.message.starts_with("--") ? std::string_view{d.message}.substr(2) : d.message;
    return std::ranges::any_of(
        std::array{run::Input::equivalence, run::Input::experts},  // and experts-per-token
        [&](run::Input input) {
          return named.starts_with(run::info(input).flag) || named.starts_with(run::info(input).key);
        });
  };
  const bool sparse = std::ranges::any_of(comparison.worth.runs,
                                          [](const auto& run) { return run && run->side.shape.sparse(); });
  if (sparse) std::erase_if(warnings, of_worth);
  for (diag::Diagnostic& d : warnings) {
    if (!of_worth(d)) continue;
    d.message =
        d.message.substr(0, d.message.find(':')) + ": none of the runs is known to have a sparse model";
    d.help = "name one with --model, or give --params and --active";
  }
}

}  // namespace

Comparison compare(const CompareQuestion& question, const catalog::Catalog& tables) {
  Gathered gathered = gather(question, tables);
  auto& runs = gathered.varied.runs;
  const EqualWork rule = question.equal ? read_equal_work(*question.equal) : EqualWork::as_given;
  const std::size_t against = question.against ? whole_given(*question.against, 1, runs.size()) - 1 : 0;
  Comparison out = compare(std::move(runs), against, rule);
  out.rule_words += gathered.length;
  if (question.limit) out.most_places = whole_given(*question.limit, 1, 100'000);
  out.left_out = std::move(gathered.varied.left_out);
  settle_equivalence(gathered.varied.warnings, out);
  out.notes = std::move(gathered.notes);
  std::vector<Compared>
      answered;  // a run without tokens for equal quality lacks all else for that reason alone
  std::ranges::copy_if(out.runs, std::back_inserter(answered), [&](const Compared& c) {
    return rule != EqualWork::loss || c.result.training_flop.has_value();
  });
  for (diag::Diagnostic& note : notes_beside(answered)) out.notes.push_back(std::move(note));
  append(out.warnings, gathered.varied.warnings);
  // of the run with most devices alone: the measured times are read for it
  const auto devices = [](const Compared& c) { return c.result.devices ? c.result.devices->coherent() : 0; };
  const auto& largest = *std::ranges::max_element(out.runs, {}, devices);
  if (auto beyond = run::beyond_published(largest.run, tables)) {
    beyond->message = largest.label + ": " + beyond->message;
    out.warnings.push_back(std::move(*beyond));
  }
  if (!question.vary.empty()) out.ranking = rank_places(out.runs, gathered.own ? &*gathered.own : nullptr);
  if (out.ranking) {
    if (!question.mixed) refuse_mixed(*out.ranking);
    append(out.warnings, out.ranking->mixed);
    out.left_out.insert(out.left_out.end(), out.ranking->left_out.begin(), out.ranking->left_out.end());
    out.verdict = verdict_of(out);  // of those that may be ranked, by the odds between their grids
  } else {
    std::vector<const Compared*> all;
    for (const Compared& c : out.runs) all.push_back(&c);
    append(out.warnings, mixtures(all));
  }
  return out;
}

bool Ranking::has(std::size_t run) const {
  return std::ranges::any_of(groups, [&](const RankingGroup& group) {
    return std::ranges::find(group.places, run, &Place::run) != group.places.end();
  });
}

const RunRatio* Comparison::ratio(std::size_t run, Measure measure) const {
  const auto at =
      std::ranges::find_if(ratios, [&](const RunRatio& r) { return r.run == run && r.measure == measure; });
  return at == ratios.end() ? nullptr : &*at;
}

const QualityPair* Comparison::equal_quality(std::size_t run) const {
  const auto at = std::ranges::find(quality, run, &RunPair::run);
  return at == quality.end() ? nullptr : &at->pair;
}

bool Comparison::open_ended(std::size_t run) const {
  const QualityPair* pair = equal_quality(run);
  if (pair == nullptr || !pair->answer.sized) return false;
  const auto& sized = *pair->answer.sized;
  return sized.compute_ratio && !(sized.low && sized.high);
}

std::vector<std::string> Comparison::sources() const {
  std::vector<std::string> out;
  for (const Compared& c : runs) {
    std::ranges::copy_if(c.run.sources(), std::back_inserter(out),
                         [&](const std::string& id) { return std::ranges::find(out, id) == out.end(); });
  }
  if (quality.empty()) return out;
  const auto add = [&](std::string_view id) {
    if (std::ranges::find(out, id) == out.end()) out.emplace_back(id);
  };
  for (const model::LossLaw* law : model::quality_laws()) add(law->source);
  for (const std::string_view id : diag::parts(worth.rule.sources)) add(id);
  return out;
}

}  // namespace kwhatif::ask
