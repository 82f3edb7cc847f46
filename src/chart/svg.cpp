#include <kwhatif/chart/chart.hpp>

namespace kwhatif::chart {

std::string svg(const Chart&, const Style&) { return "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n"; }

}  // namespace kwhatif::chart
