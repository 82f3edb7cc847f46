// JSON that is made above this room, written as all of ours is: the layout of numbers and texts, and the
// envelope of our own documents. Does not live here: what stands in it.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::report {

/// JSON laid out: two blanks of indentation, the shortest numbers that read back the same, null for what is
/// no finite number, hidden characters escaped, keys in their order. Ends with a newline.
/// @param json  valid JSON; anything else is an error of ours
std::string laid_out_json(std::string_view json);

/// A document of ours, kwhatif/NAME/1: a body in the envelope that all share.
/// @param body     an object as JSON
/// @param sources  ids, in order; repetitions are passed over
std::string enveloped_json(std::string_view name, const catalog::Catalog& tables,
                           const std::vector<diag::Diagnostic>& warnings,
                           const std::vector<std::string>& sources, std::string_view body);

}  // namespace kwhatif::report
