#include "pages.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>
#include <kwhatif/run/work_words.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using quantity::significant;
using run::Slot;

namespace {

// Why bands are judged.
std::string untested(const ask::Prediction& p) {
  if (p.tier == predict::Tier::judgement) return "no such device has been measured";
  if (p.tier == predict::Tier::borrowed)
    return "no device of this family has been measured, only others of its class";
  return "no training of such a network, or of a model of unknown size, has been measured on any device";
}

// What to say next: what was not told, by its share in the variance of the time.
std::string to_tell(const ask::Prediction& p) {
  constexpr double worth_telling = 0.03;
  std::string out;
  for (const ask::Untold& untold : p.untold) {
    if (untold.flags.empty() || untold.share < worth_telling) continue;
    out += out.empty() ? "" : ", ";
    for (std::size_t i = 0; i < untold.flags.size(); ++i)
      out += (i == 0 ? "--" : " and --") + untold.flags[i];
    out += " (" + quantity::percent(untold.share) + ')';
  }
  return out;
}

}  // namespace

std::string bands_promise(const ask::Outcome& answer) {
  bool forecast = false;
  for (const auto& prediction : answer.predictions) {
    forecast = forecast || prediction.has_value();
    if (prediction && !prediction->covered()) return "judged, not tested on such runs";
  }
  return forecast ? "half of all such runs fall into the 50 % band, nine of ten into the 90 % band"
                  : "what the tables leave open";
}

Page terms_page(const ask::Prediction& p, const run::WorkUnit& work) {
  Page page;
  page.heading("Where the time goes: mostly " + std::string{p.bound});
  Table table{{{"cause"}, {"share", Align::right}, {work.said("per token and device"), Align::right}}, {}};
  for (const ask::TimeTerm& term : p.terms) {
    constexpr double worth_telling = 0.0005;
    if (std::fabs(term.share) < worth_telling) continue;
    table.rows.push_back({std::string{term.name}, quantity::percent(term.share),
                          quantity::human(term.seconds, quantity::dim::time)});
  }
  return page.table(std::move(table), 2).gap();
}

Page uncertainty_page(const ask::Estimate& answer, const std::string& heading) {
  const uncertain::Certainty& certainty = answer.certainty;
  Page page;
  Table table{heads({"", ">50 % band", ">90 % band"}), {}};
  std::string_view last;
  for (const std::string_view key : ask::page_bands) {
    if (key == "cost" && certainty.find("operational_location") != nullptr)
      break;  // it moves with device-time
    const uncertain::Band* band = certainty.find(key);
    if (band == nullptr || !std::isnormal(band->p05) || !std::isfinite(band->p95)) continue;
    if (band->p50 <= 0 || band->p95 / band->p05 < 1.005) continue;
    const auto dimension = run::result_dimension(key);
    table.rows.push_back({std::string{band->info.label}, range_words(band->p25, band->p75, dimension),
                          range_words(band->p05, band->p95, dimension)});
    last = key;
  }
  if (table.rows.empty()) return page;
  page.gap().heading(heading + " (" + bands_promise(answer) + ')');
  page.table(std::move(table), 2);
  const std::string_view result = certainty.explained;
  std::string words;
  for (const auto& driver : certainty.drivers) {
    constexpr double worth_telling = 0.05;
    if (driver.share < worth_telling) break;
    words += (words.empty() ? "" : ", ") + std::string{run::info(driver.slot).label} + ' ' +
             quantity::percent(driver.share);
  }
  // the last row is meant where none is named
  const std::string of = result == last ? "" : " (" + std::string{certainty.find(result)->info.label} + ')';
  const ask::Prediction* forecast = nullptr;
  for (const auto& prediction : answer.predictions) {
    if (prediction && (forecast == nullptr || !prediction->covered())) forecast = &*prediction;
  }
  if (forecast != nullptr && !forecast->covered())
    page.paragraph("What the bands rest on: " + untested(*forecast) + '.', 2);
  if (!words.empty()) {
    const std::string tell = forecast == nullptr ? std::string{} : to_tell(*forecast);
    page.paragraph(
        "The uncertainty" + of + " comes from " + words + "; to narrow it, " +
            (tell.empty()
                 ? (certainty.drivers.front().slot == run::Slot::price ? "give --" : "measure and give --") +
                       std::string{run::info(certainty.drivers.front().slot).flag} + " first."
             : answer.run().pilot
                 ? "say first (share of the variance of the time) " + tell + "."
                 : "say first (share of the variance of the time) " + tell + "; a measured rate, " +
                       std::string{run::work_flag(answer.run().work)} +
                       "-per-second or --pilot, settles most of it."),
        2);
  }
  return page;
}

}  // namespace kwhatif::report
