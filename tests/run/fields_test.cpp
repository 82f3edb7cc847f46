// The one table of a run: every row is complete, and agrees with itself.
#include "support/catch.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/scenario.hpp>

#include <algorithm>
#include <set>
#include <string>

namespace kwhatif::run {
namespace {

using run::Slot;

constexpr std::array input_names{
#define KWHATIF_INPUT(input, ...) std::string_view{#input},
#define KWHATIF_INPUT_NUMBER(input, ...) std::string_view{#input},
#include <kwhatif/run/fields.def>
};

bool unit_of(std::string_view unit, const quantity::Dimension& dimension) {
  if (unit.empty() || unit == "1") return true;
  const auto read = quantity::parse("1 " + std::string{unit}, {.dimension = dimension});
  return read.ok && quantity::to_unit(read.value.coherent, unit) == Approx(1);
}

TEST_CASE("every input has a name, a flag, a key, a help line and, where it is a number, a range") {
  std::set<std::string_view> flags;
  std::set<std::string_view> keys;
  for (const InputInfo& row : input_table()) {
    INFO(row.flag);
    std::string name{row.flag};
    std::replace(name.begin(), name.end(), '-', '_');
    CHECK(name == input_names[static_cast<std::size_t>(row.input)]);
    CHECK(flags.insert(row.flag).second);
    CHECK(keys.insert(row.key).second);
    CHECK(row.key.find('.') != std::string_view::npos);
    CHECK_FALSE(row.help.empty());
    CHECK_FALSE(row.example.empty());
    // names and words have no range: the tables and the choices say what there is
    const bool number = row.type == InputType::quantity || row.type == InputType::whole;
    CHECK(row.range.has_value() == number);
    CHECK(row.choices.empty() == (row.type != InputType::word));
    if (number) CHECK(row.range->low < row.range->high);
    if (row.type == InputType::quantity) CHECK_FALSE(row.range->allowed.empty());
  }
}

TEST_CASE("the ends of a range are accepted, and what lies beyond them is refused with both ends") {
  for (const InputInfo& row : input_table()) {
    if (!row.range || row.type != InputType::whole) continue;
    const auto read = [&](double value) {
      std::vector<diag::Diagnostic> faults;
      read_whole(row.input, {std::to_string(static_cast<long>(value)), {}, std::string{row.flag}}, faults);
      return faults;
    };
    INFO(row.flag);
    CHECK(read(row.range->low).empty());
    CHECK(read(row.range->high).empty());
    CHECK(read(row.range->low - 1).size() == 1);
    CHECK(read(row.range->high + 1).size() == 1);
  }
}

TEST_CASE("every number of the estimate has a label, a unit of its dimension, and a flag that settles it") {
  std::set<std::string_view> keys;
  for (const run::SlotInfo& row : run::slot_table) {
    INFO(row.key);
    CHECK(keys.insert(row.key).second);
    CHECK_FALSE(row.label.empty());
    CHECK(unit_of(row.unit, row.dimension));
    CHECK(input_by_flag(row.flag).has_value());
  }
  for (const InputInfo& row : input_table()) {
    if (!row.settles) continue;
    INFO(row.flag);
    CHECK(run::info(*row.settles).flag == row.flag);
    CHECK(run::info(*row.settles).label == row.label);
    if (row.type == InputType::quantity) CHECK(run::slot_dimension(*row.settles) == row.dimension);
  }
  CHECK(info(Input::params).settles == std::nullopt);  // all of them or the active ones: resolve() decides
}

TEST_CASE("the numbers stand in the order in which the estimate uses them") {
  CHECK(Slot::active_parameters < Slot::training_flop);
  CHECK(Slot::training_flop < Slot::mfu);
  CHECK(Slot::mfu < Slot::devices);
  CHECK(Slot::devices < Slot::wall_time);
  CHECK(Slot::wall_time < Slot::power);
  CHECK(Slot::power < Slot::runs);
  CHECK(Slot::runs < Slot::pue);
  CHECK(Slot::pue < Slot::ci);
  CHECK(Slot::ci < Slot::price);
  CHECK(Slot::price < Slot::executed_ratio);
}

TEST_CASE("every result has a label and a unit of its dimension, which its JSON key names") {
  std::set<std::string_view> keys;
  for (const run::ResultInfo& row : run::result_table) {
    INFO(row.key);
    CHECK(keys.insert(row.json_key).second);
    CHECK_FALSE(row.label.empty());
    CHECK(unit_of(row.unit, row.dimension));
    CHECK(run::result_dimension(row.key) == row.dimension);
  }
  // energy, CO2e and money of phases add up; a rate does not
  for (const auto& [key, phases] : {std::pair{"facility_energy", run::Phases::sum},
                                    {"operational_location", run::Phases::sum},
                                    {"electricity_cost", run::Phases::sum},
                                    {"training_flop", run::Phases::sum_of_runs},
                                    {"achieved", run::Phases::follows},
                                    {"mfu", run::Phases::follows}}) {
    const auto* row = std::find_if(run::result_table.begin(), run::result_table.end(),
                                   [name = std::string_view{key}](const auto& r) { return r.key == name; });
    REQUIRE(row != run::result_table.end());
    CHECK(row->phases == phases);
  }
}

}  // namespace
}  // namespace kwhatif::run
