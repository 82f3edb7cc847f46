#include "pages.hpp"
#include "pilot.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using catalog::Responsible;
using catalog::Standing;
using quantity::human;
using quantity::significant;
using run::Slot;

std::string shown(const Assumption& a) {
  return a.value ? a.work.human(*a.value, a.dimension) : a.work.said(a.word);
}

std::string effect_words(const Assumption& a) {
  if (!a.effect) return {};
  return std::string{a.effect->result == "facility_energy" ? "energy" : "CO2e"} + " from " +
         significant(a.effect->low) + " to " + significant(a.effect->high) + " times";
}

std::string origin_words(const catalog::Origin& o) {
  if (o.responsible == Responsible::user) {
    const bool flag = o.at.starts_with("--");
    return "given by user: " + o.at + (flag ? " " + o.text : " = \"" + o.text + '"') +
           (o.note.empty() ? "" : "; " + o.note);
  }
  std::string out;
  if (o.responsible == Responsible::fallback) out = "default";
  if (o.responsible == Responsible::predicted) out = "predicted";
  if (!o.note.empty()) {
    if (o.standing == Standing::assumed) out = out.empty() ? "assumed" : out + ", assumed";
    out += (out.empty() ? "" : ", because: ") + o.note;
  }
  if (!o.source.empty()) {
    std::string cited = '[' + o.source + (o.at.empty() ? "" : ", " + o.at);
    if (o.standing != Standing::none) cited += "; " + std::string{catalog::name(o.standing)};
    out += (out.empty() ? "" : " ") + cited + ']';
  }
  return out;
}

std::string citation(const catalog::Catalog& catalog, std::string_view id) {
  const auto row = catalog.find(catalog::Kind::source, id);
  if (!row) return std::string{id};
  std::string out;
  const std::string_view who = row->text("authors").empty() ? row->text("publisher") : row->text("authors");
  if (!who.empty()) out += std::string{who} + ": ";
  out += row->text("title");
  if (!row->text("year").empty()) out += " (" + std::string{row->text("year")} + ")";
  if (!row->text("arxiv").empty()) {
    out += ", arXiv " + std::string{row->text("arxiv")};
  } else if (!row->text("doi").empty()) {
    out += ", doi " + std::string{row->text("doi")};
  } else if (!row->text("url").empty()) {
    out += ", " + std::string{row->text("url")};
  }
  return out;
}

std::vector<std::string> attributions(const catalog::Catalog& catalog,
                                      const std::vector<std::string>& sources) {
  std::vector<std::string> out;
  for (const std::string& id : sources) {
    const auto row = catalog.find(catalog::Kind::source, id);
    if (!row || row->text("attribution").empty()) continue;
    std::string line{row->text("attribution")};
    if (std::ranges::find(out, line) == out.end()) out.push_back(std::move(line));
  }
  return out;
}

namespace {

// What kind of value it is, the first words of its note, its source: `explain` has the rest.
std::string short_origin(const catalog::Origin& o) {
  std::string lead;
  if (o.responsible == Responsible::fallback) lead = "default";
  if (o.responsible == Responsible::predicted) lead = "predicted";
  if (o.in_table) lead = "yours, " + o.at;
  if (o.standing == Standing::recalled) lead += lead.empty() ? "recalled" : ", recalled";
  const std::string note = o.note.substr(0, o.note.find("; "));
  std::string out = lead + (lead.empty() || note.empty() ? "" : ": ") + note;
  if (!o.source.empty()) out += (out.empty() ? "[" : " [") + o.source + ']';
  return out;
}

}  // namespace

Page drive_page(const std::optional<ask::Equivalent>& drive) {
  Page page;
  if (!drive) return page;
  std::string_view what = drive->row.text("name");
  constexpr std::string_view lead = "distance ";
  if (what.starts_with(lead)) what.remove_prefix(lead.size());
  return page.gap().paragraph("The CO2e is that of " + in_words(drive->count / 1000) + " km (" +
                              in_words(drive->count / 1609.344) + " miles) " + std::string{what} + " (" +
                              std::string{drive->row.text("edition")} + ").");
}

Page assumptions_page(const std::vector<Assumption>& list) {
  Page page;
  if (list.empty()) return page;
  page.asides().gap().heading("Assumptions (not given, so taken from tables or defaults)");
  Table table{{{""}, {""}, {""}}, {}};
  for (const Assumption& a : list) {
    table.rows.push_back({a.input, shown(a), short_origin(a.origin)});
    if (a.effect) table.rows.push_back({"", "", "its spread moves " + effect_words(a)});
  }
  return page.table(std::move(table), 2);
}

