#include "json_stages.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/scenario_entries.hpp>

#include <cmath>

namespace kwhatif::report {

namespace {

Json origin_json(const catalog::Origin& origin) {
  Json out;
  out["status"] = catalog::name(origin.responsible);
  if (origin.standing != catalog::Standing::none) out["standing"] = catalog::name(origin.standing);
  out["source"] = origin.source.empty() ? Json(nullptr) : Json(origin.source);
  out["at"] = origin.at;
  if (!origin.note.empty()) out["note"] = origin.note;
  return out;
}

Json derivation_json(const ask::Derivation& d) {
  Json out;
  out["name"] = d.name;
  out["value"] = d.value;
  out["unit"] = quantity::coherent_unit(d.dimension);
  out["shown"] = quantity::human(d.value, d.dimension);
  if (!d.formula.empty()) out["formula"] = d.formula;
  if (d.repeated) out["derived_above"] = true;
  if (d.origin) {
    out.update(origin_json(*d.origin));
    out["text"] = d.origin->text;
  }
  if (!d.parts.empty()) {
    out["parts"] = Json::array();
    for (const auto& part : d.parts) out["parts"].push_back(derivation_json(part));
  }
  return out;
}

}  // namespace

Json results_json(const run::RunEstimate<double>& result) {
  Json out = Json::object();
  run::for_each_result(result, [&](const run::ResultInfo& info, const auto& field) {
    Json& target = out[std::string{info.json_key}];
    target = field ? Json(run::machine_value(info, field->coherent())) : Json(nullptr);
  });
  return out;
}

Json scenario_json(const run::ResolvedRun& run, const catalog::Catalog& catalog) {
  Json out = Json::object();
  for (const ScenarioEntry& entry : scenario_entries(run, catalog)) {
    std::visit(
        [&](const auto& value) {
          if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(value)>, std::monostate>)
            out[entry.key] = value;
        },
        entry.value);
  }
  return out;
}

Json assumptions_json(const std::vector<Assumption>& assumptions) {
  Json out = Json::array();
  for (const Assumption& a : assumptions) {
    Json& line = out.emplace_back();
    line["input"] = a.input;
    line["value"] = !a.varies_with.empty() ? Json(nullptr)
                    : !a.value             ? Json(a.word)
                    : a.unit == "1"        ? Json(*a.value)
                                           : Json(quantity::to_unit(*a.value, a.unit));
    line["unit"] = a.unit.empty() ? Json(nullptr) : Json(a.unit);
    line.update(origin_json(a.origin));
    if (a.effect) line["effect"] = effect_words(a);
    if (!a.varies_with.empty()) line["varies_with"] = a.varies_with;
  }
  return out;
}

Json derivations_json(const std::vector<ask::Derivation>& derivations) {
  Json out = Json::array();
  for (const auto& d : derivations) out.push_back(derivation_json(d));
  return out;
}

Json flop_terms_json(const run::ResolvedRun& run) {
  if (!run.network) return nullptr;
  Json out = Json::array();
  for (const model::FlopTerm& term : run.network->flops.terms)
    out.push_back({{"name", term.name},
                   {"part", model::part_name(term.part)},
                   {"size", term.size},
                   {"forward", term.forward}});
  return out;
}

}  // namespace kwhatif::report
