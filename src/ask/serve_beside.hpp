// Services side by side: each against the first that has an answer.
#pragma once

#include <kwhatif/ask/serve.hpp>

namespace kwhatif::ask {

/// Sets ServeCase::beside of each row, and the row of the least energy.
void set_beside(ServeAnswer& answer, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
