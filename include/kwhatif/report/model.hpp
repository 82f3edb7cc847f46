// One architecture for people and for machines.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/scenario/network.hpp>

#include <optional>
#include <string>

namespace kwhatif::report {

/// Parameters, FLOPs and memory of an architecture.
/// @param preset  the row of the tables it comes from, if any: its published counts are shown beside ours
std::string model_text(const scenario::Network& network, const std::optional<catalog::Row>& preset);
/// Schema kwhatif/model/1.
std::string model_json(const scenario::Network& network, const std::optional<catalog::Row>& preset);

}  // namespace kwhatif::report