namespace {

// "1.15 L/kWh on site, 3.13 L/kWh of the electricity": what a sum of water was made of, or why it is unknown.
std::string missing_words(const run::ResolvedRun& run, std::string_view result) {
  for (const run::MissingFactor& m : run.missing) {
    if (m.result == result) return m.why + ": " + m.flag + " gives it";
  }
  return {};
}

// Manufacture, water and development, each on lines of its own.
template <class Add>
void add_life_cycle(const run::ResolvedRun& run, const run::RunEstimate<double>& r, const Add& add) {
  const auto shown = [](const auto& q) {
    return human(q->coherent(), std::remove_cvref_t<decltype(*q)>::dimension);
  };
  const auto& in = run.inputs;
  if (r.embodied) {
    std::string remark = shown(in.embodied_each());
    if (in.embodied_extra()) remark += " + " + quantity::percent(in.embodied_extra()->coherent());
    if (in.building()) remark += ", building " + shown(in.building());
    remark += " over " + shown(in.lifetime());
    if (in.lifetime_use())
      remark += ", " + significant(100 * in.lifetime_use()->coherent()) + " % of it reserved";
    add("Manufacture", shown(r.embodied), remark);
    if (r.total_co2e) add("CO2e in all", shown(r.total_co2e), "electricity by location, and manufacture");
  } else if (r.device_time) {
    const std::string why = missing_words(run, "embodied");
    if (!why.empty()) add("Manufacture", "unknown", why);
  }
  const bool unknown_water = r.it_energy && !missing_words(run, "water_on_site").empty();
  const bool nowhere = !run.region && !run.grid && !in.wue() && !in.water_intensity();
  if (nowhere && unknown_water) {
    add("Water", "unknown", "the place is unknown: --region or --grid names it");
  } else if (r.water_on_site || r.water_off_site || unknown_water) {
    add("Water on site", r.water_on_site ? shown(r.water_on_site) : "unknown",
        r.water_on_site ? shown(in.wue()) + " of the computers" : missing_words(run, "water_on_site"));
    add("Water, electricity", r.water_off_site ? shown(r.water_off_site) : "unknown",
        r.water_off_site ? shown(in.water_intensity()) + " of the facility, consumed"
                         : missing_words(run, "water_off_site"));
    if (r.water) add("Water in all", shown(r.water), "");
  }
  if (r.development_energy)
    add("Development", shown(r.development_energy),
        (r.development_co2e ? shown(r.development_co2e) + ", " : std::string{}) +
            significant(in.development()->coherent()) + " times the run, beside all above");
}

Table lines_of_values() {
  return {{{"", Align::left}, {"", Align::right}, {"", Align::left}, {"", Align::left}}, {}};
}

void add_line(Table& table, std::string label, const std::string& value, std::string remark) {
  auto [number, unit] = number_and_unit(value);
  table.rows.push_back({std::move(label), std::move(number), std::move(unit), std::move(remark)});
}

}  // namespace

std::pair<std::string, std::string> number_and_unit(const std::string& value) {
  const auto blank = std::min(value.find(' '), value.size());
  return {value.substr(0, blank), blank < value.size() ? value.substr(blank + 1) : std::string{}};
}

Page life_cycle_page(const run::ResolvedRun& run, const run::RunEstimate<double>& r) {
  Table table = lines_of_values();
  add_life_cycle(run, r, [&](std::string label, const std::string& value, std::string remark) {
    add_line(table, std::move(label), value, std::move(remark));
  });
  Page page;
  return table.rows.empty() ? page : page.gap().table(std::move(table));
}

