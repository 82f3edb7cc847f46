// The device: names to table rows, the peak, and what is assumed where utilisation or power is not given.
#include "resolver.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::run {

using catalog::Kind;
using catalog::Responsible;
using quantity::human;

void Resolver::resolve_hardware() {
  const auto& given = scenario_.get(Input::hardware);
  if (!given) return;
  auto device = catalog_.lookup(Kind::hardware, given->text);
  // the id of a host is that host, whatever device is also called so
  if (device.row && device.by_alias && catalog_.find(Kind::host, given->text)) device = {};
  if (device.row) {
    out_.hardware = device.row;
    read_as("hardware", *given, device);
  } else if (!device.also.empty()) {
    ambiguous(*given, device);
    return;
  } else {
    const auto host = catalog_.lookup(Kind::host, given->text);
    if (host.row) {
      out_.host = host.row;
      read_as("hardware", *given, host);
      const std::string_view id = host.row->text("hardware");
      if (!id.empty()) out_.hardware = catalog_.find(Kind::hardware, id);
    } else if (!host.also.empty()) {
      ambiguous(*given, host);
      return;
    } else {
      std::string help = device.suggestion.empty() ? host.suggestion : device.suggestion;
      if (const auto stands = representative(catalog_, given->text, catalog_.edition_year()))
        help = std::string{stands->device.id()} + " stands for the kind in --vary and --axis; here name one.";
      if (!help.empty()) help += ' ';
      if (keep_unknown_device(*given, help)) return;
      fault("unknown-hardware", given->named + ": no device or host '" + given->text.substr(0, 60) + "'",
            given->where,
            help + "`kwhatif list hardware` prints all " + std::to_string(catalog_.size(Kind::hardware)));
      return;
    }
  }
  for (auto& [flag, text] : out_.summary) {
    if (flag == "hardware") text = out_.host ? out_.host->id() : out_.hardware->id();
  }
}

// A device of no table still runs where its power and its time or rate are given.
bool Resolver::keep_unknown_device(const Given& given, const std::string& nearest) {
  const bool powered = scenario_.has(Input::power) || scenario_.has(Input::total_power) ||
                       scenario_.has(Input::energy) || scenario_.has(Input::accelerator_power);
  const bool timed =
      scenario_.has(Input::hours) || scenario_.has(Input::device_hours) || scenario_.has(Input::tflops) ||
      std::any_of(throughputs.begin(), throughputs.end(), [&](Input i) { return scenario_.has(i); });
  if (!powered || !timed) return false;
  const std::string name = given.text.substr(0, 60);
  choose("hardware", name,
         {.responsible = Responsible::user,
          .source = {},
          .at = given.named,
          .note = "not in the tables: its power and its time or rate are as given",
          .text = given.text});
  warn("unknown-hardware",
       given.named + ": '" + name + "' is not in the tables; its power and its time or rate are as given",
       nearest + "`kwhatif list hardware` prints all " + std::to_string(catalog_.size(Kind::hardware)),
       given.where);
  return true;
}

void Resolver::resolve_nodes() {
  const auto& given = scenario_.get(Input::nodes);
  if (given && !out_.host && scenario_.has(Input::hardware) && out_.hardware) {
    fault("wrong-unit",
          given->named + " counts hosts, but --hardware names the device " + std::string{out_.hardware->id()},
          given->where, "use --chips, or name a host: `kwhatif list hosts`");
    return;
  }
  if (given && !out_.host) {
    if (!scenario_.has(Input::hardware))
      fault("missing-input", given->named + " needs --hardware with a host, instance or slice", given->where);
    else
      fault("no-data",
            given->named + ": how many devices '" + scenario_.get(Input::hardware)->text.substr(0, 60) +
                "' has is unknown, because it is not in the tables",
            given->where, "use --chips");
    return;
  }
  if (!out_.host) return;
  const auto per_host = out_.host->cell("devices");
  std::optional<double> nodes;
  if (const auto& parsed = numbers_.quantity(Input::nodes)) nodes = parsed->coherent;
  if (!per_host) {
    if (given)
      fault("no-data", "the tables do not say how many devices '" + std::string{out_.host->id()} + "' has",
            given->where, "use --chips");
    return;
  }
  std::string each = std::string{per_host->text()} + " x " + std::string{out_.host->text("hardware")};
  if (const auto cores = out_.host->cell("cores")) each += " (" + std::string{cores->text()} + " cores)";
  const std::string host{out_.host->id()};
  std::string note = "one " + host + " has " + each;
  if (nodes) {
    const double count = *nodes * per_host->value();
    if (*nodes != 1) note = quantity::shortest(*nodes) + " x " + host + ", each " + each;
    if (has(Slot::devices) && value(Slot::devices) != count) {
      fault("conflict",
            "the number of devices is given twice and differs: " + scenario_.get(Input::chips)->text + " (" +
                scenario_.get(Input::chips)->named + ") and " + quantity::shortest(count) + " (" + note + ")",
            scenario_.get(Input::chips)->where, "give one of --chips and --nodes");
      return;
    }
    auto origin = per_host->origin(Responsible::table);
    origin.note = note;
    set(Slot::devices, count, {.origin = origin, .half_step = 0});
  } else if (has(Slot::devices)) {
    choose("hardware", std::string{out_.host->id()}, per_host->origin(Responsible::table));
    out_.choices.back().origin.note = note + "; --chips counts devices, --nodes hosts";
  } else {
    // one host named and no count: that host
    auto origin = per_host->origin(Responsible::fallback);
    origin.note = note + "; one host is taken, --nodes says how many";
    if (options_.defaults) set(Slot::devices, per_host->value(), {.origin = origin, .half_step = 0});
  }
}

