#include <kwhatif/ask/assumptions.hpp>
#include <kwhatif/grid/sweep.hpp>

#include <algorithm>

namespace kwhatif::ask {

using catalog::Responsible;
using run::Slot;

std::vector<Assumption> assumptions(const run::ResolvedRun& run) {
  std::vector<Assumption> out;
  const auto effects = uncertain::spread_effects(run);
  run::for_each_known(run.inputs, [&](Slot slot, double value) {
    const auto& origin = run.record(slot).origin;
    if (origin.responsible == Responsible::user && !origin.in_table) return;
    if (slot == Slot::tdp && !run.inputs.power_ratio()) return;  // known, but nothing rests on it
    if (slot == Slot::peak && !run.inputs.mfu()) return;
    const run::SlotInfo& info = run::info(slot);
    Assumption a{.input = std::string{info.key},
                 .value = value,
                 .dimension = info.dimension,
                 .unit = info.unit,
                 .word = {},
                 .origin = origin,
                 .effect = {}};
    const auto found = std::ranges::find_if(effects, [&](const auto& e) { return e.slot == slot; });
    if (found != effects.end()) a.effect = *found;
    out.push_back(std::move(a));
  });
  for (const auto& choice : run.choices)
    out.push_back({.input = choice.input,
                   .value = {},
                   .dimension = {},
                   .unit = {},
                   .word = choice.value,
                   .origin = choice.origin,
                   .effect = {}});
  for (Assumption& a : out) {
    a.work = run.work;
    a.origin.note = run.work.said(std::move(a.origin.note));
  }
  return out;
}

std::vector<Assumption> assumptions(const grid::Space& space) {
  std::vector<Assumption> out = assumptions(space.sample());
  for (Assumption& a : out) {
    for (std::size_t s = 0; s < run::slot_count; ++s) {
      if (run::slot_table[s].key != a.input) continue;
      const grid::SlotTable& table = space.tables()[s];
      for (const std::size_t axis : table.axes) {
        if (table.varies_along(axis)) a.varies_with.push_back(space.axes()[axis].name);
      }
    }
    if (a.varies_with.empty()) continue;
    a.value = std::nullopt;
    a.effect = std::nullopt;
  }
  return out;
}

}  // namespace kwhatif::ask
