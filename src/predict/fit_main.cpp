// Build tool: fits the predictions to the tables of a folder and writes the coefficients.
// Usage: kwhatif-fit DATA_FOLDER [OUTPUT.toml [TIMES.toml]]; without an output file the held-out predictions
// are listed.
#include <kwhatif/predict/fit.hpp>
#include <kwhatif/predict/times_fit.hpp>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace {

using namespace kwhatif;

void list(const char* title, const std::vector<predict::HeldOut>& held_out,
          const predict::Evidences& evidence) {
  std::printf("%s\n", title);
  for (const auto& h : held_out) {
    const auto& o = evidence.observations[h.observation];
    std::printf("%-46s %-12s %-9s %-9s location %7.3f residual %7.3f\n", o.id.c_str(), o.family.c_str(),
                o.plan.device.family.c_str(), std::string{predict::name(h.tier)}.c_str(), h.location,
                h.residual);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: kwhatif-fit DATA_FOLDER [OUTPUT.toml [TIMES.toml]]\n", stderr);
    return 2;
  }
  try {
    const auto catalog = catalog::Catalog::load(argv[1]);
    const auto result = predict::fit(catalog);
    if (argc > 3)
      std::ofstream{argv[3]} << predict::times_toml(catalog,
                                                    predict::fit_times(catalog, predict::timings(catalog)));
    if (argc > 2) {
      std::ofstream{argv[2]} << predict::to_toml(result.coefficients);
    } else {
      list("utilisation, family left out", result.utilisation, result.evidence);
      list("utilisation, device family left out", result.utilisation_unseen_device, result.evidence);
      list("power, family left out", result.power, result.evidence);
      list("power, device family left out", result.power_unseen_device, result.evidence);
      std::cout << predict::to_toml(result.coefficients);
    }
  } catch (const diag::Error& error) {
    for (const auto& d : error.diagnostics()) std::cerr << d.message << '\n';
    return 2;
  }
  return 0;
}
