#include "pilot.hpp"

#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

#include <array>
#include <cmath>

namespace kwhatif::report {

using quantity::significant;

namespace {

/// The factor between the ends of the 90 % band and the median.
double reach(double deviation) {
  constexpr double nine_of_ten = 0.95;
  return std::exp(deviation * predict::student4_quantile(nine_of_ten));
}

/// "12 % faster", "as fast as".
std::string against(double ratio, const std::string& more, const std::string& less) {
  const double change = std::fabs(ratio - 1);
  constexpr double none = 0.005;
  if (change < none) return "as forecast";
  return quantity::percent(change) + ' ' + (ratio > 1 ? more : less) + " than forecast";
}

}  // namespace

Page pilot_page(const run::ResolvedRun& run) {
  Page page;
  if (!run.pilot) return page;
  const run::RunPilot& p = *run.pilot;
  page.gap().heading("Pilot: " + p.name);
  std::string where = p.device;
  if (p.devices) where = quantity::human(*p.devices, quantity::dim::device) + " x " + where;
  if (p.rate) {
    const double rate = 1 / p.rate->measured;
    page.paragraph("Measured on " + where + ": " + run.work.human(rate, quantity::dim::device_token_rate) +
                       ", " + against(p.rate->forecast / p.rate->measured, "faster", "slower") + " (" +
                       significant(1 / p.rate->forecast) + ")" +
                       (p.stepping ? "" : ", evaluation and restarts included") + ".",
                   2);
  }
  if (p.rate && p.time) {
    const double factor = std::exp(p.time->shift);
    page.paragraph(
        "The forecast of the time is multiplied by " + significant(factor) +
            "; nine of ten such runs lie within a factor of " + significant(reach(p.time->deviation)) +
            " of it, " + significant(reach(p.deviation_before)) + " without the pilot." +
            (p.stepping && run.inputs.stepping()
                 ? " Evaluation, restarts and checkpoints take " +
                       quantity::percent(1 - run.inputs.stepping()->coherent()) + " beside the steps."
                 : ""),
        2);
  }
  if (p.power) {
    const auto watts = [](double w) { return quantity::human(w, quantity::dim::device_power); };
    page.paragraph("Measured power " + std::string{p.board ? "of the board" : "with the host"} + ": " +
                       watts(p.power->measured) + ", " +
                       against(p.power->measured / p.power->forecast, "more", "less") + " (" +
                       watts(p.power->forecast) + ")" +
                       (p.board ? "; the host's share stays as forecast" : "") + ".",
                   2);
  }
  if (!p.taken.empty()) {
    std::string flags;
    for (const std::string& flag : p.taken) flags += (flags.empty() ? "--" : ", --") + flag;
    page.paragraph("What the pilot does not say is as in the run: " + flags + ".", 2);
  }
  return page;
}

Page progress_page(const ask::Estimate& answer) {
  Page page;
  if (!answer.progress) return page;
  page.gap().heading("Progress: " + quantity::percent(answer.progress->share) + " done");
  Table table{heads({"", ">so far", ">left", ">in all", ">90 % band, in all"}), {}};
  for (const ask::ProgressRow& row : answer.progress->rows) {
    const auto shown = [&](double value) { return quantity::human(value, row.info.dimension); };
    if (row.info.key == "accelerator_energy" || row.info.key == "cost_low" || row.info.key == "cost_high")
      continue;
    const bool varies = row.whole_band && row.whole_band->p95 > row.whole_band->p05;
    table.rows.push_back(
        {std::string{row.info.label}, shown(row.so_far), shown(row.left), shown(row.whole),
         varies ? range_words(row.whole_band->p05, row.whole_band->p95, row.info.dimension) : ""});
  }
  return page.table(std::move(table), 2);
}

Json pilot_json(const run::ResolvedRun& run) {
  if (!run.pilot) return nullptr;
  const run::RunPilot& p = *run.pilot;
  Json out = {{"file", p.name}, {"hardware", p.device}};
  out["chips"] = p.devices ? Json(*p.devices) : Json(nullptr);
  out["measures"] = p.stepping ? "steps" : "whole run";
  out["tokens_per_second_measured"] = p.rate ? Json(1 / p.rate->measured) : Json(nullptr);
  out["tokens_per_second_forecast"] = p.rate ? Json(1 / p.rate->forecast) : Json(nullptr);
  out["time_factor"] = p.time ? Json(std::exp(p.time->shift)) : Json(nullptr);
  out["time_spread"] = p.time ? Json(reach(p.time->deviation)) : Json(nullptr);
  out["time_spread_without"] = p.time ? Json(reach(p.deviation_before)) : Json(nullptr);
  out["correlation"] = p.time ? Json(p.time->correlation) : Json(nullptr);
  out["power_boundary"] = p.power ? Json(p.board ? "board" : "host") : Json(nullptr);
  out["power_w_measured"] = p.power ? Json(p.power->measured) : Json(nullptr);
  out["power_w_forecast"] = p.power ? Json(p.power->forecast) : Json(nullptr);
  out["power_factor"] = p.power_shift ? Json(std::exp(*p.power_shift)) : Json(nullptr);
  out["as_in_the_run"] = p.taken;
  return out;
}

std::vector<std::pair<std::string, std::string>> pilot_cells(const run::ResolvedRun& run) {
  constexpr std::array keys{"file",
                            "hardware",
                            "chips",
                            "measures",
                            "tokens_per_second_measured",
                            "tokens_per_second_forecast",
                            "time_factor",
                            "time_spread",
                            "time_spread_without",
                            "correlation",
                            "power_boundary",
                            "power_w_measured",
                            "power_w_forecast",
                            "power_factor"};
  const Json values = pilot_json(run);
  std::vector<std::pair<std::string, std::string>> out;
  for (const char* const key : keys) {
    std::string cell;
    if (const auto at = values.find(key); values.is_object() && at != values.end() && !at->is_null())
      cell = at->is_string() ? at->get<std::string>() : quantity::shortest(at->get<double>());
    out.emplace_back(std::string{"pilot_"} + key, std::move(cell));
  }
  return out;
}

Json progress_json(const ask::Estimate& answer) {
  if (!answer.progress) return nullptr;
  Json out = {{"done", answer.progress->share}, {"results", Json::object()}};
  for (const ask::ProgressRow& row : answer.progress->rows) {
    const auto machine = [&](double value) { return run::machine_value(row.info, value); };
    out["results"][std::string{row.info.json_key}] = {
        {"so_far", machine(row.so_far)}, {"left", machine(row.left)}, {"in_all", machine(row.whole)}};
  }
  return out;
}

}  // namespace kwhatif::report
