#include "serve_factors.hpp"

#include <kwhatif/quantity/parse.hpp>

namespace kwhatif::ask {

namespace {

namespace dim = quantity::dim;
using catalog::Responsible;

constexpr double year_seconds = 365 * 86400.0;
constexpr ServeRange water{0, 1000 / 3.6e6, "0 to 1,000 L/kWh"};

class Factors {
 public:
  Factors(const ServeReading& in, const catalog::Catalog& tables, std::vector<Assumption>& assumptions)
      : in_(in), tables_(tables), assumptions_(assumptions) {}

  ServeFactors read(const run::ResolvedRun& site, const catalog::Row& hardware) {
    ServeFactors out;
    const auto& numbers = site.inputs;
    if (const auto ci = numbers.ci()) out.intensity = ci->coherent();
    if (const auto market = numbers.ci_market()) out.market_intensity = market->coherent();
    if (const auto price = numbers.price()) out.price = price->coherent();
    out.wue = in_.number("wue", dim::water_intensity, water, "0.3 L/kWh");
    out.water_intensity = in_.number("water-intensity", dim::water_intensity, water, "3.1 L/kWh");
    read_manufacture(out, hardware);
    return out;
  }

 private:
  void assume(std::string input, double value, const quantity::Dimension& dimension, std::string_view unit,
              catalog::Origin origin) {
    assumptions_.push_back({.input = std::move(input),
                            .value = value,
                            .dimension = dimension,
                            .unit = unit,
                            .word = {},
                            .origin = std::move(origin),
                            .effect = {}});
  }

  void read_manufacture(ServeFactors& f, const catalog::Row& hardware) {
    constexpr ServeRange masses{0, 1e6, "0 to 1,000 t per device"};
    f.made = in_.number("embodied-per-device", dim::co2e, masses, "583 kg");
    if (!f.made) {
      const auto board = hardware.cell("embodied");
      if (!board) return;
      assume("embodied_of_board", board->value(), dim::co2e, "kg", board->origin());
      const auto server = serve::constant(tables_, "server-embodied");
      assume("embodied_of_server", server.value, dim::co2e, "kg", server.origin);
      f.made = board->value() + server.value;
    }
    f.life = of_runs("lifetime", "lifetime", dim::time, {3600, 100 * year_seconds, "1 h to 100 years"}, "h");
    f.life_use = of_runs("lifetime-use", "lifetime-use", dim::one,
                         {1e-4, 1, "0.0001 to 1", "a fraction: 0.85 or 85 %, not 85"}, "1");
  }

  // Given, else a default of the tables that runs have, too.
  double of_runs(const char* flag, const char* id, const quantity::Dimension& dimension,
                 const ServeRange& range, std::string_view unit) {
    if (const auto given = in_.number(flag, dimension, range, "4 years")) return *given;
    const auto row = tables_.find(catalog::Kind::fallback, id);
    if (!row) diag::refuse("no-data", "the tables have no default '" + std::string{id} + "'", {});
    const auto cell = *row->cell("value");
    const auto parsed = quantity::parse(
        cell.text(), {.dimension = dimension, .bare_number = quantity::may_be_bare(dimension)});
    if (!parsed.ok) diag::refuse("wrong-type", "the default '" + std::string{id} + "' is no quantity", {});
    assume(serve_key(flag), parsed.value.coherent, dimension, unit, cell.origin(Responsible::fallback));
    return parsed.value.coherent;
  }

  const ServeReading& in_;
  const catalog::Catalog& tables_;
  std::vector<Assumption>& assumptions_;
};

}  // namespace

ServeFactors serve_factors(const ServeReading& in, const run::ResolvedRun& site, const catalog::Row& hardware,
                           const catalog::Catalog& tables, std::vector<Assumption>& assumptions) {
  return Factors(in, tables, assumptions).read(site, hardware);
}

}  // namespace kwhatif::ask
