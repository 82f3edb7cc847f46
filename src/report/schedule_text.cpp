#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/schedule.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using quantity::human;
using quantity::significant;

namespace {

constexpr std::size_t page_width = 110;

std::string percent(double share) {
  std::string out = significant(100 * share, std::fabs(share) >= 0.1 ? 3 : 2);
  if (std::fabs(100 * share) < 0.05) out = "0";
  return out + " %";
}

std::string intensity(double coherent) { return human(coherent, quantity::dim::carbon_intensity); }
std::string mass(double coherent) { return human(coherent, quantity::dim::co2e); }
std::string two(std::size_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

struct PolicyLine {
  std::string name;
  std::string key;
  const analysis::Savings* savings;
};

std::vector<PolicyLine> policies(const ScheduleAnswer& a) {
  const std::string extra = human(a.policy.extra * 3600, quantity::dim::time);
  return {
      {"best start within " + human(static_cast<double>(a.policy.window) * 3600, quantity::dim::time),
       "shift", &a.year.shift},
      {"pause and resume, up to " + extra + " more", "pause", &a.year.pause},
      {"run below " + intensity(a.threshold) + ", up to " + extra + " more", "threshold", &a.year.threshold}};
}

std::string from_start_text(const ScheduleAnswer& a) {
  const auto& s = *a.start;
  Table table{{{"From " + analysis::stamp(s.hour)},
               {"starts"},
               {"ends"},
               {"intensity", Align::right},
               {"CO2e", Align::right},
               {"saving", Align::right},
               {"pauses", Align::right}},
              {}};
  const auto add = [&](std::string name, const analysis::Outcome& o) {
    const auto at = [&](double hour) {
      return analysis::stamp(a.trace.first_hour + static_cast<std::int64_t>(std::ceil(hour - 1e-9)));
    };
    table.rows.push_back({std::move(name), at(static_cast<double>(o.start)),
                          o.done ? at(o.end) : "after the trace's end", intensity(o.mean),
                          a.energy_known ? mass(o.mean * a.job.energy) : "-",
                          percent(1 - o.mean / s.now.mean), std::to_string(o.pauses)});
  };
  add("start at once", s.now);
  add("best start in the window", s.shift);
  add("pause and resume", s.pause);
  add("threshold", s.threshold);
  return text(table);
}

std::string offers_text(const ScheduleAnswer& a) {
  Table table{{{"Place"}, {"starts"}, {"intensity", Align::right}, {"CO2e", Align::right}}, {}};
  for (const auto& offer : a.offers) {
    table.rows.push_back({a.place_names[offer.place], analysis::stamp(offer.start_hour),
                          intensity(offer.outcome.mean), a.energy_known ? mass(offer.co2e) : "-"});
  }
  std::string out = text(table);
  if (a.transfer > 0)
    out += "moving costs " + human(a.transfer, quantity::dim::energy) +
           " at the mean intensity of both ends, counted\n";
  return out;
}

}  // namespace

std::string schedule_text(const ScheduleAnswer& a, const catalog::Catalog& catalog) {
  std::string out = a.place + ", hourly intensities from " + analysis::stamp(a.trace.first_hour) + " to " +
                    analysis::stamp(a.trace.first_hour + static_cast<std::int64_t>(a.trace.hours()) - 1) +
                    ", mean " + intensity(a.mean) + '\n';
  out += "Job of " + human(a.job.hours * 3600, quantity::dim::time) +
         (a.energy_known ? ", " + human(a.job.energy, quantity::dim::energy) + " from the grid"
                         : ", energy unknown (give --hardware and --chips)") +
         "\n\n";

  Table table{{{"Policy"},
               {"mean saving", Align::right},
               {"5 %", Align::right},
               {"median", Align::right},
               {"95 %", Align::right},
               {"pauses", Align::right},
               {"CO2e", Align::right}},
              {}};
  table.rows.push_back({"start at once", "", "", "", "", "",
                        a.energy_known ? mass(a.year.average * a.job.energy) : intensity(a.year.average)});
  for (const auto& p : policies(a)) {
    const double pauses = p.key == "shift" ? 0 : p.savings->pauses;
    table.rows.push_back({p.name, percent(p.savings->mean), percent(p.savings->quantile(0.05)),
                          percent(p.savings->quantile(0.5)), percent(p.savings->quantile(0.95)),
                          significant(pauses, 2),
                          a.energy_known ? mass(a.year.average * a.job.energy * (1 - p.savings->mean)) : ""});
  }
  out += text(table);
  out += "over " + std::to_string(a.year.starts) +
         " start hours; savings are against starting at once at the same hour\n\n";

  const auto best =
      static_cast<std::size_t>(std::min_element(a.by_hour.begin(), a.by_hour.end()) - a.by_hour.begin());
  const auto worst =
      static_cast<std::size_t>(std::max_element(a.by_hour.begin(), a.by_hour.end()) - a.by_hour.begin());
  out += "Best hour of the day to start: " + two(best) + ":00 UTC (" +
         percent(1 - a.by_hour[best] / a.year.average) +
         " below the mean of all starts); worst: " + two(worst) + ":00 UTC (" +
         percent(a.by_hour[worst] / a.year.average - 1) + " above)\n";
  out += "Best start of the trace: " +
         analysis::stamp(a.trace.first_hour + static_cast<std::int64_t>(a.year.best_start)) + ", " +
         intensity(a.year.now.front()) +
         "; worst: " + analysis::stamp(a.trace.first_hour + static_cast<std::int64_t>(a.year.worst_start)) +
         ", " + intensity(a.year.now.back()) + '\n';
  if (a.start) out += '\n' + from_start_text(a);
  if (!a.offers.empty()) out += '\n' + offers_text(a);

  out += "\nDefinitions\n";
  for (const std::string_view line :
       {"CO2e of a job is its energy times the mean intensity of the hours it runs in; constant power.",
        "best start: one unbroken run, started 0 to N hours later, where the mean is least.",
        "pause and resume: the cheapest hours among work and extra time; pausing and resuming cost nothing.",
        "threshold: runs while the intensity is at or below the limit and waits otherwise, until the extra "
        "time is used up.",
        "All know the year in advance: a forecast reaches less."})
    out += wrapped(line, page_width, 2);
  out +=
      "\nnote: these are average intensities of the grid. What one more kWh causes (the marginal signal) can "
      "differ and even\n"
      "      point the other way; use these for accounting, and a marginal signal to judge what a shift "
      "changes.\n";
  if (a.trace.filled > 0)
    out += "note: " + std::to_string(a.trace.filled) + " missing hours take the value of the hour before\n";
  for (const std::string& remark : a.trace.remarks) out += "note: " + remark + '\n';
  if (!a.sources.empty()) {
    out += "\nSources\n";
    for (const std::string& id : a.sources) {
      const std::string line =
          wrapped('[' + id + "] " + citation(catalog, id) + (id == a.trace.source ? "; " + a.trace.at : ""),
                  page_width, 4);
      out += "  " + line.substr(4);
    }
    for (const std::string& line : attributions(catalog, a.sources)) out += wrapped(line, page_width, 2);
  }
  return out;
}

std::string schedule_csv(const ScheduleAnswer& a) {
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
  const auto number = [](double v) { return quantity::shortest(v); };
  const auto row = [&](const std::string& key, const analysis::Savings* s) {
    const double mean = a.year.average * (s == nullptr ? 1 : 1 - s->mean);
    std::vector<std::string> cells{key, number(s == nullptr ? 0 : s->mean)};
    for (const double q : {0.05, 0.25, 0.5, 0.75, 0.95})
      cells.push_back(number(s == nullptr ? 0 : s->quantile(q)));
    cells.push_back(number(quantity::to_unit(mean, "g/kWh")));
    cells.push_back(a.energy_known ? number(mean * a.job.energy) : "");
    table.rows.push_back(std::move(cells));
  };
  row("now", nullptr);
  for (const auto& p : policies(a)) row(p.key, p.savings);
  return csv(table);
}

namespace {

// Least and largest value of a heat map; hours without data are NaN.
template <class Map>
std::pair<double, double> ends_of(const Map& map) {
  double low = std::numeric_limits<double>::infinity();
  double high = 0;
  for (const auto& row : map) {
    for (const double v : row) {
      if (std::isnan(v)) continue;
      low = std::min(low, v);
      high = std::max(high, v);
    }
  }
  return {low, high};
}

}  // namespace

std::string heat_map_text(const analysis::Trace& trace, const std::string& title) {
  const auto map = analysis::heat_map(trace);
  const auto [low, high] = ends_of(map);
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  static constexpr std::array<std::string_view, 5> shades{"  ", "░░", "▒▒", "▓▓", "██"};
  std::string out = title + ": mean g/kWh by UTC hour and month; darker is dirtier\n\nUTC  ";
  for (const std::string_view m : months) out += "  " + std::string{m} + "   ";
  while (out.back() == ' ') out.pop_back();
  out += '\n';
  for (std::size_t h = 0; h < 24; ++h) {
    out += two(h) + "   ";
    for (const double v : map[h]) {
      if (std::isnan(v)) {
        out += "     -  ";
        continue;
      }
      const double share = high > low ? (v - low) / (high - low) : 0;
      const auto shade =
          static_cast<std::size_t>(std::min(share, 0.999) * static_cast<double>(shades.size()));
      std::string number = std::to_string(static_cast<long>(std::lround(quantity::to_unit(v, "g/kWh"))));
      out += std::string(number.size() < 4 ? 4 - number.size() : 0, ' ') + number + ' ' +
             std::string{shades[shade]} + ' ';
    }
    while (out.back() == ' ') out.pop_back();
    out += '\n';
  }
  return out;
}

std::string heat_map_svg(const analysis::Trace& trace, const std::string& title) {
  const auto map = analysis::heat_map(trace);
  const auto [low, high] = ends_of(map);
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr int cell_width = 44;
  constexpr int cell_height = 16;
  constexpr int left = 50;
  constexpr int top = 48;
  const int width = left + 12 * cell_width + 10;
  const int height = top + 24 * cell_height + 10;
  const auto escaped = [](std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '&')
        out += "&amp;";
      else if (c == '<')
        out += "&lt;";
      else if (c == '>')
        out += "&gt;";
      else
        out += c;
    }
    return out;
  };
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + std::to_string(width) + ' ' +
                    std::to_string(height) +
                    "\" font-family=\"sans-serif\" font-size=\"11\" role=\"img\">\n<title>" + escaped(title) +
                    "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"10\" y=\"18\" "
                    "font-size=\"13\">" +
                    escaped(title) + ": mean g CO2e per kWh by UTC hour and month</text>\n";
  for (std::size_t m = 0; m < 12; ++m)
    out += "<text x=\"" + std::to_string(left + static_cast<int>(m) * cell_width + cell_width / 2) +
           "\" y=\"40\" text-anchor=\"middle\">" + months[m] + "</text>\n";
  for (std::size_t h = 0; h < 24; ++h) {
    const int y = top + static_cast<int>(h) * cell_height;
    out +=
        "<text x=\"42\" y=\"" + std::to_string(y + 12) + "\" text-anchor=\"end\">" + two(h) + ":00</text>\n";
    for (std::size_t m = 0; m < 12; ++m) {
      const double v = map[h][m];
      if (std::isnan(v)) continue;
      const double share = high > low ? (v - low) / (high - low) : 0;
      // from light yellow to dark red, readable without colour by lightness and by the number
      const auto mix = [&](int a, int b) { return std::to_string(static_cast<int>(a + (b - a) * share)); };
      const std::string x = std::to_string(left + static_cast<int>(m) * cell_width);
      out += "<rect x=\"" + x + "\" y=\"" + std::to_string(y) + "\" width=\"44\" height=\"16\" fill=\"rgb(" +
             mix(255, 103) + ',' + mix(247, 0) + ',' + mix(188, 13) + ")\"/><text x=\"" +
             std::to_string(left + static_cast<int>(m) * cell_width + cell_width / 2) + "\" y=\"" +
             std::to_string(y + 12) + "\" text-anchor=\"middle\" fill=\"" + (share > 0.55 ? "#fff" : "#000") +
             "\">" + std::to_string(static_cast<long>(std::lround(quantity::to_unit(v, "g/kWh")))) +
             "</text>\n";
    }
  }
  return out + "</svg>\n";
}

}  // namespace kwhatif::report
