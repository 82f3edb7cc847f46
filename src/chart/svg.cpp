#include "drawing.hpp"

namespace kwhatif::chart {

std::string svg(const Chart& chart, const Style& style) {
  Drawing drawing(chart, style);
  std::visit([&](const auto& data) { draw(drawing, data); }, chart.data);
  return drawing.finish();
}

}  // namespace kwhatif::chart
