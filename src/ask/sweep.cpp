#include "sweep_walk.hpp"
#include "sweep_words.hpp"
#include "verdict_rows.hpp"
#include <kwhatif/ask/beside.hpp>
#include <kwhatif/ask/missing.hpp>
#include <kwhatif/ask/obtainable.hpp>
#include <kwhatif/ask/row_bands.hpp>
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace kwhatif::ask {

using diag::refuse;

Walk::Walk(const SweepAnswer& grid, const Watch& watch, const grid::Shard& shard)
    : grid_(grid), shard_(shard) {
  options_ = {.threads = grid.threads, .limits = grid.limits, .stop = watch.stop};
  if (watch.progress)
    options_.progress = [&watch, total = grid.space.size() / shard.count](std::uint64_t points) {
      watch.progress(points, std::max(points, total));
    };
}

bool Walk::operator()(const grid::Kernel& kernel, grid::Sink& sink) const {
  if (!grid::would_search(kernel, sink, options_)) refuse_days_of_work();
  return grid::walk(kernel, sink, options_, shard_);
}

void Walk::refuse_days_of_work() const {
  constexpr double most_evaluations = 2e13;  // an hour or so
  const double size = grid_.space.size_estimate() / static_cast<double>(shard_.count);
  if (size > most_evaluations)
    refuse("too-many-rows",
           "the " + std::string{shard_.count > 1 ? "part" : "grid"} + " has " + quantity::significant(size) +
               " points: more than a day of work",
           grid_.space.axes().front().given.where,
           "use fewer values per axis (lin20 or log20), or fix the inputs that do not change the answer");
}

std::vector<std::size_t> wanted(std::vector<std::size_t> results, const SweepAnswer& grid) {
  grid::add_results(results, grid.limits);
  return results;
}

std::size_t best_wanted(const SweepQuestion& question) {
  return question.top ? top_count(*question.top) : static_cast<std::size_t>(first_rows);
}

void add_front(SweepAnswer& out, const std::vector<grid::FrontPoint>& front) {
  const auto bends = grid::knees(front);
  for (std::size_t i = 0; i < front.size(); ++i) {
    out.rows.push_back(sweep_row(out.space, front[i].row));
    out.rows.back().knee = std::ranges::find(bends, i) != bends.end();
  }
}

void add_groups(SweepAnswer& out, const std::vector<grid::Group>& found) {
  for (std::size_t g = 0; g < found.size(); ++g)
    out.groups.push_back({grid::group_indices(out.space, out.group_axes, g), found[g]});
}

namespace {

std::vector<std::size_t> first_of(std::size_t count) {
  std::vector<std::size_t> out(count);
  std::iota(out.begin(), out.end(), 0);
  return out;
}

void best_rows(SweepAnswer& out, std::size_t count, const Watch& watch) {
  const grid::Kernel kernel(out.space, wanted({out.by}, out), true);
  grid::TopSink sink(kernel, 0, count, out.largest);
  out.stopped = !Walk{out, watch}(kernel, sink);
  for (const grid::Ranked& ranked : sink.best()) out.rows.push_back(sweep_row(out.space, ranked.row));
}

void front_rows(SweepAnswer& out, const Watch& watch) {
  const grid::Kernel kernel(out.space, wanted(out.columns, out), true);
  grid::ParetoSink sink(kernel, first_of(out.columns.size()));
  out.stopped = !Walk{out, watch}(kernel, sink);
  if (!out.stopped) add_front(out, sink.front());
}

void groups(SweepAnswer& out, const Watch& watch) {
  const Walk walk(out, watch);
  const bool quantiles = out.reduce == grid::Reduce::quantiles;
  const grid::Kernel kernel(out.space, wanted({out.by}, out), true,
                            quantiles ? std::vector<std::size_t>{} : out.group_axes);
  std::vector<grid::Group> found;
  if (quantiles) {
    walk.refuse_days_of_work();
    found = grid::quantiles(kernel, 0, out.group_axes, walk.options());
    out.stopped = found.empty();
  } else {
    grid::GroupSink sink(kernel, 0, out.group_axes, out.reduce);
    out.stopped = !walk(kernel, sink);
    if (!out.stopped) found = sink.groups();
  }
  add_groups(out, found);
}

void histogram(SweepAnswer& out, const Watch& watch) {
  const Walk walk(out, watch);
  const grid::Kernel kernel(out.space, wanted({out.by}, out), true);
  walk.refuse_days_of_work();
  auto found = grid::histogram(kernel, 0, histogram_bins, walk.options());
  out.stopped = !found.has_value();
  if (found) out.histogram = std::move(*found);
}

// What the rows start with; with conditions the best of those that meet them.
void shown_rows(SweepAnswer& out, const Watch& watch) {
  if (!out.limits.empty()) return best_rows(out, static_cast<std::size_t>(first_rows), watch);
  for (std::uint64_t r = 0; r < std::min(out.space.size(), first_rows); ++r)
    out.rows.push_back(sweep_row(out.space, r));
}

// What the answer shows, or is ranked by.
std::vector<std::size_t> shown_results(const SweepQuestion& question, const SweepAnswer& grid) {
  if (grid.kind == SweepKind::groups || grid.kind == SweepKind::histogram) return {grid.by};
  auto out = grid.columns;
  if (question.by) out.push_back(grid.by);
  return out;
}

bool is_in(const std::vector<diag::Diagnostic>& warnings, std::string_view code) {
  return std::ranges::any_of(warnings, [&](const auto& w) { return w.code == code; });
}

// What no row has is said once, with the flag that brings it.
void add_gaps(const SweepQuestion& question, SweepAnswer& grid, const Watch& watch) {
  const grid::Space& space = grid.space;
  const auto found = run::estimate(space.sample().inputs);
  if (!found.training_flop && !found.device_time && !found.wall_time &&
      !has_result(space, *grid::result_named("device_time"), watch.stop) &&
      !has_result(space, *grid::result_named("training_flop"), watch.stop))
    refuse("no-work", "the work is unknown: neither compute nor device-time follows from what is given", {},
           "give --params and --tokens, or --flops, or --hours and --chips, or --device-hours");
  for (const std::size_t result : shown_results(question, grid)) {
    if (grid::result_value(found, result) || has_result(space, result, watch.stop)) continue;
    for (diag::Diagnostic& gap : missing_for(result, space.sample(), found)) {
      if (!is_in(grid.warnings, gap.code)) grid.warnings.push_back(std::move(gap));
    }
  }
}

// An axis that no result depends on is a slip.
void add_idle_axes(SweepAnswer& grid) {
  const auto& axes = grid.space.axes();
  for (std::size_t a = 0; a < axes.size(); ++a) {
    const auto& tables = grid.space.tables();
    const bool matters = axes[a].size() < 2 || std::ranges::any_of(tables, [&](const grid::SlotTable& table) {
                           return std::ranges::find(table.axes, a) != table.axes.end();
                         });
    const bool said = std::ranges::any_of(grid.warnings, [&](const auto& w) {
      return w.message.find("--axis " + axes[a].name + ' ') != std::string::npos;
    });
    if (matters || said) continue;
    grid.warnings.push_back(
        {.code = "no-effect",
         .message = "--axis " + axes[a].name + " changes nothing: no result depends on it here",
         .where = axes[a].given.where,
         .help = "leave it out",
         .severity = diag::Severity::warning});
  }
}

// The sample's own warning is of one pair; what is said of offers is said of all.
void add_offers(const SweepQuestion& question, const catalog::Catalog& tables, SweepAnswer& out) {
  std::erase_if(out.warnings,
                [](const diag::Diagnostic& w) { return w.code == "not-offered" || w.code == "not-sold"; });
  Offers offers = offers_of(question.run, out.space, tables, question.unavailable);
  std::ranges::move(offers.notes, std::back_inserter(out.notes));
  std::ranges::move(offers.warnings, std::back_inserter(out.warnings));
}

// Why rows that are shown lack a result that others have.
void add_reasons(const catalog::Catalog& tables, SweepAnswer& out) {
  std::vector<std::uint64_t> rows;
  for (const SweepRow& row : out.rows) rows.push_back(row.row);
  for (diag::Diagnostic& reason : notes_on_gaps(out.space, rows, out.columns, tables)) {
    if (!is_in(out.warnings, reason.code)) out.notes.push_back(std::move(reason));
  }
}

}  // namespace

void conclude(SweepAnswer& out, const catalog::Catalog& tables) {
  if (out.bands) {
    for (SweepRow& row : out.rows) row.bands = row_bands(out.space, row.row, tables);
  }
  out.verdict = verdict_of(out, tables);
  add_scale_warnings(out, tables);
  if (out.kind != SweepKind::run) add_reasons(tables, out);
}

SweepRow sweep_row(const grid::Space& space, std::uint64_t row) {
  SweepRow out{.row = row, .indices = space.indices(row), .result = {}};
  if (const auto inputs = space.inputs(out.indices)) out.result = run::estimate(*inputs);
  return out;
}

bool SweepAnswer::nothing() const {
  if (kind == SweepKind::groups)
    return std::ranges::all_of(groups, [](const auto& line) { return line.group.count == 0; });
  return kind == SweepKind::histogram ? histogram.rows == 0 : rows.empty();
}

SweepAnswer sweep_grid(const SweepQuestion& question, const catalog::Catalog& tables, const Watch& watch) {
  refuse_idle_options(question);
  if (const auto& under_way = question.run.get(run::Input::done))
    refuse("no-effect", under_way->named + " is of one run under way", under_way->where,
           "`kwhatif estimate` says what it took so far and what is left");
  if (question.axes.empty())
    refuse("missing-value", "a sweep needs at least one --axis", {},
           "write for example --axis tokens=1e11:1e13:log20 --axis region=gcp:*");
  auto axes = grid::read_axes(question.axes, tables, axis_options(question.run, question.unavailable));
  auto notes = grid::notes_of(axes);
  SweepAnswer out{
      .kind = kind_of(question),
      .space = grid::Space(
          question.run, std::move(axes), tables,
          {.offered = !question.unavailable, .progress = watch.looking_up, .threads = watch.workers()}),
      .notes = std::move(notes)};
  read_words(question, watch, out);
  if (out.kind == SweepKind::run) return out;
  out.assumptions = assumptions(out.space);
  out.warnings = out.space.warnings();
  add_offers(question, tables, out);
  add_gaps(question, out, watch);
  add_idle_axes(out);
  return out;
}

SweepAnswer sweep(const SweepQuestion& question, const catalog::Catalog& tables, const Watch& watch) {
  SweepAnswer out = sweep_grid(question, tables, watch);
  switch (out.kind) {
    case SweepKind::rows:
      shown_rows(out, watch);
      break;
    case SweepKind::top:
      best_rows(out, best_wanted(question), watch);
      break;
    case SweepKind::pareto:
      front_rows(out, watch);
      break;
    case SweepKind::groups:
      groups(out, watch);
      break;
    case SweepKind::histogram:
      histogram(out, watch);
      break;
    case SweepKind::run:
      out.rows.push_back(sweep_row(out.space, row_number(*question.row, out.space)));
      break;
  }
  if (!out.stopped) conclude(out, tables);
  return out;
}

grid::Kernel row_kernel(const SweepAnswer& grid) {
  return grid::Kernel(grid.space, wanted(grid.columns, grid), false);
}

bool all_rows(const SweepAnswer& grid, const grid::Kernel& kernel, grid::Sink& sink, const Watch& watch) {
  return Walk{grid, watch}(kernel, sink);
}

}  // namespace kwhatif::ask
