// Mean intensity by hour of the day and month, as text.
#include "schedule_pages.hpp"
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::report {

namespace {

constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Where a value lies between the least and the largest one: 0 to 1.
double share_of(const ask::HeatMap& map, double v) {
  return map.high > map.low ? (v - map.low) / (map.high - map.low) : 0;
}

std::string grams(double coherent) {
  return std::to_string(std::lround(quantity::to_unit(coherent, "g/kWh")));
}

}  // namespace

Page heat_map_page(const ask::HeatMap& map) {
  static constexpr std::array<std::string_view, 5> shades{" ", "░", "▒", "▓", "█"};
  Page page;
  page.heading(diag::visible(map.place) + ": mean g/kWh by UTC hour and month; darker is dirtier");
  if (const std::string read = ask::reading(map.trace); !read.empty()) page.paragraph("Read: " + read);
  Table table{{{"UTC"}}, {}};
  for (const char* month : months) table.columns.push_back({month, Align::right});
  for (std::size_t h = 0; h < map.mean.size(); ++h) {
    auto& cells = table.rows.emplace_back(1, two_digits(h));
    for (const double v : map.mean[h]) {
      if (std::isnan(v)) {
        cells.emplace_back("- ");
        continue;
      }
      const double share = std::min(share_of(map, v), 0.999);
      const auto shade = static_cast<std::size_t>(share * static_cast<double>(shades.size()));
      cells.push_back(grams(v) + std::string{shades[shade]});
    }
  }
  return page.gap().table(std::move(table));
}

}  // namespace kwhatif::report
