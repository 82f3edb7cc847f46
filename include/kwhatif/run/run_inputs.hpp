// The numbers that an estimate is made of: a value per row of fields.def, and which of them are known.
#pragma once

#include <kwhatif/quantity/kinds.hpp>
#include <kwhatif/run/fields.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <optional>
#include <string_view>

namespace kwhatif::run {

namespace detail {

struct NumberRow {
  std::string_view slot;
  std::string_view key;
  Field field;
};
inline constexpr std::array number_rows{
#define KWHATIF_NUMBER(slot, ...) NumberRow{#slot, #slot, {__VA_ARGS__}},
#define KWHATIF_INPUT_NUMBER(input, slot, ...) NumberRow{#slot, #input, {__VA_ARGS__}},
#include <kwhatif/run/fields.def>
};

// Position of a number: by what it feeds, then as in the table.
constexpr std::size_t place_of(std::size_t row) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < number_rows.size(); ++i) {
    const Feeds feeds = number_rows[i].field.feeds;
    if (feeds < number_rows[row].field.feeds || (feeds == number_rows[row].field.feeds && i < row)) ++out;
  }
  return out;
}

consteval std::size_t place_of(std::string_view slot) {
  for (std::size_t i = 0; i < number_rows.size(); ++i) {
    if (number_rows[i].slot == slot) return place_of(i);
  }
  throw "no such number";
}

}  // namespace detail

/// A number of the estimate; its value is its position.
enum class Slot : std::size_t {
#define KWHATIF_NUMBER(slot, ...) slot = detail::place_of(#slot),
#define KWHATIF_INPUT_NUMBER(input, slot, ...) slot = detail::place_of(#slot),
#include <kwhatif/run/fields.def>
  count = detail::number_rows.size()
};
inline constexpr std::size_t slot_count = static_cast<std::size_t>(Slot::count);
static_assert(slot_count < 64, "the known ones are the bits of one word");

struct SlotInfo {
  std::string_view key;  ///< the name in JSON, studies and messages: "device_hours"
  std::string_view label;
  std::string_view flag;  ///< that settles it, without the dashes
  std::string_view unit;  ///< of the value in JSON; "1" for the coherent unit
  quantity::Dimension dimension;
};

inline constexpr std::array<SlotInfo, slot_count> slot_table = [] {
  std::array<SlotInfo, slot_count> out;
  for (std::size_t i = 0; i < slot_count; ++i) {
    const auto& [slot, key, field] = detail::number_rows[i];
    out[detail::place_of(i)] = {key, field.label, field.flag, field.unit, field.dimension};
  }
  return out;
}();

constexpr const SlotInfo& info(Slot slot) { return slot_table[static_cast<std::size_t>(slot)]; }
/// Dimension of a slot's quantity.
constexpr quantity::Dimension slot_dimension(Slot slot) { return info(slot).dimension; }
/// The bit of a slot in RunInputs::known.
constexpr std::uint64_t bit_of(Slot slot) { return std::uint64_t{1} << static_cast<std::size_t>(slot); }

/// Inputs of one run in numbers. One that is not known is absent; resolve() fills in defaults and says so.
///
/// Per run: `tokens` are those of the data set, `wall_time` and `device_time` those of one run; `runs` and
/// `overhead` multiply the device-time of one run.
template <class T>
struct RunInputs {
  /// The quantity in a slot.
  template <Slot S>
  using Of = quantity::Quantity<slot_dimension(S), T>;

  std::array<T, slot_count> values{};  ///< in coherent units
  std::uint64_t known = 0;             ///< bit_of() each slot that has a value

  constexpr bool has(Slot slot) const { return (known & bit_of(slot)) != 0; }
  template <Slot S>
  constexpr std::optional<Of<S>> get() const {
    if (!has(S)) return std::nullopt;
    return Of<S>::from_coherent(values[static_cast<std::size_t>(S)]);
  }
  template <Slot S>
  constexpr void set(const Of<S>& value) {
    set(S, value.coherent());
  }
  /// In the coherent unit.
  constexpr void set(Slot slot, const T& value) {
    values[static_cast<std::size_t>(slot)] = value;
    known |= bit_of(slot);
  }
  constexpr void forget(Slot slot) { known &= ~bit_of(slot); }

  // in.pue() is in.get<Slot::pue>()
#define KWHATIF_NUMBER(slot, ...) \
  constexpr std::optional<Of<Slot::slot>> slot() const { return get<Slot::slot>(); }
#define KWHATIF_INPUT_NUMBER(input, slot, ...) \
  constexpr std::optional<Of<Slot::slot>> slot() const { return get<Slot::slot>(); }
#include <kwhatif/run/fields.def>
};

/// Calls visit(Slot, value) for every known number, in order.
template <class T, class Visit>
constexpr void for_each_known(const RunInputs<T>& inputs, Visit visit) {
  for (std::uint64_t left = inputs.known; left != 0; left &= left - 1) {
    const auto at = static_cast<std::size_t>(std::countr_zero(left));
    visit(static_cast<Slot>(at), inputs.values[at]);
  }
}

/// The same inputs over another number type; `convert(Slot, Dimension, double)` makes each number.
template <class To, class Convert>
RunInputs<To> lift(const RunInputs<double>& from, Convert convert) {
  RunInputs<To> out;
  for_each_known(from,
                 [&](Slot slot, double value) { out.set(slot, convert(slot, slot_dimension(slot), value)); });
  return out;
}

/// The value of one slot in its coherent unit, if known.
constexpr std::optional<double> slot_value(const RunInputs<double>& inputs, Slot slot) {
  return inputs.has(slot) ? std::optional{inputs.values[static_cast<std::size_t>(slot)]} : std::nullopt;
}

/// Sets one slot from a number in its coherent unit, or makes it unknown.
constexpr void set_slot(RunInputs<double>& inputs, Slot slot, std::optional<double> value) {
  value ? inputs.set(slot, *value) : inputs.forget(slot);
}

}  // namespace kwhatif::run
