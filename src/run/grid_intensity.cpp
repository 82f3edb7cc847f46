#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/grid_intensity.hpp>
#include <kwhatif/run/place.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>
#include <vector>

namespace kwhatif::run {

using catalog::Kind;
using catalog::Row;

namespace {

constexpr double yearly = 0.32;        // scale of one year's change, over G
constexpr double left_country = 0.40;  // share of it that is left after bridging by the production series
constexpr double left_zone = 0.70;
constexpr double follows_zone = 0.70;  // a zone follows its country's production less than one to one
constexpr double drift = -0.09;        // per year, over G
constexpr double source_scale = 0.06, site_of_country = 0.05, site_of_zone = 0.10;
constexpr double half_band = 0.741, most_band = 2.132;  // t of four degrees: half and nine tenths within
constexpr double per_kwh = 3.6e9;                       // g/kWh of one kg/J
constexpr double far_apart = 0.2;                       // ln, of two methods
constexpr double same_value = 0.05;                     // g/kWh: a table that repeats itself is an estimate
constexpr double hours_of_year = 8760;
constexpr double moves_together = 0.3;  // correlation of two grids of Europe

double square(double x) { return x * x; }

std::string grams(double g) { return quantity::significant(g) + " g"; }

struct Value {
  double g = 0;
  Row row;
};
using Years = std::map<int, Value>;

// All yearly means of a place by source and boundary: rows of the grid, then those of regions that lie on it.
class Series {
 public:
  Series(const catalog::Catalog& tables, std::string_view place) {
    for (const Row& row : tables.all(Kind::grid_intensity, place)) add(row);
    for (const Row& region : tables.rows(Kind::region)) {
      if (region.text("grid") != place) continue;
      for (const Row& row : tables.all(Kind::region_year, region.id())) add(row);
    }
  }

  const Years& of(std::string_view source, std::string_view boundary) const {
    static const Years none;
    const auto found = years_.find(std::pair{std::string{source}, std::string{boundary}});
    return found == years_.end() ? none : found->second;
  }

  struct Newest {
    std::optional<Value> live;
    std::optional<Value> frozen;  // shows the same value in two years: an estimate, no statistic
    int live_year = 0, frozen_year = 0;
  };
  /// The newest value not after a year; of one year that of the first source.
  Newest newest(const std::vector<std::string>& sources, std::string_view boundary, int until,
                std::string_view last_resort = {}) const {
    Newest out;
    std::tuple<bool, int, int> best_live{}, best_frozen{};
    int rank = 0;
    for (const std::string& source : sources) {
      --rank;
      const Years& years = of(source, boundary);
      for (const auto& [year, value] : years) {
        if (year > until) continue;
        const bool repeats = std::ranges::any_of(years, [&, y = year, g = value.g](const auto& other) {
          return other.first != y && std::fabs(other.second.g - g) < same_value;
        });
        const std::tuple key{source != last_resort, year, rank};
        auto& best = repeats ? best_frozen : best_live;
        auto& taken = repeats ? out.frozen : out.live;
        if (taken && key <= best) continue;
        best = key;
        taken = value;
        (repeats ? out.frozen_year : out.live_year) = year;
      }
    }
    return out;
  }

 private:
  void add(const Row& row) {
    const auto cell = row.cell("carbon_intensity");
    const auto year = row.number("year");
    if (!cell || !year || row.text("accounting") == "market" || row.text("signal") == "marginal") return;
    years_[std::pair{std::string{row.source()}, std::string{row.text("boundary")}}].emplace(
        static_cast<int>(*year), Value{cell->value() * per_kwh, row});
  }

