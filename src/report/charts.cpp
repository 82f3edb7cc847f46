#include <kwhatif/report/charts.hpp>

namespace kwhatif::report {

using chart::Chart;

std::vector<Chart> charts_of(const ask::Estimate&, const catalog::Catalog&) { return {}; }
std::vector<Chart> charts_of(const ask::Comparison&, const catalog::Catalog&) { return {}; }
std::vector<Chart> charts_of(const ask::PlanAnswer&, const catalog::Catalog&) { return {}; }
std::vector<Chart> charts_of(const ask::ScheduleAnswer&, const catalog::Catalog&) { return {}; }
std::vector<Chart> charts_of(const ask::HeatMap&, const catalog::Catalog&) { return {}; }
std::vector<Chart> charts_of(const ask::Sensitivity&, const catalog::Catalog&) { return {}; }
std::vector<Chart> charts_of(const ask::Backtest&, const catalog::Catalog&) { return {}; }
std::vector<Chart> charts_of(const ask::LifecycleAnswer&, const catalog::Catalog&) { return {}; }
std::vector<Chart> charts_of(const ask::ServeAnswer&, const catalog::Catalog&) { return {}; }

std::string charts_page(std::string_view, const std::vector<Chart>&, std::string_view) { return {}; }

}  // namespace kwhatif::report
