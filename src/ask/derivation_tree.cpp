#include "derivation_tree.hpp"

#include <kwhatif/quantity/format.hpp>

namespace kwhatif::ask {

using number::Operation;
using number::TraceNode;

std::optional<Derivation> DerivationTree::root(const number::Traced& number) {
  if (number.tape() == nullptr) return std::nullopt;
  const std::uint32_t node = number.node();
  if (shown_.contains(node) || at(node).operation == Operation::leaf) return std::nullopt;
  return derive(node);
}

// Dimensions follow from those of the leaves.
quantity::Dimension DerivationTree::dimension(std::uint32_t node) const {
  const TraceNode& n = at(node);
  if (dimensions_ && n.operation != Operation::leaf) {
    if (const auto known = dimensions_(tape_.name_of(node))) return *known;
  }
  switch (n.operation) {
    case Operation::leaf:
      return leaves_(n.leaf).dimension;
    case Operation::constant:
    case Operation::root:  // of a sum of squares, which is named
    case Operation::exponential:
    case Operation::logarithm:
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

bool DerivationTree::stands_alone(std::uint32_t node) const {
  return at(node).operation == Operation::leaf || !tape_.name_of(node).empty();
}

bool DerivationTree::is_constant(std::uint32_t node, double value) const {
  return at(node).operation == Operation::constant && at(node).value == value;
}

// What has no part in a sum: attention that nobody counted, tokens that nobody drafted.
bool DerivationTree::vanishes(std::uint32_t node) const {
  if (is_constant(node, 0)) return true;
  const TraceNode& n = at(node);
  return n.operation == Operation::multiply && !stands_alone(node) && (vanishes(n.left) || vanishes(n.right));
}

std::string DerivationTree::name(std::uint32_t node) const {
  const TraceNode& n = at(node);
  return n.operation == Operation::leaf ? leaves_(n.leaf).name : std::string{tape_.name_of(node)};
}

// An operand, in brackets where its own operation binds less.
std::string DerivationTree::side(std::uint32_t node, Operation of, bool right,
                                 std::vector<std::uint32_t>& parts) const {
  if (stands_alone(node)) {
    parts.push_back(node);
    return name(node);
  }
  const TraceNode& n = at(node);
  if (n.operation == Operation::constant) return quantity::shortest(n.value);
  const std::string inner = formula(node, parts);
  // what is left of a product by 1 or a sum with 0 needs no brackets of its own
  const std::uint32_t only = [&] {
    std::uint32_t now = node;
    while (!stands_alone(now)) {
      const TraceNode& m = at(now);
      if (m.operation == Operation::multiply && is_constant(m.right, 1))
        now = m.left;
      else if (m.operation == Operation::multiply && is_constant(m.left, 1))
        now = m.right;
      else if (m.operation == Operation::add && vanishes(m.right))
        now = m.left;
      else if (m.operation == Operation::add && vanishes(m.left))
        now = m.right;
      else
        break;
    }
    return now;
  }();
  if (stands_alone(only)) return inner;
  const Operation own = at(only).operation;
  const bool sum = own == Operation::add || own == Operation::subtract;
  const bool product = own == Operation::multiply || own == Operation::divide;
  const bool brackets = (sum && of != Operation::add) || (product && right && of == Operation::divide);
  return brackets ? '(' + inner + ')' : inner;
}

// The formula of a node in the names of what stands alone below it.
std::string DerivationTree::formula(std::uint32_t node, std::vector<std::uint32_t>& parts) const {
  const TraceNode& n = at(node);
  const auto inside = [&](std::uint32_t child) { return side(child, Operation::add, false, parts); };
  switch (n.operation) {
    case Operation::root:
      return "√(" + inside(n.left) + ')';
    case Operation::exponential:
      return "exp(" + inside(n.left) + ')';
    case Operation::logarithm:
      return "ln(" + inside(n.left) + ')';
    default:
      break;
  }
  // a single run, a single pass
  if (n.operation == Operation::multiply && is_constant(n.right, 1))
    return side(n.left, n.operation, false, parts);
  if (n.operation == Operation::multiply && is_constant(n.left, 1))
    return side(n.right, n.operation, false, parts);
  if (n.operation == Operation::add && vanishes(n.right)) return side(n.left, n.operation, false, parts);
  if (n.operation == Operation::add && vanishes(n.left)) return side(n.right, n.operation, false, parts);
  const std::string left = side(n.left, n.operation, false, parts);
  if (n.operation == Operation::multiply && n.left == n.right && stands_alone(n.left)) return left + "²";
  const std::string right = side(n.right, n.operation, true, parts);
  switch (n.operation) {
    case Operation::add:
      return left + " + " + right;
    case Operation::subtract:
      return left + " − " + right;
    case Operation::multiply:
      return left + " × " + right;
    case Operation::divide:
      return left + " / " + right;
    default:
      return {};
  }
}

Derivation DerivationTree::derive(std::uint32_t node) {
  const TraceNode& n = at(node);
  if (n.operation == Operation::leaf) {
    Derivation out = leaves_(n.leaf);
    out.value = n.value;
    return out;
  }
  Derivation out;
  out.name = name(node);
  out.value = n.value;
  out.dimension = dimension(node);
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

}  // namespace kwhatif::ask
