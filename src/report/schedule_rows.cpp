// The answer of `schedule` in rows: CSV, and one key per line.
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/schedule.hpp>
#include <kwhatif/report/table.hpp>

#include <cmath>
#include <map>

namespace kwhatif::report {

namespace {

std::string number(double v) { return quantity::shortest(v); }
std::string grams(double coherent) { return number(quantity::to_unit(coherent, "g/kWh")); }

std::string kilograms(const ScheduleAnswer& a, double mean) {
  const auto co2e = a.co2e(mean);
  return co2e ? number(*co2e) : "";
}

// Over the year's starts.
Table savings_rows(const ScheduleAnswer& a) {
  Table table{{{"policy"},
               {"mean_saving"},
               {"p05"},
               {"p25"},
               {"p50"},
               {"p75"},
               {"p95"},
               {"mean_intensity_g_per_kwh"},
               {"co2e_kg"}},
              {}};
  if (a.places)
    for (const char* title : {"place", "moves", "share_of_split_hours"}) table.columns.push_back({title});
  const auto add = [&](const std::string& key, const schedule::Savings& s) {
    const double mean = a.year.average * (1 - s.mean);
    std::vector<std::string> cells{key, number(s.mean)};
    for (const double q : {0.05, 0.25, 0.5, 0.75, 0.95}) cells.push_back(number(s.quantile(q)));
    cells.push_back(grams(mean));
    cells.push_back(kilograms(a, mean));
    cells.resize(table.columns.size());
    table.rows.push_back(std::move(cells));
  };
  add("now", {});
  add("shift", a.year.shift);
  add("pause", a.year.pause);
  add("threshold", a.year.threshold);
  if (!a.places) return table;
  const auto& year = a.places->year;
  add("alone", year.alone);
  add("split", year.split);
  table.rows.back()[10] = number(year.moves);
  for (std::size_t p = 0; p < year.share.size(); ++p) {
    std::vector<std::string> cells(table.columns.size());
    cells[0] = "place";
    if (!std::isnan(year.place_saves[p])) cells[1] = number(year.place_saves[p]);
    cells[9] = a.places->zones[p];
    cells[11] = number(year.share[p]);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

// From the given start.
Table start_rows(const ScheduleAnswer& a) {
  Table table{{{"policy"},
               {"place"},
               {"start"},
               {"end"},
               {"hours"},
               {"mean_intensity_g_per_kwh"},
               {"moving_co2e_kg"},
               {"co2e_kg"},
               {"saving"},
               {"pauses"},
               {"moves"}},
              {}};
  const auto at = [&](double hour) { return schedule::stamp(a.trace, hour); };
  const double now = a.start->now.mean;
  const auto add = [&](const char* policy, const std::string& zone, double start, double end, double hours,
                       double mean, double moving) {
    table.rows.push_back({policy, zone, at(start), at(end), number(hours), grams(mean - moving),
                          kilograms(a, moving), kilograms(a, mean), number(schedule::saving(mean, now)), "0",
                          "0"});
  };
  const auto outcome = [&](const char* policy, const schedule::Outcome& o) {
    add(policy, a.trace.zone, static_cast<double>(o.start), o.end, a.job.hours, o.mean, 0);
    if (!o.done) table.rows.back()[3].clear();
    table.rows.back()[9] = std::to_string(o.pauses);
  };
  outcome("now", a.start->now);
  outcome("shift", a.start->shift);
  outcome("pause", a.start->pause);
  outcome("threshold", a.start->threshold);
  if (!a.places || !a.places->split) return table;
  for (const auto& offer : a.places->offers) {
    const auto start = static_cast<double>(offer.start);
    add("alone", a.places->zones[offer.place], start, start + a.job.hours, a.job.hours, offer.mean,
        offer.moving);
  }
  const auto& split = *a.places->split;
  const auto start = static_cast<double>(split.start());
  add("split", "", start, start + a.job.hours, a.job.hours, split.mean, split.moving);
  table.rows.back()[10] = std::to_string(split.moves());
  for (const auto& s : split.stretches) {
    const auto from = static_cast<double>(s.start);
    add("stretch", a.places->zones[s.place], from, from + s.hours, s.hours, s.mean, 0);
    auto& cells = table.rows.back();
    cells[7] = kilograms(a, s.mean * s.hours / a.job.hours);
    for (const std::size_t i : {6U, 8U, 9U, 10U}) cells[i].clear();
  }
  return table;
}

Table rows_of(const ScheduleAnswer& a) { return a.start ? start_rows(a) : savings_rows(a); }

}  // namespace

std::string schedule_csv(const ScheduleAnswer& a) { return csv(rows_of(a)); }

std::string schedule_plain(const ScheduleAnswer& a) {
  const Table table = rows_of(a);
  std::string out;
  std::map<std::string, int> seen;
  for (const auto& row : table.rows) {
    std::string key = row[0];
    const auto place = [&](std::size_t i) { return table.columns[i].title == "place"; };
    const bool by_place = row[0] == "place" || row[0] == "alone";
    for (std::size_t i = 1; i < row.size() && by_place; ++i) {
      if (place(i) && !row[i].empty()) key += ':' + row[i];
    }
    if (row[0] == "stretch") key += ':' + std::to_string(++seen[key]);
    for (std::size_t i = 1; i < row.size(); ++i) {
      if (!row[i].empty() && !(by_place && place(i)))
        out += diag::visible(key + '.' + table.columns[i].title) + '\t' + diag::visible(row[i]) + '\n';
    }
  }
  return out;
}

}  // namespace kwhatif::report
