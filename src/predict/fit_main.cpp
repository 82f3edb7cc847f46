// Build tool: fits the times of the forecast to the tables of a folder and writes the coefficients.
// Usage: kwhatif-fit DATA_FOLDER [TIMES.toml]; without an output file they are printed.
#include <kwhatif/predict/times_fit.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>

int main(int argc, char** argv) {
  using namespace kwhatif;
  if (argc < 2) {
    std::fputs("usage: kwhatif-fit DATA_FOLDER [TIMES.toml]\n", stderr);
    return 2;
  }
  try {
    const auto catalog = catalog::Catalog::load(argv[1]);
    const std::string text =
        predict::times_toml(catalog, predict::fit_times(catalog, predict::timings(catalog)));
    if (argc > 2)
      std::ofstream{argv[2]} << text;
    else
      std::cout << text;
  } catch (const diag::Error& error) {
    for (const auto& d : error.diagnostics()) std::cerr << d.message << '\n';
    return 2;
  }
  return 0;
}