  std::map<std::pair<std::string, std::string>, Years> years_;
};

std::string country_of(const catalog::Catalog& tables, std::string_view place) {
  std::string at{place};
  for (int step = 0; step < 8; ++step) {  // a loop of parents is a fault of the tables, not of a run
    const auto row = tables.find(Kind::grid, at);
    if (!row) break;
    const std::string_view kind = row->text("kind");
    if (kind == "country" || kind == "world" || kind == "region" || row->text("parent").empty()) break;
    at = row->text("parent");
  }
  return at;
}

// A place that always moved less or more than its level suggests: its own squared changes, clipped, against
// ten of the usual size.
double restless(const std::vector<const Years*>& series) {
  constexpr double prior = 13, each = 1.3, most = 6, floor_of_change = 6;
  double sum = 0, n = 0;
  for (const Years* years : series) {
    for (auto it = years->begin(); it != years->end(); ++it) {
      const auto next = std::next(it);
      if (next == years->end() || next->first != it->first + 1) continue;
      const double was = it->second.g, is = next->second.g;
      if (was <= floor_of_change || std::fabs(is - was) <= same_value || is <= 0) continue;
      sum += std::min(most, square(std::log(is / was) / (yearly * volatility(was))));
      ++n;
    }
  }
  return std::sqrt((prior + sum) / (prior + each * n));
}

}  // namespace

double volatility(double g) { return std::max(1 - 15 / g, 0.2) * std::pow(std::max(1 - g / 800, 0.38), 1.8); }

double upstream_part(double direct) { return 18 + 78 * direct / (direct + 150); }

double direct_part(double life_cycle) {
  const double b = life_cycle - 18;
  return std::max(0.0, ((b - 228) + std::sqrt(square(228 - b) + 600 * std::max(b, 0.0))) / 2);
}

double scale_of_direct(double direct) { return direct < 100 ? 0.12 : 0.055; }

double scale_of_factors(double g) {
  const double rising = 0.08 * std::max(g - 20, 0.0);
  constexpr double fixed = 12;
  return std::min(0.5, std::sqrt(rising * rising + fixed * fixed) / g);
}

std::optional<double> scale_of_production(double g, bool interconnected) {
  if (!interconnected || g >= 250) return 0.14;
  if (g >= 60) return 0.36;
  return std::nullopt;
}

double scale_of_hours(double g, double hours) {
  if (hours >= hours_of_year) return 0;
  const double d = std::max(hours, 1.0);
  return 0.5 * std::sqrt(volatility(g)) * std::max(1 - g / 800, 0.2) * (1 - d / hours_of_year) *
         std::sqrt(0.35 + 0.65 / (1 + d / 60) + 0.3 / (1 + square(d / 12)));
}

std::string_view name(IntensityStatus status) {
  constexpr std::array<std::string_view, 7> names{"read",           "bridged", "converted", "conflict",
                                                  "zone-ambiguous", "as-is",   "refused"};
  return names[static_cast<std::size_t>(status)];
}

double IntensityScales::total(bool with_factors) const {
  const double f = with_factors ? factors : 0;
  return std::sqrt(square(source) + square(site) + square(direct) + square(production) + square(conflict) +
                   square(zone) + square(bridge) + square(year) + square(hours) + square(f));
}

std::string GridIntensity::definition() const {
  std::string out = boundary == "unstated" ? "boundary not stated" : boundary;
  out += ", " + (basis.empty() || basis == "unstated" ? "basis not stated" : basis) + ", average, ";
  if (data_year == 0) return out + "year not stated";
  out += std::to_string(data_year);
  if (data_year != read_year) out += " bridged from " + std::to_string(read_year);
  return out;
}

std::pair<double, double> GridIntensity::band(double share) const {
  const double s = scales.total() * (share > 0.7 ? most_band : half_band);
  return {g_per_kwh * std::exp(shift - s), g_per_kwh * std::exp(shift + s)};
}

predict::Distribution GridIntensity::distribution() const {
  predict::Distribution out;
  out.tails = predict::Tails::student4;
  out.location = std::log(g_per_kwh / per_kwh) + shift;
  out.deviation = scales.total();
  out.tier = status == IntensityStatus::read || status == IntensityStatus::bridged ? predict::Tier::known
                                                                                   : predict::Tier::borrowed;
  const double all = square(out.deviation);
  const double factors = square(scales.factors) / all;
  const double together = europe ? moves_together * (1 - factors) : 0;
  if (factors > 0) out.parts.push_back({"life-cycle factors", factors});
  if (together > 0) out.parts.push_back({"grids of Europe", together});
  out.parts.push_back({"grid " + place, 1 - factors - together});
  return out;
}

GridIntensity comparable(const catalog::Catalog& tables, std::string_view asked, int year) {
  GridIntensity out;
  out.place = asked;
  out.run_year = year;
  const auto bases = words_of(tables, "grid-life-cycle-sources");
  const auto trend = words_of(tables, "grid-trend-source").front();
  const auto direct_sources = words_of(tables, "grid-direct-sources");
  const auto stacks = words_of(tables, "grid-stack-sources");
  const std::string& last_resort = bases.back();
  Series own{tables, asked};
  // the other code of the same place, where that one has the yearly values of consumption
  if (!own.newest(bases, "life-cycle", year).live) {
    for (const std::string& code : codes_of(tables, asked)) {
      Series other{tables, code};
      if (!other.newest(bases, "life-cycle", year).live) continue;
      own = std::move(other);
      out.place = code;
      break;
    }
  }
  out.country = country_of(tables, out.place);
  const bool zone = out.country != out.place;
  const Series nation{tables, out.country};
  const auto europe = words_of(tables, "grids-of-europe");
  out.europe = std::ranges::find(europe, out.country) != europe.end();

  Years production;
  for (const auto& [y, value] : nation.of(trend, "life-cycle")) {
    if (y <= year && value.g > 0) production.emplace(y, value);
  }
  const auto in = [&](int y) -> std::optional<double> {
    const auto found = production.find(y);
    return found == production.end() ? std::nullopt : std::optional{found->second.g};
  };
  IntensityScales& scales = out.scales;
  scales.source = source_scale;
  scales.site = zone ? site_of_zone : site_of_country;
  std::vector<std::string> steps;
  const auto newest = own.newest(bases, "life-cycle", year, last_resort);
  std::optional<double> g;
  const auto take = [&](const Value& value, int of) {
    g = value.g;
    out.row = value.row;
    out.read_year = of;
  };
  const auto take_direct = [&](const Value& value, int of, std::string_view what) {
    take(value, of);
    *g += upstream_part(value.g);
    scales.direct = scale_of_direct(value.g);
    steps.push_back(std::string{what} + grams(value.g) + " + " + grams(upstream_part(value.g)) + " upstream");
  };
  if (newest.live && newest.live->g > 0) take(*newest.live, newest.live_year);
  const auto direct = own.newest(direct_sources, "direct", year);
  constexpr int newer = 2;
  if (direct.live && (!g || direct.live_year - out.read_year >= newer))
    take_direct(*direct.live, direct.live_year, "direct ");
  // two methods, neither of them a yearly life-cycle statistic of consumption
  const bool made = scales.direct > 0;
  if (!zone && (made || (!g && newest.frozen && newest.frozen->g > 0))) {
    const double first = made ? *g : newest.frozen->g;
    const int of = made ? out.read_year : newest.frozen_year;
    const auto other = in(of);
    if (other && std::fabs(std::log(first / *other)) > far_apart) {
      if (!made) out.row = newest.frozen->row;
      out.sources.push_back(trend);
      out.read_year = of;
      g = std::sqrt(first * *other);
      scales.conflict = std::max(far_apart, std::fabs(std::log(first / *other)) / 2);
      steps.push_back("middle of two methods, " + grams(first) + " and " + grams(*other) + " (" + trend +
                      ')');
    }
  }
  if (!g && !zone && !production.empty()) {
    const auto isolated = words_of(tables, "grids-without-interconnection");
    const auto& [of, value] = *production.rbegin();
    const bool lines = std::ranges::find(isolated, out.country) == isolated.end();
    const auto scale = scale_of_production(value.g, lines);
    if (!scale) {
      out.refused = "only the mix of production is known, " + grams(value.g) +
                    "/kWh, and on a clean grid with lines abroad imports decide";
      return out;
    }
    take(value, of);
    scales.production = *scale;
    steps.push_back("production for consumption");
  }
  if (!g) {
    const auto stack = own.newest(stacks, "direct", year);
    if (stack.live) {
      constexpr double of_clean = 0.6;
      take_direct(*stack.live, stack.live_year, "direct production ");
      scales.production = scale_of_production(*g, true).value_or(of_clean);
    }
  }
  if (!g) {
    out.refused =
        "no yearly life-cycle value of what is used there, and its nation's would be wrong by a factor";
    return out;
  }
  out.sources.insert(out.sources.begin(), std::string{out.row->source()});
  double x = *g;
  out.data_year = out.read_year;
  const auto at_read = in(out.read_year);
  const bool importer = !zone && at_read && x > 1.25 * *at_read;
  if (at_read && production.rbegin()->first > out.read_year) {
    out.data_year = production.rbegin()->first;
    const double factor = std::pow(production.rbegin()->second.g / *at_read, zone ? follows_zone : 1);
    x *= factor;
    out.sources.push_back(trend);
    steps.push_back(std::to_string(out.read_year) + " to " + std::to_string(out.data_year) +
                    " by production of " + out.country + " (x " + quantity::significant(factor) + ')');
  }
  std::vector<const Years*> history;
  for (const std::string& source : bases) {
    if (source != last_resort) history.push_back(&own.of(source, "life-cycle"));
  }
  history.push_back(&nation.of(trend, "life-cycle"));
  const double G = volatility(x);
  const double change = yearly * G * restless(history);
  const int ahead = std::max(0, year - out.data_year);
  const int bridged = out.data_year - out.read_year;
  scales.bridge = change * std::sqrt((zone || importer ? left_zone : left_country) * bridged);
  scales.year = change * std::sqrt(static_cast<double>(ahead));
  scales.factors = scale_of_factors(x);
  out.shift = drift * G * ahead;
  out.g_per_kwh = x;
  out.steps = diag::listed(steps, "; ");
  const bool only_bridged = steps.size() == 1 && bridged > 0;
  out.status = steps.empty()         ? IntensityStatus::read
               : scales.conflict > 0 ? IntensityStatus::conflict
               : only_bridged        ? IntensityStatus::bridged
                                     : IntensityStatus::converted;
  return out;
}

GridIntensity either(const GridIntensity& one, const GridIntensity& other) {
  if (!one.comparable()) return one;
  if (!other.comparable()) return other;
  const bool first = one.scales.total() >= other.scales.total();
  GridIntensity out = first ? one : other;
  out.scales.zone = std::max(0.1, std::fabs(std::log(one.g_per_kwh / other.g_per_kwh)) / 2);
  out.g_per_kwh = std::sqrt(one.g_per_kwh * other.g_per_kwh);
  out.status = IntensityStatus::ambiguous;
  out.steps += (out.steps.empty() ? "" : "; ") + std::string{"middle of two zones, "} + one.place + ' ' +
               grams(one.g_per_kwh) + " and " + other.place + ' ' + grams(other.g_per_kwh);
  out.place = one.place + " or " + other.place;
  out.sources.insert(out.sources.end(), one.sources.begin(), one.sources.end());
  out.sources.insert(out.sources.end(), other.sources.begin(), other.sources.end());
  return out;
}

int planned_year(const catalog::Catalog& tables) {
  constexpr int second_half = 7;
  return tables.edition_year() + (tables.edition_month() >= second_half ? 1 : 0);
}

GridIntensity as_it_is(const catalog::Catalog& tables, std::string_view place, const Row& row) {
  GridIntensity out;
  out.status = IntensityStatus::as_is;
  out.place = place;
  out.country = country_of(tables, place);
  out.row = row;
  out.sources = {std::string{row.source()}};
  out.g_per_kwh = row.cell("carbon_intensity")->value() * per_kwh;
  out.read_year = out.data_year = out.run_year = static_cast<int>(row.number("year").value_or(0));
  out.boundary = row.text("boundary").empty() ? "unstated" : row.text("boundary");
  out.basis = row.text("basis").empty() ? "unstated" : row.text("basis");
  const auto europe = words_of(tables, "grids-of-europe");
  out.europe = std::ranges::find(europe, out.country) != europe.end();
  if (out.g_per_kwh <= 0 || row.users("carbon_intensity")) return out;  // the user's own value is exact
  out.scales.source = source_scale;
  out.scales.site = out.country != place ? site_of_zone : site_of_country;
  if (out.boundary == "life-cycle") out.scales.factors = scale_of_factors(out.g_per_kwh);
  return out;
}

void last(GridIntensity& intensity, double hours) {
  if (intensity.scales.source > 0) intensity.scales.hours = scale_of_hours(intensity.g_per_kwh, hours);
}

double probability_cleaner(const GridIntensity& one, const GridIntensity& other, double rest) {
  const auto sure = [](double distance) { return distance == 0 ? 0.5 : distance > 0 ? 1.0 : 0.0; };
  if (one.g_per_kwh <= 0 || other.g_per_kwh <= 0) return sure(rest * other.g_per_kwh - one.g_per_kwh);
  const bool same = one.place == other.place && one.g_per_kwh == other.g_per_kwh;
  const double a = one.scales.total(false), b = other.scales.total(false);
  const double rho = one.europe && other.europe ? moves_together : 0;
  const double distance =
      std::log(rest) + std::log(other.g_per_kwh / one.g_per_kwh) + other.shift - one.shift;
  const double scale = same ? 0 : std::sqrt(a * a + b * b - 2 * rho * a * b);
  return scale == 0 ? sure(distance) : predict::student4_probability(distance / scale);
}

bool robust(const GridIntensity& one, const GridIntensity& other) {
  constexpr double factor_of_two = 0.7;  // ln
  if (one.g_per_kwh <= 0 || other.g_per_kwh <= 0) return one.g_per_kwh != other.g_per_kwh;
  return std::fabs(std::log(one.g_per_kwh / other.g_per_kwh)) >= factor_of_two;
}

std::optional<double> net_of_contracts(double gross, double share, double grid_share) {
  if (grid_share >= 0.98 || share < grid_share - 0.03) return std::nullopt;
  return gross * std::min(1.0, (1 - share) / (1 - grid_share));
}

std::optional<Contracts> contracts_of(const catalog::Catalog& tables, std::string_view region) {
  std::optional<Contracts> out;
  const auto rows = tables.all(Kind::region_year, region);
  for (const Row& row : rows) {
    const auto share = row.number("carbon_free_share");
    const auto gross = row.number("carbon_intensity");
    const int year = static_cast<int>(row.number("year").value_or(0));
    if (!share || !gross || row.text("boundary") != "direct" || (out && out->year >= year)) continue;
    out = Contracts{.year = year,
                    .share = *share,
                    .grid_share = {},
                    .gross = *gross * per_kwh,
                    .net = {},
                    .below = false,
                    .refused = {},
                    .source = std::string{row.source()}};
  }
  if (!out) return out;
  for (const Row& row : rows) {
    if (static_cast<int>(row.number("year").value_or(0)) == out->year && row.cell("grid_low_carbon_share"))
      out->grid_share = row.number("grid_low_carbon_share");
  }
  if (!out->grid_share) {
    out->refused = "the carbon-free share of the grid itself is unknown";
    return out;
  }
  constexpr double whole_percent = 0.995;  // shares are printed in whole percent
  out->below = out->share >= whole_percent;
  out->net = net_of_contracts(out->gross, std::min(out->share, whole_percent), *out->grid_share);
  if (!out->net)
    out->refused = *out->grid_share >= 0.98
                       ? "the grid itself is carbon-free already"
                       : "the grid is cleaner than the provider's share: the zones differ";
  return out;
}

}  // namespace kwhatif::run
