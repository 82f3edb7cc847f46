// Which runs of an answer are told apart: all of a comparison; the best of the rows, groups, devices or
// places of a grid.
#pragma once

#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/plan.hpp>
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/ask/verdict.hpp>

#include <optional>

namespace kwhatif::ask {

/// In CO2e, unless it moves as the energy does or is not known of two: then in energy, else in time or money.
std::optional<Decision> verdict_of(const Comparison& comparison);
/// Of the best rows, the first of each combination of names; of groups that are reduced to their best.
std::optional<Decision> verdict_of(const SweepAnswer& answer, const catalog::Catalog& tables);
/// Of the best run of each device, else of each place; and how surely the best keeps the limits.
std::optional<Decision> verdict_of(const PlanAnswer& answer, const catalog::Catalog& tables);

/// Says once of the rows of an answer which have more devices than training has work for, or than anybody
/// published, instead of the point that stands for the grid.
void add_scale_warnings(SweepAnswer& answer, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
