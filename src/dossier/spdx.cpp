// An AI package of SPDX 3.0.1 as JSON-LD. The format requires what only the supplier knows, a day and a
// release; it has no place for an interval, for CO2e or for the word forecast but a free text.
#include "facts.hpp"
#include "uuid.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/envelope.hpp>

#include <nlohmann/json.hpp>

namespace kwhatif::dossier {

namespace {

using Json = nlohmann::ordered_json;

void refuse_what_is_missing(const Particulars& who) {
  std::string missing;
  const auto need = [&](const std::optional<run::Given>& given, const char* flag) {
    if (!given || given->text.empty()) missing += (missing.empty() ? "" : ", ") + std::string{flag};
  };
  need(who.date, "--date");
  need(who.organisation, "--organisation");
  need(who.model_version, "--model-version");
  if (missing.empty()) return;
  diag::refuse(
      "missing-input",
      "an SPDX AI package must have a day of creation, a supplier and a version, which no estimate knows", {},
      "give " + missing);
}

std::string about_training(const Dossier& dossier, const Subject& subject, const Facts& facts) {
  std::string out = status_sentence(subject) + " Made with " + made_with(dossier) + ". Training compute " +
                    said(subject.figure("training_flop")) + " (one run); device time " +
                    said(subject.figure("device_hours")) +
                    (facts.hardware ? " on " + *facts.hardware : std::string{}) + "; energy " +
                    said(subject.figure("facility_energy_kwh")) + ", " + boundary_words(facts) + "; CO2e " +
                    said(subject.figure("operational_location_kg"));
  if (subject.figure("operational_location_kg").value) out += ", " + emissions_basis(facts);
  out +=
      ". The download location is a placeholder and the time of release is the day of this document: the "
      "format requires both.";
  if (const std::string note = first_of_several(dossier); !note.empty()) out += ' ' + note;
  if (const std::string lines = attribution(dossier, subject.estimate.sources()); !lines.empty())
    out += " Data: " + lines + '.';
  return out;
}

}  // namespace

std::string spdx(const Dossier& dossier, const FormChoices& /*choices*/) {
  const auto& who = dossier.particulars;
  refuse_what_is_missing(who);
  const Subject& subject = dossier.subject();
  const Facts facts = facts_of(dossier, subject);
  const std::string day = who.date->text + "T00:00:00Z";
  const std::string about = about_training(dossier, subject, facts);
  const std::string base = "urn:uuid:" + uuid_of(facts.shown_name() + '\n' + who.organisation->text + '\n' +
                                                 who.model_version->text + '\n' + day + '\n' + about);
  const std::string supplier = base + "#supplier";
  const std::string package = base + "#package";

  Json creation{{"type", "CreationInfo"}, {"@id", "_:creation"}, {"specVersion", "3.0.1"}, {"created", day}};
  creation["createdBy"] = Json::array({supplier});
  creation["comment"] = "made with " + made_with(dossier);
  const Json organisation{{"type", "Organization"},
                          {"spdxId", supplier},
                          {"creationInfo", "_:creation"},
                          {"name", who.organisation->text}};
  Json model{{"type", "ai_AIPackage"}, {"spdxId", package}, {"creationInfo", "_:creation"}};
  model["name"] = facts.shown_name();
  model["software_packageVersion"] = who.model_version->text;
  model["software_downloadLocation"] = "https://example.org/NOASSERTION";
  model["software_primaryPurpose"] = "model";
  model["suppliedBy"] = supplier;
  model["releaseTime"] = day;
  if (facts.family) model["ai_typeOfModel"] = Json::array({*facts.family});
  model["ai_informationAboutTraining"] = about;
  if (const auto energy = subject.figure("facility_energy_kwh").value) {
    const char* key = facts.tuned ? "ai_finetuningEnergyConsumption" : "ai_trainingEnergyConsumption";
    Json consumption{{"type", "ai_EnergyConsumption"}};
    consumption[key] = Json::array({{{"type", "ai_EnergyConsumptionDescription"},
                                     {"ai_energyQuantity", plain_decimal(*energy)},
                                     {"ai_energyUnit", "kilowattHour"}}});
    model["ai_energyConsumption"] = consumption;
  }
  Json document{{"type", "SpdxDocument"}, {"spdxId", base + "#document"}, {"creationInfo", "_:creation"}};
  document["rootElement"] = Json::array({package});
  document["element"] = Json::array({supplier, package});
  document["profileConformance"] = Json::array({"core", "software", "ai"});

  Json out;
  out["@context"] = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
  out["@graph"] = Json::array({creation, organisation, model, document});
  return report::laid_out_json(out.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace kwhatif::dossier
