// Mean intensity by hour of the day and month, for the eye: text and SVG.
#include "schedule_pages.hpp"
#include <kwhatif/chart/xml.hpp>
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/plots.hpp>
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

std::string svg(const ask::HeatMap& map) {
  constexpr int cell_width = 44;
  constexpr int cell_height = 16;
  constexpr int left = 50;
  constexpr int top = 48;
  const int width = left + 12 * cell_width + 10;
  const int height = top + 24 * cell_height + 10;
  const std::string title = chart::xml_text(map.place);
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + std::to_string(width) + ' ' +
                    std::to_string(height) +
                    "\" font-family=\"sans-serif\" font-size=\"11\" role=\"img\">\n<title>" + title +
                    "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"10\" y=\"18\" "
                    "font-size=\"13\">" +
                    title + ": mean g CO2e per kWh by UTC hour and month</text>\n";
  const auto middle = [](std::size_t month) {
    return std::to_string(left + static_cast<int>(month) * cell_width + cell_width / 2);
  };
  for (std::size_t m = 0; m < months.size(); ++m)
    out += "<text x=\"" + middle(m) + "\" y=\"40\" text-anchor=\"middle\">" + months[m] + "</text>\n";
  for (std::size_t h = 0; h < map.mean.size(); ++h) {
    const int y = top + static_cast<int>(h) * cell_height;
    const std::string baseline = std::to_string(y + 12);
    out += "<text x=\"42\" y=\"" + baseline + "\" text-anchor=\"end\">" + two_digits(h) + ":00</text>\n";
    for (std::size_t m = 0; m < months.size(); ++m) {
      const double v = map.mean[h][m];
      if (std::isnan(v)) continue;
      const double share = share_of(map, v);
      // from light yellow to dark red, readable without colour by lightness and by the number
      const auto mix = [&](int a, int b) { return std::to_string(static_cast<int>(a + (b - a) * share)); };
      out += "<rect x=\"" + std::to_string(left + static_cast<int>(m) * cell_width) + "\" y=\"" +
             std::to_string(y) + "\" width=\"44\" height=\"16\" fill=\"rgb(" + mix(255, 103) + ',' +
             mix(247, 0) + ',' + mix(188, 13) + ")\"/><text x=\"" + middle(m) + "\" y=\"" + baseline +
             "\" text-anchor=\"middle\" fill=\"" + (share > 0.55 ? "#fff" : "#000") + "\">" + grams(v) +
             "</text>\n";
    }
  }
  return out + "</svg>\n";
}

}  // namespace kwhatif::report
