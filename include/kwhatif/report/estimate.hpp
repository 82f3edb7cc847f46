// One run for people and for machines.
#pragma once

#include <kwhatif/ask/assumptions.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>

#include <string>
#include <vector>

namespace kwhatif::report {

using ask::Assumption;

/// Its value for people: "1.10", "fp16".
std::string shown(const Assumption& assumption);
/// What its spread does to the result: "energy from 0.9 to 1.2 times"; empty where no spread is known.
std::string effect_words(const Assumption& assumption);

/// The results alone.
Table results_table(const run::RunEstimate<double>& result);

/// "Patterson et al. 2021, Carbon Emissions and … (arXiv 2104.10350)".
std::string citation(const catalog::Catalog& catalog, std::string_view source_id);
/// Where a number comes from, in one line: "given by --pue", "patterson-2021, table 4 (verified)", "assumed:
/// …".
std::string origin_words(const catalog::Origin& origin);
/// Attribution lines that the licences of these sources ask for.
std::vector<std::string> attributions(const catalog::Catalog& catalog,
                                      const std::vector<std::string>& sources);

}  // namespace kwhatif::report
