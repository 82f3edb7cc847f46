#include <kwhatif/ask/offers.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/run/market.hpp>
#include <kwhatif/run/place.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <span>

namespace kwhatif::ask {

namespace {

using catalog::Kind;
using catalog::Row;
using Names = std::set<std::string, std::less<>>;

constexpr std::size_t named_at_most = 12;

std::string listed(const std::vector<std::string>& names, std::string_view parted = ", ") {
  const auto named = std::span{names}.first(std::min(named_at_most, names.size()));
  return diag::listed(named, parted) + (names.size() > named_at_most ? ", …" : "");
}

std::string counted(std::size_t n, std::string_view what) {
  return std::to_string(n) + ' ' + std::string{what} + (n == 1 ? " is" : "s are");
}

void add(std::vector<std::string>& list, std::string_view name) {
  if (std::ranges::find(list, name) == list.end()) list.emplace_back(name);
}

// The offers of one device: whole providers, and single regions.
struct Places {
  Names providers;  ///< regions not known
  Names regions;
  Names anywhere;  ///< providers that rent it somewhere
  std::vector<std::string> sources;
};

class Market {
 public:
  explicit Market(const catalog::Catalog& catalog) : catalog_(catalog) {
    for (const Row& offer : catalog.rows(Kind::offer)) {
      Places& places = devices_[std::string{offer.text("hardware")}];
      const std::string provider{offer.text("provider")};
      const auto regions = offer.cells("regions");
      for (const auto& region : regions) {
        places.regions.emplace(region.text());
        rented_.emplace(region.text());
      }
      if (regions.empty()) places.providers.insert(provider);
      if (regions.empty()) whole_.insert(provider);
      places.anywhere.insert(provider);
      providers_.insert(provider);
      add(places.sources, offer.source());
    }
  }

  const Places* find(std::string_view device) const {
    const auto found = devices_.find(device);
    return found == devices_.end() ? nullptr : &found->second;
  }
  bool known(std::string_view provider) const { return providers_.contains(provider); }
  /// Something is known to be rented here.
  bool rents(const Row& region) const {
    return rented_.contains(region.id()) || whole_.contains(region.text("provider"));
  }

  /// Regions that rent anything. Averages of a provider and dated observations are no places to go to.
  std::vector<Row> regions() const {
    std::vector<Row> out;
    for (const Row& region : catalog_.rows(Kind::region)) {
      if (run::is_site(region) && rents(region)) out.push_back(region);
    }
    return out;
  }

 private:
  const catalog::Catalog& catalog_;
  std::map<std::string, Places, std::less<>> devices_;
  Names rented_;
  Names whole_;
  Names providers_;
};

class Grouping {
 public:
  Grouping(const catalog::Catalog& catalog, const OfferQuestion& question)
      : catalog_(catalog), question_(question), market_(catalog) {}

  Availability run() {
    collect();
    if (question_.unavailable) {
      everything();
      return std::move(out_);
    }
    for (const std::string& device : devices_) place(device);
    say();
    return std::move(out_);
  }

 private:
  bool named_device() const { return !question_.devices.empty(); }
  bool named_region() const { return !question_.regions.empty(); }

  void collect() {
    devices_ = question_.devices;
    if (!named_device()) {
      for (const std::string_view kind : {"gpu", "tpu"}) {
        const auto more = rentable(catalog_, kind);
        devices_.insert(devices_.end(), more.begin(), more.end());
      }
    }
    if (!named_region()) {
      regions_ = market_.regions();
      return;
    }
    for (const std::string& id : question_.regions) {
      if (const auto row = catalog_.find(Kind::region, id)) regions_.push_back(*row);
    }
  }

  void everything() {
    OfferGroup all{.devices = devices_, .regions = {}};
    for (const Row& region : regions_) all.regions.emplace_back(region.id());
    if (!all.devices.empty() && !all.regions.empty()) out_.groups.push_back(std::move(all));
    out_.notes.emplace_back(
        "Offers are not looked at (--unavailable): all devices are searched in all places.");
  }

