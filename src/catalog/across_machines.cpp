// Checks of devices, hosts and prices: peaks against each other, a server against its devices.
#include "across.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>

namespace kwhatif::catalog {

namespace {

using quantity::human;
namespace dim = quantity::dim;

// Beyond these, nothing that people plan runs with is known.
constexpr double per_hour = 3600;  // s
constexpr double kilo = 1e3;
constexpr double largest_device_power = 5000;           // W; a wafer says why it is more
constexpr double dearest_device_hour = 100 / per_hour;  // USD/s
constexpr double cheapest_device_hour = 0.01 / per_hour;
constexpr double rounding = 1.001;
constexpr double most_of_tdp = 3;
constexpr double least_idle = 0.05;                // of the tdp, where nothing is said
constexpr double most_of_devices = 10;             // times what the devices may draw, and
constexpr double largest_bare_host = 3000;         // W, what a server without much in it draws
constexpr double largest_unknown_device = 30000;   // W
constexpr double largest_host_share = 5000;        // W for one device
constexpr double least_device_memory = 0.5e9;      // B; a wafer of SRAM has 0.9 GB
constexpr double most_device_memory = 10e12;       // B
constexpr double least_host_memory = 1e9;          // B
constexpr double most_host_memory = 100e12;        // B
constexpr double least_device_embodied = 1;        // kg
constexpr double most_device_embodied = 5 * kilo;  // kg
constexpr double least_host_embodied = 50;         // kg
constexpr double most_host_embodied = 10 * kilo;   // kg, and as much as its devices can

void between(RowCheck& check, std::string_view key, double low, double high, const std::string& of,
             const std::string& help) {
  const CellDraft* const cell = check.own_number(key);
  if (cell != nullptr && (cell->value < low || cell->value > high))
    check.doubt(*cell, std::string{key} + ' ' + cell->text + " of one " + of, help);
}

void price_each(RowCheck& check, const CellDraft& cell, double each) {
  if (each >= cheapest_device_hour && each <= dearest_device_hour) return;
  check.doubt(cell, quantity::significant(each * per_hour) + " USD for an hour of one device",
              "expected 0.01 to 100 USD; price is that of one device, instance_price that of a machine with "
              "devices");
}
void price(RowCheck& check, std::string_view key) {
  const CellDraft* const cell = check.row().cell(key);
  if (check.own(cell) && cell->numeric) price_each(check, *cell, cell->value);
}

bool keeps_any(const RowDraft& row) {
  return std::any_of(row.cells.begin(), row.cells.end(), [](const CellDraft& c) { return c.base; });
}

// A device that no family names is predicted as its class, more widely.
void family(RowCheck& check) {
  const CellDraft id = check.at_id();
  if (check.row().cell("tdp") == nullptr && check.row().cell("peak_fp32") == nullptr &&
      check.row().cell("peak_bf16") == nullptr && check.row().cell("peak_fp16") == nullptr)
    return;
  bool found = false;
  bool any = false;
  check.all().each(Kind::device_family, [&](const RowDraft& family) {
    any = true;
    for (const std::string_view member : diag::parts(family.text("members"), ' '))
      found = found || (check.row().id.starts_with(member) &&
                        (check.row().id.size() == member.size() || check.row().id[member.size()] == '-'));
  });
  if (any && !found && !keeps_any(check.row()))
    check.advise(
        id,
        "no device family names this device: its time and power are predicted as those of any " +
            std::string{check.row().text("kind")} + ", with a wider band",
        "a row of kind device_family with members = \"" + check.row().id + "\" says what it is like");
}

}  // namespace

void check_hardware(RowCheck& check) {
  constexpr std::array<std::array<std::string_view, 2>, 4> orders{{{"peak_fp32", "peak_bf16"},
                                                                   {"peak_tf32", "peak_bf16"},
                                                                   {"peak_bf16", "peak_fp8"},
                                                                   {"peak_fp8", "peak_fp4"}}};
  for (const auto& [wide, narrow] : orders) {
    const auto [w, n] = check.pair(wide, narrow);
    if (w != nullptr && w->value > n->value * rounding)
      check.doubt(check.either(*w, *n),
                  std::string{wide} + ' ' + w->text + " is above " + std::string{narrow} + ' ' + n->text,
                  "fewer bits are as fast or faster; both are dense peaks, without sparsity");
  }
  const CellDraft* const tdp = check.row().cell("tdp");
  if (check.own(tdp) && tdp->numeric && (tdp->value < 1 || tdp->value > largest_device_power))
    check.doubt(*tdp, "tdp " + tdp->text + " of one device",
                "expected 1 W to 5 kW; of a whole server it is node_power of a host");
  for (const std::string_view key : {"idle_power", "average_power"}) {
    const auto [less, more] = check.pair(key, "tdp");
    const double factor = key == "idle_power" ? 1 : most_of_tdp;
    if (less != nullptr && less->value > factor * more->value)
      check.doubt(check.either(*less, *more),
                  std::string{key} + ' ' + less->text + " for a tdp of " + more->text,
                  key == "idle_power" ? "idle a device draws less than its tdp"
                                      : "with its host a device draws up to three times its tdp");
  }
  const CellDraft* const bandwidth = check.row().cell("memory_bandwidth");
  if (check.own(bandwidth) && check.row().cell("memory") == nullptr && check.row().text("kind") != "cpu")
    check.doubt(*bandwidth, "memory_bandwidth without memory", "give memory, \"80 GB\"");
  between(check, "memory", least_device_memory, most_device_memory, "device", "expected 0.5 GB to 10 TB");
  between(check, "embodied", least_device_embodied, most_device_embodied, "device",
          "boards are published with 10 to 700 kg; of a whole server it is embodied of a host");
  price(check, "price_on_demand");
  price(check, "price_spot");
  family(check);
}

namespace {

// A server against the devices in it.
void against_devices(RowCheck& check, const CellDraft& count, const RowDraft& device, double tdp) {
  const std::string devices = count.text + " x ";
  const double most = count.value * tdp;
  const CellDraft* const node = check.row().cell("node_power");
  if (node != nullptr && node->numeric && (check.own(node) || check.own(&count))) {
    const CellDraft& blamed = check.either(*node, count);
    const std::string drawn = devices + human(tdp, dim::power) + " of " + device.id;
    if (most > node->value * rounding)
      check.doubt(blamed, "node_power " + node->text + " is less than its devices alone, " + drawn,
                  "expected more than " + human(most, dim::power));
    else if (node->value > most_of_devices * most + largest_bare_host)
      check.doubt(blamed, "node_power " + node->text + " is far more than its devices, " + drawn,
                  "node_power is the rating of one node");
  }
  const CellDraft* const average = check.row().cell("average_node_power");
  if (average == nullptr || !average->numeric || !(check.own(average) || check.own(&count))) return;
  const auto said = device.number("idle_power");
  const double idle = said.value_or(least_idle * tdp);
  if (average->value < count.value * idle)
    check.doubt(check.either(*average, count),
                "average_node_power " + average->text + " is less than its devices draw when idle, " +
                    devices + human(idle, dim::power) + " of " + device.id +
                    (said ? "" : " (a twentieth of its tdp)"),
                "it is what the whole node draws on average while it trains");
}

}  // namespace

void check_host(RowCheck& check) {
  const RowDraft& row = check.row();
  const CellDraft* const devices = row.cell("devices");
  const RowDraft* const device = check.all().find(Kind::hardware, row.text("hardware"));
  const auto tdp = device != nullptr ? device->number("tdp") : std::nullopt;
  const double count = std::max(1.0, row.number("devices").value_or(1));
  if (devices != nullptr && devices->numeric && devices->value >= 1 && tdp)
    against_devices(check, *devices, *device, *tdp);
  else if (const CellDraft* const node = check.own_number("node_power");
           node != nullptr && node->value > count * largest_unknown_device)
    check.doubt(
        *node,
        "node_power " + node->text + " for " + std::to_string(static_cast<long long>(count)) + " devices",
        "expected less than 30 kW a device");
  const auto [average, rating] = check.pair("average_node_power", "node_power");
  if (average != nullptr && average->value > rating->value * rounding)
    check.doubt(check.either(*average, *rating),
                "average_node_power " + average->text + " is above node_power " + rating->text,
                "what a node draws on average is not above its rating");
  if (const CellDraft* const share = check.own_number("host_power");
      share != nullptr && share->value > largest_host_share)
    check.doubt(*share, "host_power " + share->text + " for one device",
                "it is the share of one device in what the node draws beside its devices, 0 W to 1 kW");
  if (const auto [share, node] = check.pair("host_power", "node_power");
      share != nullptr && share->value <= largest_host_share && share->value * count > node->value * rounding)
    check.doubt(check.either(*share, *node),
                "host_power " + share->text + " of " + std::to_string(static_cast<long long>(count)) +
                    " devices is more than node_power " + node->text,
                "host_power is that of one device, node_power of all of them with their host");
  between(check, "memory", least_host_memory, most_host_memory, "node", "expected 1 GB to 100 TB");
  between(check, "embodied", least_host_embodied, most_host_embodied + count * most_device_embodied, "node",
          "servers are published with 1 to 10 t");
}

namespace {

// "2026", "2026-09" or "2026-09-19".
bool is_day(std::string_view text) {
  constexpr std::string_view form = "0000-00-00";
  constexpr std::array lengths{std::size_t{4}, std::size_t{7}, form.size()};
  if (std::find(lengths.begin(), lengths.end(), text.size()) == lengths.end()) return false;
  return std::equal(text.begin(), text.end(), form.begin(), [](char have, char want) {
    return want == '-' ? have == '-' : have >= '0' && have <= '9';
  });
}

}  // namespace

void check_price(RowCheck& check) {
  const CellDraft* const date = check.row().cell("date");
  if (check.own(date) && !is_day(date->text))
    check.fault(*date, "bad-date", "date of '" + check.row().id + "' is no day: " + quoted(date->text),
                "write \"2026-09-19\", \"2026-09\" or \"2026\"");
  else if (check.own(date) && quantity::whole_number(std::string_view{date->text}.substr(0, 4)).value_or(0) >
                                  check.edition_year() + 1)
    check.doubt(*date, "date " + date->text + " is in the future",
                "the tables are of " + std::to_string(check.edition_year()));
  price(check, "price");
  if (const CellDraft* const whole = check.own_number("instance_price"))
    price_each(check, *whole, whole->value / std::max(1.0, check.row().number("devices").value_or(1)));
}

}  // namespace kwhatif::catalog
