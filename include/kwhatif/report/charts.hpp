// Answers as pictures: which charts an answer has, the one that says most first. A chart is plain data
// (chart/chart.hpp) that owns its texts and outlives the answer.
//
// Empty where an answer has nothing to draw. Numbers come from the answer; nothing is computed here but units
// and proportions.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/chart/chart.hpp>
#include <kwhatif/report/present.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::report {

/// Bands of the results, drivers of the uncertainty, where the energy and the time go, the stages.
std::vector<chart::Chart> charts_of(const ask::Estimate& answer, const catalog::Catalog& tables);
/// Places ranked; or the runs over their reference with bands, and the split of each ratio into its factors.
std::vector<chart::Chart> charts_of(const ask::Comparison& answer, const catalog::Catalog& tables);
/// The runs that no other beats, the best of each device and place, and the charts of the best run.
std::vector<chart::Chart> charts_of(const ask::PlanAnswer& answer, const catalog::Catalog& tables);
/// What each policy saves, the intensities around a given start with the hours of each policy, start hours,
/// and hour by month.
std::vector<chart::Chart> charts_of(const ask::ScheduleAnswer& answer, const catalog::Catalog& tables);
/// Mean intensity by hour of the day and month.
std::vector<chart::Chart> charts_of(const ask::HeatMap& answer, const catalog::Catalog& tables);
/// The tornado of a result.
std::vector<chart::Chart> charts_of(const ask::Sensitivity& answer, const catalog::Catalog& tables);
/// Predicted against published device-time with 90 % bands, and the error of each predictor.
std::vector<chart::Chart> charts_of(const ask::Backtest& answer, const catalog::Catalog& tables);
/// Which phase of a life takes how much, and from how many queries on serving takes more.
std::vector<chart::Chart> charts_of(const ask::LifecycleAnswer& answer, const catalog::Catalog& tables);
/// Where the energy of a query goes, and bands of its figures.
std::vector<chart::Chart> charts_of(const ask::ServeAnswer& answer, const catalog::Catalog& tables);

/// A page of its own in HTML: the charts, each for a wide and a narrow screen, and the answer as text. No
/// script, nothing from elsewhere; follows a dark screen, and prints.
///
/// @param text  the document of the answer rendered as text
std::string charts_page(std::string_view title, const std::vector<chart::Chart>& charts,
                        std::string_view text);

}  // namespace kwhatif::report
