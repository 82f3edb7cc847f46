#include <kwhatif/ask/explain.hpp>
#include <kwhatif/quantity/format.hpp>
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
    const auto add = [&](const auto& field) {
      if (!field || field->coherent().tape() == nullptr) return;
      const std::uint32_t node = field->coherent().node();
      if (shown_.contains(node) || tape_.nodes()[node].operation == Operation::leaf) return;
      out.push_back(derive(node));
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
  const TraceNode& at(std::uint32_t node) const { return tape_.nodes()[node]; }

  // Dimensions follow from those of the leaves.
  quantity::Dimension dimension(std::uint32_t node) const {
    const TraceNode& n = at(node);
    switch (n.operation) {
      case Operation::leaf:
        return run::slot_dimension(static_cast<Slot>(n.leaf));
      case Operation::constant:
        return {};
      case Operation::add:
      case Operation::subtract:
        return dimension(n.left);
      case Operation::multiply:
        return dimension(n.left) * dimension(n.right);
      case Operation::divide:
        return dimension(n.left) / dimension(n.right);
    }
    return {};
  }

  bool stands_alone(std::uint32_t node) const {
    return at(node).operation == Operation::leaf || !tape_.name_of(node).empty();
  }

  std::string name(std::uint32_t node) const {
    const TraceNode& n = at(node);
    if (n.operation == Operation::leaf) return std::string{run::info(static_cast<Slot>(n.leaf)).label};
    return std::string{tape_.name_of(node)};
  }

  // The formula of a node in the names of what stands alone below it.
  std::string formula(std::uint32_t node, std::vector<std::uint32_t>& parts) const {
    const TraceNode& n = at(node);
    const auto side = [&](std::uint32_t child, bool right) -> std::string {
      if (stands_alone(child)) {
        parts.push_back(child);
        return name(child);
      }
      const TraceNode& c = at(child);
      if (c.operation == Operation::constant) return quantity::shortest(c.value);
      const std::string inner = formula(child, parts);
      const bool sum = c.operation == Operation::add || c.operation == Operation::subtract;
      const bool quotient_right = right && n.operation == Operation::divide;
      return (sum && n.operation != Operation::add) || quotient_right ? '(' + inner + ')' : inner;
    };
    const std::string left = side(n.left, false);
    const TraceNode& last = at(n.right);
    const bool times_one =
        n.operation == Operation::multiply && last.operation == Operation::constant && last.value == 1;
    if (times_one) return left;  // a single run, a single pass
    const std::string right = side(n.right, true);
    switch (n.operation) {
      case Operation::add:
        return left + " + " + right;
      case Operation::subtract:
        return left + " − " + right;
      case Operation::multiply:
        return left + " × " + right;
      case Operation::divide:
        return left + " / " + right;
      case Operation::leaf:
      case Operation::constant:
        break;
    }
    return {};
  }

  Derivation derive(std::uint32_t node) {
    Derivation out;
    out.name = name(node);
    out.value = at(node).value;
    out.dimension = dimension(node);
    if (at(node).operation == Operation::leaf) {
      const auto slot = static_cast<Slot>(at(node).leaf);
      out.key = run::info(slot).key;
      out.origin = run_.record(slot).origin;
      return out;
    }
    std::vector<std::uint32_t> parts;
    out.formula = formula(node, parts);
    out.repeated = !shown_.insert(node).second;
    if (out.repeated) return out;
    std::set<std::uint32_t> once;
    for (const std::uint32_t part : parts) {
      if (once.insert(part).second) out.parts.push_back(derive(part));
    }
    return out;
  }

  const run::ResolvedRun& run_;
  Tape tape_;
  std::set<std::uint32_t> shown_;
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
      if (n.operation == Operation::leaf)
        slots.insert(static_cast<Slot>(n.leaf));
      else if (n.operation != Operation::constant)
        open.insert(open.end(), {n.left, n.right});
    }
    dependence.slots.assign(slots.begin(), slots.end());
  });
  return out;
}

}  // namespace kwhatif::ask
