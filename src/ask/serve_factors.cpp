#include "serve_factors.hpp"

#include <kwhatif/run/formulas.hpp>

namespace kwhatif::ask {

ServeFactors serve_factors(const run::ResolvedRun& site) {
  const auto& in = site.inputs;
  const auto coherent = [](const auto& quantity) {
    return quantity ? std::optional{quantity->coherent()} : std::nullopt;
  };
  ServeFactors out;
  out.intensity = coherent(in.ci());
  out.market_intensity = coherent(in.ci_market());
  out.wue = coherent(in.wue());
  out.water_intensity = coherent(in.water_intensity());
  out.price = coherent(in.price());
  if (in.embodied_each() && in.lifetime()) {
    auto each = *in.embodied_each();
    out.made_alone = each.coherent();
    out.made_extra = coherent(in.embodied_extra());
    if (in.embodied_extra()) each = run::with_extra(each, *in.embodied_extra());
    out.made = each.coherent();
    out.life = in.lifetime()->coherent();
    if (in.lifetime_use()) out.life_use = in.lifetime_use()->coherent();
  }
  return out;
}

}  // namespace kwhatif::ask
