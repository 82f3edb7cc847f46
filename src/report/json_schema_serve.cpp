// What the documents of serve have of their own.
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
       {"queries_per_s", or_null(number("requests that reach the instance per second, where given"))},
       {"prompt_tokens", number("tokens of a prompt")},
       {"answer_tokens", number("tokens of an answer")},
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
              {"device_j_per_token", number("energy of the devices per token of the answer", "J")},
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
          sometimes("assumptions", list("what was not given, and where it is from", shared("assumption")))};
}

}  // namespace

Json serve() {
  const Json row = object("a service; one that cannot be has a problem and nothing else",
                          joined({{"inputs", map("its values of the axes", text("as given"))},
                                  {"problem", or_null(text("why it has no answer"))}},
                                 service()));
  return document_of(
      "serve", "what answering takes, per token and per query: one service, or a row for each of several",
      joined(service(), {sometimes("axes", list("inputs of --vary", text("a flag"))),
                         sometimes("rows", list("one for each combination", row))}));
}

}  // namespace kwhatif::report::schema
