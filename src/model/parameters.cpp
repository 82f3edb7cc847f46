#include <kwhatif/model/parameters.hpp>

#include <algorithm>

namespace kwhatif::model {

ParameterCount count_parameters(const Inventory& inventory) {
  ParameterCount result;
  for (const Weight& weight : inventory.weights) {
    const Count total = weight.elements() * weight.stored;
    const Count active = weight.elements() * weight.active;
    result.total += total;
    result.active += active;
    if (weight.use != Use::token_table) {
      result.total_excl_input_embedding += total;
      result.active_excl_input_embedding += active;
    }
    const bool is_table =
        weight.use == Use::token_table || weight.use == Use::tied_table || weight.use == Use::table;
    if (!is_table && weight.part != Part::head) result.non_embedding += total;
    if (total == Count{0}) continue;
    auto part = std::ranges::find_if(result.parts, [&](const PartCount& p) { return p.part == weight.part; });
    if (part == result.parts.end()) part = result.parts.insert(part, {weight.part, 0, 0});
    part->total += total;
    part->active += active;
  }
  std::ranges::sort(result.parts, [](const PartCount& a, const PartCount& b) { return a.part < b.part; });
  return result;
}

}  // namespace kwhatif::model
