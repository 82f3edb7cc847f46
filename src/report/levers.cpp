// The document of levers: reduction measures on one run, forecast or published.
#include "json_support.hpp"
#include "pages.hpp"
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::report {

using ask::Applies;
using ask::FactorBand;
using ask::LeverEffect;
using quantity::human;
using quantity::significant;

namespace {

std::string_view name(Applies applies) {
  return applies == Applies::yes ? "yes" : applies == Applies::perhaps ? "perhaps" : "no";
}

std::string factor(const FactorBand& f) {
  return "x " + significant(f.typical) + " (" + significant(f.low) + " to " + significant(f.high) + ")";
}

// Savings, low to high: the largest factor saves least.
std::string saving(const FactorBand& f) {
  const auto percent = [](double share) { return significant(100 * (1 - share), 2); };
  if (f.typical > 1) return factor(f);
  if (f.low == 1 && f.high == 1 && f.typical == 1) return "-";
  if (f.low == f.high) return percent(f.typical) + " %";
  if (f.high > 1)
    return "typically " + percent(f.typical) + " %, from " + percent(f.low) + " % less to " +
           significant(100 * (f.high - 1), 2) + " % more";
  return percent(f.high) + " to " + percent(f.low) + " %, typically " + percent(f.typical) + " %";
}

// "12.3 MWh, 4.56 t": those that are known.
template <class Energy, class Co2e>
std::string amounts(const std::optional<Energy>& energy, const std::optional<Co2e>& co2e,
                    std::string_view parted) {
  std::string out = energy ? human(*energy) : "";
  if (co2e) out.append(out.empty() ? "" : parted).append(human(*co2e));
  return out;
}

std::string_view status(const LeverEffect& e) { return e.forecast ? "forecast" : "published"; }

catalog::Standing standing(const LeverEffect& e) {
  const auto factor = e.row.cell("factor");
  return factor && !e.forecast ? factor->standing() : catalog::Standing::derived;
}

// "forecast of this run with --recompute none, now full": how to see it in the estimate.
std::string setting_words(const LeverEffect& e) {
  if (!e.setting) return {};
  return "forecast with `" + e.setting->flag() + "`" +
         (e.setting->was.empty() ? "" : " instead of " + e.setting->was);
}

std::string source_words(const LeverEffect& e) {
  std::string out = '[' + std::string{e.row.source()};
  if (const auto factor = e.row.cell("factor")) out += ", " + std::string{catalog::name(factor->standing())};
  return out + ']';
}

// What a publication found, beside what the forecast says.
std::string published_words(const LeverEffect& e) {
  if (!e.forecast || !e.published) return {};
  return " Published: " + std::string{e.row.text("effect_on")} + ' ' + factor(*e.published) + ' ' +
         source_words(e) + '.';
}

void add_lever(Page& page, const LeverEffect& e) {
  const bool map = e.energy.typical == 1 && e.co2e.typical != 1;
  std::string words =
      (e.penalty ? "" : std::string{"saves "}) + (map ? "CO2e " : "energy and CO2e ") + saving(e.co2e);
  if (const std::string saved = amounts(e.saved_energy, e.saved_co2e, ", "); !saved.empty())
    words += " (" + saved + ")";
  if (e.time.typical != 1) words += "; time x " + significant(e.time.typical);
  if (const std::string setting = setting_words(e); !setting.empty()) words += "; " + setting;
  words += "; " + e.reason + ". Condition: " + std::string{e.row.text("condition")} + '.' +
           (e.forecast ? published_words(e) : ' ' + source_words(e));
  page.paragraph(std::string{e.row.id()} + ": " + std::string{e.row.text("name")}, 2).paragraph(words, 6);
}

std::string best_words(const ask::Combination& best) {
  std::string out = "Best together, of those that apply: ";
  if (best.ids.empty()) return out + "none";
  out += diag::listed(best.ids, " + ") + ": energy " + factor(best.energy) + ", CO2e " + factor(best.co2e);
  const std::string left = amounts(best.left_energy, best.left_co2e, " and ");
  return out + (left.empty() ? "" : ", leaves " + left) + '.';
}

Page levers_page(const ask::LeversAnswer& answer, const catalog::Catalog& tables) {
  const auto& r = answer.result;
  Page page;
  page.heading((answer.run.title.empty() ? "The run" : answer.run.title) + ": " +
               (r.facility_energy ? human(*r.facility_energy) : "energy unknown") + ", " +
               (r.operational_location ? human(*r.operational_location) : "CO2e unknown"));
  std::vector<std::string> sources = answer.run.sources();
  const auto section = [&](std::string heading, auto wanted) {
    page.gap();
    for (const LeverEffect& e : answer.levers.effects) {
      if (!wanted(e)) continue;
      if (!heading.empty()) page.heading(std::exchange(heading, {}));
      add_lever(page, e);
      sources.emplace_back(e.row.source());
    }
  };
  section("These apply", [](const LeverEffect& e) { return !e.penalty && e.applies == Applies::yes; });
  section("These may apply: only you can judge the condition",
          [](const LeverEffect& e) { return !e.penalty && e.applies == Applies::perhaps; });
  section("Penalties, where they apply",
          [](const LeverEffect& e) { return e.penalty && e.applies != Applies::no; });
  page.gap();
  std::size_t others = 0;
  if (answer.all) page.heading("These do not apply");
  for (const LeverEffect& e : answer.levers.effects) {
    if (e.applies != Applies::no) continue;
    ++others;
    if (answer.all) page.paragraph(std::string{e.row.id()} + ": " + e.reason, 2);
  }
  if (!answer.all && others > 0)
    page.paragraph(std::to_string(others) + " levers do not apply (--all says why)");
  page.gap().paragraph(best_words(answer.levers.best));
  page.asides().paragraph(
      "Together: one lever per mechanism, none with its companion, bands added in quadrature of logarithms; "
      "those that only may apply are left out. Where a flag is named, the forecast of this run says what it "
      "does, as `estimate` with the flag. Published factors come from other runs: what they leave here is a "
      "sketch, not a forecast. --apply ID,ID gives the changed estimate.");
  for (const std::string& line : attributions(tables, sources)) page.paragraph(line, 2);
  return page;
}

Json band_json(const FactorBand& b) { return {{"low", b.low}, {"typical", b.typical}, {"high", b.high}}; }

Json levers_json(const ask::LeversAnswer& answer, const catalog::Catalog& tables) {
  Json out;
  out["scenario"] = scenario_json(answer.run, tables);
  out["results"] = results_json(answer.result);
  out["gpu_share_of_power"] = answer.levers.gpu_share;
  out["levers"] = Json::array();
  for (const LeverEffect& e : answer.levers.effects) {
    Json setting, published;
    if (e.setting)
      setting = {{"flag", run::info(e.setting->input).flag},
                 {"was", e.setting->was.empty() ? Json{} : Json(e.setting->was)},
                 {"value", e.setting->value}};
    if (e.published) published = band_json(*e.published);
    out["levers"].push_back({{"id", e.row.id()},
                             {"name", e.row.text("name")},
                             {"applies", name(e.applies)},
                             {"status", status(e)},
                             {"setting", std::move(setting)},
                             {"published", std::move(published)},
                             {"reason", e.reason},
                             {"condition", e.row.text("condition")},
                             {"mechanism", e.row.text("mechanism")},
                             {"effect_on", e.row.text("effect_on")},
                             {"penalty", e.penalty},
                             {"energy", band_json(e.energy)},
                             {"co2e", band_json(e.co2e)},
                             {"time", band_json(e.time)},
                             {"source", e.row.source()},
                             {"at", e.row.at()},
                             {"standing", catalog::name(standing(e))}});
  }
  const ask::Combination& best = answer.levers.best;
  out["best"] = {{"levers", best.ids},
                 {"energy", band_json(best.energy)},
                 {"co2e", band_json(best.co2e)},
                 {"time", band_json(best.time)}};
  return out;
}

Table levers_table(const ask::Levers& levers) {
  Table table{heads({"lever", "applies", "mechanism", "effect_on", "energy_low", "energy_typical",
                     "energy_high", "co2e_low", "co2e_typical", "co2e_high", "time_typical", "source",
                     "reason", "status", "flag", "was", "set_to"}),
              {}};
  const auto n = [](double x) { return quantity::shortest(x); };
  for (const LeverEffect& e : levers.effects) {
    table.rows.push_back(
        {std::string{e.row.id()}, std::string{name(e.applies)}, std::string{e.row.text("mechanism")},
         std::string{e.row.text("effect_on")}, n(e.energy.low), n(e.energy.typical), n(e.energy.high),
         n(e.co2e.low), n(e.co2e.typical), n(e.co2e.high), n(e.time.typical), std::string{e.row.source()},
         e.reason, std::string{status(e)}, e.setting ? std::string{run::info(e.setting->input).flag} : "",
         e.setting ? e.setting->was : "", e.setting ? e.setting->value : ""});
  }
  return table;
}

}  // namespace

Document present(const ask::LeversAnswer& answer, const catalog::Catalog& tables) {
  Content content{
      .name = "levers", .catalog = tables, .warnings = answer.run.warnings, .sources = answer.run.sources()};
  for (const LeverEffect& e : answer.levers.effects) content.sources.emplace_back(e.row.source());
  content.page = [&answer, &tables] { return levers_page(answer, tables); };
  content.body = [&answer, &tables] { return levers_json(answer, tables); };
  content.rows = [&answer] { return levers_table(answer.levers); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
