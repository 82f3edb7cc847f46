#include <kwhatif/model/flops.hpp>
#include <kwhatif/model/towers.hpp>

namespace kwhatif::model {

std::vector<TowerCount> count_towers(const Architecture& architecture) {
  std::vector<TowerCount> counts;
  for (const Tower& tower : architecture.towers) {
    const Inventory inventory = take_inventory(tower.network);
    const double length = tower.positions.as_double();
    const double forward = count_flops(inventory, {.sequence_length = length}).forward.coherent();
    counts.push_back({.name = tower.name,
                      .unit = tower.unit,
                      .parameters = count_parameters(inventory).total,
                      .forward = inventory.unit == Unit::token ? forward * length : forward,
                      .tokens = tower.tokens});
  }
  return counts;
}

}  // namespace kwhatif::model
