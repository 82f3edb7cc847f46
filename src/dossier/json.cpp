// The report for machines, kwhatif/report/1: nothing of it is lost. The answers that it was made of stand in
// it as the documents of their verbs.
#include "facts.hpp"
#include <kwhatif/report/envelope.hpp>
#include <kwhatif/report/present.hpp>

#include <nlohmann/json.hpp>

namespace kwhatif::dossier {

namespace {

using Json = nlohmann::ordered_json;

Json parsed(const report::Document& document) {
  return Json::parse(report::render(document, report::Form::json));
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(nullptr); }
Json or_null(const std::optional<ask::EuCompute::Flop>& flop) {
  return flop ? Json(flop->coherent()) : Json(nullptr);
}
Json or_null(const std::optional<run::Given>& given) { return given ? Json(given->text) : Json(nullptr); }

Json field(const Figure& figure) {
  Json out;
  out["key"] = figure.key;
  out["label"] = figure.label;
  out["value"] = or_null(figure.value);
  out["unit"] = or_null(std::string{figure.unit});
  out["status"] = name(figure.status);
  out["interval"] = nullptr;
  if (const auto& band = figure.interval)
    out["interval"] = {
        {"p05", band->p05}, {"p25", band->p25}, {"p50", band->p50}, {"p75", band->p75}, {"p95", band->p95}};
  out["conventions"] = nullptr;
  if (const auto& ways = figure.conventions)
    out["conventions"] = {{"low", ways->low}, {"high", ways->high}, {"what", ways->what}};
  out["evidence"] = or_null(figure.evidence);
  out["sources"] = figure.sources;
  out["missing"] = or_null(figure.missing);
  return out;
}

Json threshold(const ask::EuThreshold& one) {
  return {{"key", one.key},
          {"name", one.name},
          {"condition", one.condition},
          {"threshold_flop", one.flop},
          {"compared_flop", one.compared},
          {"ratio", one.ratio},
          {"standing", words(one.standing)}};
}

std::string_view key(ask::EuApproach approach) {
  switch (approach) {
    case ask::EuApproach::architecture:
      return "architecture";
    case ask::EuApproach::hardware:
      return "hardware";
    case ask::EuApproach::given:
      break;
  }
  return "given";
}

Json eu_compute(const ask::EuCompute& compute) {
  Json out;
  out["approach"] = key(compute.approach);
  out["updates_flop"] = or_null(compute.updates);
  out["updates_low_flop"] = or_null(compute.low);
  out["updates_high_flop"] = or_null(compute.high);
  const auto kept = compute.keeps_margin();
  out["within_30_percent"] = kept ? Json(*kept) : Json(nullptr);
  out["six_pd_flop"] = or_null(compute.six_pd);
  out["hardware_based_flop"] = or_null(compute.hardware_based);
  out["hardware_based_is_independent"] = compute.hardware_independent;
  out["synthetic_data_flop"] = or_null(compute.synthetic);
  out["base_flop"] = or_null(compute.base);
  out["cumulative_flop"] = or_null(compute.cumulative);
  out["left_out"] = compute.left_out;
  out["thresholds"] = Json::array();
  for (const auto& one : compute.thresholds) out["thresholds"].push_back(threshold(one));
  out["as_modifier"] = Json::array();
  for (const auto& one : compute.as_modifier) out["as_modifier"].push_back(threshold(one));
  out["wall_days_of_one_run"] = or_null(compute.wall_days);
  out["device_days_of_one_run"] = Json::array();
  for (const auto& each : compute.hardware_days)
    out["device_days_of_one_run"].push_back({{"device", or_null(each.device)}, {"days", each.days}});
  return out;
}

Json particulars(const Particulars& who) {
  Json out;
  out["title"] = or_null(who.title);
  out["date"] = or_null(who.date);
  out["author"] = or_null(who.author);
  out["organisation"] = or_null(who.organisation);
  out["contact"] = or_null(who.contact);
  out["model_name"] = or_null(who.model_name);
  out["model_version"] = or_null(who.model_version);
  out["modality"] = or_null(who.modality);
  out["synthetic_tokens"] = or_null(who.synthetic_tokens);
  out["generator"] = or_null(who.generator);
  return out;
}

void take_sources(const Json& document, std::vector<std::string>& sources) {
  for (const Json& source : document.at("sources")) sources.push_back(source.at("id"));
}

}  // namespace

std::string json(const Dossier& dossier, const FormChoices& /*choices*/) {
  std::vector<std::string> sources;
  Json out;
  out["made_with"] = "kwhatif " + std::string{program_version()};
  out["status"] = name(dossier.subject().status());
  out["particulars"] = particulars(dossier.particulars);
  out["command"] = or_null(dossier.command);
  out["subjects"] = Json::array();
  for (const Subject& subject : dossier.subjects) {
    Json& one = out["subjects"].emplace_back();
    one["name"] = subject.name;
    one["status"] = name(subject.status());
    one["fields"] = Json::array();
    for (const Figure& figure : subject.figures) {
      one["fields"].push_back(field(figure));
      sources.insert(sources.end(), figure.sources.begin(), figure.sources.end());
    }
    one["eu_compute"] = eu_compute(computation(dossier, subject));
    one["estimate"] = parsed(report::present(subject.estimate, *dossier.tables));
    take_sources(one["estimate"], sources);
  }
  const auto answer = [&](const auto& part) {
    if (!part) return Json(nullptr);
    Json document = parsed(report::present(*part, *dossier.tables));
    take_sources(document, sources);
    return document;
  };
  out["comparison"] = answer(dossier.comparison);
  out["plan"] = answer(dossier.plan);
  out["lifecycle"] = answer(dossier.life);
  sources.emplace_back("eu-gpai-guidelines-2025");
  const std::string body = out.dump(-1, ' ', false, Json::error_handler_t::replace);
  return report::enveloped_json("report", *dossier.tables, dossier.warnings, sources, body);
}

}  // namespace kwhatif::dossier