namespace {

// The numbers of one run, each with what it was made of.
Page results_page(const run::ResolvedRun& run, const run::RunEstimate<double>& r) {
  Table table = lines_of_values();
  const auto add = [&](std::string label, const std::string& value, std::string remark) {
    add_line(table, std::move(label), value, std::move(remark));
  };
  const auto shown = [&](const auto& q) {
    return run.work.human(q->coherent(), std::remove_cvref_t<decltype(*q)>::dimension);
  };
  if (run.network) {
    const auto& p = run.network->parameters;
    add("Parameters", human(p.total.as_double(), quantity::dim::parameter),
        run.work.said(p.active == p.total
                          ? "all active per token"
                          : human(p.active.as_double(), quantity::dim::parameter) + " active per token") +
            std::string{", counted from "} + run.network->name);
  }
  if (r.training_flop) {
    std::string remark;
    const bool counted = run.inputs.tokens() && !run.inputs.training_flop();
    if (counted && run.inputs.flop_per_token()) {  // in the order of estimate()
      remark = shown(run.inputs.flop_per_token()) + " x " + shown(run.inputs.tokens());
    } else if (counted && run.inputs.active_parameters() && run.inputs.flop_factor()) {
      remark = significant(run.inputs.flop_factor()->coherent(), 1) + " x " +
               shown(run.inputs.active_parameters()) + " x " + shown(run.inputs.tokens());
    }
    if (!remark.empty() && run.inputs.epochs()) remark += " x " + shown(run.inputs.epochs()) + " epochs";
    if (run.inputs.runs()) remark += (remark.empty() ? "" : ", ") + std::string{"of one run"};
    add("Training compute", shown(r.training_flop), remark);
  }
  if (r.base_flop && r.flop_with_base)
    add("With the base", shown(r.flop_with_base),
        shown(r.base_flop) + " of the base model, " +
            quantity::percent(r.training_flop->coherent() / r.base_flop->coherent()) + " of it added");
  if (r.achieved) {
    std::string remark = "per device";
    if (r.mfu) remark += ", MFU " + significant(100 * r.mfu->coherent()) + " %";
    if (run.inputs.peak()) remark += " of " + shown(run.inputs.peak());
    constexpr double worth_telling = 1.02;
    const double full = run.network ? run::full_attention_flops(*run.network) : 1;
    if (r.mfu && full > worth_telling)
      remark += "; " + significant(100 * full * r.mfu->coherent()) + " % by full attention";
    add("Achieved rate", human(r.achieved->coherent(), quantity::dim::flop_rate), remark);
  }
  if (r.device_time) {
    std::string remark;
    if (const auto rate = run.inputs.token_rate()) {
      remark = shown(rate);
    } else if (const auto all = run.inputs.total_token_rate()) {
      remark = shown(all) + ", all together";
    }
    if (run.inputs.runs() && !remark.empty()) remark += ", ";
    if (run.inputs.runs()) remark += significant(run.inputs.runs()->coherent()) + " runs";
    if (run.inputs.overhead())
      remark += (remark.empty() ? "" : ", ") + quantity::percent(run.inputs.overhead()->coherent()) +
                " repeated work";
    add("Device-time", shown(r.device_time), remark);
  }
  add("Wall time", r.wall_time ? shown(r.wall_time) : "unknown",
      r.wall_time && r.devices ? "on " + in_words(r.devices->coherent()) +
                                     (run.hardware ? " x " + std::string{run.hardware->id()}
                                                   : (r.devices->coherent() == 1 ? " device" : " devices"))
                               : "");
  if (r.it_energy) {
    std::string remark = r.power                    ? shown(r.power)
                         : run.inputs.total_power() ? shown(run.inputs.total_power()) + ", all together"
                                                    : "";
    if (run.inputs.measured_energy()) remark = "measured" + (remark.empty() ? "" : ", " + remark);
    if (run.inputs.board_power() && run.inputs.host_power() && r.power)
      remark += ": " + shown(run.inputs.board_power()) + " on the board and " +
                shown(run.inputs.host_power()) + " of the host";
    if (run.record(Slot::power).origin.responsible != Responsible::user && run.hardware &&
        (run.inputs.power() || run.inputs.power_ratio()))
      remark += ", average with host";
    add("IT energy", shown(r.it_energy), remark);
  }
  std::size_t decisive = table.rows.size();
  add("Facility energy", r.facility_energy ? shown(r.facility_energy) : "unknown",
      run.inputs.pue() ? "PUE " + significant(run.inputs.pue()->coherent()) : "");
  if (r.operational_location) decisive = table.rows.size();
  add("CO2e", r.operational_location ? shown(r.operational_location) : "unknown",
      run.inputs.ci()
          ? shown(run.inputs.ci()) + (run.intensity ? ", " + run.intensity->definition() : ", location-based")
          : "");
  if (r.operational_market && (!run.inputs.ci() || *run.inputs.ci_market() != *run.inputs.ci()))
    add("CO2e, market-based", shown(r.operational_market), shown(run.inputs.ci_market()) + ", by contracts");
  add_life_cycle(run, r, add);
  if (r.cost || r.cost_low || r.cost_high) {
    std::string value = r.cost ? shown(r.cost) : "";
    if (!r.cost && r.cost_low && r.cost_high)
      value = shown(r.cost_low) + " to " + shown(r.cost_high);
    else if (!r.cost)
      value = r.cost_low ? "from " + shown(r.cost_low) : "up to " + shown(r.cost_high);
    std::string remark = run.inputs.price() ? shown(run.inputs.price()) : "";
    const auto other = [&](const auto& cost, Slot slot, const std::string& which, const auto& price) {
      const auto& origin = run.record(slot).origin;
      const bool of_tables = origin.responsible == Responsible::table || origin.in_table;
      const bool spot = slot == Slot::price_low && of_tables && !r.cost_high;
      if (r.cost && cost && r.cost_low && r.cost_high && of_tables) return;  // over providers: told together
      if (r.cost && cost)
        remark += "; " + shown(cost) + " at the " + (spot ? "spot" : which) + " price of " + shown(price);
    };
    other(r.cost_low, Slot::price_low, "low", run.inputs.price_low());
    other(r.cost_high, Slot::price_high, "high", run.inputs.price_high());
    if (r.cost && r.cost_low && r.cost_high &&
        run.record(Slot::price_high).origin.responsible == Responsible::table)
      remark += "; the median of providers, " + shown(r.cost_low) + " to " + shown(r.cost_high) + " at " +
                shown(run.inputs.price_low()) + " to " + shown(run.inputs.price_high());
    if (r.cost && !run.inputs.price() && run.inputs.purchase() && run.inputs.lifetime())
      remark = shown(run.inputs.purchase()) + " over " + shown(run.inputs.lifetime()) +
               (run.inputs.lifetime_use()
                    ? ", " + significant(100 * run.inputs.lifetime_use()->coherent()) + " % of it reserved"
                    : "") +
               "; electricity included";
    add("Cost", value, remark);
  }
  if (r.electricity_cost)
    add("Electricity", shown(r.electricity_cost), shown(run.inputs.electricity_price()));
  Page page;
  page.table(std::move(table), 0, {decisive});
  if (run.network && run.inputs.flop_per_token() && !run.inputs.training_flop())
    page.paragraph("Counted: " + run.work.said(run.network->flops.counted));
  return page;
}

}  // namespace

