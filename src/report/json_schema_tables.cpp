// What documents about models, traces, studies and tables have of their own: model, schedule, reproduce,
// backtest, equiv, list, show, check.
#include "json_schema.hpp"
#include <kwhatif/report/schema.hpp>

namespace kwhatif::report::schema {

namespace {

Json bytes(const std::string& what) { return number(what, "bytes per device"); }
Json intensity(const std::string& what) { return number(what, "gCO2e/kWh"); }
Json kilograms(const std::string& what) {
  return or_null(number(what + "; null: no energy is known", "kgCO2e"));
}
Json hour(const std::string& what) { return text(what + ", UTC: 2022-06-01T05:00Z"); }

Keys savings_keys() {
  Keys out{{"mean", number("mean share of CO2e saved against starting at once")}};
  for (const char* key : {"p05", "p25", "p50", "p75", "p95"})
    out.push_back({key, number("percentile over the start hours")});
  return out;
}

Json savings(const std::string& what, const Keys& more = {}) {
  return object(what, joined(savings_keys(), more));
}

Keys trace_keys() {
  return {{"zone", text("id of the grid, or name of the file")},
          {"first_hour", hour("first hour")},
          {"hours", whole("how many")},
          {"filled_hours", whole("missing hours that took the value of the hour before")},
          {"boundary", or_null(text("life-cycle or direct"))},
          {"basis", or_null(text("consumption or production"))},
          {"signal", one_of("of which kind", {"average", "marginal"})},
          {"column", or_null(text("of a file: the head of the column that was read"))},
          {"unit", or_null(text("of a file: the unit of its values"))},
          {"step_minutes", whole("between two values of the file")},
          {"other_columns", list("of the file, intensities too", text("a head"))}};
}

Json part_share(const std::string& what) {
  return object(what, {{"part", text("part of the architecture")},
                       {"forward", number("forward pass", "FLOP per token")}});
}

Json row_of_tables() {
  Json value;
  value["description"] =
      "text as written with its unit, a whole number, a list of texts or a file's content; null: none";
  return map("one row; keys are the fields of the kind, and of_user: those with a value of the user's tables",
             value);
}

Keys full_row() {
  const Json value = object("one value and where it is from",
                            {{"key", text("the field")},
                             {"value", Json{{"description", "as written, with its unit"}}},
                             {"source", or_null(text("id in sources"))},
                             {"at", text("where in the source")},
                             {"status", text("how well it is known; user: of a table of the user")},
                             sometimes("place", text("of the user's: file and line")),
                             sometimes("date", text("when it was read")),
                             sometimes("note", text("what it includes"))});
  return {{"id", text("id of the row")},
          {"values", list("every value, the preferred one of a field first", value)},
          {"defined_in", text("file and line")}};
}

}  // namespace

Json model() {
  const Json count = object("parameters of a part", {{"part", text("part of the architecture")},
                                                     {"total", whole("all")},
                                                     {"active", whole("used per token")}});
  const Json published = object("a figure of the model's publisher", {{"value", text("as printed")},
                                                                      {"source", text("id in sources")},
                                                                      {"at", text("where in the source")}});
  return document_of(
      "model", "parameters, FLOPs per token and memory of an architecture",
      {{"id", text("id of the tables or path of the config")},
       {"family", text("how the architecture was recognised")},
       {"params_total", whole("parameters, all of them")},
       {"params_active", whole("parameters that a token uses")},
       {"params_active_excl_input_embedding", whole("the same without the input table")},
       {"params_total_excl_input_embedding", whole("all without the input table")},
       {"params_non_embedding", whole("all without input and output tables")},
       {"unit", text("what FLOPs are counted per: token, image …")},
       {"sequence_length", or_null(number("tokens per sequence; decides the attention term"))},
       {"flop_per_token_forward", number("forward pass", "FLOP per unit")},
       {"flop_per_token_training", number("forward and backward pass", "FLOP per unit")},
       {"flop_per_token_training_executed", number("the same with what is recomputed", "FLOP per unit")},
       {"flop_per_token_six_n", or_null(number("the approximation 6 N", "FLOP per unit"))},
       {"training_over_six_n", or_null(number("the exact count over the approximation"))},
       {"counted", text("how the FLOPs were counted")},
       sometimes(
           "towers",
           list("networks beside the language model of a multimodal file, in the order of their work",
                object("a tower", {{"name", text("what it is")},
                                   {"params", whole("parameters, part of params_total")},
                                   {"per", text("what passes it once")},
                                   {"flop_forward", number("forward pass of one", "FLOP")},
                                   {"tokens", or_null(whole("tokens of the sequence that one becomes"))}}))),
       {"breakdown",
        object("by part of the architecture", {{"parameters", list("parameters", count)},
                                               {"flop", list("FLOPs", part_share("a part"))},
                                               {"flop_terms", list("every product", shared("flop_term"))}})},
       sometimes("memory_bytes", object("memory that training needs on each device of memory_plan",
                                        {{"weights", bytes("weights")},
                                         {"gradients", bytes("gradients")},
                                         {"optimizer", bytes("states of the optimizer")},
                                         {"activations", bytes("activations kept for the backward pass")},
                                         {"logits", bytes("logits")},
                                         {"working", bytes("of the layer at work, or of the loss")},
                                         {"overhead", bytes("runtime, communication, fragmentation")},
                                         {"total", bytes("all")},
                                         {"counted", text("how it was counted")}})),
       sometimes("memory_gb", number("memory_bytes.total", "GB per device")),
       sometimes("memory_gb_p05", number("5 % of such trainings need less", "GB per device")),
       sometimes("memory_gb_p95", number("5 % of such trainings need more", "GB per device")),
       sometimes(
           "memory_plan",
           object("the layout that memory_bytes is for",
                  {{"optimizer", text("its name")},
                   {"recompute", one_of("activation recomputation", {"none", "selective", "full"})},
                   {"micro_batch", number("sequences that a device works on at once")},
                   {"zero_stage", whole("what is sharded over data-parallel devices: 0 to 3")},
                   {"data", whole("data-parallel devices")},
                   {"tensor", whole("devices that share a matrix")},
                   {"pipeline", whole("devices that share the layers")},
                   {"expert", whole("devices that share the experts")},
                   {"context", whole("devices that share a sequence")},
                   {"virtual_stages", whole("pieces of the network on a device of the pipeline")},
                   {"sequence_parallel", yes_no("tensor-parallel devices share what is outside matrices")},
                   sometimes("hardware", text("id of the device")),
                   sometimes("device_bytes", bytes("memory of the device")),
                   sometimes("fits", yes_no("whether the training fits in 95 % of cases")),
                   sometimes("verdict", one_of("the band of the need against the device",
                                               {"fits", "may fit", "does not fit"})),
                   sometimes("fewest_devices", or_null(whole("that surely hold the training"))),
                   sometimes("possible_devices", or_null(whole("that may hold it")))})),
       sometimes("published", map("figures of the model's publisher: params, active, tokens", published)),
       {"notes", list("on how the config was read", shared("warning"))}});
}

Json model_comparison() {
  const Json side = object(
      "a model", {{"id", text("id or path")},
                  {"params_total", number("parameters, all of them")},
                  {"params_active_excl_input_embedding", number("used per token, no input table")},
                  {"dense_equivalent_params", number("of a dense model that is worth as much")},
                  {"flop_per_token_training", number("forward and backward pass", "FLOP per token")},
                  {"tokens", or_null(number("of the training; null: no number reaches the loss"))},
                  {"training_flop", or_null(number("of the training", "FLOP"))},
                  {"predicted_loss_nats_per_token", or_null(number("by loss_law", "nats per token"))}});
  return document_of(
      "model-comparison", "two architectures made equal in something",
      {{"equal", one_of("in what", {"tokens", "flops", "loss"})},
       {"equivalence",
        object(
            "the dense size that a sparse model is worth; the factor is that of the sparse one, of the "
            "second where both are",
            joined(
                {{"id", text("id of the rule")}, {"title", text("name")}, {"limits", text("where it holds")}},
                equivalence_keys()))},
       sometimes("equal_quality", equal_quality()),
       sometimes("as_sized", as_sized()),
       {"loss_law", object("what predicts the loss",
                           {{"id", text("id")}, {"title", text("name")}, {"source", text("id in sources")}})},
       {"models", list("both", side)},
       {"training_flop_ratio", or_null(number("training compute, first over second"))},
       {"flop_per_token_ratio", number("FLOPs per token, first over second")}});
}

Json schedule() {
  const Json outcome = object("what one policy does from this hour",
                              {{"start", hour("first hour that it runs in")},
                               {"end", or_null(hour("end; null: not within the trace"))},
                               {"mean_g_per_kwh", intensity("mean over the hours it runs in")},
                               {"operational_location_kg", kilograms("CO2e")},
                               {"saving", number("share saved against starting at once")},
                               {"pauses", whole("times that it stops and goes on")},
                               {"done", yes_no("false: the trace ends before the work")}});
  const Keys moved{{"mean_g_per_kwh", intensity("mean over the hours it runs in, without moves")},
                   {"moving_kg", kilograms("CO2e of moves")},
                   {"operational_location_kg", kilograms("CO2e, moves included")},
                   {"saving", number("share saved against starting at once at home")}};
  Keys offer = moved;
  for (Key& key : offer) key.always = false;
  const Json place =
      object("a place that the job may run in",
             joined({{"place", text("id or file")},
                     {"zone", text("zone of its trace")},
                     {"home", yes_no("whether the run names it")},
                     {"trace_mean_g_per_kwh", intensity("mean of its trace")},
                     {"mean_saving",
                      or_null(number("mean share saved by the whole job there; null: it cannot run there"))},
                     {"share_of_split_hours", number("of the job that is split by the hour")},
                     sometimes("start", hour("best start there, of this start"))},
                    offer));
  const Json stretch = object("hours in a row in one place", {{"zone", text("where")},
                                                              {"start", hour("from")},
                                                              {"end", hour("to")},
                                                              {"hours", number("of work")},
                                                              {"mean_g_per_kwh", intensity("mean")}});
  const Json split = object("the job split over places by the hour",
                            joined({{"start", hour("start")}, {"end", hour("end")}},
                                   joined(moved, {{"moves", whole("changes of place")},
                                                  {"stretches", list("in order", stretch)}})));
  const Key starts{"starts", whole("start hours looked at")};
  return document_of(
      "schedule", "when and where to run, on hourly grid traces",
      {{"trace", object("the hourly intensities at home",
                        joined(trace_keys(), {{"mean_g_per_kwh", intensity("mean")}}))},
       {"job", object("the work", {{"hours", number("of the clock")},
                                   {"facility_energy_kwh", or_null(number("that it draws", "kWh"))}})},
       {"policy", object("what is allowed", {{"window_hours", number("that the start may wait")},
                                             {"extra_hours", number("beyond the work, for pauses")},
                                             {"threshold_g_per_kwh", intensity("run at or below this")}})},
       {"starts", whole("start hours looked at")},
       {"possible_starts", whole("hours from which the job ends within the trace")},
       {"now", object("starting at once, over all start hours",
                      {{"mean_g_per_kwh", intensity("mean")},
                       {"best_start", hour("with the least CO2e")},
                       {"worst_start", hour("with the most CO2e")},
                       {"operational_location_kg", kilograms("mean CO2e")}})},
       {"savings",
        object("share of CO2e saved over all start hours, by policy",
               {{"shift", savings("start later")},
                {"pause", savings("pause in the worst hours", {{"pauses", number("on average")}})},
                {"threshold", savings("run below the threshold alone", {{"pauses", number("on average")}})},
                sometimes("alone", savings("the whole job in the best place", {starts})),
                sometimes("split", savings("split over places by the hour",
                                           {starts, {"moves", number("on average")}}))})},
       sometimes("moving",
                 object("what moving costs", {{"transfer_kwh", number("of one move", "kWh")},
                                              {"max_moves", or_null(whole("allowed; null: any number"))}})),
       sometimes("by_start_hour_utc_g_per_kwh",
                 list("starting at once, by UTC hour of the day",
                      or_null(intensity("mean; null: no start at that hour")))),
       sometimes("from", object("from the hour of --start", {{"hour", hour("that hour")},
                                                             {"now", outcome},
                                                             {"shift", outcome},
                                                             {"pause", outcome},
                                                             {"threshold", outcome},
                                                             sometimes("split", split)})),
       sometimes("places", list("best first", place)),
       {"assumptions", list("what was not given, with its source", shared("assumption"))}});
}

Json heat_map() {
  return document_of(
      "heat-map", "mean intensity by hour of the day and month",
      {{"zone", text("id of the grid, or name of the file")},
       {"first_hour", hour("first hour of the trace")},
       {"hours", whole("of the trace")},
       {"trace", object("the trace", trace_keys())},
       {"mean_g_per_kwh",
        list("24 UTC hours", list("12 months", or_null(intensity("mean; null: no hour of the trace"))))}});
}

Json reproduce() {
  const Json check = object(
      "one printed figure",
      {{"id", text("row of the study")},
       {"name", text("its name")},
       {"quantity", text("the result, without its unit: facility_energy")},
       {"unit", text("of the figures here; \"1\" for a number alone")},
       {"published", number("in unit")},
       {"printed", or_null(text("as printed; null: the source does not print it"))},
       sometimes("said", text("the words of the source, where it prints no figure")),
       {"computed", or_null(number("from the row's printed inputs, in unit; null: they do not suffice"))},
       {"computed_low", or_null(number("least that their rounding allows, in unit"))},
       {"computed_high", or_null(number("most that their rounding allows, in unit"))},
       {"relative_error", or_null(number("computed over published, less one"))},
       {"verdict",
        one_of("printed: rounds to the printed digits; within: rounding of the inputs explains it; missing: "
               "the printed inputs do not suffice",
               {"printed", "within", "known-difference", "mismatch", "missing"})},
       {"why", or_null(text("the known reason of a difference"))},
       {"at", text("where in the source")},
       {"held_against", one_of("what follows from the inputs alone, or an estimate and its 90 % band",
                               {"inputs", "estimate"})},
       sometimes("claim", text("of a statement: holds, holds-if, fails")),
       sometimes("repairs",
                 list("of a run file: inputs with which the figure would fit, the most plausible first",
                      object("one input, all else as it is",
                             {{"input", text("its flag, without dashes")},
                              {"unit", text("of the values here")},
                              {"from", number("as given or taken")},
                              {"to", number("that fits")},
                              {"given", yes_no("whether the run file says it")},
                              {"plausibility", one_of("of the value, by the 90 % band of such inputs",
                                                      {"plausible", "unusual", "implausible", "unknown"})},
                              {"low", or_null(number("of that band"))},
                              {"high", or_null(number("of that band"))}}))),
       sometimes("slips", list("known mistakes that would explain the difference",
                               object("one", {{"what", text("was mistaken")},
                                              {"factor", number("ours over the printed figure, if so")}}))),
       sometimes("factors", list("of a claim",
                                 object("a factor", {{"label", text("which")}, {"value", text("value")}})))});
  Keys counts;
  for (const char* verdict : {"printed", "within", "known-difference", "mismatch", "missing"})
    counts.push_back({verdict, whole("rows with this verdict")});
  return document_of(
      "reproduce", "published tables, recomputed row by row",
      {{"studies", list("as asked for", object("a study", {{"id", text("id")},
                                                           {"title", text("name")},
                                                           {"source", text("id in sources")},
                                                           {"rows", list("its figures", check)}}))},
       {"summary", object("of all studies", counts)}});
}

Json backtest() {
  const auto band = [](const char* what) {
    return or_null(number(std::string{what} + "; null: the predictor has no band"));
  };
  const Keys what{
      {"mode", one_of("given: from printed inputs; blind: without the publisher; blind-device: without "
                      "the family of devices",
                      {"given", "blind", "blind-device"})},
      {"kind", text("run, benchmark, steps or power; empty in mode given")},
      {"predictor", text("kwhatif, or a simple one beside it")},
      {"quantity", text("the result, without its unit: device_time")}};
  const Json row =
      object("one published figure and its prediction",
             joined(joined({{"id", text("run")}}, what),
                    {{"unit", text("of the figures here")},
                     {"published", number("in unit")},
                     {"predicted", number("median, in unit")},
                     {"ratio", number("predicted over published")},
                     {"p05", band("5 % point, in unit")},
                     {"p25", band("25 % point, in unit")},
                     {"p75", band("75 % point, in unit")},
                     {"p95", band("95 % point, in unit")},
                     {"covered", or_null(yes_no("whether the 90 % band holds the published figure"))},
                     {"covered_50", or_null(yes_no("whether the 50 % band does"))},
                     {"family", text("the publisher that the forecast has not seen; empty in mode given")},
                     {"device", text("id of the device")},
                     {"evidence", text("whether measured times on such devices are known")},
                     {"boundary", text("what the published power counts")},
                     sometimes("note", text("why it cannot come out"))}));
  const Json summary =
      object("one predictor on one quantity",
             joined(what, {{"known", text("what of software and settings the forecast was told")},
                           {"rows", whole("how many")},
                           {"publishers", whole("of how many publishers")},
                           {"median_factor", number("exp of the median |ln ratio|")},
                           {"rms_log", number("root mean square of ln ratio")},
                           {"bias_log", number("mean ln ratio")},
                           {"worst_factor", number("exp of the largest |ln ratio|")},
                           {"worst", text("run of that")},
                           {"coverage_50", band("share of rows in the 50 % band")},
                           {"coverage_90", band("share of rows in the 90 % band")},
                           {"publisher_coverage_50", band("each publisher counted once")},
                           {"publisher_coverage_90", band("each publisher counted once")},
                           {"width_90", band("geometric mean of p95 over p05")}}));
  return document_of(
      "backtest", "predictions against all published runs",
      {{"rows", list("mode given first", row)},
       {"summary", list("by mode, kind, what is known, predictor and quantity", summary)},
       {"excluded", list("runs that are no evidence",
                         object("a run", {{"id", text("run")}, {"why", text("the reason")}}))}});
}

Json equiv() {
  const Json equivalent = object("what the amount corresponds to",
                                 {{"id", text("in the table of equivalences")},
                                  {"name", text("name")},
                                  {"group", text("equivalences of one group are editions of each other")},
                                  sometimes("km", number("distance", "km")),
                                  sometimes("miles", number("distance", "miles")),
                                  sometimes("count", number("how many")),
                                  sometimes("unit", text("of what")),
                                  {"value_of_one", text("what one stands for, as written")},
                                  {"edition", text("of the source")},
                                  {"source", text("id in sources")},
                                  {"at", text("where in the source")},
                                  {"standing", text("how well it is known")}});
  return document_of("equiv", "what an amount of energy or CO2e corresponds to",
                     {{"amount", number("in unit")},
                      {"unit", one_of("of the amount: CO2e or energy", {"kg", "kWh"})},
                      {"equivalents", list("of all groups", equivalent)}});
}

Json list_of_rows() {
  return document_of("list", "rows of one table, or the kinds of tables",
                     {sometimes("kind", text("of the rows")),
                      sometimes("rows", list("that meet the conditions", row_of_tables())),
                      sometimes("kinds", list("without a kind: all of them",
                                              object("a kind", {{"kind", text("its name")},
                                                                {"rows", whole("how many")},
                                                                {"what", text("what they are")}})))});
}

Json show() {
  const Json row = object("a row", full_row());
  return document_of(
      "show", "one row, every value with its source",
      joined(joined({{"kind", text("of the row")}}, full_row()),
             {sometimes("rows", list("that belong to it: the years of a place, the runs of a study", row)),
              sometimes("others", list("with the same id", row))}));
}

Json check() {
  const Json problem =
      object("a problem", {{"file", text("where")},
                           {"line", or_null(whole("from 1; null: of the whole file"))},
                           {"column", or_null(whole("from 1"))},
                           {"severity", one_of("an error makes the exit code 1", {"error", "warning"})},
                           {"code", text("kebab-case, for programs")},
                           {"message", text("what it is")},
                           {"help", text("what to write instead; may be empty")}});
  return document_of(
      "check", "problems of run files and tables",
      {{"files", list("as given", object("a file or folder", {{"name", text("as given")},
                                                              {"problems", list("in order", problem)}}))}});
}

}  // namespace kwhatif::report::schema
