// The verdict of compare, plan and sweep, on their pages and in their documents.
#pragma once

#include "json_support.hpp"
#include <kwhatif/ask/verdict.hpp>
#include <kwhatif/report/page.hpp>

#include <optional>

namespace kwhatif::report {

void add_verdict(Page& page, const std::optional<ask::Decision>& verdict);
Json verdict_json(const std::optional<ask::Decision>& verdict);

}  // namespace kwhatif::report
