// A report of Boavizta's BoAmps 1.1.0. Its powerConsumption is energy in kWh, its parameters are counted in
// billions; what it has no key for (interval, the word forecast) stands in the description of the task.
#include "facts.hpp"
#include "uuid.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/envelope.hpp>

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace kwhatif::dossier {

namespace {

using Json = nlohmann::ordered_json;

// What a valid report cannot be without.
void refuse_what_is_missing(const Subject& subject) {
  std::vector<std::string> missing;
  std::vector<std::string> help;
  if (!subject.figure("devices").value) {
    missing.emplace_back("the number of devices");
    help.emplace_back("give --chips");
  }
  if (const Figure& energy = subject.figure("facility_energy_kwh"); !energy.value) {
    missing.emplace_back("the energy");
    help.push_back(energy.missing.empty() ? "give --hardware or --power" : energy.missing);
  }
  if (missing.empty()) return;
  const auto joined = [](const std::vector<std::string>& parts, const char* with) {
    return parts.size() == 1 ? parts.front() : parts.front() + with + parts.back();
  };
  diag::refuse("missing-input", "a BoAmps report needs " + joined(missing, " and ") + ", and none follows",
               {}, joined(help, "; "));
}

std::string_view data_type(const Facts& facts) {
  if (facts.text()) return "token";
  if (facts.unit == "image" || facts.unit == "pair") return "image";
  if (facts.unit == "video") return "video";
  if (facts.unit == "clip" || facts.unit == "frame" || facts.unit == "position") return "audio";
  return "other";
}

std::string task_family(const Dossier& dossier, const Facts& facts) {
  if (const auto& modality = dossier.particulars.modality) return modality->text + " generation";
  if (facts.architecture) {
    if (const auto row = dossier.tables->meant(catalog::Kind::model, *facts.architecture).row) {
      if (row->text("kind") == "language") return "text generation";
      if (row->text("kind") == "diffusion") return "image generation";
    }
  }
  return "not stated";
}

// Of a forecast always the lowest: its band is that of a model, and mostly wider than the 50 % of "low".
std::string quality(const Subject& subject, std::string& reason) {
  const Figure& energy = subject.figure("facility_energy_kwh");
  constexpr double high = 0.10;
  constexpr double medium = 0.25;
  constexpr double low = 0.50;
  std::optional<double> half;
  if (energy.interval && energy.interval->p50 > 0)
    half = (energy.interval->p95 - energy.interval->p05) / 2 / energy.interval->p50;
  if (subject.status() == Status::measured && half && *half <= medium) {
    reason = "quality by the 90 % prediction interval, half its width over the median";
    return *half <= high ? "high" : "medium";
  }
  reason = "quality low: " + std::string{name(subject.status())};
  if (!half) {
    reason += ", without an interval";
  } else {
    reason += ", half of its 90 % prediction interval is " + quantity::percent(*half) + " of the median";
    if (*half > low) reason += ", more than the 50 % that \"low\" means";
  }
  return "low";
}

Json task(const Dossier& dossier, const Subject& subject, const Facts& facts, const std::string& reason) {
  constexpr double billion = 1e9;
  Json algorithm = Json::object();
  if (facts.architecture) algorithm["algorithmName"] = *facts.architecture;
  if (facts.parameters) algorithm["parametersNumber"] = *facts.parameters / billion;
  if (facts.epochs) algorithm["epochsNumber"] = *facts.epochs;
  if (facts.precision) algorithm["quantization"] = *facts.precision;
  Json data;
  data["dataUsage"] = "input";
  data["dataType"] = data_type(facts);
  if (facts.tokens) data["dataQuantity"] = *facts.tokens / facts.epochs.value_or(1);
  std::string words =
      status_sentence(subject) + " Made with " + made_with(dossier) + ", format BoAmps 1.1.0.";
  words += " Energy " + said(subject.figure("facility_energy_kwh")) + "; " + boundary_words(facts) + ".";
  words += " CO2e " + said(subject.figure("operational_location_kg")) + ".";
  words += ' ' + std::string(1, static_cast<char>(reason.front() - 'a' + 'A')) + reason.substr(1) + '.';
  if (const std::string note = first_of_several(dossier); !note.empty()) words += ' ' + note;
  if (const std::string lines = attribution(dossier, subject.estimate.sources()); !lines.empty())
    words += " Data: " + lines + '.';
  Json out;
  out["taskStage"] = facts.tuned ? "finetuning" : "training";
  out["taskFamily"] = task_family(dossier, facts);
  out["algorithms"] = Json::array({algorithm});
  out["dataset"] = Json::array({data});
  out["taskDescription"] = words;
  return out;
}

Json measure(const Subject& subject) {
  constexpr double seconds_per_hour = 3600;
  Json out;
  out["measurementMethod"] = subject.status() == Status::forecast ? "kwhatif forecast (flops-compute)"
                                                                  : "kwhatif, from measured inputs";
  out["version"] = std::string{program_version()};
  out["powerConsumption"] = *subject.figure("facility_energy_kwh").value;
  if (const auto hours = subject.figure("wall_hours").value)
    out["measurementDuration"] = *hours * seconds_per_hour;
  return out;
}

Json component(const Subject& subject, const Facts& facts) {
  Json out;
  if (facts.hardware) out["componentName"] = *facts.hardware;
  out["componentType"] = facts.kind.value_or("accelerator");
  constexpr double most = 1e15;  // a whole number that every reader holds
  out["nbComponent"] =
      static_cast<std::int64_t>(std::clamp(std::round(*subject.figure("devices").value), 1.0, most));
  if (facts.memory) out["memorySize"] = *facts.memory;
  if (facts.vendor && !facts.vendor->empty()) out["manufacturer"] = *facts.vendor;
  return out;
}

}  // namespace

std::string boamps(const Dossier& dossier, const FormChoices& /*choices*/) {
  const Subject& subject = dossier.subject();
  refuse_what_is_missing(subject);
  const Facts facts = facts_of(dossier, subject);
  std::string reason;
  const std::string grade = quality(subject, reason);

  Json body;
  body["task"] = task(dossier, subject, facts, reason);
  body["measures"] = Json::array({measure(subject)});
  Json& infrastructure = body["infrastructure"];
  infrastructure["infraType"] = facts.cloud ? "publicCloud" : "other";
  if (facts.cloud) infrastructure["cloudProvider"] = *facts.cloud;
  infrastructure["components"] = Json::array({component(subject, facts)});
  if (facts.country) {  // the format has no environment without a country
    body["environment"]["country"] = *facts.country;
    if (facts.region) body["environment"]["location"] = *facts.region;
    if (facts.intensity) body["environment"]["powerSourceCarbonIntensity"] = *facts.intensity;
  }
  body["quality"] = grade;

  Json out;
  if (const auto& date = dossier.particulars.date) {  // nor a header without a date
    Json& header = out["header"];
    header["formatVersion"] = "1.1.0";
    header["formatVersionSpecificationUri"] = "https://github.com/Boavizta/BoAmps/tree/main/model";
    header["reportId"] = uuid_of(body.dump(-1, ' ', false, Json::error_handler_t::replace));
    header["reportDatetime"] = date->text + " 00:00:00";
    header["reportStatus"] = "draft";  // it becomes final where its author says so
  }
  out.update(body);
  return report::laid_out_json(out.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace kwhatif::dossier
