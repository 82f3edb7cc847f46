// Mean intensity by hour of the day and month: text, SVG, CSV.
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/schedule.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>
#include <kwhatif/report/xml.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace kwhatif::report {

namespace {

constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

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

std::string heat_map_text(const schedule::Trace& trace, const std::string& title) {
  const auto map = schedule::heat_map(trace);
  const auto [low, high] = ends_of(map);
  static constexpr std::array<std::string_view, 5> shades{"  ", "░░", "▒▒", "▓▓", "██"};
  std::string out = diag::visible(title) + ": mean g/kWh by UTC hour and month; darker is dirtier\n";
  if (const std::string read = reading(trace); !read.empty()) out += "Read: " + read + '\n';
  out += "\nUTC  ";
  for (const std::string_view m : months) out += "  " + std::string{m} + "   ";
  while (out.back() == ' ') out.pop_back();
  out += '\n';
  for (std::size_t h = 0; h < 24; ++h) {
    out += two_digits(h) + "   ";
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

std::string heat_map_svg(const schedule::Trace& trace, const std::string& title) {
  const auto map = schedule::heat_map(trace);
  const auto [low, high] = ends_of(map);
  constexpr int cell_width = 44;
  constexpr int cell_height = 16;
  constexpr int left = 50;
  constexpr int top = 48;
  const int width = left + 12 * cell_width + 10;
  const int height = top + 24 * cell_height + 10;
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + std::to_string(width) + ' ' +
                    std::to_string(height) +
                    "\" font-family=\"sans-serif\" font-size=\"11\" role=\"img\">\n<title>" +
                    xml_text(title) +
                    "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"10\" y=\"18\" "
                    "font-size=\"13\">" +
                    xml_text(title) + ": mean g CO2e per kWh by UTC hour and month</text>\n";
  for (std::size_t m = 0; m < 12; ++m)
    out += "<text x=\"" + std::to_string(left + static_cast<int>(m) * cell_width + cell_width / 2) +
           "\" y=\"40\" text-anchor=\"middle\">" + months[m] + "</text>\n";
  for (std::size_t h = 0; h < 24; ++h) {
    const int y = top + static_cast<int>(h) * cell_height;
    out += "<text x=\"42\" y=\"" + std::to_string(y + 12) + "\" text-anchor=\"end\">" + two_digits(h) +
           ":00</text>\n";
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

Table heat_map_table(const schedule::Trace& trace) {
  const auto map = schedule::heat_map(trace);
  Table table{{{"utc_hour"}, {"month"}, {"mean_g_per_kwh"}}, {}};
  for (std::size_t h = 0; h < map.size(); ++h) {
    for (std::size_t m = 0; m < map[h].size(); ++m) {
      if (std::isnan(map[h][m])) continue;
      table.rows.push_back({std::to_string(h), std::to_string(m + 1),
                            quantity::shortest(quantity::to_unit(map[h][m], "g/kWh"))});
    }
  }
  return table;
}

}  // namespace kwhatif::report
