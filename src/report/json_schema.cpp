#include "json_schema.hpp"

#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/scenario_entries.hpp>
#include <kwhatif/report/schema.hpp>

#include <set>

namespace kwhatif::report {

namespace schema {

namespace {

Json typed(const char* type, const std::string& what) {
  Json out;
  out["description"] = what;
  out["type"] = type;
  return out;
}

Json percentiles() {
  Keys keys;
  for (const auto& [name, of] :
       {std::pair{"p05", "5"}, {"p25", "25"}, {"p50", "50"}, {"p75", "75"}, {"p95", "95"}})
    keys.push_back({name, number(std::string{of} + " of 100 such runs lie below this")});
  return object("percentiles of one result, in the unit of its key", keys);
}

// In the unit of its key; a result that does not follow from what is known is null, never zero.
Json results() {
  Keys keys;
  const run::RunEstimate<double> any;
  run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
    keys.push_back({std::string{info.json_key}, or_null(number(std::string{info.label}, info.unit))});
  });
  return object("central values: the median where an input is predicted; null: not computed, never zero",
                keys);
}

Json intervals() {
  Keys keys;
  const run::RunEstimate<double> any;
  run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
    keys.push_back(sometimes(std::string{info.json_key}, shared("interval")));
  });
  return object("bands of the results that are uncertain, because an input is predicted or has a spread",
                keys);
}

Json scenario() {
  Keys keys;
  for (const ScenarioEntry& entry : scenario_entries({}, catalog::Catalog::builtin()))
    keys.push_back(sometimes(entry.key, entry.numeric ? number(entry.what, entry.unit) : text(entry.what)));
  return object(
      "the run as resolved: given, taken from tables or predicted; a key is absent where nothing is known",
      keys);
}

Keys origin() {
  return {
      {"status", one_of("who is responsible for the value; derived: it follows from others",
                        {"user", "table", "default", "predicted", "derived"})},
      sometimes("standing", text("how well the value is known: verified in its source, secondary, derived, "
                                 "recalled or assumed")),
      {"source", or_null(text("id in sources"))},
      {"at", text("where in the source; of the user's values the flag or key")},
      sometimes("note", text("why this value, what it includes"))};
}

Json definition(const std::string& name) {
  if (name == "interval") return percentiles();
  if (name == "results") return results();
  if (name == "intervals") return intervals();
  if (name == "scenario") return scenario();
  if (name == "driver")
    return object(
        "an uncertain input and how much of the uncertainty it causes",
        {{"input", text("the input's key, as in assumptions")},
         {"share_of_variance", number("share of the variance of the result's logarithm, 0 to 1")},
         {"elasticity", number("per cent that the result changes with one per cent more of the input")},
         {"of", text("the result, without its unit: facility_energy")}});
  if (name == "assumption")
    return object(
        "a number or choice that the user did not give",
        joined({{"input", text("what it is; mostly a flag that settles it: pue, mfu")},
                {"value", Json{{"description", "in the unit beside it; null where it varies with an axis"},
                               {"type", {"number", "string", "null"}}}},
                {"unit", or_null(text("of the number; \"1\" for counts and shares, null for words"))}},
               joined(origin(), {sometimes("effect", text("what its spread does to a result")),
                                 sometimes("varies_with",
                                           list("axes of the grid that it varies with", text("an axis"))),
                                 sometimes("stage", text("the stage that it belongs to")),
                                 sometimes("phase", text("serving, where it is of the service"))})));
  if (name == "derivation")
    return object("a quantity and what it follows from, down to sources",
                  joined({{"name", text("the quantity in words")},
                          {"value", number("in the unit beside it")},
                          {"unit", text("a coherent unit: J, kg, s")},
                          {"shown", text("the value for people")},
                          sometimes("formula", text("how it follows from its parts")),
                          sometimes("derived_above", yes_no("true: its parts stand where it first occurs")),
                          sometimes("parts", list("what it follows from", shared("derivation"))),
                          sometimes("text", text("of a leaf: the value as written in its source"))},
                         [] {
                           Keys of_leaf = origin();
                           for (Key& key : of_leaf) key.always = false;
                           return of_leaf;
                         }()));
  if (name == "flop_term")
    return object("a product of matrices, or an attention product",
                  {{"name", text("the product")},
                   {"part", text("the part of the architecture that it belongs to")},
                   {"size", text("its size")},
                   {"forward", number("forward pass", "FLOP per token")}});
  if (name == "warning")
    return object("something to know about the answer",
                  {{"code", text("kebab-case, for programs")},
                   {"message", text("what it is")},
                   {"hint", text("what to do about it; may be empty")}});
  if (name == "source")
    return object("a source of numbers in this document",
                  {{"id", text("in the source table: `kwhatif show source ID`")},
                   {"title", text("title of the work")},
                   {"url", or_null(text("where it is"))},
                   sometimes("year", whole("of publication")),
                   sometimes("licence", text("of its data")),
                   sometimes("attribution", text("the line that its licence asks for"))});
  throw diag::InternalError("no schema shares '" + name + "'");
}

void collect(const Json& value, std::vector<std::string>& found) {
  if (value.is_object()) {
    if (const auto ref = value.find("$ref"); ref != value.end()) {
      const std::string path = ref->get<std::string>();
      found.push_back(path.substr(path.rfind('/') + 1));
    }
  }
  if (!value.is_structured()) return;
  for (const Json& child : value) collect(child, found);
}

}  // namespace

