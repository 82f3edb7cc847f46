// What documents about runs have of their own: estimate, explain, compare, sweep, plan, levers, methods,
// sensitivity.
#include "json_schema.hpp"
#include <kwhatif/grid/axis.hpp>
#include <kwhatif/report/schema.hpp>

namespace kwhatif::report::schema {

namespace {

Key assumptions() {
  return {"assumptions", list("what was not given, with its source", shared("assumption"))};
}

Keys uncertainty() {
  return {{"intervals", shared("intervals")},
          {"drivers", list("the uncertain inputs, the one that contributes most first", shared("driver"))}};
}

Keys stage_head() {
  return {{"name", text("name of the stage")},
          {"regime", text("kind of work: pretrain, sft, dpo …")},
          {"scenario", shared("scenario")}};
}

Json flop_terms() { return or_null(list("products of one token", shared("flop_term"))); }

Json time_terms() {
  return list("where the time of a token goes",
              object("a cause", {{"term", text("which")},
                                 {"share", number("of the time of a token")},
                                 {"s_per_token", number("per token (image) and device", "s")}}));
}

Json prediction() {
  return or_null(object(
      "what stands behind the forecast of time; null where time or rate were given",
      {{"device",
        one_of("known: measured times on its family; borrowed: on others of its class; judgement: on none",
               {"known", "borrowed", "judgement"})},
       {"workload_known", yes_no("a kind of network that was measured, of known size")},
       {"software_known", yes_no("whether the software was told")},
       {"settings_known", yes_no("whether batch, layout or recomputation were told")},
       {"tested", yes_no("whether the back-test covers such runs")},
       {"measured_times", whole("of devices of this family")},
       {"untold",
        list("what was not told, largest share first",
             object("a part of the spread", {{"what", text("which")},
                                             {"flags", list("that tell it", text("without dashes"))},
                                             {"share_of_variance", number("of the variance of ln time")}}))},
       {"bound", text("the largest cause")},
       {"terms", time_terms()}}));
}

Json pilot() {
  const auto factor = [](const std::string& what) { return or_null(number(what)); };
  return or_null(
      object("a measured run that calibrates the forecast; null without one",
             {{"file", text("where it was read")},
              {"hardware", text("its device")},
              {"chips", or_null(number("how many"))},
              {"measures", one_of("what its rate is of", {"steps", "whole run"})},
              {"tokens_per_second_measured", factor("per device")},
              {"tokens_per_second_forecast", factor("of the pilot, per device, before it was measured")},
              {"time_factor", factor("that the forecast of the time is multiplied by")},
              {"time_spread", factor("ends of the 90 % band over the median, after the pilot")},
              {"time_spread_without", factor("the same without the pilot")},
              {"correlation", factor("of the errors of the two forecasts of time")},
              {"power_boundary", or_null(one_of("what the measured power holds", {"board", "host"}))},
              {"power_w_measured", or_null(number("of a device", "W"))},
              {"power_w_forecast", or_null(number("of the pilot, before it was measured", "W"))},
              {"power_factor", factor("that the forecast of the power is multiplied by")},
              {"as_in_the_run", list("inputs that the pilot does not say and the run does", text("flag"))}}));
}

Json progress() {
  return or_null(object(
      "a run under way; null where --done is not given",
      {{"done", number("share of the work")},
       {"results", map("by result", object("in the unit of its key", {{"so_far", number("until now")},
                                                                      {"left", number("to come")},
                                                                      {"in_all", number("both")}}))}}));
}

// A value of an axis: a number in the unit of its key, or a name.
Json axis_value(const std::string& what) {
  Json out;
  out["description"] = what;
  out["type"] = {"number", "string", "null"};
  return out;
}

// Inputs by flag, each as it is given on a command line.
Json given_inputs() {
  return map("inputs by flag, as a command line takes them", text("value with its unit"));
}

Keys plan_point() {
  return {sometimes("inputs", given_inputs()),
          {"results", shared("results")},
          sometimes("knee",
                    yes_no("true: the point of the front where giving up one result buys least of another")),
          sometimes("limits_kept_in", number("share of the draws in which all limits hold"))};
}

Json verdict() {
  const auto share = number("that the best needs less, 0 to 1; what both share cancels");
  const Json ratio = or_null(number("of its result over that of the best; null: the best is zero"));
  const Json low = or_null(number("5 % point of the ratio; null: exact"));
  const Json high = or_null(number("95 % point of the ratio; null: exact"));
  const Json settles = or_null(text("flag of the input with the largest share of the variance of ln ratio"));
  const Json other = object(
      "a run beside the best",
      {{"name", text("in the sentence")},
       {"index", whole("in runs (compare), of its row (sweep), in the list of devices or places (plan)")},
       {"order",
        one_of("how sure it is that the best needs less", {"same", "certain", "sure", "likely", "open"})},
       {"probability", share},
       {"ratio", ratio},
       {"low", low},
       {"high", high},
       {"settles", settles},
       {"settles_share", or_null(number("share of the variance of ln ratio"))}});
  return or_null(object(
      "what is certain, what is within noise, and what would settle it; null: nothing to tell apart",
      {{"sentence", text("the same in words")},
       {"measure", text("the result, without its unit: facility_energy")},
       {"best", or_null(text("name of the run with the least of it; with --largest the most"))},
       {"index", or_null(whole("where it is, as in others"))},
       {"next", or_null(text("the one that is hardest to tell from it; the next five keys are about it"))},
       {"probability", or_null(share)},
       {"ratio", ratio},
       {"low", low},
       {"high", high},
       {"settles", settles},
       {"others", list("all other runs, the least certain first", other)},
       sometimes("limits_kept_in",
                 number("of a plan: share of the draws in which the best keeps the limits")),
       {"unknown", list("runs without the result", text("name"))}}));
}

Json search() {
  const Json points = list("runs, best first", object("a run that meets the limits", plan_point()));
  const Json binding = object(
      "one limit and how near any run comes to it",
      {{"limit", text("as given")},
       {"met_when_the_others_hold", yes_no("whether any run that meets all other limits meets this one")},
       {"least", or_null(number("least of the limited result, in the unit of unit_key"))},
       {"unit_key", text("the limited result, with its unit")},
       sometimes("limits_kept_in", number("share of the draws in which all limits hold for that run")),
       {"times_the_limit", or_null(number("least over the limit"))},
       sometimes("run", given_inputs())});
  return document_of(
      "plan", "the run that meets the limits with the least of the goal",
      {{"goal", text("what is least or most: a result with its unit, or an input")},
       {"confidence",
        or_null(number("share of the draws in which the limits must hold; null: central values"))},
       {"limits", list("what must hold, as given", text("a limit"))},
       {"runs_searched", whole("runs that were looked at or ruled out")},
       {"feasible", yes_no("whether any run meets all limits")},
       sometimes("reason", text("why no run is possible at all: memory")),
       sometimes("unlimited", yes_no("true: what grows has no largest value")),
       {"best", or_null(object("the best run", joined(plan_point(), uncertainty())))},
       {"verdict", verdict()},
       {"by_hardware", points},
       {"by_region", points},
       {"front", points},
       sometimes("without_the_result", or_null(given_inputs())),
       {"binding", list("where no run meets all limits: each of them", binding)},
       {"left_out", list("values of axes that no run can have",
                         object("of one axis", {{"axis", text("its input")},
                                                {"values", list("which", text("a value"))},
                                                {"why", text("the reason of one of them")}}))},
       sometimes("front_too_long", yes_no("true: more runs than can be listed")),
       {"offers", object("what is on offer where", {{"sources", list("ids", text("a source"))},
                                                    {"notes", list("in words", text("a note"))}})},
       assumptions()});
}

Json solution() {
  const Json attempt = or_null(object(
      "a value that was tried", {{"value", number("in unit")}, {"result", number("in the unit of target")}}));
  return document_of("plan", "the value of one input that explains a result (--solve)",
                     {{"solve", text("the input, by flag")},
                      {"value", or_null(number("what it must be, in unit"))},
                      {"unit", text("a coherent unit: W, s, kg/J")},
                      {"given_as", or_null(text("the value as a command line takes it"))},
                      {"possible", yes_no("whether any value explains the result")},
                      {"target", object("the result", {{"result", text("with its unit")},
                                                       {"wanted", number("in that unit")},
                                                       {"reached", or_null(number("in that unit"))}})},
                      {"before", attempt},
                      {"least", attempt},
                      {"most", attempt},
                      sometimes("between", list("two neighbours, one on each side of the target", attempt)),
                      {"displaced", list("inputs that gave way to the one sought", text("as given"))}});
}

Json factor_band(const std::string& what) {
  return object(what, {{"low", number("the strongest effect that the source allows")},
                       {"typical", number("its typical effect")},
                       {"high", number("the weakest effect")}});
}

Keys three_factors() {
  return {{"energy", factor_band("factor on facility energy")},
          {"co2e", factor_band("factor on CO2e")},
          {"time", factor_band("factor on device-time")}};
}

}  // namespace

Json estimate() {
  const Json stage = object(
      "one kind of work of a run with stages",
      joined(joined(stage_head(), {{"results", shared("results")}}),
             joined(uncertainty(),
                    {{"flop_terms", list("what its compute is made of",
                                         object("one pass", {{"label", text("which")},
                                                             {"tokens", number("how many")},
                                                             {"flop", number("of all of them", "FLOP")}}))},
                     {"decode_bytes", or_null(number("memory traffic of generating", "bytes"))},
                     {"bound_by_memory", yes_no("whether memory bandwidth decides its time")}})));
  return document_of(
      "estimate", "energy, CO2e, time and money of one planned run",
      joined(joined({{"scenario", shared("scenario")}, {"results", shared("results")}}, uncertainty()),
             {sometimes("stages", list("in order; the results are their sum", stage)),
              sometimes("prediction", prediction()), sometimes("pilot", pilot()),
              sometimes("progress", progress()),
              sometimes("missing", list("factors of manufacture and water that no table has",
                                        object("one", {{"result", text("that stays unknown: water_on_site")},
                                                       {"why", text("what is not known")},
                                                       {"flag", text("that gives it")}}))),
              assumptions()}));
}

Json explain() {
  const Keys tree{{"derivations", list("one for each result, the main ones first", shared("derivation"))},
                  sometimes("flop_terms_per_token", flop_terms()),
                  sometimes("time_terms", time_terms())};
  return document_of("explain", "an estimate as a derivation tree, every number down to its source",
                     joined(joined({{"scenario", shared("scenario")}}, tree),
                            {sometimes("stages", list("of a run with stages",
                                                      object("one stage", joined(stage_head(), tree))))}));
}

Json compare() {
  const Json worth = object("the dense size that its model is worth", equivalence_keys());
  const Keys pair{{"run", whole("index in runs")},
                  {"against", whole("index in runs of the one that it is compared with")},
                  {"quantity", text("the result, without its unit: facility_energy")}};
  const Json place =
      object("a place and what the run causes there",
             {{"run", whole("index in runs")},
              {"place", text("id")},
              {"name", text("name")},
              {"year", or_null(whole("of the carbon intensity"))},
              {"boundary", text("of the carbon intensity: life-cycle, direct, unstated")},
              {"basis", text("of the carbon intensity: consumption, production, unstated")},
              {"status", text("how the carbon intensity was brought to its definition")},
              {"source", text("id of the source of the carbon intensity")},
              {"rank_low", whole("1 + places that surely emit less")},
              {"rank_high", whole("places but those that surely emit more")},
              {"tier", whole("of neighbours that do not differ by these data, from 0")},
              {"cleaner_than_next", or_null(number("probability of emitting less than the next"))},
              {"over_best", or_null(number("CO2e over that of the best place"))},
              {"over_chosen", or_null(number("CO2e over that of the chosen place"))}});
  return document_of(
      "compare", "runs side by side, and their ratios split into causes",
      {{"equal", one_of("what is held equal", {"as-given", "tokens", "flops", "loss", "deadline"})},
       {"rule", text("the same in words")},
       {"against", whole("index of the run that the others are compared with")},
       {"runs", list("as given",
                     object("a run", {{"label", text("file, id or axis values")},
                                      sometimes("axes", map("where it stands on each axis", text("value"))),
                                      {"scenario", shared("scenario")},
                                      {"results", shared("results")},
                                      sometimes("equivalence", worth),
                                      sometimes("equal_quality", equal_quality()),
                                      sometimes("as_sized", as_sized())}))},
       sometimes("equivalence", worth),
       sometimes("equal_quality", equal_quality()),
       sometimes("as_sized", as_sized()),
       {"ratios", list("of each result",
                       object("run over against", joined(pair, {{"ratio", or_null(number("central value"))},
                                                                {"low", or_null(number("5 % point"))},
                                                                {"high", or_null(number("95 % point"))}})))},
       {"factors",
        list("causes; those of one ratio multiply to it",
             object("a cause",
                    joined(pair,
                           {{"factor", text("for programs")},
                            {"label", text("for people")},
                            {"ratio", number("what this cause alone multiplies the result by")},
                            {"log_share", or_null(number("its logarithm over that of the ratio"))},
                            {"share", or_null(number("log_share where it is a share of the whole; null where "
                                                     "factors pull against each other"))},
                            {"value", text("of the run, with its unit")},
                            {"value_against", text("of the other, with its unit")}})))},
       sometimes("ranking", object("places from least to most CO2e",
                                   {{"chosen", or_null(text("id of the place that the run names"))},
                                    {"groups", list("of values that may be compared",
                                                    object("same year and boundary",
                                                           {{"label", text("in words")},
                                                            {"places", list("best first", place)}}))}})),
       {"verdict", verdict()},
       sometimes("left_out", list("values of an axis that no run can have", text("in words")))});
}

Json sweep() {
  const Json row = object("a row", {{"row", whole("its number, from 0")},
                                    {"inputs", map("by axis, with the unit in the key", axis_value("value"))},
                                    {"results", shared("results")},
                                    sometimes("knee", yes_no("true: the knee of the front")),
                                    sometimes("intervals", shared("intervals"))});
  Keys reduced;
  for (const char* key : {"min", "max", "mean", "p05", "p25", "p50", "p75", "p95"})
    reduced.push_back(sometimes(key, or_null(number("of the result `by`, in its unit"))));
  const Json group =
      object("rows with the same values of the axes of --group-by",
             joined({sometimes("group", map("these values", axis_value("value"))),
                     {"rows", whole("how many have the result")},
                     sometimes("row", or_null(whole("number of the row with the min or max")))},
                    reduced));
  const Json ends = or_null(number("in the unit of `by`"));
  return document_of(
      "sweep", "a grid of scenarios: rows, best rows, a Pareto front, groups or a histogram",
      {{"size", whole("rows of the grid")},
       {"axes", list("in order", object("an axis", {{"name", text("its input, with its unit")},
                                                    {"size", whole("how many values")},
                                                    {"first", axis_value("first value")},
                                                    {"last", axis_value("last value")}}))},
       {"where", list("conditions, as given", text("a condition"))},
       {"kind", one_of("what was asked for", {"rows", "top", "pareto", "groups", "histogram"})},
       sometimes("by", text("the result that ranks or is reduced, with its unit")),
       sometimes("groups", list("one for each combination", group)),
       sometimes("histogram", object("how many rows have how much of the result `by`",
                                     {{"rows", whole("that have it")},
                                      {"lowest", ends},
                                      {"median", ends},
                                      {"highest", ends},
                                      {"from", list("lower ends of the bins", ends)},
                                      {"counts", list("rows in each bin", whole("rows"))}})),
       sometimes("rows", list("the rows asked for", row)),
       {"verdict", verdict()},
       {"left_out", list("values of axes that no row can have",
                         object("of one axis", {{"axis", text("its input")},
                                                {"values", whole("how many")},
                                                {"names", list("which", text("a value"))},
                                                {"example", text("the reason of one of them")}}))},
       sometimes("not_computed",
                 object("combinations that have no results, though their values have with others",
                        {{"axes", list("between which", text("an input"))},
                         {"combinations", whole("how many")},
                         {"of", whole("of how many")},
                         {"example", text("the reason of one of them")}})),
       assumptions()});
}

Json sweep_row() {
  Keys keys{{"row", whole("its number, from 0")},
            sometimes("data_version",
                      text("edition of the tables and the hash of their content, as in every document: "
                           "on the first line, for all of them"))};
  for (const auto& input : run::input_table()) {
    Json value = axis_value(std::string{input.help});
    if (const auto unit = grid::machine_unit(input.input); !unit.empty())
      value["description"] = std::string{input.help} + ", in " + std::string{unit};
    keys.push_back(sometimes(grid::machine_column(input.input), value));
  }
  const run::RunEstimate<double> any;
  run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
    keys.push_back(
        sometimes(std::string{info.json_key}, or_null(number(std::string{info.label}, info.unit))));
  });
  return object("one row of a grid: a key for each axis and each result that was asked for", keys);
}

