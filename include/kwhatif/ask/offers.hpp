// offers: which devices can be rented in which regions, as groups that a grid can be built of.
//
// A grid is a product of axes, so it cannot say "this device only there". Devices that are offered in the
// same set of regions are one group, and a search is one grid per group. What is not known to be offered is
// left out and counted; what the user named is never left out. Does not live here: the search (plan), the
// data (data/offers), flags (cli).
#pragma once

#include <kwhatif/catalog/catalog.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// What is to be searched, by id. Nothing named: all that can be rented.
struct OfferQuestion {
  std::vector<std::string> devices = {};  ///< named by the user
  std::vector<std::string> regions = {};  ///< named by the user
  bool unavailable = false;               ///< all of them together, whoever offers what
};

/// Devices that are offered in the same regions.
struct OfferGroup {
  std::vector<std::string> devices;
  std::vector<std::string> regions;
};

struct Availability {
  std::vector<OfferGroup> groups;
  std::vector<std::string> notes;    ///< sentences: what was left out or could not be restricted, and why
  std::vector<std::string> sources;  ///< of the offers used
};

/// Groups of devices and regions, in the order of the tables (or of what was named).
///
/// A named device without a known offer goes with every region that rents anything; a named region without a
/// known offer gets what its provider rents elsewhere, or where nothing of the provider is known, all GPUs.
/// Offers that name no region count for all regions of their provider.
Availability availability(const catalog::Catalog& catalog, const OfferQuestion& question);

/// Devices of a kind (gpu, tpu, …) that can be rented for training: they are sold, a price is known, and a
/// 16-bit peak, and they are not made for inference.
std::vector<std::string> rentable(const catalog::Catalog& catalog, std::string_view kind);

}  // namespace kwhatif::ask
