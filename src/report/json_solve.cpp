#include "json_support.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/solve.hpp>

namespace kwhatif::report {

std::string solve_json(const SolveQuestion& question, const ask::Solution& s,
                       const std::vector<diag::Diagnostic>& warnings, const std::vector<std::string>& sources,
                       const catalog::Catalog& catalog) {
  const auto& info = run::info(question.input);
  const auto attempt = [&](const std::optional<ask::Attempt>& a) -> Json {
    if (!a) return nullptr;
    return {{"value", a->input}, {"result", grid::machine_value(question.result, a->result)}};
  };
  Json out;
  out["solve"] = info.flag;
  out["value"] = s.found ? Json(s.found->input) : Json(nullptr);
  out["unit"] = quantity::coherent_unit(info.dimension);
  out["given_as"] = s.found ? Json(s.run.get(question.input)->text) : Json(nullptr);
  out["possible"] = s.found.has_value();
  out["target"] = {
      {"result", grid::result_info(question.result).json_key},
      {"wanted", grid::machine_value(question.result, question.wanted)},
      {"reached", s.found ? Json(grid::machine_value(question.result, s.found->result)) : Json(nullptr)}};
  out["before"] = attempt(s.before);
  out["least"] = attempt(s.least);
  out["most"] = attempt(s.most);
  if (s.between) out["between"] = {attempt(s.between->first), attempt(s.between->second)};
  out["displaced"] = Json::array();
  for (const run::Given& given : s.displaced) out["displaced"].push_back(given.named + ' ' + given.text);
  return document("plan", out, warnings, sources, catalog);
}

}  // namespace kwhatif::report
