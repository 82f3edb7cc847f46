// The document of methods: one run under all published methods.
#include "json_support.hpp"
#include "known.hpp"
#include "pages.hpp"
#include <kwhatif/ask/methods.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using method::Applied;
using quantity::human;
using quantity::significant;
namespace dim = quantity::dim;

namespace {

constexpr double least_factor = 0.004;  // of the logarithm: less is said to be the same

// "device-time 0.189 (671 k device-h), power 0.758 …": the factors that matter, largest first.
std::string because(const Applied& a) {
  auto list = a.differences;
  std::erase_if(list, [](const auto& d) { return std::fabs(std::log(d.ratio)) < least_factor; });
  std::ranges::stable_sort(list, [](const auto& x, const auto& y) {
    return std::fabs(std::log(x.ratio)) > std::fabs(std::log(y.ratio));
  });
  return diag::listed(
      list, ", ", [](const auto& d) { return d.label + ' ' + significant(d.ratio) + " (" + d.theirs + ')'; });
}

std::string co2e(const Applied& a) {
  if (!a.footprint->co2e) return "unknown";
  return human(*a.footprint->co2e) + (a.embodied_kg ? " + " + human(*a.embodied_kg, dim::co2e) : "");
}

// "PUE", "PUE and power", "PUE, power and rate"
std::string with_and(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out += (i == 0 ? "" : (i + 1 == words.size() ? " and " : ", ")) + words[i];
  return out;
}

std::string head_of(const ask::MethodsAnswer& answer) {
  const auto& in = answer.run.inputs;
  std::string out = (answer.run.title.empty() ? "The run" : answer.run.title) + " under " +
                    std::to_string(answer.methods.size()) + " published methods";
  if (!answer.result.device_time || !answer.result.power || !in.pue()) return out;
  return out + "; this run: " + human(*answer.result.device_time) + " at " +
         human(answer.result.power->coherent(), dim::power) + ", PUE " + significant(in.pue()->coherent()) +
         (in.ci() ? ", " + human(*in.ci()) : "");
}

// By energy, ours among them, then those without one; why the others differ stands below.
void add_results(Page& page, const ask::MethodsAnswer& answer) {
  Table table{heads({"method", ">energy", ">CO2e", ">over ours"}), {}};
  const auto& ours = answer.result;
  const double own = ours.facility_energy ? ours.facility_energy->coherent() : 0;
  std::size_t place = 0;
  Page reasons;
  std::vector<std::string> alike;
  for (const std::size_t i : answer.by_energy) {
    const Applied& a = answer.methods[i];
    if (a.footprint->energy.coherent() < own) ++place;
    const auto ratio = a.co2e_ratio ? a.co2e_ratio : a.energy_ratio;
    table.rows.push_back(
        {a.title, human(a.footprint->energy), co2e(a), ratio ? significant(*ratio) : std::string{}});
    const std::string why = because(a);
    if (why.empty())
      alike.push_back(a.title);
    else
      reasons.hanging("  ", a.title + ": " + why, 4);
  }
  table.rows.insert(
      table.rows.begin() + static_cast<std::ptrdiff_t>(place),
      {"* kwhatif, this run", shown(ours.facility_energy), shown(ours.operational_location), "1.00"});
  for (const Applied& a : answer.methods) {
    if (a.footprint) continue;
    table.rows.push_back({a.title, "-", "-", ""});
    reasons.hanging("  ", a.title + ": not computed: " + a.problem, 4);
  }
  page.table(std::move(table), 0, {place});
  if (answer.apart) {
    const Applied& least = answer.methods[answer.by_energy.front()];
    const Applied& most = answer.methods[answer.by_energy.back()];
    page.gap().paragraph("They lie " + significant(*answer.apart) +
                         " times apart: " + human(least.footprint->energy) + " by " + least.title + ", " +
                         human(most.footprint->energy) + " by " + most.title + ". \"+\" is manufacture.");
  }
  page.gap().heading("Why they differ (factor over this run's, its value)").append(reasons);
  if (!alike.empty()) page.hanging("  ", "the same factors: " + diag::listed(alike), 4);
}

std::string details_of(const Applied& a) {
  std::string out = a.title + ": " + a.covers + ". ";
  if (!a.taken.empty()) out += "Takes " + diag::listed(a.taken, "; ") + ". ";
  out += "Leaves out " + a.leaves_out + '.';
  if (!a.unused.empty()) out += " Has no place for the " + with_and(a.unused) + " given.";
  if (!a.defect.empty()) out += " Known fault: " + a.defect + '.';
  return out + (a.source.empty() ? "" : " [" + a.source + ']');
}

std::string scope_of(const Applied& a) {
  return a.title + ": " + a.leaves_out +
         (a.unused.empty() ? "" : "; has no place for the " + with_and(a.unused) + " given");
}

Page methods_page(const ask::MethodsAnswer& answer, const catalog::Catalog& tables) {
  Page page;
  page.heading(head_of(answer)).gap();
  add_results(page, answer);
  if (!answer.details) page.asides();
  page.gap().heading(answer.details ? "What each counts, takes for this run and leaves out"
                                    : "What each leaves out (--details says what it counts and takes)");
  for (const Applied& a : answer.methods) page.hanging("  ", answer.details ? details_of(a) : scope_of(a), 4);
  page.asides();
  std::vector<std::string> sources = answer.run.sources();
  for (const Applied& a : answer.methods) sources.insert(sources.end(), a.sources.begin(), a.sources.end());
  for (const std::string& line : attributions(tables, sources)) page.paragraph(line, 2);
  return page;
}

std::optional<double> kwh_of(const Applied& a) {
  return a.footprint ? std::optional{quantity::to_unit(a.footprint->energy.coherent(), "kWh")} : std::nullopt;
}

std::optional<double> kg_of(const Applied& a) {
  return a.footprint && a.footprint->co2e ? std::optional{a.footprint->co2e->coherent()} : std::nullopt;
}

Json methods_json(const ask::MethodsAnswer& answer, const catalog::Catalog& tables) {
  Json out;
  out["scenario"] = scenario_json(answer.run, tables);
  out["results"] = results_json(answer.result);
  out["methods"] = Json::array();
  for (const Applied& a : answer.methods) {
    Json m;
    m["id"] = a.id;
    m["title"] = a.title;
    m["source"] = a.source;
    m["covers"] = a.covers;
    m["leaves_out"] = a.leaves_out;
    if (!a.defect.empty()) m["known_fault"] = a.defect;
    m["facility_energy_kwh"] = known_json(kwh_of(a));
    m["operational_location_kg"] = known_json(kg_of(a));
    m["embodied_kg"] = known_json(a.embodied_kg);
    m["energy_ratio"] = known_json(a.energy_ratio);
    m["co2e_ratio"] = known_json(a.co2e_ratio);
    m["factors"] = Json::array();
    for (const auto& d : a.differences)
      m["factors"].push_back(
          {{"factor", d.key}, {"ratio", d.ratio}, {"value", d.theirs}, {"value_ours", d.ours}});
    m["taken"] = a.taken;
    m["no_place_for"] = a.unused;
    m["problem"] = a.problem.empty() ? Json(nullptr) : Json(a.problem);
    out["methods"].push_back(std::move(m));
  }
  return out;
}

Table methods_table(const ask::MethodsAnswer& answer) {
  Table table{heads({"method", "facility_energy_kwh", "operational_location_kg", "embodied_kg",
                     "energy_ratio", "co2e_ratio", "problem"}),
              {}};
  const auto& energy = answer.result.facility_energy;
  const auto& co2e = answer.result.operational_location;
  table.rows.push_back({"kwhatif",
                        energy ? quantity::shortest(quantity::to_unit(energy->coherent(), "kWh")) : "",
                        co2e ? quantity::shortest(co2e->coherent()) : "", "", "1", "1", ""});
  for (const Applied& a : answer.methods)
    table.rows.push_back({a.id, known_cell(kwh_of(a)), known_cell(kg_of(a)), known_cell(a.embodied_kg),
                          known_cell(a.energy_ratio), known_cell(a.co2e_ratio), a.problem});
  return table;
}

}  // namespace

Document present(const ask::MethodsAnswer& answer, const catalog::Catalog& tables) {
  Content content{
      .name = "methods", .catalog = tables, .warnings = answer.run.warnings, .sources = answer.sources()};
  content.page = [&answer, &tables] { return methods_page(answer, tables); };
  content.body = [&answer, &tables] { return methods_json(answer, tables); };
  content.rows = [&answer] { return methods_table(answer); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