Json text(const std::string& what) { return typed("string", what); }
Json number(const std::string& what, std::string_view unit) {
  return typed("number", unit.empty() ? what : what + ", in " + std::string{unit});
}
Json whole(const std::string& what) { return typed("integer", what); }
Json yes_no(const std::string& what) { return typed("boolean", what); }

Json one_of(const std::string& what, std::initializer_list<std::string_view> words) {
  Json out = text(what);
  out["enum"] = Json::array();
  for (const std::string_view word : words) out["enum"].push_back(word);
  return out;
}

Json list(const std::string& what, Json of) {
  Json out = typed("array", what);
  out["items"] = std::move(of);
  return out;
}

Json object(const std::string& what, const Keys& keys) {
  Json out = typed("object", what);
  out["properties"] = Json::object();
  out["required"] = Json::array();
  for (const Key& key : keys) {
    out["properties"][key.name] = key.value;
    if (key.always) out["required"].push_back(key.name);
  }
  if (out["required"].empty()) out.erase("required");
  out["additionalProperties"] = false;
  return out;
}

Json map(const std::string& what, Json of) {
  Json out = typed("object", what);
  out["additionalProperties"] = std::move(of);
  return out;
}

Json or_null(Json value) {
  if (value.contains("type") && value["type"].is_string() && !value.contains("enum")) {
    value["type"] = Json::array({value["type"], "null"});
    return value;
  }
  Json out;
  out["anyOf"] = Json::array();
  out["anyOf"].push_back(std::move(value));
  out["anyOf"].push_back({{"type", "null"}});
  return out;
}

Json shared(const std::string& name) {
  Json out;
  out["$ref"] = "#/definitions/" + name;
  return out;
}

Key sometimes(std::string name, Json value) { return {std::move(name), std::move(value), false}; }

Keys joined(Keys first, const Keys& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Json document_of(std::string_view name, const std::string& what, const Keys& own) {
  Json identity = text("name and version of this schema");
  identity["const"] = "kwhatif/" + std::string{name} + "/1";
  const Json overlay = object("a folder of tables", {{"folder", text("as given with --data")},
                                                     {"rows", whole("how many rows have values of its own")},
                                                     {"content_hash", text("of these values")}});
  const Keys before{
      {"schema", identity},
      {"data_version", text("edition of the tables, a plus sign, and the hash of their content")},
      {"data_overlays", list("tables of the user, laid over these", overlay)}};
  const Keys after{{"warnings", list("what to know about the answer", shared("warning"))},
                   {"sources", list("where its numbers come from, in order of use", shared("source"))}};
  return object(what, joined(joined(before, own), after));
}

Json finished(const std::string& title, const Json& root) {
  Json out;
  out["$schema"] = "http://json-schema.org/draft-07/schema#";
  out["title"] = title;
  out.update(root);
  std::vector<std::string> wanted;
  collect(root, wanted);
  Json definitions = Json::object();
  for (std::size_t i = 0; i < wanted.size(); ++i) {  // grows while it is read
    if (definitions.contains(wanted[i])) continue;
    definitions[wanted[i]] = definition(wanted[i]);
    const Json found = definitions[wanted[i]];
    collect(found, wanted);
  }
  if (!definitions.empty()) out["definitions"] = std::move(definitions);
  return out;
}

}  // namespace schema

namespace {

struct Named {
  SchemaTitle title;
  Json (*make)();
};
constexpr std::array made{
    Named{{"estimate", "estimate, and levers --apply"}, schema::estimate},
    Named{{"explain", "explain"}, schema::explain},
    Named{{"model", "model"}, schema::model},
    Named{{"model-comparison", "model --against"}, schema::model_comparison},
    Named{{"compare", "compare"}, schema::compare},
    Named{{"sweep", "sweep, where it prints no rows alone"}, schema::sweep},
    Named{{"sweep-row", "sweep, each line of all rows (JSON Lines)"}, schema::sweep_row},
    Named{{"plan", "plan, and plan --solve"}, schema::plan},
    Named{{"schedule", "schedule"}, schema::schedule},
    Named{{"heat-map", "schedule --heat-map"}, schema::heat_map},
    Named{{"methods", "methods"}, schema::methods},
    Named{{"levers", "levers"}, schema::levers},
    Named{{"reproduce", "reproduce"}, schema::reproduce},
    Named{{"backtest", "backtest"}, schema::backtest},
    Named{{"sensitivity", "sensitivity"}, schema::sensitivity},
    Named{{"serve", "serve"}, schema::serve},
    Named{{"lifecycle", "lifecycle"}, schema::lifecycle},
    Named{{"report", "report --format json"}, schema::report_of},
    Named{{"equiv", "equiv"}, schema::equiv},
    Named{{"list", "list"}, schema::list_of_rows},
    Named{{"show", "show"}, schema::show},
    Named{{"check", "check"}, schema::check},
    Named{{"import", "import"}, schema::import_of},
};
constexpr auto titles = [] {
  std::array<SchemaTitle, made.size()> out{};
  for (std::size_t i = 0; i < made.size(); ++i) out[i] = made[i].title;
  return out;
}();

}  // namespace

std::span<const SchemaTitle> schema_titles() { return titles; }

std::string schema_of(std::string_view name) {
  for (const Named& named : made) {
    if (named.title.name == name)
      return schema::finished("kwhatif/" + std::string{name} + "/1", named.make()).dump(2) + '\n';
  }
  return {};
}

}  // namespace kwhatif::report
