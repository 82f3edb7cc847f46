#include "trace_layout.hpp"

#include "trace_columns.hpp"
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <charconv>

namespace kwhatif::schedule {

namespace {

using document::CsvRecord;

bool all_digits(const std::string& cell) {
  return cell.find_first_not_of("0123456789.") == std::string::npos;
}

bool holds_time(const CsvRecord& record, std::size_t column) {
  return column < record.fields.size() && read_stamp(record.fields[column]).has_value();
}

// The first record of data: it has a time, and the record after it has one in the same column.
std::optional<std::size_t> first_data(const std::vector<CsvRecord>& records) {
  std::optional<std::size_t> otherwise;
  for (std::size_t r = 0; r < records.size(); ++r) {
    for (std::size_t c = 0; c < records[r].fields.size(); ++c) {
      if (!holds_time(records[r], c)) continue;
      if (r + 1 < records.size() && holds_time(records[r + 1], c)) return r;
      if (!otherwise) otherwise = r;
    }
  }
  return otherwise;
}

// Heads stand right above the data, in one or a few lines of as many fields; words above one another belong
// together ("Carbon intensity" above "g/kWh").
void read_heads(Layout& layout, const std::vector<CsvRecord>& records) {
  constexpr std::size_t most_lines = 3;
  const CsvRecord& data = records[layout.preamble];
  const std::size_t all = data.fields.size();
  for (std::size_t above = 1; above <= std::min(layout.preamble, most_lines); ++above) {
    CsvRecord heads = records[layout.preamble - above];
    if (above == 1 && heads.fields.size() + 1 == all &&
        !data.fields.back().empty()) {  // an index without head
      heads.fields.insert(heads.fields.begin(), std::string{});
      heads.offsets.insert(heads.offsets.begin(), heads.offsets.front());
    }
    const bool fits = heads.fields.size() == all || (above == 1 && heads.fields.size() > 1);
    if (!fits) break;
    if (above == 1) layout.head_offsets = heads.offsets;
    layout.heads.resize(std::max(layout.heads.size(), heads.fields.size()));
    for (std::size_t c = 0; c < heads.fields.size(); ++c) {
      std::string& head = layout.heads[c];
      if (!head.empty() && !heads.fields[c].empty()) head.insert(0, 1, ' ');
      head.insert(0, heads.fields[c]);
    }
  }
}

// The column of times that suits best; times of digits alone need a head that speaks of time.
std::optional<std::size_t> time_column(const Layout& layout, const CsvRecord& data) {
  std::optional<std::size_t> best;
  int best_rank = 0;
  for (std::size_t c = 0; c < data.fields.size(); ++c) {
    const auto stamp = read_stamp(data.fields[c]);
    const std::string head = layout.head(c);
    if (!stamp || (all_digits(data.fields[c]) && !layout.heads.empty() && !names_time(head))) continue;
    const int rank = time_rank(head) + (stamp->minute || stamp->epoch ? 2 : 0);
    if (best && rank <= best_rank) continue;
    best = c;
    best_rank = rank;
  }
  return best;
}

void find_companion(Layout& layout, const CsvRecord& data) {
  constexpr int latest_hour = 25;  // a day of 25 hours is refused later, with its reason
  constexpr int latest_half_hour = 50;
  int best_rank = 0;
  const auto offer = [&](Companion kind, std::size_t column, int rank) {
    if (layout.companion != Companion::none && rank <= best_rank) return;
    layout.companion = kind;
    layout.companion_column = column;
    best_rank = rank;
  };
  for (std::size_t c = 0; c < data.fields.size(); ++c) {
    if (c == layout.time) continue;
    const std::string head = layout.head(c);
    const auto number = quantity::whole_number(data.fields[c]);
    constexpr int clocks_before_hours = 100;
    if (read_clock(data.fields[c])) {
      offer(Companion::clock, c, clocks_before_hours + time_rank(head));
    } else if (number && names_half_hour(head) && *number >= 1 && *number <= latest_half_hour) {
      offer(Companion::half_hour, c, time_rank(head));
    } else if (number && names_hour(head) && *number <= latest_hour) {
      offer(Companion::hour, c, time_rank(head));
    }
  }
}

}  // namespace

std::optional<Layout> layout_of(const std::vector<CsvRecord>& first) {
  const auto data = first_data(first);
  if (!data) return std::nullopt;
  Layout out;
  out.preamble = *data;
  out.columns = first[*data].fields.size();
  read_heads(out, first);
  if (out.head(0) == "utc_day") {
    out.by_day = true;
    out.zone = {Zone::Kind::fixed, 0, "UTC"};
    return out;
  }
  const auto time = time_column(out, first[*data]);
  if (!time) return std::nullopt;
  out.time = *time;
  const bool is_date =
      !read_stamp(first[*data].fields[*time])->minute && !read_stamp(first[*data].fields[*time])->epoch;
  if (is_date) find_companion(out, first[*data]);
  out.zone = zone_named(out.head(out.time));
  out.zone_column = out.time;
  std::string heads = out.head(out.time);
  if (out.companion != Companion::none) {
    const std::string head = out.head(out.companion_column);
    heads = head;
    const Zone beside = zone_named(head);
    const bool is_open = out.zone.kind == Zone::Kind::unnamed || out.zone.kind == Zone::Kind::unclear;
    if (is_open && beside.kind != Zone::Kind::unnamed) {
      out.zone = beside;
      out.zone_column = out.companion_column;
    }
    // Great Britain numbers the half-hours of its own day
    const bool british = out.companion == Companion::half_hour && names_settlement(head);
    if (british && out.zone.kind == Zone::Kind::unnamed) out.zone = {Zone::Kind::european, 0, "GMT/BST"};
  }
  out.ends = names_end(heads);
  out.begins = names_begin(heads);
  return out;
}

}  // namespace kwhatif::schedule
