#include <kwhatif/grid/axis.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/scenario_entries.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::report {

namespace {

using run::Input;
using run::InputInfo;
using run::InputType;
using run::ResolvedRun;
using run::Slot;

bool is_number(const InputInfo& input) {
  return input.type == InputType::quantity || input.type == InputType::whole;
}

std::string flag_key(const InputInfo& input) {
  std::string out{input.flag};
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

std::optional<std::string> given_text(const ResolvedRun& run, const InputInfo& input) {
  for (const auto& [flag, text] : run.summary) {
    if (flag == input.flag) return text;
  }
  return std::nullopt;
}

// What the tables or a default said instead of the user, where it is a choice and no number of its own.
std::optional<std::string> chosen_text(const ResolvedRun& run, const InputInfo& input) {
  for (const auto& choice : run.choices) {
    if (choice.input == input.flag &&
        (choice.origin.responsible != catalog::Responsible::user || choice.origin.in_table))
      return choice.value;
  }
  return std::nullopt;
}

double in_machine_unit(Input input, double coherent) {
  const auto unit = grid::machine_unit(input);
  return unit.empty() ? coherent : quantity::to_unit(coherent, unit);
}

// The number of the slot of the same name, which is what the estimate works with.
std::optional<double> slot_number(const ResolvedRun& run, const InputInfo& input) {
  for (std::size_t s = 0; s < run::slot_count; ++s) {
    if (run::slot_table[s].key != flag_key(input)) continue;
    const auto coherent = run::slot_value(run.inputs, static_cast<Slot>(s));
    return coherent ? std::optional{in_machine_unit(input.input, *coherent)} : std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> counted_number(const ResolvedRun& run, Input input) {
  if (!run.network) return std::nullopt;
  if (input == Input::params) return run.network->parameters.total.as_double();
  if (input == Input::active) return run.network->parameters.active.as_double();
  if (input == Input::seq_len && run.network->sequence_length > 0) return run.network->sequence_length;
  return std::nullopt;
}

std::optional<double> number_of(const ResolvedRun& run, const InputInfo& input) {
  // an architecture first: the slot of its active parameters leaves out the input table
  if (const auto number = counted_number(run, input.input)) return number;
  if (const auto number = slot_number(run, input)) return number;
  for (const auto& text : {given_text(run, input), chosen_text(run, input)}) {
    if (!text) continue;
    if (const auto number = input_number(input, *text)) return number;
  }
  return std::nullopt;
}

// The country of a place: the grid above it that is one.
std::string country_of(const ResolvedRun& run, const catalog::Catalog& catalog) {
  constexpr int deepest = 8;
  std::string id;
  if (run.region) id = run.region->text("country");
  if (id.empty() && run.grid) id = run.grid->id();
  for (int up = 0; up < deepest && !id.empty(); ++up) {
    const auto grid = catalog.find(catalog::Kind::grid, id);
    if (!grid) return {};
    if (grid->text("kind") == "country") return std::string{grid->text("name")};
    id = grid->text("parent").empty() ? grid->text("same_as") : grid->text("parent");
  }
  return {};
}

// Numbers between the inputs and the results, which no flag sets by itself.
struct Between {
  Slot slot;
  std::string_view key;
  std::string_view unit;
  std::string_view what;
};
constexpr std::array between{
    Between{Slot::flop_factor, "flop_per_parameter_token", "", "training FLOP per parameter and token"},
    Between{Slot::flop_per_token, "flop_per_token", "",
            "training FLOP per token, counted from the architecture"},
    Between{Slot::executed_ratio, "executed_ratio", "",
            "executed FLOP over those of the model: recomputation"},
    Between{Slot::peak, "peak_tflops_per_device", "TFLOP/s", "dense peak rate of a device at this precision"},
    Between{Slot::tdp, "tdp_w", "W", "thermal design power of a device"},
    Between{Slot::power_ratio, "power_ratio", "", "average system power of a device over its TDP"},
};

class Entries {
 public:
  Entries(const ResolvedRun& run, const catalog::Catalog& catalog) : run_(run), catalog_(catalog) {}

  std::vector<ScenarioEntry> all() {
    text("title", "title of the run file or published run", run_.title);
    for (const InputInfo& info : run::input_table()) input(info);
    if (run_.host) {
      text("host", "host, instance or slice that holds the devices", std::string{run_.host->id()});
      text("host_name", "its name", std::string{run_.host->text("name")});
    } else {
      text("host", "host, instance or slice that holds the devices", {});
      text("host_name", "its name", {});
    }
    const auto& place = run_.region ? run_.region : run_.grid;
    text("place_name", "name of the region, or of the grid where no region is known",
         place ? std::string{place->text("name")} : std::string{});
    text("country", "name of the country of the place", country_of(run_, catalog_));
    for (const Between& b : between) {
      const auto coherent = run::slot_value(run_.inputs, b.slot);
      number(std::string{b.key}, b.unit, std::string{b.what},
             coherent && !b.unit.empty() ? quantity::to_unit(*coherent, b.unit) : coherent);
    }
    intensity();
    const bool counted = run_.network != nullptr;
    number("params_total", "", "parameters of the architecture, all of them",
           counted ? std::optional{run_.network->parameters.total.value()} : std::nullopt);
    number("params_active", "", "parameters of the architecture that a token uses",
           counted ? std::optional{run_.network->parameters.active.value()} : std::nullopt);
    text("work_unit", "what the tokens of this run are: token, image, residue or sample",
         std::string{run_.work.one});
    text("counted", "how the FLOPs of the architecture were counted",
         counted ? run_.network->flops.counted : std::string{});
    return std::move(out_);
  }

 private:
  void text(std::string key, std::string what, std::string value) {
    ScenarioEntry entry{std::move(key), false, {}, std::move(what)};
    if (!value.empty()) entry.value = std::move(value);
    out_.push_back(std::move(entry));
  }
  template <class Number>
  void number(std::string key, std::string_view unit, std::string what, std::optional<Number> value) {
    ScenarioEntry entry{std::move(key), true, unit, std::move(what)};
    if (value) entry.value = *value;
    out_.push_back(std::move(entry));
  }

  // What the carbon intensity counts and how it came about, where the tables gave it.
  void intensity() {
    const auto& found = run_.intensity;
    const auto word = [&](std::string value) { return found ? std::move(value) : std::string{}; };
    const auto year = [&](double value) { return found && value > 0 ? std::optional{value} : std::nullopt; };
    text("intensity_grid", "grid that the carbon intensity is of", word(found ? found->place : ""));
    text("intensity_boundary", "what it counts: life-cycle or direct", word(found ? found->boundary : ""));
    text("intensity_basis", "whose mix it is: consumption or production", word(found ? found->basis : ""));
    text("intensity_status", "read, bridged, converted, conflict, zone-ambiguous, as-is or refused",
         word(found ? std::string{run::name(found->status)} : ""));
    number("intensity_year", "", "year that it is of", year(found ? found->data_year : 0));
    number("intensity_read_year", "", "year of the value that it was made from",
           year(found ? found->read_year : 0));
    text("intensity_steps", "how it was brought to the definition", word(found ? found->steps : ""));
    const auto& held = run_.contracts;
    const auto of = [&](auto member) {
      return held ? std::optional{static_cast<double>((*held).*member)} : std::nullopt;
    };
    number("contracts_carbon_free_share", "", "of the provider in the region, matched by the hour",
           of(&run::Contracts::share));
    number("contracts_grid_share", "", "carbon-free share of the grid itself",
           held ? held->grid_share : std::nullopt);
    number("contracts_net_direct_g_per_kwh", "g/kWh",
           "direct intensity net of the provider's contracts: an illustration, not market-based",
           held ? held->net : std::nullopt);
    number("contracts_year", "", "year of these shares", of(&run::Contracts::year));
    text("contracts_refused", "why there is no net intensity", held ? held->refused : std::string{});
  }

  void input(const InputInfo& info) {
    const std::string key = flag_key(info);
    const std::string what{info.help};
    const auto given = given_text(run_, info);
    if (!is_number(info)) {
      text(key, what, id_of(info).value_or(given.value_or(chosen_text(run_, info).value_or(""))));
      if (info.input == Input::hardware)
        text("hardware_name", "name of the device",
             run_.hardware ? std::string{run_.hardware->text("name")} : std::string{});
      return;
    }
    const std::string machine = grid::machine_key(info.input);
    if (machine != key) text(key, what + ": as given, with its unit", given.value_or(""));
    number(machine, grid::machine_unit(info.input), what, number_of(run_, info));
  }

  // Names become ids of the tables.
  std::optional<std::string> id_of(const InputInfo& info) const {
    const auto& row = info.input == Input::hardware ? run_.hardware
                      : info.input == Input::region ? run_.region
                                                    : run_.grid;
    const bool named =
        info.input == Input::hardware || info.input == Input::region || info.input == Input::grid;
    return named && row ? std::optional{std::string{row->id()}} : std::nullopt;
  }

  const ResolvedRun& run_;
  const catalog::Catalog& catalog_;
  std::vector<ScenarioEntry> out_;
};

}  // namespace

std::vector<ScenarioEntry> scenario_entries(const ResolvedRun& run, const catalog::Catalog& catalog) {
  return Entries{run, catalog}.all();
}

std::optional<double> input_number(const InputInfo& input, const std::string& text) {
  if (!is_number(input)) return std::nullopt;
  std::vector<diag::Diagnostic> unread;
  if (input.type == InputType::whole) {
    const auto whole = run::read_whole(input.input, {text, {}, {}}, unread);
    return whole ? std::optional{static_cast<double>(*whole)} : std::nullopt;
  }
  const auto read = run::read_quantity(input.input, {text, {}, {}}, unread);
  // a batch in sequences or images is no number of tokens yet
  if (!read || read->dimension != input.dimension) return std::nullopt;
  return in_machine_unit(input.input, read->coherent);
}

std::string given_cell(const ResolvedRun& run, const InputInfo& input) {
  const auto given = given_text(run, input);
  if (!given) return {};
  const auto number = is_number(input) ? number_of(run, input) : std::nullopt;
  return number ? quantity::shortest(*number) : *given;
}

std::string input_cell(const InputInfo& input, const std::string& text) {
  const auto number = input_number(input, text);
  return number ? quantity::shortest(*number) : text;
}

}  // namespace kwhatif::report
