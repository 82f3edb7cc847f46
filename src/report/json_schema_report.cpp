// What a report has of its own (kwhatif/report/1, which src/dossier/json.cpp writes).
#include "json_schema.hpp"

namespace kwhatif::report::schema {

namespace {

Json threshold() {
  return object(
      "one threshold",
      {{"key", text("which: gpai, systemic_risk, modifier …")},
       {"name", text("with the section of the guidelines")},
       {"condition", text("what else must hold for it to matter")},
       {"threshold_flop", number("the threshold", "FLOP")},
       {"compared_flop", number("what is held against it", "FLOP")},
       {"ratio", number("estimate over threshold")},
       {"standing", one_of("where the estimate lies, with the margin of 30 %",
                           {"below", "below, within the margin", "above, within the margin", "above"})}});
}

Json eu_compute() {
  const auto flop = [](const char* what) { return or_null(number(what, "FLOP")); };
  return object(
      "training compute as the EU's guidelines for general-purpose AI models count it, of one run",
      {{"approach", one_of("how it was counted", {"architecture", "hardware", "given"})},
       {"updates_flop", flop("operations that contribute to parameter updates")},
       {"updates_low_flop", flop("least by the ways of counting, or the 90 % band")},
       {"updates_high_flop", flop("most")},
       {"within_30_percent", or_null(yes_no("whether these ends keep the margin; null: not known"))},
       {"six_pd_flop", flop("six operations per active parameter and token")},
       {"hardware_based_flop", flop("devices, seconds, dense peak and model FLOPs utilisation multiplied")},
       {"hardware_based_is_independent", yes_no("false: it follows from the count by a predicted time")},
       {"synthetic_data_flop", flop("forward passes for synthetic data that is not public")},
       {"base_flop", flop("of the model that the run starts from")},
       {"cumulative_flop", flop("all three together")},
       {"left_out", list("what of the run does not count", text("a part"))},
       {"thresholds", list("held against the estimate", threshold())},
       {"as_modifier", list("the rule of one third", threshold())},
       {"wall_days_of_one_run", or_null(number("wall time", "days"))},
       {"device_days_of_one_run",
        list("by type of device", object("one type", {{"device", or_null(text("its name"))},
                                                      {"days", number("of all its devices", "days")}}))}});
}

Json field() {
  return object("one figure of a run, or that it is not known",
                {{"key", text("as in results, with its unit: facility_energy_kwh")},
                 {"label", text("for people")},
                 {"value", or_null(number("in the unit beside it; null: not known, never zero"))},
                 {"unit", or_null(text("null for a count or a share"))},
                 {"status", one_of("what the number is", {"forecast", "calculated", "measured"})},
                 {"interval", or_null(shared("interval"))},
                 {"conventions", or_null(object("what other published ways of counting give",
                                                {{"low", number("least, in the unit")},
                                                 {"high", number("most, in the unit")},
                                                 {"what", text("which ways")}}))},
                 {"evidence", or_null(text("what decides it"))},
                 {"sources", list("of it", text("id in sources"))},
                 {"missing", or_null(text("where there is no value: what would give it"))}});
}

Json subject() {
  return object("one run", {{"name", text("of the run; of a comparison its label")},
                            {"status", one_of("of its energy", {"forecast", "measured"})},
                            {"fields", list("every result, in the order of estimate", field())},
                            {"eu_compute", eu_compute()},
                            {"estimate", estimate()}});
}

Json particulars() {
  Keys keys;
  for (const auto& [name, what] : {std::pair{"title", "of the report"},
                                   {"date", "YYYY-MM-DD"},
                                   {"author", "who made it"},
                                   {"organisation", "of the author or provider"},
                                   {"contact", "of the author or provider"},
                                   {"model_name", "of the model to come"},
                                   {"model_version", "of the model to come"},
                                   {"modality", "what the model generates"},
                                   {"synthetic_tokens", "generated for this model, not public"},
                                   {"generator", "model that generated them, or its active parameters"}})
    keys.push_back({name, or_null(text(what))});
  return object("what only the author knows; null: not given", keys);
}

}  // namespace

Json report_of() {
  return document_of(
      "report", "a report of one or several runs: each figure with status, interval and evidence",
      {{"made_with", text("program and its version")},
       {"status", one_of("of the first run's energy", {"forecast", "measured"})},
       {"particulars", particulars()},
       {"command", or_null(text("the command line that repeats it"))},
       {"subjects", list("the runs; of a plan the best one, of a life cycle its training", subject())},
       {"comparison", or_null(compare())},
       {"plan", or_null(plan().at("anyOf").at(0))},  // a search: --solve has no run to report
       {"lifecycle", or_null(lifecycle())}});
}

}  // namespace kwhatif::report::schema