namespace {

// What the provider's contracts would leave of the direct emissions.
Page contracts_page(const run::ResolvedRun& run, const run::RunEstimate<double>& r) {
  Page page;
  if (!run.contracts || !run.contracts->net || !r.facility_energy) return page;
  const run::Contracts& held = *run.contracts;
  const double net = *held.net * quantity::coherent_per("g/kWh");
  const std::string left = human(net * r.facility_energy->coherent(), quantity::dim::co2e);
  return page.gap().paragraph(
      "The provider's contracts, matched by the hour, would leave " +
      std::string{held.below ? "less than " : ""} + significant(*held.net) + " of " +
      significant(held.gross) + " g/kWh of direct emissions, " + left + " (carbon-free share " +
      quantity::percent(held.share) + " in " + std::to_string(held.year) + ", of the grid itself " +
      quantity::percent(*held.grid_share) +
      "). This is no market-based figure of Scope 2: --ci-market takes contracts that you hold.");
}

}  // namespace

Page estimate_page(const ask::Estimate& answer, const catalog::Catalog& tables) {
  const run::ResolvedRun& run = answer.run();
  Page page;
  if (!run.title.empty()) page.heading(run.title).gap();
  page.append(results_page(run, answer.result));
  page.append(progress_page(answer));
  page.append(uncertainty_page(answer));
  page.append(pilot_page(run));
  page.append(contracts_page(run, answer.result));
  page.append(drive_page(answer.drive));
  const auto& list = answer.assumptions.front();
  page.append(assumptions_page(list)).asides();
  if (!list.empty())
    page.paragraph("`kwhatif explain` with the same arguments gives every locator and the full citations.",
                   2);
  std::vector<std::string> sources;
  for (const Assumption& a : list) sources.push_back(a.origin.source);
  if (run.intensity)
    sources.insert(sources.end(), run.intensity->sources.begin(), run.intensity->sources.end());
  page.gap();
  for (const std::string& line : attributions(tables, sources)) page.paragraph(line);
  return page;
}

}  // namespace kwhatif::report
