// Loader's check across keys and rows: what each value allows alone, but nobody can mean together. What
// cannot be is an error; what can hardly be meant is a doubt, which a row answers with unusual = "why".
#include "loader.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace kwhatif::catalog {

namespace {

using quantity::significant;
namespace dim = quantity::dim;

// Beyond these, nothing that people plan runs with is known.
constexpr double per_kwh = 3.6e6;                  // J
constexpr double per_hour = 3600;                  // s
constexpr double largest_device_power = 5000;      // W; a wafer says why it is more
constexpr double dirtiest_grid = 1.400 / per_kwh;  // kg/J
constexpr double farthest_in_time = 2.5;           // times the median of the years around,
constexpr double largest_step =
    0.200 / per_kwh;                   // where that is more than a wet year makes of a grid of dams;
constexpr double farthest_of_all = 8;  // times the median, however little
constexpr double years_around = 3;
constexpr double widest_pue_gap = 0.15;                 // above or below all other sites of a provider
constexpr double thirstiest_site = 10 / per_kwh;        // L/J
constexpr double dearest_device_hour = 100 / per_hour;  // USD/s
constexpr double cheapest_device_hour = 0.01 / per_hour;
constexpr double rounding = 1.001;
constexpr std::size_t fewest_sites = 3;

std::string quoted(std::string_view text) { return '\'' + std::string{text} + '\''; }

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// All rows by kind and id, as the checks of one row need them.
class AllRows {
 public:
  explicit AllRows(const std::vector<RowDraft>& rows) {
    for (const RowDraft& row : rows) by_id_[static_cast<std::size_t>(row.kind)].emplace(row.id, &row);
  }
  /// The user's row before the one below it.
  const RowDraft* find(Kind kind, std::string_view id) const {
    const RowDraft* out = nullptr;
    each(kind, id, [&](const RowDraft& row) {
      if (out == nullptr || out->base) out = &row;
    });
    return out;
  }
  template <typename Do>
  void each(Kind kind, std::string_view id, const Do& act) const {
    const auto [first, last] = by_id_[static_cast<std::size_t>(kind)].equal_range(id);
    for (auto it = first; it != last; ++it) act(*it->second);
  }
  template <typename Do>
  void each(Kind kind, const Do& act) const {
    for (const auto& [id, row] : by_id_[static_cast<std::size_t>(kind)]) act(*row);
  }

 private:
  std::array<std::multimap<std::string_view, const RowDraft*>, kind_count> by_id_;
};

/// What is wrong with one row, handed to the loader.
struct Finding {
  std::string code;
  std::string message;
  diag::Span where;
  std::string help;
  diag::Severity severity;
};

class RowCheck {
 public:
  RowCheck(const RowDraft& row, const AllRows& all, bool edition, int edition_year, std::vector<Finding>& out)
      : row_(row), all_(all), edition_(edition), edition_year_(edition_year), out_(out) {}

  void all_kinds() {
    names();
    spreads();
    const bool observed = row_.kind == Kind::grid_intensity || row_.kind == Kind::region_year ||
                          row_.kind == Kind::trace || row_.kind == Kind::observation;
    const double latest = edition_year_ + (observed ? 0 : 1);
    const CellDraft* const year = row_.cell("year");
    if (own(year) && year->numeric && year->value > latest && row_.text("availability") != "announced")
      doubt(*year, "year " + year->text + " is in the future",
            "the tables are of " + std::to_string(edition_year_) +
                (observed ? "; what is observed is not younger" : ""));
  }

  void hardware() {
    constexpr std::array<std::array<std::string_view, 2>, 4> orders{{{"peak_fp32", "peak_bf16"},
                                                                     {"peak_tf32", "peak_bf16"},
                                                                     {"peak_bf16", "peak_fp8"},
                                                                     {"peak_fp8", "peak_fp4"}}};
    for (const auto& [wide, narrow] : orders) {
      const auto [w, n] = pair(wide, narrow);
      if (w != nullptr && w->value > n->value * rounding)
        doubt(either(*w, *n),
              std::string{wide} + ' ' + w->text + " is above " + std::string{narrow} + ' ' + n->text,
              "fewer bits are as fast or faster; both are dense peaks, without sparsity");
    }
    const CellDraft* const tdp = row_.cell("tdp");
    if (own(tdp) && tdp->numeric && (tdp->value < 1 || tdp->value > largest_device_power))
      doubt(*tdp, "tdp " + tdp->text + " of one device",
            "expected 1 W to 5 kW; of a whole server it is node_power of a host");
    for (const std::string_view key : {"idle_power", "average_power"}) {
      const auto [less, more] = pair(key, "tdp");
      const double factor = key == "idle_power" ? 1 : most_of_tdp;
      if (less != nullptr && less->value > factor * more->value)
        doubt(either(*less, *more), std::string{key} + ' ' + less->text + " for a tdp of " + more->text,
              key == "idle_power" ? "idle a device draws less than its tdp"
                                  : "with its host a device draws up to three times its tdp");
    }
    const CellDraft* const bandwidth = row_.cell("memory_bandwidth");
    if (own(bandwidth) && row_.cell("memory") == nullptr && row_.text("kind") != "cpu")
      doubt(*bandwidth, "memory_bandwidth without memory", "give memory, \"80 GB\"");
    price("price_on_demand");
    price("price_spot");
    family();
  }

