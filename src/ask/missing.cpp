#include <kwhatif/ask/missing.hpp>
#include <kwhatif/grid/sink.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace kwhatif::ask {

std::vector<diag::Diagnostic> missing_parts(const run::ResolvedRun& run, const run::RunEstimate<double>& r) {
  std::vector<diag::Diagnostic> out;
  const auto add = [&](std::string code, std::string message, std::string help) {
    out.push_back({.code = std::move(code),
                   .message = std::move(message),
                   .where = {},
                   .help = std::move(help),
                   .severity = diag::Severity::warning});
  };
  if (!r.device_time && !r.wall_time && r.it_energy) {  // measured: nothing rests on the time
  } else if (!r.device_time && r.wall_time)
    add("no-device-count",
        std::string{r.it_energy ? "device-time is" : "device-time, energy and CO2e are"} +
            " not computed: the number of devices is unknown",
        r.it_energy ? "give --chips" : "give --chips, or the power of all together with --total-power");
  else if (!r.device_time && run.hardware && !run.inputs.peak())
    add("no-time",
        "device-time, energy and CO2e are not computed: the tables have no peak rate of " +
            std::string{run.hardware->id()},
        "give --tflops, or --hours and --chips");
  else if (!r.device_time)
    add("no-time", "device-time, energy and CO2e are not computed: the devices' rate or time is unknown",
        "give --hardware, --tflops, or --hours and --chips");
  if (r.device_time && !r.wall_time)
    add("no-device-count", "wall time is not computed: the number of devices is unknown", "give --chips");
  if (r.device_time && !r.it_energy && run.hardware)
    add("no-power",
        "energy and CO2e are not computed: the tables have neither a power nor a rated power of " +
            std::string{run.hardware->id()},
        "give --power");
  else if (r.device_time && !r.it_energy)
    add("no-power", "energy and CO2e are not computed: the power per device is unknown",
        "give --hardware or --power");
  if (r.it_energy && !r.facility_energy)
    add("no-pue", "facility energy is not computed: the PUE is unknown", "give --pue");
  if (!run.inputs.ci())
    add("no-place", "CO2e is not computed: the place is unknown", "give --region, --grid or --ci");
  const auto told = std::ranges::find(run.warnings, "no-price", &diag::Diagnostic::code);
  if (r.device_time && !r.cost && !r.cost_low && !r.cost_high) {
    if (told != run.warnings.end())
      out.push_back(*told);
    else
      add("no-price", "money is not computed: no price per device-hour is known", "give --price");
  }
  return out;
}

std::vector<diag::Diagnostic> missing_for(std::size_t wanted, const run::ResolvedRun& run,
                                          const run::RunEstimate<double>& result) {
  namespace dim = quantity::dim;
  const auto dimension = grid::result_dimension(wanted);
  std::vector<std::string_view> causes{"no-time"};
  if (dimension == dim::time) causes.push_back("no-device-count");
  if (dimension == dim::money) causes.push_back("no-price");
  if (dimension == dim::energy || dimension == dim::co2e) causes.insert(causes.end(), {"no-power", "no-pue"});
  if (dimension == dim::co2e) causes.push_back("no-place");
  auto out = missing_parts(run, result);
  std::erase_if(
      out, [&](const diag::Diagnostic& gap) { return std::ranges::find(causes, gap.code) == causes.end(); });
  return out;
}

bool has_result(const grid::Space& space, std::size_t result, const std::atomic<bool>* stop) {
  const grid::Kernel kernel(space, {result}, true);
  grid::TopSink any(kernel, 0, 1);
  return !grid::walk(kernel, any, {.stop = stop}) || !any.best().empty();
}

}  // namespace kwhatif::ask
