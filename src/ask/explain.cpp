#include "derivation_tree.hpp"
#include <kwhatif/run/estimator.hpp>

#include <set>

namespace kwhatif::ask {

using number::Operation;
using number::Tape;
using number::Traced;
using number::TraceNode;
using run::Slot;

namespace {

class Explainer {
 public:
  explicit Explainer(const run::ResolvedRun& run) : run_(run) {}

  std::vector<Derivation> all() {
    const auto inputs =
        run::lift<Traced>(run_.inputs, [&](Slot slot, const quantity::Dimension&, double value) {
          return Traced{tape_, tape_.leaf(value, static_cast<std::uint32_t>(slot))};
        });
    const auto results = run::estimate(inputs);
    std::vector<Derivation> out;
    DerivationTree tree(tape_, [this](std::uint32_t number) { return leaf(number); });
    const auto add = [&](const auto& field) {
      if (!field) return;
      if (auto derived = tree.root(field->coherent())) out.push_back(std::move(*derived));
    };
    add(results.total_co2e);
    add(results.operational_location);
    add(results.facility_energy);
    add(results.it_energy);
    if (run_.inputs.ci_market() && (!run_.inputs.ci() || *run_.inputs.ci_market() != *run_.inputs.ci()))
      add(results.operational_market);
    add(results.device_time);
    add(results.wall_time);
    add(results.achieved);
    add(results.mfu);
    add(results.training_flop);
    add(results.devices);
    add(results.power);
    add(results.cost);
    add(results.cost_low);
    add(results.cost_high);
    add(results.electricity_cost);
    add(results.embodied);
    add(results.water);
    add(results.water_on_site);
    add(results.water_off_site);
    add(results.development_energy);
    add(results.development_co2e);
    return out;
  }

 private:
  Derivation leaf(std::uint32_t number) const {
    const auto slot = static_cast<Slot>(number);
    Derivation out;
    out.name = std::string{run::info(slot).label};
    out.key = run::info(slot).key;
    out.dimension = run::slot_dimension(slot);
    out.origin = run_.record(slot).origin;
    return out;
  }

  const run::ResolvedRun& run_;
  Tape tape_;
};

}  // namespace

std::vector<Derivation> explain(const run::ResolvedRun& run) { return Explainer{run}.all(); }

std::vector<Dependence> dependences(const run::ResolvedRun& run) {
  Tape tape;
  const auto inputs = run::lift<Traced>(run.inputs, [&](Slot slot, const quantity::Dimension&, double value) {
    return Traced{tape, tape.leaf(value, static_cast<std::uint32_t>(slot))};
  });
  const auto results = run::estimate(inputs);
  std::vector<Dependence> out;
  run::for_each_result(results, [&](const run::ResultInfo& info, const auto& field) {
    if (!field) return;
    Dependence& dependence = out.emplace_back(Dependence{info.key, {}});
    if (field->coherent().tape() == nullptr) return;
    std::set<Slot> slots;
    std::set<std::uint32_t> seen;
    std::vector<std::uint32_t> open{field->coherent().node()};
    while (!open.empty()) {
      const std::uint32_t node = open.back();
      open.pop_back();
      if (!seen.insert(node).second) continue;
      const TraceNode& n = tape.nodes()[node];
      if (n.operation == Operation::leaf) slots.insert(static_cast<Slot>(n.leaf));
      if (n.operation == Operation::leaf || n.operation == Operation::constant) continue;
      open.push_back(n.left);
      if (n.operation < Operation::root) open.push_back(n.right);
    }
    dependence.slots.assign(slots.begin(), slots.end());
  });
  return out;
}

}  // namespace kwhatif::ask
