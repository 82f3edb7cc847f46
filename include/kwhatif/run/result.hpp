// What an estimate gives: the results of fields.def.
#pragma once

#include <kwhatif/quantity/kinds.hpp>
#include <kwhatif/run/fields.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace kwhatif::run {

/// Results of one run. Absent means not computable from what is known; never zero.
template <class T>
struct RunEstimate {
#define KWHATIF_RESULT(result, type, json_key, unit, label, phases) std::optional<quantity::type<T>> result;
#include <kwhatif/run/fields.def>
};

/// One result: how it is called in formulas and studies, in JSON, and for people.
struct ResultInfo {
  std::string_view key;       ///< in studies and derivations: facility_energy
  std::string_view json_key;  ///< with its unit: facility_energy_kwh
  std::string_view unit;      ///< of the JSON value; empty for the coherent unit
  std::string_view label;     ///< for people
  quantity::Dimension dimension;
  Phases phases = Phases::follows;
};

inline constexpr std::array result_table{
#define KWHATIF_RESULT(result, type, json_key, unit, label, phases) \
  ResultInfo{#result, json_key, unit, label, quantity::type<>::dimension, Phases::phases},
#include <kwhatif/run/fields.def>
};

/// A result in the unit of its JSON key.
double machine_value(const ResultInfo& result, double coherent);

/// Calls visit(ResultInfo, field) for every result, in the order of output.
template <class Estimate, class Visit>
constexpr void for_each_result(Estimate& r, Visit visit) {
  std::size_t row = 0;
#define KWHATIF_RESULT(result, ...) visit(result_table[row++], r.result);
#include <kwhatif/run/fields.def>
}

/// Dimension of the result with that key; a plain number where there is no such result.
constexpr quantity::Dimension result_dimension(std::string_view key) {
  for (const ResultInfo& row : result_table) {
    if (row.key == key) return row.dimension;
  }
  return {};
}

/// What people call a result: energy, co2e, time.
struct ResultWord {
  std::string_view word;
  std::string_view key;
};
std::span<const ResultWord> result_words();
/// Key of the result that a word means: its key, its key in JSON, or one of result_words(); empty where it
/// means none.
std::string_view result_meant(std::string_view word);

}  // namespace kwhatif::run
