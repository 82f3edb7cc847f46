#include <kwhatif/number/traced.hpp>

namespace kwhatif::number {

std::uint32_t Tape::leaf(double value, std::uint32_t leaf) {
  nodes_.push_back({.operation = Operation::leaf, .value = value, .leaf = leaf});
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t Tape::record(Operation operation, double value, std::uint32_t left, std::uint32_t right) {
  nodes_.push_back({.operation = operation, .value = value, .left = left, .right = right});
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void Tape::name(std::uint32_t node, std::string_view name) {
  if (nodes_[node].name != 0) return;
  names_.emplace_back(name);
  nodes_[node].name = static_cast<std::uint32_t>(names_.size());
}

std::string_view Tape::name_of(std::uint32_t node) const {
  const std::uint32_t name = nodes_[node].name;
  return name == 0 ? std::string_view{} : std::string_view{names_[name - 1]};
}

std::uint32_t Traced::node_on(Tape& tape) const {
  return tape_ != nullptr ? node_ : tape.record(Operation::constant, value_, 0, 0);
}

Traced Traced::combine(Operation operation, double value, const Traced& a, const Traced& b) {
  Tape* tape = a.tape_ != nullptr ? a.tape_ : b.tape_;
  if (tape == nullptr) return Traced{value};
  const std::uint32_t left = a.node_on(*tape);
  const std::uint32_t right = b.node_on(*tape);
  return {*tape, tape->record(operation, value, left, right)};
}

Traced Traced::through(Operation function, double value) const {
  if (tape_ == nullptr) return Traced{value};
  return {*tape_, tape_->record(function, value, node_, node_)};
}

}  // namespace kwhatif::number