  bool offered(std::string_view device, const Places* places, const Row& region) const {
    const std::string_view provider = region.text("provider");
    if (named_region() && !market_.rents(region)) {
      if (!market_.known(provider)) return is_gpu(device);
      return places != nullptr && places->anywhere.contains(provider);
    }
    if (places == nullptr) return false;
    if (places->regions.contains(region.id())) return true;
    return places->providers.contains(provider);  // of which only the devices are known
  }

  bool is_gpu(std::string_view device) const {
    const auto row = catalog_.find(Kind::hardware, device);
    return row && row->text("kind") == "gpu";
  }

  void place(const std::string& device) {
    const Places* places = market_.find(device);
    std::vector<std::string> where;
    for (const Row& region : regions_) {
      const bool free = named_device() && places == nullptr;
      if (!free && !offered(device, places, region)) continue;
      where.emplace_back(region.id());
    }
    if (places != nullptr && !named_region()) {
      for (const std::string& provider : places->providers) add(regions_not_told_, provider);
    }
    if (places == nullptr) unknown_.push_back(device);
    if (where.empty()) {
      if (places != nullptr) elsewhere_.push_back(device);
      return;
    }
    if (places != nullptr) {
      for (const std::string& source : places->sources) add(out_.sources, source);
    }
    const auto same =
        std::ranges::find_if(out_.groups, [&](const OfferGroup& group) { return group.regions == where; });
    if (same == out_.groups.end())
      out_.groups.push_back({{device}, std::move(where)});
    else
      same->devices.push_back(device);
  }

  void say() {
    auto& notes = out_.notes;
    if (!named_device()) {
      std::vector<std::string> cards;
      for (const Row& row : catalog_.rows(Kind::hardware)) {
        if (row.text("made_for") == "inference" && market_.find(row.id()) != nullptr)
          cards.emplace_back(row.id());
      }
      if (!cards.empty())
        notes.push_back(
            "Devices made for inference are searched only where they are named: " + listed(cards) + '.');
    }
    if (!unknown_.empty() && named_device())
      notes.push_back("No offer of " + listed(unknown_) + " is known: all " +
                      std::to_string(regions_.size()) + " regions that rent anything are searched.");
    else if (!unknown_.empty())
      notes.push_back(counted(unknown_.size(), "device") +
                      " left out, no offer in a place of the tables is known: " + listed(unknown_) + '.');
    if (!elsewhere_.empty())
      notes.push_back(counted(elsewhere_.size(), "device") + " left out, not known to be offered " +
                      (named_region() ? "there: " : "anywhere: ") + listed(elsewhere_) + '.');
    for (const Row& region : regions_) {
      if (!named_region() || market_.rents(region)) continue;
      const std::string provider{region.text("provider")};
      notes.push_back("What can be rented in " + std::string{region.id()} + " is not known: " +
                      (market_.known(provider) ? "what " + provider + " rents elsewhere is searched."
                                               : std::string{"all GPUs with a price are searched."}));
    }
    if (!regions_not_told_.empty())
      notes.push_back("Of " + listed(regions_not_told_, " and ") +
                      " only the devices are known, not the regions that have them: all of their regions are "
                      "searched, and not each may have each device.");
  }

  const catalog::Catalog& catalog_;
  const OfferQuestion& question_;
  Market market_;
  std::vector<std::string> devices_;
  std::vector<Row> regions_;
  std::vector<std::string> unknown_;
  std::vector<std::string> elsewhere_;
  std::vector<std::string> regions_not_told_;  ///< providers whose offers name no region
  Availability out_;
};

}  // namespace

Availability availability(const catalog::Catalog& catalog, const OfferQuestion& question) {
  return Grouping{catalog, question}.run();
}

std::vector<std::string> rentable(const catalog::Catalog& catalog, std::string_view kind) {
  std::vector<std::string> out;
  for (const Row& row : catalog.rows(Kind::hardware)) {
    const bool sixteen = row.cell("peak_bf16") || row.cell("peak_fp16");
    if (row.text("kind") == kind && sixteen && row.text("made_for") != "inference" && run::on_sale(row) &&
        run::has_price(catalog, row.id()))
      out.emplace_back(row.id());
  }
  return out;
}

}  // namespace kwhatif::ask
