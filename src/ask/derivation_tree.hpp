// From a tape to derivations: each named number with the formula that it follows from, down to leaves with
// their origins. Does not live here: what the leaves are (explain.cpp of runs, serve_explain.cpp of
// services).
#pragma once

#include <kwhatif/ask/explain.hpp>
#include <kwhatif/number/traced.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

class DerivationTree {
 public:
  /// A leaf by its number on the tape: name, key, dimension and origin count.
  using Leaves = std::function<Derivation(std::uint32_t leaf)>;
  /// Dimensions of named numbers; none: that of its operands, as formulas count.
  using Dimensions = std::function<std::optional<quantity::Dimension>(std::string_view name)>;

  DerivationTree(const number::Tape& tape, Leaves leaves, Dimensions dimensions = {})
      : tape_(tape), leaves_(std::move(leaves)), dimensions_(std::move(dimensions)) {}

  /// How a number follows; none for a leaf, a bare constant and what was derived before.
  std::optional<Derivation> root(const number::Traced& number);

 private:
  const number::TraceNode& at(std::uint32_t node) const { return tape_.nodes()[node]; }
  quantity::Dimension dimension(std::uint32_t node) const;
  bool stands_alone(std::uint32_t node) const;
  bool is_constant(std::uint32_t node, double value) const;
  bool vanishes(std::uint32_t node) const;
  std::string name(std::uint32_t node) const;
  std::string side(std::uint32_t node, number::Operation of, bool right,
                   std::vector<std::uint32_t>& parts) const;
  std::string formula(std::uint32_t node, std::vector<std::uint32_t>& parts) const;
  Derivation derive(std::uint32_t node);

  const number::Tape& tape_;
  Leaves leaves_;
  Dimensions dimensions_;
  std::set<std::uint32_t> shown_;
};

}  // namespace kwhatif::ask
