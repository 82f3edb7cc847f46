// The sentence for a paper: what a run is forecast to take, with its interval, basis and status.
#pragma once

#include <kwhatif/dossier/dossier.hpp>

#include <string>

namespace kwhatif::dossier {

/// "We forecast, before training, that … will take about … device-hours and draw … at the facility meter
/// (90 % prediction interval …), i.e. … CO2e (…; location-based, …). These are model-based estimates; nothing
/// was metered." In the past tense where time or energy were measured.
std::string sentence(const Dossier& dossier, const Subject& subject);

}  // namespace kwhatif::dossier
