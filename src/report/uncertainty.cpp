#include "pages.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using quantity::significant;
using run::Slot;

Page uncertainty_page(const uncertain::Certainty& certainty, const std::string& heading) {
  Page page;
  Table table{heads({"", ">50 % band", ">90 % band"}), {}};
  std::string_view last;
  for (const std::string_view key :
       {"device_time", "wall_time", "facility_energy", "operational_location", "cost"}) {
    const uncertain::Band* band = certainty.find(key);
    if (band == nullptr || !std::isnormal(band->p05) || !std::isfinite(band->p95)) continue;
    if (band->p50 <= 0 || band->p95 / band->p05 < 1.005) continue;
    const auto dimension = run::result_dimension(key);
    table.rows.push_back({std::string{band->info.label}, range_words(band->p25, band->p75, dimension),
                          range_words(band->p05, band->p95, dimension)});
    last = key;
    if (key == "operational_location") break;  // money moves with device-time
  }
  if (table.rows.empty()) return page;
  page.gap().heading(heading +
                     " (half of all such runs fall into the 50 % band, nine of ten into the 90 % band)");
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
  if (!words.empty())
    page.paragraph("The uncertainty" + of + " comes from " + words + "; to narrow it, measure and give --" +
                       std::string{run::info(certainty.drivers.front().slot).flag} + " first.",
                   2);
  return page;
}

}  // namespace kwhatif::report
