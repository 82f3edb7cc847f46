// The page of serve, for its presenter.
#pragma once

#include "content.hpp"
#include <kwhatif/ask/serve.hpp>

namespace kwhatif::report {

/// One service, or a line for each of several.
Page serve_page(const ask::ServeAnswer& answer, const catalog::Catalog& tables);

}  // namespace kwhatif::report