  void host() {
    const CellDraft* const node = row_.cell("node_power");
    const CellDraft* const devices = row_.cell("devices");
    const RowDraft* const device = all_.find(Kind::hardware, row_.text("hardware"));
    const auto tdp = device != nullptr ? device->number("tdp") : std::nullopt;
    if (node == nullptr || devices == nullptr || !tdp || !(own(node) || own(devices))) return;
    const double sum = devices->value * *tdp;
    if (sum > node->value * rounding)
      doubt(either(*node, *devices),
            "node_power " + node->text + " is less than its devices alone, " + devices->text + " x " +
                quantity::human(*tdp, dim::power) + " of " + device->id,
            "expected more than " + quantity::human(sum, dim::power));
  }

  void region() {
    place("latitude", 90);
    place("longitude", 180);
  }

  void region_year() {
    intensity(Kind::region_year);
    const CellDraft* const wue = row_.cell("wue");
    if (own(wue) && wue->numeric && wue->value > thirstiest_site)
      doubt(*wue, "wue " + wue->text + " is implausible", "sites use 0 to 10 L/kWh, most less than 2");
    pue_among_provider();
  }

  void grid_intensity() { intensity(Kind::grid_intensity); }

  void price_row() {
    price("price");
    const CellDraft* const whole = row_.cell("instance_price");
    if (own(whole) && whole->numeric)
      price_each(*whole, whole->value / std::max(1.0, row_.number("devices").value_or(1)));
  }

 private:
  static constexpr double most_of_tdp = 3;

  static bool own(const CellDraft* cell) { return cell != nullptr && !cell->base; }
  static const CellDraft& either(const CellDraft& a, const CellDraft& b) { return a.base ? b : a; }

  // Both values where both are numbers and one is new.
  std::pair<const CellDraft*, const CellDraft*> pair(std::string_view one, std::string_view other) const {
    const CellDraft* const a = row_.cell(one);
    const CellDraft* const b = row_.cell(other);
    if (a == nullptr || b == nullptr || !a->numeric || !b->numeric || !(own(a) || own(b))) return {};
    return {a, b};
  }

  void fault(const CellDraft& cell, std::string code, std::string message, std::string help) {
    out_.push_back({std::move(code), std::move(message), cell.span, std::move(help), diag::Severity::error});
  }
  void doubt(const CellDraft& cell, std::string message, std::string help) {
    if (!row_.unusual.empty()) return;
    out_.push_back({"implausible", row_.id + ": " + std::move(message), cell.span,
                    std::move(help) + "; where it is meant, the row says why: unusual = \"…\"",
                    diag::Severity::warning});
  }
  void advise(const CellDraft& cell, std::string message, std::string help) {
    out_.push_back(
        {"advice", row_.id + ": " + std::move(message), cell.span, std::move(help), diag::Severity::note});
  }

  void names() {
    CellDraft id;
    id.span = row_.span;
    // places and what is theirs keep the codes of their sources
    constexpr std::array codes{Kind::grid,   Kind::grid_intensity, Kind::grid_loss, Kind::grid_water,
                               Kind::region, Kind::region_year,    Kind::trace};
    const bool code = std::find(codes.begin(), codes.end(), row_.kind) != codes.end();
    const auto is_bad = [&](char c) {
      return static_cast<unsigned char>(c) <= ' ' || (!code && c >= 'A' && c <= 'Z');
    };
    if (const auto bad = std::find_if(row_.id.begin(), row_.id.end(), is_bad); bad != row_.id.end()) {
      std::string better = row_.id;
      for (char& c : better) {
        if (c >= 'A' && c <= 'Z' && !code) c = static_cast<char>(c - 'A' + 'a');
        if (static_cast<unsigned char>(c) <= ' ') c = '-';
      }
      const std::string help = "write " + quoted(better) + " and the other spelling as name or alias";
      if (static_cast<unsigned char>(*bad) <= ' ')
        doubt(id, "an id with a blank", help);
      else if (edition_)
        doubt(id, "an id in capitals", help);
      else
        advise(id, "an id in capitals", help);
    }
    for (const std::string_view key : {"name", "title"}) {
      const CellDraft* const cell = row_.cell(key);
      if (own(cell) && diag::trimmed(cell->text).empty())
        fault(*cell, "bad-text", std::string{key} + " of '" + row_.id + "' is empty",
              "say what people call it");
    }
  }

