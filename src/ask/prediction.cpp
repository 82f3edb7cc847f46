#include <kwhatif/ask/prediction.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::ask {

using predict::Unknown;

namespace {

std::vector<std::string> flags_of(Unknown unknown) {
  switch (unknown) {
    case Unknown::software:
      return {"framework"};
    case Unknown::settings:
      return {"global-batch", "recompute"};
    case Unknown::devices:
      return {"chips"};
    case Unknown::precision:
      return {"precision"};
    case Unknown::size:
      return {"params"};
    case Unknown::experts:
    case Unknown::family:
    case Unknown::card:
      break;
  }
  return {};
}

std::vector<TimeTerm> terms_of(const run::RunForecast& f) {
  using Times = predict::Times<double>;
  struct Row {
    std::string_view key, name;
    double Times::*member;
  };
  constexpr std::array rows{
      Row{"matrix_products", "matrix products", &Times::products},
      Row{"memory", "memory traffic of activations", &Times::memory},
      Row{"attention", "attention", &Times::attention},
      Row{"micro_steps", "fixed cost of micro-steps", &Times::micro_steps},
      Row{"host", "waiting for the host", &Times::host},
      Row{"model_parallel", "communication of model parallelism", &Times::model_parallel},
      Row{"experts", "exchange with experts", &Times::experts},
      Row{"context", "communication of context parallelism", &Times::context},
      Row{"bubble", "pipeline bubble", &Times::bubble},
      Row{"optimizer", "optimizer", &Times::optimizer},
      Row{"gathers", "gathers of sharded weights", &Times::gathers},
      Row{"gradients", "gradients over the network", &Times::gradients},
      Row{"software", "software and scale", &Times::software},
      Row{"losses", "evaluation, restarts, device family", &Times::losses}};
  const Times& t = f.forecast.times;
  // of the class of software that lies nearest, scaled to the median of the likely ones
  const double scale = f.forecast.seconds / t.total * f.per_unit;
  std::vector<TimeTerm> out;
  for (const Row& row : rows) {
    if (t.*row.member == 0) continue;
    out.push_back({row.key, row.name, t.*row.member * scale, t.*row.member / t.total});
  }
  return out;
}

}  // namespace

std::optional<Prediction> prediction_of(const run::ResolvedRun& run) {
  if (!run.forecast || !run.inputs.mfu() || !run.record(run::Slot::mfu).distribution) return std::nullopt;
  const run::RunForecast& f = *run.forecast;
  Prediction out;
  out.tier = f.device.tier;
  out.workload_known = f.size_known && f.training.kind != predict::TrainingKind::vision;
  out.software_known = f.training.software.has_value();
  out.rows = f.device.rows;
  const double whole = f.forecast.deviation * f.forecast.deviation;
  out.settings_known = true;
  for (const auto& [unknown, variance] : f.forecast.parts) {
    out.untold.push_back({std::string{predict::name(unknown)}, flags_of(unknown), variance / whole});
    if (unknown == Unknown::settings) out.settings_known = false;
  }
  out.terms = terms_of(f);
  const auto largest =
      std::max_element(out.terms.begin(), out.terms.end(),
                       [](const TimeTerm& a, const TimeTerm& b) { return a.share < b.share; });
  if (largest != out.terms.end()) out.bound = largest->name;
  return out;
}

}  // namespace kwhatif::ask
