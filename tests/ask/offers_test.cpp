#include "support/catch.hpp"
#include <kwhatif/ask/offers.hpp>

#include <algorithm>
#include <set>

using namespace kwhatif;
using ask::Availability;
using ask::availability;
using catalog::Kind;
using catalog::Row;

namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

bool has(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// The regions in which a device is searched.
std::vector<std::string> where(const Availability& found, std::string_view device) {
  for (const auto& group : found.groups) {
    if (has(group.devices, device)) return group.regions;
  }
  return {};
}

std::set<std::string> providers(std::string_view device) {
  std::set<std::string> out;
  for (const Row& offer : tables().rows(Kind::offer)) {
    if (offer.text("hardware") == device) out.emplace(offer.text("provider"));
  }
  return out;
}

bool offered(std::string_view device, std::string_view region) {
  for (const Row& offer : tables().rows(Kind::offer)) {
    if (offer.text("hardware") != device) continue;
    for (const auto& cell : offer.cells("regions")) {
      if (cell.text() == region) return true;
    }
  }
  return false;
}

std::string all_notes(const Availability& found) {
  std::string out;
  for (const std::string& note : found.notes) out += note + '\n';
  return out;
}

}  // namespace

TEST_CASE("the offers say what the providers say") {
  using Names = std::set<std::string>;
  for (const std::string_view tpu : {"tpu-v2", "tpu-v3", "tpu-v4", "tpu-v5e", "tpu-v5p", "tpu-v6e"}) {
    CAPTURE(tpu);
    CHECK(providers(tpu) == Names{"gcp"});
  }
  CHECK(providers("trainium1") == Names{"aws"});
  CHECK(providers("inferentia2") == Names{"aws"});
  CHECK(providers("a10g") == Names{"aws"});
  CHECK(providers("gh200-96gb") == Names{"lambda"});
  CHECK(providers("h100-sxm5") ==
        Names{"aws", "azure", "coreweave", "crusoe", "gcp", "lambda", "nebius", "oci", "verda"});
  CHECK(offered("tpu-v4", "gcp:us-central2"));
  CHECK_FALSE(offered("tpu-v4", "gcp:us-central1"));
  CHECK(offered("tpu-v5p", "gcp:us-east5"));
  CHECK(offered("h100-sxm5", "aws:us-east-1"));
  CHECK(offered("h100-sxm5", "gcp:us-central1"));
  CHECK_FALSE(offered("h100-sxm5", "aws:eu-west-3"));
  CHECK(offered("v100-sxm2-32gb", "aws:eu-west-1"));
  CHECK_FALSE(offered("v100-sxm2-32gb", "aws:us-east-2"));
  CHECK(offered("b200-sxm", "aws:us-west-2"));
  CHECK(offered("h100-pcie", "scaleway:paris"));
  for (const std::string_view device : {"h100-sxm5", "tpu-v6e", "b200-sxm", "t4"})
    CHECK_FALSE(offered(device, "gcp:europe-north2"));
}

TEST_CASE("an offer is of its provider, under its name, in regions that are places") {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Row& offer : tables().rows(Kind::offer)) {
    const std::string provider{offer.text("provider")};
    CAPTURE(offer.id());
    CHECK(offer.id().starts_with(provider + '/' + std::string{offer.text("hardware")}));
    for (const auto& cell : offer.cells("regions")) {
      const auto region = tables().find(Kind::region, cell.text());
      REQUIRE(region);
      CHECK(region->text("provider") == provider);
      CHECK(cell.text().find('@') == std::string_view::npos);
      CHECK_FALSE(region->text("grid").empty());
      // said once
      CHECK(seen.emplace(offer.text("hardware"), cell.text()).second);
    }
  }
}

TEST_CASE("every device that can be rented has an offer, and is in one group") {
  const auto found = availability(tables(), {});
  std::set<std::string> seen;
  for (const auto& group : found.groups) {
    CHECK_FALSE(group.regions.empty());
    for (const std::string& device : group.devices) CHECK(seen.insert(device).second);
  }
  for (const std::string_view kind : {"gpu", "tpu"}) {
    for (const std::string& device : ask::rentable(tables(), kind)) {
      CAPTURE(device);
      // some are sold by providers alone whose places are not in the tables; that is said
      CHECK(seen.contains(device) == !providers(device).empty());
      if (providers(device).empty()) CHECK(all_notes(found).find(device) != std::string::npos);
    }
  }
  CHECK(all_notes(found).find("no offer in a place of the tables is known") != std::string::npos);
  CHECK(has(found.sources, "skypilot-catalog"));
}

