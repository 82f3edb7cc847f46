// A sweep in parts.
#include "sweep_walk.hpp"
#include "sweep_words.hpp"
#include <kwhatif/ask/sweep_part.hpp>
#include <kwhatif/document/checksum.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

namespace kwhatif::ask {

using diag::refuse;

namespace {

constexpr std::uint64_t most_shards = 1'000'000;
constexpr std::array kept_names{"rows", "best", "front", "groups", "sums", "values"};

std::optional<std::uint64_t> digits(std::string_view text) {
  std::uint64_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return out;
}

std::vector<std::size_t> first_columns(std::size_t count) {
  std::vector<std::size_t> out(count);
  std::iota(out.begin(), out.end(), 0);
  return out;
}

std::uint64_t group_count(const SweepAnswer& grid) {
  std::uint64_t out = 1;
  for (const std::size_t a : grid.group_axes) out *= grid.space.axes()[a].size();
  return out;
}

std::vector<std::vector<double>> values_of_part(const SweepAnswer& grid, const grid::Kernel& kernel,
                                                const grid::Shard& shard, const Walk& walk, bool& stopped) {
  grid::ValueSink sink(kernel, 0, grid.group_axes);
  stopped = !walk(kernel, sink);
  if (stopped || !sink.too_many()) return sink.take();
  const double most = static_cast<double>(grid::most_kept_values);
  const double least = std::ceil(grid.space.size_estimate() / most);
  refuse("too-many-rows",
         "exact quantiles and histograms of parts need every value, and part " +
             std::to_string(shard.index + 1) + " of " + std::to_string(shard.count) + " has more than " +
             std::to_string(grid::most_kept_values),
         grid.space.axes().front().given.where,
         least <= static_cast<double>(most_shards)
             ? "take more parts (--shard 1/" + quantity::fixed(least, 0) +
                   "), or ask without --shard: no value is kept then"
             : "ask without --shard: no value is kept then; or take fewer values per axis");
}

}  // namespace

grid::Shard read_shard(const run::Given& given) {
  const std::string_view text = given.text;
  const auto slash = text.find('/');
  const auto index = digits(text.substr(0, slash));
  const auto count = slash == std::string_view::npos ? std::nullopt : digits(text.substr(slash + 1));
  if (!index || !count)
    refuse("bad-shard", "--shard: '" + given.text.substr(0, 40) + "' is no part", given.where,
           "write for example --shard 3/16: the third of sixteen parts");
  if (*count < 1 || *count > most_shards)
    refuse("bad-shard", "--shard: there are 1 to 1,000,000 parts, not " + std::to_string(*count), given.where,
           "write for example --shard 3/16");
  if (*index < 1 || *index > *count)
    refuse("bad-shard",
           "--shard: there is no part " + std::to_string(*index) + " of " + std::to_string(*count),
           given.where, "parts are counted from 1: 1/" + std::to_string(*count) + " is the first");
  return {*index - 1, *count};
}

std::string_view name_of(Kept kept) { return kept_names.at(static_cast<std::size_t>(kept)); }

std::optional<Kept> kept_named(std::string_view name) {
  const auto at = std::ranges::find(kept_names, name);
  if (at == kept_names.end()) return std::nullopt;
  return static_cast<Kept>(at - kept_names.begin());
}

Kept kept_of(const SweepQuestion& question, const SweepAnswer& grid) {
  using Kind = SweepKind;
  switch (grid.kind) {
    case Kind::top:
      return Kept::best;
    case Kind::pareto:
      return Kept::front;
    case Kind::histogram:
      return Kept::values;
    case Kind::groups:
      if (grid.reduce == grid::Reduce::mean) return Kept::sums;
      return grid.reduce == grid::Reduce::quantiles ? Kept::values : Kept::groups;
    case Kind::rows:
      if (!grid.limits.empty()) return Kept::best;
      refuse("no-effect", "--shard has no effect on the first rows: they are read, not searched for", {},
             "all rows: --csv, --json or --output; the best: --top 10 --by co2e");
    case Kind::run:
      break;
  }
  refuse("conflict", "--shard and --explain-row: one row is no work to share",
         question.row ? question.row->where : diag::Span{}, "leave --shard out");
}

std::string fingerprint(const SweepQuestion& question, const SweepAnswer& grid) {
  document::Checksum sum;
  const auto text = [&](std::string_view words) {
    sum.add_number(words.size());
    sum.add(words);
  };
  const auto numbers = [&](const auto& many) {
    sum.add_number(many.size());
    for (const auto& n : many) sum.add_number(n);
  };
  text(std::to_string(static_cast<int>(grid.kind)) + ' ' + std::to_string(static_cast<int>(grid.reduce)) +
       (grid.largest ? " largest" : ""));
  sum.add_number(grid.by);
  sum.add_number(best_wanted(question));
  numbers(grid.columns);
  numbers(grid.group_axes);
  for (const grid::Limit& limit : grid.limits) {
    sum.add_number(limit.result);
    sum.add_number(limit.compare);
    sum.add_number(limit.bound);
    text(limit.text);
  }
  for (const grid::Axis& axis : grid.space.axes()) {
    text(axis.name);
    numbers(axis.numbers);
    for (const std::string& value : axis.texts) text(value);
  }
  for (const grid::SlotTable& table : grid.space.tables()) {
    numbers(table.axes);
    numbers(table.values);
  }
  // What is computed at each point: of some rows.
  constexpr std::uint64_t some = 256;
  const std::uint64_t size = grid.space.size();
  for (std::uint64_t i = 0; grid.space.computes() && i < std::min(size, some); ++i) {
    const auto inputs = grid.space.inputs(grid.space.indices(size / std::min(size, some) * i));
    if (inputs) run::for_each_known(*inputs, [&](run::Slot, double v) { sum.add_number(v); });
  }
  return sum.hexadecimal();
}

std::optional<PartState> sweep_part(const SweepQuestion& question, const SweepAnswer& grid,
                                    const grid::Shard& shard, const Watch& watch) {
  const Walk walk(grid, watch, shard);
  PartState out;
  bool stopped = false;
  switch (const Kept kept = kept_of(question, grid)) {
    case Kept::rows:
      throw diag::InternalError("rows are no state");
    case Kept::best: {
      const grid::Kernel kernel(grid.space, wanted({grid.by}, grid), true);
      grid::TopSink sink(kernel, 0, best_wanted(question), grid.largest);
      stopped = !walk(kernel, sink);
      out.best = sink.best();
      break;
    }
    case Kept::front: {
      const grid::Kernel kernel(grid.space, wanted(grid.columns, grid), true);
      grid::ParetoSink sink(kernel, first_columns(grid.columns.size()));
      stopped = !walk(kernel, sink);
      out.front = sink.front();
      break;
    }
    case Kept::groups:
    case Kept::sums: {
      const grid::Kernel kernel(grid.space, wanted({grid.by}, grid), true, grid.group_axes);
      if (kept == Kept::sums) {
        grid::SumSink sink(kernel, 0, grid.group_axes);
        stopped = !walk(kernel, sink);
        out.sums = sink.sums();
      } else {
        grid::GroupSink sink(kernel, 0, grid.group_axes, grid.reduce);
        stopped = !walk(kernel, sink);
        out.groups = sink.groups();
      }
      break;
    }
    case Kept::values: {
      const grid::Kernel kernel(grid.space, wanted({grid.by}, grid), true);
      out.values = values_of_part(grid, kernel, shard, walk, stopped);
      break;
    }
  }
  if (stopped) return std::nullopt;
  return out;
}

bool all_rows(const SweepAnswer& grid, const grid::Kernel& kernel, grid::Sink& sink, const grid::Shard& shard,
              const Watch& watch) {
  return Walk{grid, watch, shard}(kernel, sink);
}

bool fits(const SweepQuestion& question, const SweepAnswer& grid, const PartState& part) {
  const std::uint64_t size = grid.space.size();
  const std::uint64_t groups = group_count(grid);
  const auto within = [&](const auto& ranked) { return ranked.row < size; };
  const auto finite = [](double v) { return std::isfinite(v); };
  switch (kept_of(question, grid)) {
    case Kept::rows:
      return true;
    case Kept::best:
      return part.best.size() <= best_wanted(question) && std::ranges::all_of(part.best, within) &&
             std::ranges::all_of(part.best, finite, &grid::Ranked::value);
    case Kept::front:
      return std::ranges::all_of(part.front, [&](const grid::FrontPoint& p) {
        return within(p) && p.values.size() == grid.columns.size() && std::ranges::all_of(p.values, finite);
      });
    case Kept::groups:
      return part.groups.size() == groups &&
             std::ranges::all_of(part.groups, [&](const auto& g) { return within(g.best); });
    case Kept::sums:
      return part.sums.size() == groups;
    case Kept::values:
      return part.values.size() == groups && std::ranges::all_of(part.values, [&](const auto& values) {
               return std::ranges::all_of(values, finite) && std::ranges::is_sorted(values);
             });
  }
  return false;
}

namespace {

void merge_best(const SweepQuestion& question, const std::vector<PartState>& parts, SweepAnswer& out) {
  std::vector<grid::Ranked> best;
  for (const PartState& part : parts) best.insert(best.end(), part.best.begin(), part.best.end());
  const double sign = out.largest ? -1.0 : 1.0;
  std::ranges::sort(best, [&](const grid::Ranked& a, const grid::Ranked& b) {
    return a.value == b.value ? a.row < b.row : sign * a.value < sign * b.value;
  });
  best.resize(std::min(best.size(), best_wanted(question)));
  for (const grid::Ranked& ranked : best) out.rows.push_back(sweep_row(out.space, ranked.row));
}

void merge_front(const std::vector<PartState>& parts, SweepAnswer& out) {
  std::vector<grid::FrontPoint> front;
  for (const PartState& part : parts) {
    for (const grid::FrontPoint& point : part.front) grid::insert(front, point);
  }
  std::ranges::sort(front, [](const grid::FrontPoint& a, const grid::FrontPoint& b) {
    return a.values != b.values ? a.values < b.values : a.row < b.row;
  });
  add_front(out, front);
}

std::vector<grid::Group> merged_groups(const std::vector<PartState>& parts, const SweepAnswer& grid) {
  std::vector<grid::Group> out = parts.front().groups;
  const double sign = grid.reduce == grid::Reduce::max ? -1.0 : 1.0;
  for (std::size_t p = 1; p < parts.size(); ++p) {
    for (std::size_t g = 0; g < out.size(); ++g) {
      const grid::Group& more = parts[p].groups[g];
      grid::Ranked& best = out[g].best;
      out[g].count += more.count;
      const double x = sign * more.best.value;
      const double y = sign * best.value;
      if (!std::isnan(x) && (std::isnan(y) || x < y || (x == y && more.best.row < best.row)))
        best = more.best;
    }
  }
  return out;
}

std::vector<grid::Group> merged_sums(std::vector<PartState>& parts) {
  auto& sums = parts.front().sums;
  std::vector<grid::Group> out;
  for (std::size_t g = 0; g < sums.size(); ++g) {
    for (std::size_t p = 1; p < parts.size(); ++p) {
      sums[g].count += parts[p].sums[g].count;
      sums[g].sum.merge(parts[p].sums[g].sum);
    }
    out.push_back(grid::group_of(sums[g]));
  }
  return out;
}

grid::SortedParts values_in(std::vector<PartState>& parts, std::size_t group) {
  grid::SortedParts out;
  for (PartState& part : parts) out.push_back(std::move(part.values[group]));
  return out;
}

}  // namespace

SweepAnswer answer_of(const SweepQuestion& question, SweepAnswer grid, std::vector<PartState> parts,
                      const catalog::Catalog& tables) {
  SweepAnswer out = std::move(grid);
  switch (kept_of(question, out)) {
    case Kept::rows:
      throw diag::InternalError("rows are no state");
    case Kept::best:
      merge_best(question, parts, out);
      break;
    case Kept::front:
      merge_front(parts, out);
      break;
    case Kept::groups:
      add_groups(out, merged_groups(parts, out));
      break;
    case Kept::sums:
      add_groups(out, merged_sums(parts));
      break;
    case Kept::values:
      if (out.kind == SweepKind::histogram) {
        out.histogram = grid::histogram_of(values_in(parts, 0), histogram_bins);
        break;
      }
      std::vector<grid::Group> groups;
      for (std::size_t g = 0; g < parts.front().values.size(); ++g)
        groups.push_back(grid::quantiles_of(values_in(parts, g)));
      add_groups(out, groups);
      break;
  }
  conclude(out, tables);
  return out;
}

}  // namespace kwhatif::ask