  void spreads() {
    for (const CellDraft& cell : row_.cells) {
      if (cell.base || !cell.numeric || (cell.low == 0 && cell.high == 0) || cell.low > cell.high) continue;
      if (cell.value < cell.low || cell.value > cell.high)
        fault(cell, "bad-spread",
              std::string{schema(row_.kind).fields[cell.field].key} + " of '" + row_.id +
                  "' is outside its own low and high",
              "low, value and high stand in this order");
    }
  }

  void place(std::string_view key, int most) {
    const CellDraft* const cell = row_.cell(key);
    if (own(cell) && cell->numeric && std::fabs(cell->value) > most)
      fault(*cell, "out-of-range", std::string{key} + " = " + cell->text + " is not on Earth",
            "expected -" + std::to_string(most) + " to " + std::to_string(most) +
                " degrees, south and west negative");
  }

  void price(std::string_view key) {
    const CellDraft* const cell = row_.cell(key);
    if (own(cell) && cell->numeric) price_each(*cell, cell->value);
  }
  void price_each(const CellDraft& cell, double each) {
    if (each >= cheapest_device_hour && each <= dearest_device_hour) return;
    doubt(cell, significant(each * per_hour) + " USD for an hour of one device",
          "expected 0.01 to 100 USD; price is that of one device, instance_price that of a machine with "
          "devices");
  }

  // A device that no family names is predicted as its class, more widely.
  void family() {
    const CellDraft id = at_id();
    if (row_.cell("tdp") == nullptr && row_.cell("peak_fp32") == nullptr &&
        row_.cell("peak_bf16") == nullptr && row_.cell("peak_fp16") == nullptr)
      return;
    bool found = false;
    bool any = false;
    all_.each(Kind::device_family, [&](const RowDraft& family) {
      any = true;
      for (const std::string_view member : diag::parts(family.text("members"), ' '))
        found = found || (row_.id.starts_with(member) &&
                          (row_.id.size() == member.size() || row_.id[member.size()] == '-'));
    });
    if (any && !found && !keeps_any())
      advise(id,
             "no device family names this device: its time and power are predicted as those of any " +
                 std::string{row_.text("kind")} + ", with a wider band",
             "a row of kind device_family with members = \"" + row_.id + "\" says what it is like");
  }
  bool keeps_any() const {
    return std::any_of(row_.cells.begin(), row_.cells.end(), [](const CellDraft& c) { return c.base; });
  }
  CellDraft at_id() const {
    CellDraft id;
    id.span = row_.span;
    return id;
  }

  void intensity(Kind kind) {
    const CellDraft* const cell = row_.cell("carbon_intensity");
    if (!own(cell) || !cell->numeric) return;
    const auto grams = [](double value) { return significant(1000 * value * per_kwh) + " g/kWh"; };
    if (cell->value > dirtiest_grid)
      return doubt(*cell, grams(cell->value) + " is more than any grid emits", "expected 0 to 1,400 g/kWh");
    std::vector<double> around;
    const double year = row_.number("year").value_or(0);
    all_.each(kind, row_.id, [&](const RowDraft& other) {
      const auto value = other.number("carbon_intensity");
      const bool alike =
          other.text("boundary") == row_.text("boundary") && other.text("basis") == row_.text("basis") &&
          other.text("signal") == row_.text("signal") && other.text("accounting") == row_.text("accounting");
      const bool near = std::fabs(other.number("year").value_or(0) - year) <= years_around;
      if (&other != &row_ && value && *value > 0 && alike && near && !(other.base && replaces(row_, other)))
        around.push_back(*value);
    });
    if (around.empty() || cell->value <= 0) return;
    const double usual = median(std::move(around));
    const double ratio = cell->value / usual;
    const double apart = std::max(ratio, 1 / ratio);
    const bool step = std::fabs(cell->value - usual) > largest_step;
    if (apart > farthest_of_all || (apart > farthest_in_time && step))
      doubt(*cell,
            grams(cell->value) + " in " + std::string{row_.text("year")} + " is " + significant(apart) +
                " times " + (ratio > 1 ? "more" : "less") + " than the median of the years around it, " +
                grams(usual),
            "of one place and definition, values of neighbouring years differ by less than 2.5 times");
  }

