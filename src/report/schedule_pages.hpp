// What schedule says to people.
#pragma once

#include "content.hpp"
#include <kwhatif/ask/schedule.hpp>

namespace kwhatif::report {

Page schedule_page(const ask::ScheduleAnswer& answer, const catalog::Catalog& tables);
Page heat_map_page(const ask::HeatMap& map);

}  // namespace kwhatif::report
