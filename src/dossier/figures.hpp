// Figures of one run: what gather() is made of.
#pragma once

#include <kwhatif/dossier/dossier.hpp>

namespace kwhatif::dossier {

/// Every result as a figure, with its interval, status, evidence and sources, or what would give it.
std::vector<Figure> figures_of(const ask::Estimate& estimate, bool said_measured);
/// Whether a time, a power or an energy is given that can have been measured.
bool gives_a_measure(const ask::Estimate& estimate);
/// runs · (1 + overhead); none where stages differ in it.
std::optional<double> repeats_of(const ask::Estimate& estimate);

}  // namespace kwhatif::dossier
