// What the documents of serve and lifecycle have of their own.
#include "json_schema.hpp"
#include <kwhatif/ask/serve.hpp>

namespace kwhatif::report::schema {

namespace {

Json scenario_of_service() {
  return object(
      "the service as resolved",
      {{"model", text("id in the tables, path of a config.json, or its size")},
       {"model_name", text("for people")},
       {"params", number("all parameters")},
       {"active", number("parameters used per token")},
       {"layers", number("layers")},
       {"request_cache_bytes", number("keys and values of one request at the end of its answer", "B")},
       {"hardware", text("id of the device")},
       {"hardware_name", text("its name")},
       {"devices", number("of one instance")},
       {"precision", text("of the weights")},
       {"engine", text("what serves the model")},
       {"batch", number("requests in flight")},
       {"queries_per_s", or_null(number("requests that arrive per second, where given"))},
       {"instances", number("that share the requests; devices, batch and speed are of one")},
       {"prompt_tokens", or_null(number("tokens of a prompt"))},
       {"answer_tokens", or_null(number("tokens of an answer"))},
       {"image_steps", or_null(number("denoising steps, of a model of images"))},
       {"image_passes", or_null(number("passes per step"))},
       {"image_pixels", or_null(number("of a side of an image, given or of the config"))},
       {"cached", number("share of the prompt whose keys and values are kept from before")},
       {"drafted_tokens", number("tokens drafted per step; 0 without speculation")},
       {"tokens_per_step", number("tokens of one answer that a step yields")},
       {"replicas", number("of the weights")},
       {"load", number("share of the provisioned time in which the devices serve")},
       {"tdp_w", number("of a device", "W")},
       {"idle_w_per_device", number("of an idle device", "W")},
       {"host_w_per_device", number("the host's share", "W")},
       {"pue", number("power usage effectiveness")},
       {"place_name", or_null(text("region or grid"))},
       {"ci_g_per_kwh", or_null(number("carbon intensity, location-based", "g/kWh"))},
       {"ci_market_g_per_kwh", or_null(number("by contracts", "g/kWh"))},
       {"wue_l_per_kwh", or_null(number("water on site per IT energy", "L/kWh"))},
       {"water_intensity_l_per_kwh", or_null(number("water of the power stations", "L/kWh"))},
       {"device_embodied_kg", or_null(number("manufacture, the server's share included", "kg"))},
       {"price_usd_per_hour", or_null(number("price", "USD/h"))}});
}

std::string described(const ask::ServeFigureInfo& info) {
  return std::string{info.label} + (info.unit.empty() ? std::string{} : ", in " + std::string{info.unit});
}

Keys service() {
  Keys results;
  Keys bands;
  for (const auto& info : ask::serve_figure_table()) {
    results.push_back({std::string{info.key}, or_null(number(described(info)))});
    bands.push_back(sometimes(std::string{info.key}, shared("interval")));
  }
  results.push_back({"bound", one_of("what a step waits for more", {"bandwidth", "compute"})});
  results.push_back({"saturated", yes_no("true: more requests arrive than the instance answers")});
  const Json elsewhere =
      object("the service at another batch and load",
             {{"batch", number("requests in flight")},
              {"load", number("share of the provisioned time")},
              {"device_j_per_token", or_null(number("energy of the devices per token of the answer", "J"))},
              {"facility_wh_per_query", number("energy of the facility per query", "Wh")},
              {"has_room", yes_no("false: the memory of the devices has no room for this batch")}});
  const Json memory = object("memory of the instance",
                             {{"weights_bytes", number("of all replicas", "B")},
                              {"usable_bytes", number("of all devices", "B")},
                              {"request_cache_bytes", number("keys and values of one request", "B")},
                              {"largest_batch", or_null(number("requests that have room; null: any"))}});
  const auto all = [](const char* what, const char* unit) { return or_null(number(what, unit)); };
  const Json all_queries =
      object("all queries together", {{"queries", number("how many")},
                                      {"it_energy_kwh", all("IT energy, idle time included", "kWh")},
                                      {"facility_energy_kwh", all("facility energy", "kWh")},
                                      {"operational_location_kg", all("CO2e, location-based", "kg")},
                                      {"operational_market_kg", all("CO2e, market-based", "kg")},
                                      {"embodied_kg", all("CO2e of manufacture", "kg")},
                                      {"total_kg", all("location-based and of manufacture", "kg")},
                                      {"water_l", all("on site and of the power stations", "L")},
                                      {"reserved_device_hours", all("device-time, idle time included", "h")},
                                      {"cost_usd", all("money", "USD")}});
  return {sometimes("scenario", scenario_of_service()),
          sometimes("results", object("central values; null: not computed, never zero. Tokens are those of "
                                      "answers, prompts apart",
                                      results)),
          sometimes("intervals", object("bands of the figures that are uncertain", bands)),
          sometimes("sensitivity", list("by batch, then load", elsewhere)),
          sometimes("memory", memory),
          sometimes("all_queries", all_queries),
          sometimes("missing", list("factors of manufacture and water that no table has",
                                    object("one", {{"result", text("that stays unknown: water_on_site")},
                                                   {"why", text("what is not known")},
                                                   {"flag", text("that gives it")}}))),
          sometimes("assumptions", list("what was not given, and where it is from", shared("assumption")))};
}

}  // namespace

Json serve() {
  const auto ratio = [](const char* what) { return or_null(number(what)); };
  const Json ratios =
      object("what it takes over what the first row with an answer takes",
             {{"facility_energy", ratio("per query")},
              {"facility_energy_p05", ratio("95 of 100 such pairs have more; null: the first")},
              {"facility_energy_p50", ratio("half of such pairs have more")},
              {"facility_energy_p95", ratio("5 of 100 such pairs have more")},
              {"device_energy_per_token", ratio("of the devices")},
              {"operational_location", ratio("CO2e, location-based, per query")},
              {"total", ratio("CO2e with manufacture, per query")},
              {"cost", ratio("per query")}});
  const Json row = object("a service; one that cannot be has a problem and nothing else",
                          joined({{"inputs", map("its values of the axes", text("as given"))},
                                  {"problem", or_null(text("why it has no answer"))},
                                  sometimes("ratio_to_first", ratios)},
                                 service()));
  const Json published =
      object("what was published of such a measure", {{"lever", text("id in the lever table")},
                                                      {"low", number("factor on the energy")},
                                                      {"typical", number("factor on the energy")},
                                                      {"high", number("factor on the energy")},
                                                      {"source", text("id in sources")},
                                                      {"standing", text("how well it is known")}});
  const Json lever = object(
      "a measure on the service",
      {{"id", text("id")},
       {"name", text("in words")},
       {"flag", or_null(text("the input that it sets; null: known by its published factor alone"))},
       {"was", or_null(text("value of the input"))},
       {"value", or_null(text("value that it sets"))},
       {"device_energy_ratio", or_null(number("energy of the devices per token, over that without it"))},
       {"facility_energy_ratio", or_null(number("energy of the facility per query, over that without it"))},
       {"published", or_null(published)},
       {"problem", or_null(text("why it cannot be"))}});
  return document_of(
      "serve", "what answering takes, per token and per query: one service, or a row for each of several",
      joined(service(), {sometimes("levers", list("best first", lever)),
                         sometimes("derivations",
                                   list("one for each figure, the main ones first", shared("derivation"))),
                         sometimes("axes", list("inputs of --vary", text("a flag"))),
                         sometimes("least_row", or_null(number("index of the row with the least facility "
                                                               "energy per query, from 0"))),
                         sometimes("rows", list("one for each combination", row))}));
}

Json lifecycle() {
  const Keys part{
      {"facility_energy_kwh", or_null(number("facility energy", "kWh"))},
      {"operational_location_kg", or_null(number("CO2e of the electricity, location-based", "kg"))},
      {"embodied_kg", or_null(number("CO2e of manufacture", "kg"))},
      {"total_kg", or_null(number("both", "kg"))},
      {"water_l", or_null(number("on site and of the electricity, consumed", "L"))},
      {"cost_usd", or_null(number("money", "USD"))}};
  const Json phase =
      object("one part of the life",
             joined(joined({{"phase", one_of("which", {"training", "development", "serving"})}}, part),
                    {{"energy_share", or_null(number("of the sum of all phases"))},
                     {"total_share", or_null(number("of the CO2e of all phases"))}}));
  const Json share = object("from how many queries on serving has this share",
                            {{"share", number("of serving in all facility energy: 0.5 is the break-even")},
                             {"queries", number("how many")},
                             {"queries_p05", or_null(number("5 of 100 such cases need fewer"))},
                             {"queries_p95", or_null(number("95 of 100 need fewer"))}});
  const Json score = object(
      "CO2e per functional unit, electricity by location and manufacture",
      {{"view", one_of("provider: training and development; consumer: serving", {"provider", "consumer"})},
       {"per", text("unit")},
       {"co2e_kg", number("per unit", "kg")}});
  return document_of(
      "lifecycle", "training, development and serving of a model in one table",
      {{"scenario", shared("scenario")},
       {"phases", list("in order", phase)},
       {"total", object("all phases; null where one of them is not known", part)},
       {"queries", or_null(number("served in all"))},
       {"facility_wh_per_query", or_null(number("facility energy of a query", "Wh"))},
       {"break_even_queries",
        or_null(number("after which serving has taken as much energy as all before it"))},
       {"break_even_days", or_null(number("the same, where the queries of a day are given"))},
       {"serving_shares", list("at 50, 80 and 90 %", share)},
       {"scores", list("SCI and SCI for AI", score)},
       {"missing", list("what is left out for want of a factor", text("which, and what gives it"))},
       {"assumptions",
        list("what was not given; those of the service have phase: serving", shared("assumption"))}});
}

}  // namespace kwhatif::report::schema
