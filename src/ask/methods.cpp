#include <kwhatif/ask/methods.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>

namespace kwhatif::ask {

MethodsAnswer methods(const MethodsQuestion& question, const catalog::Catalog& tables) {
  MethodsAnswer out;
  out.details = question.details;
  out.run = run::resolve(question.run, tables);
  out.result = run::estimate(out.run.inputs);
  if (!out.result.training_flop && !out.result.device_time) {
    throw diag::ScenarioError(
        {.code = "no-work",
         .message = "the work is unknown: neither compute nor device-time follows from what is given",
         .help = "give --params and --tokens, or --flops, or --hours and --chips, or --device-hours"});
  }
  out.methods = method::apply_all(out.run, out.result, tables, {.as_published = question.as_published});
  for (std::size_t i = 0; i < out.methods.size(); ++i) {
    if (out.methods[i].footprint) out.by_energy.push_back(i);
  }
  const auto energy = [&](std::size_t i) { return out.methods[i].footprint->energy.coherent(); };
  std::ranges::stable_sort(out.by_energy,
                           [&](std::size_t a, std::size_t b) { return energy(a) < energy(b); });
  if (out.by_energy.size() > 1 && energy(out.by_energy.front()) > 0)
    out.apart = energy(out.by_energy.back()) / energy(out.by_energy.front());
  return out;
}

std::vector<std::string> MethodsAnswer::sources() const {
  std::vector<std::string> out = run.sources();
  for (const method::Applied& a : methods) {
    out.insert(out.end(), a.sources.begin(), a.sources.end());
    out.push_back(a.source);
  }
  return out;
}

}  // namespace kwhatif::ask
