// How many parameters an architecture has, exactly, and in which parts.
#pragma once

#include <kwhatif/model/inventory.hpp>

#include <vector>

namespace kwhatif::model {

/// Parameters of one part.
struct PartCount {
  Part part;
  Count total;
  Count active;
};

/// Parameters of a network. All in parameters.
struct ParameterCount {
  Count total;
  Count active;                       ///< used by one token, input table included
  Count active_excl_input_embedding;  ///< the right N for 6·N·D: a look-up costs nothing
  Count total_excl_input_embedding;
  Count non_embedding;           ///< without token, position and type tables and the output matrix
  std::vector<PartCount> parts;  ///< only parts that occur; totals add up to `total`
};

/// Parameters of everything in the inventory.
///
///   total = Σ elements · stored;  active = Σ elements · active
///
/// "Without the input table" leaves out the token table where it is not also the output matrix; a tied table
/// counts once, as the output matrix. Position tables count as active.
///
/// @param inventory  from take_inventory()
/// @return           counts, exact to the unit                    [parameters]
/// @errors           CountOverflow
/// @tested           golden: data/models (65 published counts); property: parts add up to the total
ParameterCount count_parameters(const Inventory& inventory);

}  // namespace kwhatif::model