  void pue_among_provider() {
    const CellDraft* const pue = row_.cell("pue");
    const RowDraft* const site = all_.find(Kind::region, row_.id);
    if (!own(pue) || !pue->numeric || site == nullptr || site->text("provider").empty()) return;
    std::set<std::string_view> sites;
    double low = pue->value;
    double high = pue->value;
    all_.each(Kind::region_year, [&](const RowDraft& other) {
      const auto value = other.number("pue");
      if (other.id == row_.id || !value) return;
      const RowDraft* const of = all_.find(Kind::region, other.id);
      if (of == nullptr || of->text("provider") != site->text("provider")) return;
      low = sites.empty() ? *value : std::min(low, *value);
      high = sites.empty() ? *value : std::max(high, *value);
      sites.insert(other.id);
    });
    if (sites.size() < fewest_sites ||
        (pue->value >= low - widest_pue_gap && pue->value <= high + widest_pue_gap))
      return;
    doubt(*pue, "pue " + pue->text + " is far from the other sites of " + std::string{site->text("provider")},
          "those are " + significant(low) + " to " + significant(high));
  }

  const RowDraft& row_;
  const AllRows& all_;
  bool edition_;  // a whole one, not rows of a user
  int edition_year_;
  std::vector<Finding>& out_;
};

// Names that several rows claim: legal, where one of them says that it is the one that is meant.
void names_of_several(const std::vector<RowDraft>& rows, std::vector<Finding>& out) {
  struct Claim {
    const RowDraft* row;
    const CellDraft* cell;
  };
  std::map<std::pair<Kind, std::string>, std::vector<Claim>> claims;
  std::set<std::pair<Kind, std::string>> decided;
  for (const RowDraft& row : rows) {
    for (const CellDraft& cell : row.cells) {
      const std::string_view key = schema(row.kind).fields[cell.field].key;
      if (key == "default_for") decided.emplace(row.kind, diag::fold(cell.text));
      if (key == "aliases") claims[{row.kind, diag::fold(cell.text)}].push_back({&row, &cell});
    }
    decided.emplace(row.kind, diag::fold(row.id));
  }
  for (const auto& [name, claimants] : claims) {
    if (decided.contains(name)) continue;
    const Claim* mine = nullptr;
    std::string others;
    for (const Claim& claim : claimants) {
      if (mine == nullptr && !claim.row->base && !claim.cell->base)
        mine = &claim;
      else if (mine == nullptr || claim.row->id != mine->row->id)
        others += (others.empty() ? "" : ", ") + claim.row->id;
    }
    if (mine == nullptr || others.empty() || others == mine->row->id) continue;
    out.push_back({"ambiguous-name",
                   mine->row->id + ": the name " + quoted(mine->cell->text) + " also stands for " + others,
                   mine->cell->span,
                   "default_for = [\"" + mine->cell->text + "\"] in one of the rows says which is meant",
                   diag::Severity::note});
  }
}

}  // namespace

void Loader::check_across() {
  if (std::all_of(rows_.begin(), rows_.end(), [](const RowDraft& row) { return row.base; })) return;
  constexpr int before_names = 2026;  // tables without an edition are of this year
  int year = 0;
  for (const char c : edition_.substr(0, 4)) year = 10 * year + (c - '0');
  const AllRows all(rows_);
  std::vector<Finding> found;
  for (const RowDraft& row : rows_) {
    if (row.base) continue;
    RowCheck check(row, all, purpose_ == Purpose::whole, year > 0 ? year : before_names, found);
    check.all_kinds();
    if (row.kind == Kind::hardware) check.hardware();
    if (row.kind == Kind::host) check.host();
    if (row.kind == Kind::region) check.region();
    if (row.kind == Kind::region_year) check.region_year();
    if (row.kind == Kind::grid_intensity) check.grid_intensity();
    if (row.kind == Kind::price) check.price_row();
  }
  names_of_several(rows_, found);
  // what is refused already is not doubted, and advice is for the user, when all else is well
  const auto is_error = [](const auto& d) { return d.severity == diag::Severity::error; };
  const bool refused = std::any_of(diagnostics_.begin(), diagnostics_.end(), is_error) ||
                       std::any_of(found.begin(), found.end(), is_error);
  std::set<std::pair<int, int>> faulty;
  for (const diag::Diagnostic& d : diagnostics_) {
    if (is_error(d)) faulty.emplace(d.where.line, d.where.column);
  }
  for (Finding& f : found) {
    if (enough()) return;
    if ((refused || purpose_ == Purpose::whole) && f.severity == diag::Severity::note) continue;
    if (faulty.contains({f.where.line, f.where.column})) continue;
    fault(std::move(f.code), std::move(f.message), f.where, std::move(f.help), f.severity);
  }
}

}  // namespace kwhatif::catalog