TEST_CASE("a device is searched where it is offered, and in no other region") {
  const auto found = availability(tables(), {});
  for (const auto& group : found.groups) {
    for (const std::string& device : group.devices) {
      for (const std::string& region : group.regions) {
        CAPTURE(device, region);
        // of some providers only the devices are known: then all of their regions, as in sweeps
        const std::string provider = region.substr(0, region.find(':'));
        const bool by_provider = tables().find(Kind::offer, provider + '/' + device).has_value();
        CHECK((offered(device, region) || by_provider));
      }
    }
  }
  CHECK_FALSE(has(where(found, "gh200-96gb"), "gcp:europe-north2"));
  CHECK(has(where(found, "gh200-96gb"), "lambda:us-west-1"));
  CHECK(has(where(found, "h100-sxm5"), "oci:eu-stockholm-1"));
}

TEST_CASE("a named region leaves out the devices that it does not offer") {
  const auto found = availability(tables(), {.devices = {}, .regions = {"gcp:us-central1"}});
  REQUIRE(found.groups.size() == 1);
  CHECK(found.groups.front().regions == std::vector<std::string>{"gcp:us-central1"});
  CHECK(has(found.groups.front().devices, "tpu-v6e"));
  CHECK_FALSE(has(found.groups.front().devices, "gh200-96gb"));
  CHECK_FALSE(has(found.groups.front().devices, "tpu-v4"));
  CHECK(all_notes(found).find("left out, not known to be offered there: ") != std::string::npos);
  // what a provider rents somewhere may be in a region that is named
  const auto oracle = availability(tables(), {.devices = {}, .regions = {"oci:eu-stockholm-1"}});
  CHECK(has(where(oracle, "h100-sxm5"), "oci:eu-stockholm-1"));
  CHECK(where(oracle, "tpu-v6e").empty());
}

TEST_CASE("a named region of which nothing is known gets what its provider rents elsewhere, and says so") {
  const auto found = availability(tables(), {.devices = {}, .regions = {"azure:westeurope"}});
  CHECK_FALSE(where(found, "h100-sxm5").empty());
  CHECK(where(found, "tpu-v6e").empty());
  CHECK(where(found, "gh200-96gb").empty());
  CHECK(all_notes(found).find("What can be rented in azure:westeurope is not known") != std::string::npos);
  const auto own = availability(tables(), {.devices = {}, .regions = {"hpc:lumi"}});
  CHECK_FALSE(where(own, "gh200-96gb").empty());
  CHECK(where(own, "tpu-v6e").empty());
}

TEST_CASE("a named device is searched where it is offered, or where nothing is known, everywhere") {
  const auto tpu = availability(tables(), {.devices = {"tpu-v5p"}, .regions = {}});
  REQUIRE(tpu.groups.size() == 1);
  CHECK(tpu.notes.empty());
  for (const std::string& region : tpu.groups.front().regions) CHECK(region.starts_with("gcp:"));
  const auto trainium = availability(tables(), {.devices = {"trainium1"}, .regions = {}});
  CHECK(where(trainium, "trainium1") == std::vector<std::string>{"aws:us-east-1"});
  const auto none = availability(tables(), {.devices = {"mi210"}, .regions = {}});
  CHECK(where(none, "mi210").size() > 80);
  CHECK(all_notes(none).find("No offer of mi210 is known") != std::string::npos);
}

TEST_CASE("several named devices and regions are grouped by what is offered where") {
  const auto found = availability(tables(), {.devices = {"h100-sxm5", "tpu-v6e", "gh200-96gb"},
                                             .regions = {"gcp:us-central1", "aws:us-east-1"}});
  CHECK(where(found, "h100-sxm5") == std::vector<std::string>{"gcp:us-central1", "aws:us-east-1"});
  CHECK(where(found, "tpu-v6e") == std::vector<std::string>{"gcp:us-central1"});
  CHECK(where(found, "gh200-96gb").empty());
}
