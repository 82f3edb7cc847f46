// Reproductions and equivalences for people and for machines.
#pragma once

#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/table.hpp>

#include <string>
#include <vector>

namespace kwhatif::report {

/// @param summary  one line per study instead of every row
std::string reproduce_text(const ask::Reproduction& reproduction, const catalog::Catalog& catalog,
                           bool summary);
/// Schema kwhatif/reproduce/1.
std::string reproduce_json(const ask::Reproduction& reproduction, const catalog::Catalog& catalog);
Table reproduce_table(const ask::Reproduction& reproduction);

/// @param amount     coherent
/// @param amount_text  as the user wrote it
std::string equivalents_text(const std::vector<ask::Equivalent>& list, double amount,
                             const quantity::Dimension& dimension, const catalog::Catalog& catalog);
/// Schema kwhatif/equiv/1.
std::string equivalents_json(const std::vector<ask::Equivalent>& list, double amount,
                             const quantity::Dimension& dimension, const catalog::Catalog& catalog);
Table equivalents_table(const std::vector<ask::Equivalent>& list);

}  // namespace kwhatif::report
