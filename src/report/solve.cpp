// What `plan --solve` found: sentences, keys, and one row.
#include "content.hpp"
#include "grid_pages.hpp"
#include <kwhatif/ask/solve.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>

namespace kwhatif::report {

using ask::Attempt;
using ask::SolveAnswer;
using run::Input;

namespace {

// "PUE", "average system power per device": as the input is called in assumptions.
std::string label_of(Input input) {
  std::string key{run::info(input).flag};
  std::replace(key.begin(), key.end(), '-', '_');
  if (input == Input::params) return "parameters";
  for (const auto& slot : run::slot_table) {
    if (slot.key == key) return std::string{slot.label};
  }
  return key;
}

struct Words {
  const SolveAnswer& answer;

  std::string input(const Attempt& a, int digits = 3) const {
    return quantity::human(a.input, run::info(answer.input).dimension, digits);
  }
  std::string result(double y, int digits = 3) const {
    return quantity::human(y, grid::result_dimension(answer.result), digits);
  }
  std::string wanted() const {
    return std::string{grid::result_info(answer.result).label} + " of " + result(answer.wanted);
  }

  // "PUE 1.07", "54 devices".
  std::string needed(const Attempt& a) const {
    if (answer.input == Input::params) return "a model of " + input(a);
    if (answer.input == Input::chips) return input(a) + (a.input == 1 ? " device" : " devices");
    return label_of(answer.input) + ' ' + input(a);
  }

  std::string none() const {
    const ask::Solution& s = answer.solution;
    const bool devices = answer.input == Input::chips;
    const std::string no =
        "No " + (devices ? "number of devices" : label_of(answer.input)) + " gives " + wanted() + ": ";
    if (s.between) {
      const auto& [a, b] = *s.between;
      constexpr int digits = 4;  // the two are neighbours
      return no + (devices ? "" : "it steps over it, ") + "with " + input(a, digits) + " it is " +
             result(a.result, digits) + ", with " + input(b, digits) + ' ' + result(b.result, digits) + '.';
    }
    if (s.least->result == s.most->result) return no + "the result does not depend on it.";
    const auto end = [&](const Attempt& a) { return result(a.result) + " (with " + input(a) + ')'; };
    std::string reach = "from " + end(*s.least) + " to " + end(*s.most);
    if (s.no_most) reach = end(*s.least) + " and more";
    if (s.no_least) reach = end(*s.most) + " and less";
    return no + "with all that `estimate` accepts it is " + reach + ". Another input must be off.";
  }
};

Page solve_page(const SolveAnswer& answer) {
  const Words words{answer};
  const ask::Solution& s = answer.solution;
  Page page;
  if (!s.found) return page.paragraph(words.none());
  page.paragraph(
      words.wanted() + " needs " + words.needed(*s.found) +
      (s.before ? " (with " + words.input(*s.before) + " it would be " + words.result(s.before->result) + ")"
                : std::string{}));
  for (const run::Given& given : s.displaced)
    page.paragraph("It takes the place of " + given.named + ' ' + given.text + '.');
  return page.asides().gap().command("Explain it: ", explain_command(s.run));
}

Json solve_json(const SolveAnswer& answer) {
  const ask::Solution& s = answer.solution;
  const auto& info = run::info(answer.input);
  const auto machine = [&](double y) { return grid::machine_value(answer.result, y); };
  const auto attempt = [&](const std::optional<Attempt>& a) -> Json {
    if (!a) return nullptr;
    return {{"value", a->input}, {"result", machine(a->result)}};
  };
  Json out;
  out["solve"] = info.flag;
  out["value"] = s.found ? Json(s.found->input) : Json(nullptr);
  out["unit"] = quantity::coherent_unit(info.dimension);
  out["given_as"] = s.found ? Json(s.run.get(answer.input)->text) : Json(nullptr);
  out["possible"] = s.found.has_value();
  out["target"] = {{"result", grid::result_info(answer.result).json_key},
                   {"wanted", machine(answer.wanted)},
                   {"reached", s.found ? Json(machine(s.found->result)) : Json(nullptr)}};
  out["before"] = attempt(s.before);
  out["least"] = attempt(s.least);
  out["most"] = attempt(s.most);
  if (s.between) out["between"] = {attempt(s.between->first), attempt(s.between->second)};
  out["displaced"] = Json::array();
  for (const run::Given& given : s.displaced) out["displaced"].push_back(given.named + ' ' + given.text);
  return out;
}

Table solve_table(const SolveAnswer& answer) {
  const ask::Solution& s = answer.solution;
  const auto& info = run::info(answer.input);
  const auto value = [](const std::optional<Attempt>& a) { return a ? quantity::shortest(a->input) : ""; };
  const auto machine = [&](double y) { return quantity::shortest(grid::machine_value(answer.result, y)); };
  const auto result = [&](const std::optional<Attempt>& a) { return a ? machine(a->result) : ""; };
  Table table{{}, {{}}};
  const auto add = [&](std::string head, std::string cell) {
    table.columns.push_back({std::move(head)});
    table.rows.front().push_back(std::move(cell));
  };
  add("solve", std::string{info.flag});
  add("possible", s.found ? "true" : "false");
  add("value", value(s.found));
  add("value_unit", quantity::coherent_unit(info.dimension));
  add("result", std::string{grid::result_info(answer.result).json_key});
  add("wanted", machine(answer.wanted));
  add("reached", result(s.found));
  add("before_value", value(s.before));
  add("before_result", result(s.before));
  add("least_result", result(s.least));
  add("most_result", result(s.most));
  return table;
}

}  // namespace

Document present(const SolveAnswer& answer, const catalog::Catalog& tables) {
  Content content{.name = "plan", .catalog = tables, .warnings = answer.warnings, .sources = answer.sources};
  content.page = [&answer] { return solve_page(answer); };
  content.body = [&answer] { return solve_json(answer); };
  content.rows = [&answer] { return solve_table(answer); };
  content.records = Records::one;
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
