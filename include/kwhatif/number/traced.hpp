// A double that remembers how it was calculated.
#pragma once

#include <kwhatif/number/concepts.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::number {

/// What a node of a derivation is.
enum class Operation : std::uint8_t {
  leaf,
  constant,
  add,
  subtract,
  multiply,
  divide,
  root,  ///< this and those below: of the left child alone
  exponential,
  logarithm
};

/// One step of a derivation. Children are earlier nodes of the same tape.
struct TraceNode {
  Operation operation = Operation::constant;
  double value = 0;
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  std::uint32_t leaf = 0;  ///< for leaves: the number given to Tape::leaf; what it means is the caller's
  std::uint32_t name = 0;  ///< 0, or 1 + index into names()
};

/// The arena that one derivation is recorded on. Nodes are only appended; a recorded Traced stays valid as
/// long as its tape. One tape per explanation, never shared by threads.
class Tape {
 public:
  /// Records a leaf and returns its index. `leaf` is an opaque number that the caller can join with sources
  /// later.
  std::uint32_t leaf(double value, std::uint32_t leaf);
  /// Records an operation on earlier nodes.
  std::uint32_t record(Operation operation, double value, std::uint32_t left, std::uint32_t right);
  /// Gives a node the name under which a person knows it. The first name stays.
  void name(std::uint32_t node, std::string_view name);

  const std::vector<TraceNode>& nodes() const { return nodes_; }
  /// Name of a node, empty where it has none.
  std::string_view name_of(std::uint32_t node) const;

 private:
  std::vector<TraceNode> nodes_;
  std::vector<std::string> names_;
};

/// A double and its node on a tape. Without a tape it is a bare constant, which joins the tape of the other
/// operand. The value is computed by the same double operations in the same order: bit for bit what `double`
/// gives.
class Traced {
 public:
  Traced() = default;
  explicit Traced(double constant) : value_(constant) {}
  Traced(Tape& tape, std::uint32_t node) : value_(tape.nodes()[node].value), tape_(&tape), node_(node) {}

  double value() const { return value_; }
  Tape* tape() const { return tape_; }
  /// Node on the tape; only meaningful where tape() is not null.
  std::uint32_t node() const { return node_; }

  friend Traced operator+(const Traced& a, const Traced& b) {
    return combine(Operation::add, a.value_ + b.value_, a, b);
  }
  friend Traced operator-(const Traced& a, const Traced& b) {
    return combine(Operation::subtract, a.value_ - b.value_, a, b);
  }
  friend Traced operator*(const Traced& a, const Traced& b) {
    return combine(Operation::multiply, a.value_ * b.value_, a, b);
  }
  friend Traced operator/(const Traced& a, const Traced& b) {
    return combine(Operation::divide, a.value_ / b.value_, a, b);
  }
  /// A function of one number, whose value the caller computed.
  Traced through(Operation function, double value) const;

 private:
  static Traced combine(Operation operation, double value, const Traced& a, const Traced& b);
  std::uint32_t node_on(Tape& tape) const;

  double value_ = 0;
  Tape* tape_ = nullptr;
  std::uint32_t node_ = 0;
};

inline double value(const Traced& x) { return x.value(); }

static_assert(Number<Traced>);
static_assert(Number<double>);

/// Names an intermediate result for explanations; does nothing for other number types.
template <Number T>
constexpr T named([[maybe_unused]] std::string_view name, T x) {
  if constexpr (std::same_as<T, Traced>) {
    if (x.tape() != nullptr) x.tape()->name(x.node(), name);
  }
  return x;
}

}  // namespace kwhatif::number