void Resolver::resolve_precision() {
  const auto& given = scenario_.get(Input::precision);
  static constexpr std::array<std::string_view, 7> all{"bf16", "fp16", "tf32", "fp32", "fp8", "fp4", "fp64"};
  if (given) {
    bool known = false;
    for (const std::string_view p : all) known = known || p == given->text;
    if (!known) {
      std::string help = diag::did_you_mean(given->text, all);
      fault("unknown-word", given->named + ": no precision '" + given->text.substr(0, 40) + "'", given->where,
            help + (help.empty() ? "" : " ") + "one of: fp64, fp32, tf32, fp16, bf16, fp8, fp4");
      return;
    }
  }
  if (!out_.hardware) return;
  if (const auto tdp = out_.hardware->cell("tdp")) set(Slot::tdp, *tdp, Responsible::table);
  const auto peak_of = [&](std::string_view precision) {
    return out_.hardware->cell("peak_" + std::string{precision});
  };
  if (given) {
    const auto peak = peak_of(given->text);
    if (peak) {
      set(Slot::peak, *peak, Responsible::table);
      return;
    }
    std::string help = "the tables have ";
    bool first = true;
    for (const std::string_view p : all) {
      if (!peak_of(p)) continue;
      help += (first ? "" : ", ") + std::string{p};
      first = false;
    }
    fault("no-data", "no " + given->text + " peak for " + std::string{out_.hardware->id()}, given->where,
          first ? std::string{"give --tflops instead"} : help);
    return;
  }
  const std::string_view fastest = predict::default_precision(*out_.hardware);
  if (fastest.empty()) return;
  const std::string p{fastest};
  set(Slot::peak, *peak_of(p), Responsible::table, "dense " + p + " peak");
  if (!options_.defaults || has(Slot::achieved)) return;
  choose(
      "precision", p,
      {.responsible = Responsible::fallback,
       .standing = catalog::Standing::assumed,
       .source = {},
       .at = {},
       .note = "the fastest 16-bit or wider precision in the tables for this device; --precision changes it",
       .text = p});
}

// Hours of a device whose number nobody said: one, and said so. Where the compute is known, or the power of
// all together, the number is not needed.
void Resolver::default_devices() {
  if (!has(Slot::wall_time) || has(Slot::devices) || has(Slot::device_time) || has(Slot::total_power) ||
      known_compute(out_.inputs))
    return;
  if (!scenario_.has(Input::hardware) && !has(Slot::power)) return;
  set(Slot::devices, 1,
      {.origin = {.responsible = Responsible::fallback,
                  .standing = catalog::Standing::assumed,
                  .source = {},
                  .at = {},
                  .note = "the number of devices is not given: one is taken, --chips says how many",
                  .text = {}},
       .half_step = 0});
  warn("one-device", "the number of devices is not given: one is taken", "give --chips",
       scenario_.get(Input::hours)->where);
}

// What the user measured and wrote into a table of their own wins over a prediction; the host's own row
// first.
bool Resolver::measured_power() {
  const auto note_of = [](const catalog::Row& row) {
    return "measured, host included, in your table " + std::string{row.file()};
  };
  if (out_.host && out_.host->users("average_node_power")) {
    const auto node = out_.host->cell("average_node_power");
    const auto devices = out_.host->number("devices");
    if (node && devices && *devices > 0) {
      auto origin = node->origin(Responsible::table);
      const std::string rest = origin.note.empty() ? "" : "; " + origin.note;
      origin.note = std::string{node->text()} + " for one " + std::string{out_.host->id()} +
                    " over its devices, " + note_of(*out_.host) + rest;
      set(Slot::power, node->value() / *devices,
          {.origin = origin, .half_step = node->half_step() / *devices});
      return true;
    }
  }
  const auto average = out_.hardware->cell("average_power");
  if (!average || !average->users()) return false;
  set(Slot::power, *average, Responsible::table, note_of(*out_.hardware));
  return true;
}

void Resolver::default_power() {
  if (has(Slot::power) || has(Slot::total_power)) return;
  if (has(Slot::board_power)) {
    if (power_of_board()) return;
    const auto& given = *scenario_.get(Input::accelerator_power);
    warn("no-host", given.named + " is of the board alone, and what the host draws beside it is unknown",
         "name the device with --hardware, or give --power, host included", given.where);
    return;
  }
  if (!out_.hardware) return;
  if (has(Slot::measured_energy) && known_time(out_.inputs)) return;  // power follows
  if (measured_power()) return;
  if (predict_power()) return;
  if (const auto average = out_.hardware->cell("average_power")) {
    set(Slot::power, *average, Responsible::table, "measured in training, host included");
    return;
  }
  if (has(Slot::tdp))
    set_default(Slot::power_ratio, "power-ratio-" + std::string{out_.hardware->text("kind")});
}

}  // namespace kwhatif::run