Json plan() {
  Json out;
  out["anyOf"] = Json::array();
  out["anyOf"].push_back(search());
  out["anyOf"].push_back(solution());
  return out;
}

Json levers() {
  const Json setting = object("the input that it sets, where the forecast counts it and it can be set",
                              {{"flag", text("of estimate, without dashes")},
                               {"was", or_null(text("as given, else what is taken as usual"))},
                               {"value", text("as the flag takes it")}});
  const Json lever =
      object("a measure on this run",
             joined({{"id", text("in the lever table")},
                     {"name", text("name")},
                     {"applies", one_of("to this run", {"yes", "perhaps", "no"})},
                     {"status", one_of("how its effect is known: by the forecast of this run, or by a factor "
                                       "that was published",
                                       {"forecast", "published"})},
                     {"setting", or_null(setting)},
                     {"published", or_null(factor_band("what was published of what it acts on"))},
                     {"reason", text("why it does or not")},
                     {"condition", text("when it works")},
                     {"mechanism", text("how it works; two of one mechanism do not add up")},
                     {"effect_on", text("what it changes")},
                     {"penalty", yes_no("true: it takes more energy, not less")}},
                    joined(three_factors(), {{"source", text("id in sources")},
                                             {"at", text("where in the source")},
                                             {"standing", text("how well its factor is known")}})));
  return document_of("levers", "reduction measures on one run, forecast or published",
                     {{"scenario", shared("scenario")},
                      {"results", shared("results")},
                      {"gpu_share_of_power", number("share of the boards in the system's power")},
                      {"levers", list("all of the tables, best first", lever)},
                      {"best", object("the best combination",
                                      joined({{"levers", list("ids", text("a lever"))}}, three_factors()))}});
}

