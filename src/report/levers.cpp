#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/levers.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>

namespace kwhatif::report {

using ask::Applies;
using ask::Combination;
using ask::FactorBand;
using ask::LeverEffect;
using quantity::human;
using quantity::significant;
namespace dim = quantity::dim;

namespace {

std::string percent(double factor) { return significant(100 * (1 - factor), 2) + " %"; }

// Savings, low to high: the largest factor saves least.
std::string saving(const FactorBand& f) {
  if (f.typical > 1)
    return "x " + significant(f.typical) + " (" + significant(f.low) + " to " + significant(f.high) + ")";
  if (f.low == 1 && f.high == 1 && f.typical == 1) return "-";
  if (f.low == f.high) return percent(f.typical);
  return percent(f.high) + " to " + percent(f.low) + ", typically " + percent(f.typical);
}

std::string saved(const run::RunEstimate<double>& r, const FactorBand& energy, const FactorBand& co2e) {
  std::string out;
  if (r.facility_energy && energy.typical != 1)
    out = human(r.facility_energy->coherent() * (1 - energy.typical), dim::energy);
  if (r.operational_location && co2e.typical != 1)
    out +=
        (out.empty() ? "" : ", ") + human(r.operational_location->coherent() * (1 - co2e.typical), dim::co2e);
  return out;
}

void add(std::string& out, const std::string& words, std::size_t indent) {
  out += wrapped(words, page_width, indent);
}

void lever_lines(std::string& out, const LeverEffect& e, const run::RunEstimate<double>& r) {
  std::string head = "  " + std::string{e.row.id()} + ": " + std::string{e.row.text("name")};
  add(out, head, 2);
  const bool map = e.energy.typical == 1 && e.co2e.typical != 1;
  std::string words =
      (e.penalty ? "" : std::string{"saves "}) + (map ? "CO2e " : "energy and CO2e ") + saving(e.co2e);
  if (const std::string amount = e.penalty ? "" : saved(r, e.energy, e.co2e); !amount.empty())
    words += " (" + amount + ")";
  if (e.time.typical != 1) words += "; time x " + significant(e.time.typical);
  words += "; " + e.reason + ". Condition: " + std::string{e.row.text("condition")} + ". [" +
           std::string{e.row.source()} + ", " + std::string{catalog::name(e.row.cell("factor")->standing())} +
           ']';
  add(out, words, 6);
}

void combination_lines(std::string& out, const Combination& c, const run::RunEstimate<double>& r,
                       std::string_view lead) {
  std::string words{lead};
  for (std::size_t i = 0; i < c.ids.size(); ++i) words += (i == 0 ? " " : " + ") + c.ids[i];
  if (c.ids.empty()) {
    add(out, words + " none", 0);
    return;
  }
  words += ": energy x " + significant(c.energy.typical) + " (" + significant(c.energy.low) + " to " +
           significant(c.energy.high) + "), CO2e x " + significant(c.co2e.typical) + " (" +
           significant(c.co2e.low) + " to " + significant(c.co2e.high) + ")";
  if (r.facility_energy)
    words += ", leaves " + human(r.facility_energy->coherent() * c.energy.typical, dim::energy);
  if (r.operational_location)
    words += " and " + human(r.operational_location->coherent() * c.co2e.typical, dim::co2e);
  add(out, words + '.', 0);
}

}  // namespace

std::string_view name(Applies applies) {
  return applies == Applies::yes ? "yes" : applies == Applies::perhaps ? "perhaps" : "no";
}

std::string levers_text(const run::ResolvedRun& run, const run::RunEstimate<double>& r,
                        const ask::Levers& levers, bool all, const catalog::Catalog& catalog) {
  std::string out = (run.title.empty() ? "The run" : diag::visible(run.title)) + ": " +
                    (r.facility_energy ? human(r.facility_energy->coherent(), dim::energy)
                                       : std::string{"energy unknown"}) +
                    ", " +
                    (r.operational_location ? human(r.operational_location->coherent(), dim::co2e)
                                            : std::string{"CO2e unknown"}) +
                    '\n';
  std::vector<std::string> sources = run.sources();
  std::size_t hidden = 0;
  const auto section = [&](std::string_view heading, auto wanted) {
    bool first = true;
    for (const LeverEffect& e : levers.effects) {
      if (!wanted(e)) continue;
      if (first) out += '\n' + std::string{heading} + '\n';
      first = false;
      lever_lines(out, e, r);
      sources.emplace_back(e.row.source());
    }
  };
  section("These apply", [](const LeverEffect& e) { return !e.penalty && e.applies == Applies::yes; });
  section("These may apply: only you can judge the condition",
          [](const LeverEffect& e) { return !e.penalty && e.applies == Applies::perhaps; });
  section("Penalties, where they apply",
          [](const LeverEffect& e) { return e.penalty && e.applies != Applies::no; });
  for (const LeverEffect& e : levers.effects) hidden += e.applies == Applies::no ? 1 : 0;
  if (all) {
    out += "\nThese do not apply\n";
    for (const LeverEffect& e : levers.effects) {
      if (e.applies == Applies::no) add(out, std::string{e.row.id()} + ": " + e.reason, 2);
    }
  } else if (hidden > 0) {
    out += '\n' + std::to_string(hidden) + " levers do not apply (--all says why)\n";
  }
  out += '\n';
  combination_lines(out, levers.best, r, "Best together, of those that apply:");
  out += wrapped(
      "Together: one lever per mechanism, none with its companion, bands added in quadrature of logarithms; "
      "those that "
      "only may apply are left out. Published "
      "factors come from other "
      "runs: what they leave here is a sketch, not a forecast. --apply ID,ID gives the changed estimate.",
      page_width, 0);
  for (const std::string& line : attributions(catalog, sources)) out += wrapped(line, page_width, 2);
  return out;
}

Table levers_table(const ask::Levers& levers) {
  Table table{{{"lever"},
               {"applies"},
               {"mechanism"},
               {"effect_on"},
               {"energy_low"},
               {"energy_typical"},
               {"energy_high"},
               {"co2e_low"},
               {"co2e_typical"},
               {"co2e_high"},
               {"time_typical"},
               {"source"},
               {"reason"}},
              {}};
  const auto n = [](double x) { return quantity::shortest(x); };
  for (const LeverEffect& e : levers.effects) {
    table.rows.push_back({std::string{e.row.id()}, std::string{name(e.applies)},
                          std::string{e.row.text("mechanism")}, std::string{e.row.text("effect_on")},
                          n(e.energy.low), n(e.energy.typical), n(e.energy.high), n(e.co2e.low),
                          n(e.co2e.typical), n(e.co2e.high), n(e.time.typical), std::string{e.row.source()},
                          e.reason});
  }
  return table;
}

}  // namespace kwhatif::report
