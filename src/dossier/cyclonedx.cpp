// A machine-learning bill of materials, CycloneDX 1.6 or 1.7: the environmental considerations of the model
// card. The format has no place for an interval or for the word forecast: both are properties of kwhatif.
#include "facts.hpp"
#include "uuid.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/envelope.hpp>
#include <kwhatif/run/result.hpp>

#include <algorithm>

#include <nlohmann/json.hpp>

namespace kwhatif::dossier {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kg_per_tonne = 1000;

void add_property(Json& to, std::string_view name, const std::string& value) {
  to.push_back({{"name", "kwhatif:" + std::string{name}}, {"value", value}});
}

void add_interval(Json& to, std::string_view key, const std::optional<Interval>& interval) {
  if (!interval) return;
  add_property(to, std::string{key} + ":p05", quantity::shortest(interval->p05));
  add_property(to, std::string{key} + ":p50", quantity::shortest(interval->p50));
  add_property(to, std::string{key} + ":p95", quantity::shortest(interval->p95));
}

// A figure, its interval, or the blank that is seen.
void add_figure(Json& to, const Subject& subject, std::string_view key) {
  const Figure& figure = subject.figure(key);
  add_property(to, key, figure.value ? quantity::shortest(*figure.value) : blank(figure));
  add_interval(to, key, figure.interval);
}

// What is consumed in one activity.
struct Consumption {
  std::string_view activity;  ///< of the format: training, fine-tuning, validation, inference, other
  std::string scope;
  double energy = 0;               ///< [kWh]
  std::optional<double> emission;  ///< [kg]
  std::optional<Interval> energy_interval = {};
  std::optional<Interval> emission_interval = {};
};

Json consumption(const Consumption& of, const Facts& facts, const Subject& subject) {
  const std::string place = facts.place ? *facts.place : std::string{"place not stated"};
  const Json energy{{"value", of.energy}, {"unit", "kWh"}};
  Json provider;
  provider["description"] = "Electricity of the grid, " + place + "; supplier and sources not stated; " +
                            std::string{name(subject.status())};
  provider["organization"] = {{"name", "unknown"}};
  provider["energySource"] = "unknown";  // the format has no word for a mix
  provider["energyProvided"] = energy;
  Json out;
  out["activity"] = of.activity;
  out["energyProviders"] = Json::array({provider});
  out["activityEnergyCost"] = energy;
  if (of.emission) out["co2CostEquivalent"] = {{"value", *of.emission / kg_per_tonne}, {"unit", "tCO2eq"}};
  Json& properties = out["properties"] = Json::array();
  add_property(properties, "status", std::string{name(subject.status())});
  add_property(properties, "scope", of.scope);
  add_property(properties, "boundary", boundary_words(facts));
  add_interval(properties, "facility_energy_kwh", of.energy_interval);
  if (of.energy_interval) add_property(properties, "interval", "90 % prediction interval, p05 to p95");
  if (of.emission) {
    add_property(properties, "co2_method", emissions_basis(facts));
    add_interval(properties, "operational_location_kg", of.emission_interval);
  } else {
    add_property(properties, "operational_location_kg", blank(subject.figure("operational_location_kg")));
  }
  return out;
}

std::string_view activity_of(run::Regime regime) {
  using run::Regime;
  switch (regime) {
    case Regime::pretrain:
    case Regime::long_context:
    case Regime::anneal:
    case Regime::distill:
    case Regime::prune:
    case Regime::qat:
      return "training";
    case Regime::finetune:
    case Regime::lora:
    case Regime::qlora:
    case Regime::dpo:
    case Regime::ppo:
    case Regime::grpo:
      return "fine-tuning";
    case Regime::evaluate:
      return "validation";
    case Regime::search:
    case Regime::other:
      break;
  }
  return "other";
}

std::optional<Interval> interval_of(const uncertain::Certainty& certainty, std::string_view key) {
  const auto* band = certainty.find(key);
  if (band == nullptr) return std::nullopt;
  const auto value = [&](double coherent) { return run::machine_value(band->info, coherent); };
  return Interval{value(band->p05), value(band->p25), value(band->p50), value(band->p75), value(band->p95)};
}

template <class Quantity>
std::optional<double> in_unit(const std::optional<Quantity>& quantity, std::string_view unit) {
  return quantity ? std::optional{quantity::to_unit(quantity->coherent(), unit)} : std::nullopt;
}

// The whole run, or its stages where all of them are known; and the rest of a life.
std::vector<Consumption> consumptions(const Dossier& dossier, const Subject& subject, const Facts& facts) {
  std::vector<Consumption> out;
  const auto& estimate = subject.estimate;
  const bool by_stage = estimate.staged() && std::ranges::all_of(estimate.phases, [](const auto& phase) {
                          return phase.result.facility_energy.has_value();
                        });
  if (by_stage) {
    for (std::size_t i = 0; i < estimate.phases.size(); ++i) {
      const auto& phase = estimate.phases[i];
      const auto& certain =
          i < estimate.certainty.phases.size() ? estimate.certainty.phases[i] : uncertain::Certainty{};
      out.push_back({activity_of(phase.regime), "stage " + phase.name,
                     *in_unit(phase.result.facility_energy, "kWh"),
                     in_unit(phase.result.operational_location, "kg"),
                     interval_of(certain, "facility_energy"), interval_of(certain, "operational_location")});
    }
  } else if (const auto energy = subject.figure("facility_energy_kwh").value) {
    out.push_back({facts.tuned ? "fine-tuning" : "training", "the whole run as it was described", *energy,
                   subject.figure("operational_location_kg").value,
                   subject.figure("facility_energy_kwh").interval,
                   subject.figure("operational_location_kg").interval});
  }
  if (!dossier.life) return out;
  for (const ask::LifecyclePhase& phase : dossier.life->phases) {
    if (phase.key == "training" || !phase.part.energy) continue;
    out.push_back({phase.key == "serving" ? "inference" : "other", phase.label,
                   quantity::to_unit(*phase.part.energy, "kWh"), phase.part.location});
  }
  return out;
}

Json model_card(const Dossier& dossier, const Subject& subject, const Facts& facts) {
  Json out;
  Json parameters = Json::object();
  if (facts.family) parameters["architectureFamily"] = *facts.family;
  if (facts.architecture || facts.parameters) {
    std::string words = facts.architecture.value_or("");
    if (facts.parameters)
      words += (words.empty() ? "" : ", ") + quantity::human(*facts.parameters, quantity::dim::parameter);
    parameters["modelArchitecture"] = words;
  }
  if (!parameters.empty()) out["modelParameters"] = parameters;
  Json list = Json::array();
  for (const Consumption& one : consumptions(dossier, subject, facts))
    list.push_back(consumption(one, facts, subject));
  if (!list.empty()) out["considerations"]["environmentalConsiderations"]["energyConsumptions"] = list;
  Json& properties = out["properties"] = Json::array();
  add_property(properties, "status", std::string{name(subject.status())});
  for (const std::string_view key :
       {"training_flop", "device_hours", "wall_hours", "devices", "power_w_per_device", "it_energy_kwh",
        "facility_energy_kwh", "operational_location_kg", "operational_market_kg", "embodied_kg", "water_l"})
    add_figure(properties, subject, key);
  add_property(properties, "hardware_units_types", facts.hardware.value_or("not stated"));
  return out;
}

}  // namespace

