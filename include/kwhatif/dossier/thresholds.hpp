// The section on thresholds of the EU's guidelines, for any report: what is held against what, in words. The
// arithmetic is ask/eu_compute.hpp; the form of the EU is src/dossier/eu.cpp.
#pragma once

#include <kwhatif/dossier/dossier.hpp>

#include <string>
#include <vector>

namespace kwhatif::dossier {

/// One threshold, ready to be a row of a table.
struct ThresholdLine {
  std::string name;       ///< "systemic risk (AI Act, article 51(2); guidelines, section 2.3)"
  std::string threshold;  ///< "1.0x10^25 FLOP"
  std::string estimate;   ///< "7.7x10^22 FLOP"
  std::string ratio;      ///< "0.0077"
  std::string standing;   ///< "below"; "below, within the margin"
  std::string condition;  ///< what else must hold
};
/// Those of a run, and the rule of one third; empty where its compute is unknown.
/// @errors  those of ask::eu_compute()
std::vector<ThresholdLine> threshold_lines(const Dossier& dossier, const Subject& subject);

/// What must stand beside them, a sentence each: the margin and whether the estimate keeps it, what the model
/// generates, what else is not known, that this is no legal advice.
std::vector<std::string> threshold_notes(const Dossier& dossier, const Subject& subject);

}  // namespace kwhatif::dossier