Json methods() {
  const Json factor = object("one of the numbers that make the difference to ours",
                             {{"factor", text("device_time, power, pue or ci")},
                              {"ratio", number("theirs over ours")},
                              {"value", text("theirs, with its unit")},
                              {"value_ours", text("ours, with its unit")}});
  const Json method =
      object("the run by one method",
             {{"id", text("id")},
              {"title", text("name")},
              {"source", text("id in sources")},
              {"covers", text("what it counts")},
              {"leaves_out", text("what it does not")},
              sometimes("known_fault", text("what the authors' tool does besides its formula")),
              {"facility_energy_kwh", or_null(number("by this method", "kWh"))},
              {"operational_location_kg", or_null(number("CO2e by this method", "kg"))},
              {"embodied_kg", or_null(number("CO2e of manufacture, counted on top", "kg"))},
              {"energy_ratio", or_null(number("its energy over ours"))},
              {"co2e_ratio", or_null(number("its CO2e over ours"))},
              {"factors", list("those of co2e_ratio; they multiply to it", factor)},
              {"taken", list("what it took for the run", text("in words"))},
              {"no_place_for", list("given, but the method does not use it", text("an input"))},
              {"problem", or_null(text("why there is no answer"))}});
  return document_of("methods", "one run under each published method",
                     {{"scenario", shared("scenario")},
                      {"results", shared("results")},
                      {"methods", list("in the order of their publication", method)}});
}

Json sensitivity() {
  const Json elasticity =
      object("of one input", {{"input", text("key of the input")},
                              {"elasticity", number("per cent of the result for one per cent of the input")},
                              sometimes("with", list("inputs that move with it", text("key of an input")))});
  const Json bar =
      object("of one uncertain input", {{"input", text("key of the input")},
                                        {"input_p05", number("its 5 % point, in input_unit")},
                                        {"input_p95", number("its 95 % point, in input_unit")},
                                        {"input_unit", text("unit; \"1\" for a number alone")},
                                        {"result_low", number("result at input_p05, in result_unit")},
                                        {"result_high", number("result at input_p95, in result_unit")},
                                        {"result_unit", text("unit")}});
  return document_of("sensitivity", "what moves a result",
                     {{"scenario", shared("scenario")},
                      {"result", text("the result, without its unit: facility_energy")},
                      {"elasticities", list("largest first", elasticity)},
                      {"tornado", list("largest swing first", bar)}});
}

}  // namespace kwhatif::report::schema
