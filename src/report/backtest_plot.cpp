// The plot of backtest: predicted against published device-time.
#include <kwhatif/chart/xml.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/plots.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace kwhatif::report {

using ask::BacktestRow;
using quantity::significant;

std::string svg(const ask::Backtest& b) {
  constexpr double size = 640;
  constexpr double margin = 70;
  double low = 1e300;
  double high = 0;
  std::vector<const BacktestRow*> shown;
  for (const BacktestRow& r : b.rows) {
    if (r.predictor != ask::our_predictor || r.mode != ask::BacktestMode::blind || r.kind != "run" ||
        r.published <= 0)
      continue;
    shown.push_back(&r);
    low = std::min({low, r.published, r.p05 > 0 ? r.p05 : r.predicted});
    high = std::max({high, r.published, r.p95 > 0 ? r.p95 : r.predicted});
  }
  if (shown.empty()) return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"/>\n";
  low = std::pow(10.0, std::floor(std::log10(low)));
  high = std::pow(10.0, std::ceil(std::log10(high)));
  const double scale = (size - 2 * margin) / std::log10(high / low);
  const auto x = [&](double v) { return margin + scale * std::log10(v / low); };
  const auto y = [&](double v) { return size - margin - scale * std::log10(v / low); };
  const auto n = [](double v) { return significant(v, 5); };
  std::string out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 640\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n"
      "<title>Blind predictions of device-time against published values, with 90 % bands</title>\n"
      "<rect width=\"640\" height=\"640\" fill=\"white\"/>\n";
  for (double tick = low; tick <= high * 1.0001; tick *= 10) {
    out += "<path d=\"M" + n(x(tick)) + ' ' + n(margin) + "V" + n(size - margin) + "M" + n(margin) + ' ' +
           n(y(tick)) + "H" + n(size - margin) + "\" stroke=\"#ddd\"/>\n";
    out += "<text x=\"" + n(x(tick)) + "\" y=\"" + n(size - margin + 18) + "\" text-anchor=\"middle\">" +
           significant(tick, 1) + "</text>\n";
    out += "<text x=\"" + n(margin - 6) + "\" y=\"" + n(y(tick) + 4) + "\" text-anchor=\"end\">" +
           significant(tick, 1) + "</text>\n";
  }
  out += "<path d=\"M" + n(x(low)) + ' ' + n(y(low)) + "L" + n(x(high)) + ' ' + n(y(high)) +
         "\" stroke=\"#888\"/>\n";
  for (const BacktestRow* r : shown) {
    const std::string colour = !r->has_band || r->covered90 ? "#1f5fa8" : "#c0392b";
    if (r->has_band)
      out += "<path d=\"M" + n(x(r->published)) + ' ' + n(y(r->p05)) + "V" + n(y(r->p95)) + "\" stroke=\"" +
             colour + "\" opacity=\"0.5\"/>\n";
    out += "<circle cx=\"" + n(x(r->published)) + "\" cy=\"" + n(y(r->predicted)) + "\" r=\"3.5\" fill=\"" +
           colour + "\"><title>" + chart::xml_text(r->id) + ": published " + significant(r->published) +
           ", predicted " + significant(r->predicted) + ' ' + chart::xml_text(r->unit) +
           "</title></circle>\n";
  }
  out +=
      "<text x=\"320\" y=\"622\" text-anchor=\"middle\">published device-hours per billion tokens</text>\n"
      "<text x=\"18\" y=\"320\" text-anchor=\"middle\" transform=\"rotate(-90 18 320)\">predicted "
      "device-hours, blind</text>\n"
      "<text x=\"320\" y=\"40\" text-anchor=\"middle\" font-size=\"15\">Blind predictions with 90 % bands "
      "(red: outside the band)</text>\n</svg>\n";
  return out;
}

}  // namespace kwhatif::report
