// Private to the model module: what the modules of a family are called in its own code, as PEFT looks for
// them.
#pragma once

#include <kwhatif/model/architecture.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::model {

/// The names of the linear modules of one layer, in their order; empty where they are not known here, and for
/// files with towers, whose modules have names of two or three families.
std::vector<std::string_view> module_names(const Architecture& architecture);

}  // namespace kwhatif::model