std::string cyclonedx(const Dossier& dossier, const FormChoices& choices) {
  const Subject& subject = dossier.subject();
  const Facts facts = facts_of(dossier, subject);
  const std::string version{choices.cyclonedx_version};
  constexpr std::size_t longest_version = 1024;  // of the schema

  Json metadata;
  if (const auto& date = dossier.particulars.date) metadata["timestamp"] = date->text + "T00:00:00Z";
  metadata["lifecycles"] =
      Json::array({{{"phase", subject.status() == Status::forecast ? "design" : "post-build"}}});
  metadata["tools"]["components"] = Json::array(
      {{{"type", "application"}, {"name", "kwhatif"}, {"version", std::string{program_version()}}}});
  Json& about = metadata["properties"] = Json::array();
  add_property(about, "data_version", dossier.tables->version());
  add_property(about, "status", std::string{name(subject.status())});
  if (!dossier.command.empty()) add_property(about, "command", dossier.command);
  if (const std::string lines = attribution(dossier, subject.estimate.sources()); !lines.empty())
    add_property(about, "attribution", lines);
  if (const std::string note = first_of_several(dossier); !note.empty()) add_property(about, "note", note);

  Json component;
  component["type"] = "machine-learning-model";
  component["bom-ref"] = "model";
  if (const auto& who = dossier.particulars.organisation) component["supplier"] = {{"name", who->text}};
  component["name"] = facts.shown_name();
  if (facts.version && facts.version->size() <= longest_version) component["version"] = *facts.version;
  component["modelCard"] = model_card(dossier, subject, facts);

  Json out;
  out["$schema"] = "http://cyclonedx.org/schema/bom-" + version + ".schema.json";
  out["bomFormat"] = "CycloneDX";
  out["specVersion"] = version;
  out["serialNumber"] = nullptr;  // keeps its place
  out["version"] = 1;
  out["metadata"] = metadata;
  out["components"] = Json::array({component});
  const auto text = [&] { return out.dump(-1, ' ', false, Json::error_handler_t::replace); };
  out["serialNumber"] = "urn:uuid:" + uuid_of(text());
  return report::laid_out_json(text());
}

}  // namespace kwhatif::dossier
