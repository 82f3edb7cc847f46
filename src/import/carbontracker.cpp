// carbontracker's two logs, and what it prints. The energy holds the PUE of its version.
#include "forms.hpp"
#include "text.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::imports {

namespace {

struct ConsumptionBlock {
  bool predicted = false;
  std::optional<double> epochs, time, energy, grams;
  int line = 0;
  int line_last = 0;
};

// Intensities that stand in a version where it knew none.
constexpr std::array fallbacks{294.206, 294.21, 475.0, 481.0, 357.2021};

bool is_fallback(double intensity) {
  constexpr double slack = 0.01;
  return std::ranges::any_of(fallbacks, [&](double f) { return std::abs(f - intensity) < slack; });
}

struct TrackerLog {
  std::vector<ConsumptionBlock> blocks;
  std::optional<double> pue, intensity;
  bool intensity_failed = false;
  int pue_line = 0, intensity_line = 0, device_line = 0;
  std::string version, devices, place;
  std::vector<double> epoch_seconds;
  std::vector<double> board_watts;  ///< by epoch, all boards
  std::size_t boards = 0;
  int watts_line = 0, watts_line_last = 0;
  bool any = false;
};

// "[231.4, 230.1]" or "231.4"; None is not known.
std::vector<double> watts_in(std::string_view text) {
  std::vector<double> out;
  for (const std::string_view part : diag::parts(text, ',')) {
    const auto begin = part.find_first_of("0123456789");
    if (begin == std::string_view::npos) continue;
    if (const auto n = leading_number(part.substr(begin)); n && *n > 0) out.push_back(*n);
  }
  return out;
}

void take_line(TrackerLog& log, const Piece& piece) {
  const std::string_view text = piece.text;
  const auto after = [&](std::string_view mark) -> std::string_view {
    const auto at = text.find(mark);
    return at == std::string_view::npos ? std::string_view{} : diag::trimmed(text.substr(at + mark.size()));
  };
  if (contains(text, "CarbonTracker") || contains(text, "carbontracker")) log.any = true;
  for (const bool predicted : {false, true}) {
    const std::string_view mark = predicted ? "Predicted consumption" : "Actual consumption";
    if (!contains(text, mark)) continue;
    log.any = true;
    ConsumptionBlock block{.predicted = predicted,
                           .epochs = {},
                           .time = {},
                           .energy = {},
                           .grams = {},
                           .line = piece.line,
                           .line_last = piece.line};
    block.epochs = number_after(text, "for");
    log.blocks.push_back(block);
  }
  if (!log.blocks.empty()) {
    ConsumptionBlock& block = log.blocks.back();
    const std::string_view bare = diag::trimmed(text);
    const auto value = [&](std::string_view mark) {
      return bare.starts_with(mark) ? diag::trimmed(bare.substr(mark.size())) : std::string_view{};
    };
    if (const auto v = value("Time:"); !v.empty() && !block.time) {
      block.time = clock_time(v);
      block.line_last = piece.line;
    }
    if (const auto v = value("Energy:"); !v.empty() && !block.energy) {
      block.energy = leading_number(v);
      block.line_last = piece.line;
    }
    if (auto v = value("CO2eq:"); !v.empty() && !block.grams) {
      block.grams = leading_number(v);
      block.line_last = piece.line;
    }
  }
  // "… are multiplied by a PUE coefficient of 1.58."
  if (const auto v = after("PUE"); !v.empty() && !log.pue) {
    const auto digit = v.find_first_of("0123456789");
    const auto n = digit == std::string_view::npos ? std::nullopt : leading_number(v.substr(digit));
    constexpr double highest = 5;
    if (n && *n >= 1 && *n < highest) {
      log.pue = n;
      log.pue_line = piece.line;
    }
  }
  if (const auto v = after("GPU with device(s) "); !v.empty() && log.devices.empty()) {
    log.devices = v.substr(0, v.find(". "));
    if (log.devices.ends_with('.')) log.devices.pop_back();
    log.device_line = piece.line;
  }
  if (const auto v = after("carbontracker version "); !v.empty() && log.version.empty()) log.version = v;
  for (const std::string_view mark :
       {"Average carbon intensity during training was", "Carbon intensity:", "average carbon intensity"}) {
    if (log.intensity || !contains(text, mark)) continue;
    log.intensity = number_after(text, mark);
    log.intensity_line = piece.line;
    if (contains(text, "Defaulting") || contains(text, "Failed")) log.intensity_failed = true;
    if (const auto at = text.find(" at "); at != std::string_view::npos) {
      auto place = text.substr(at + 4);
      if (const auto colon = place.find(": "); colon != std::string_view::npos)
        place = place.substr(colon + 2);
      if (place.ends_with('.')) place.remove_suffix(1);
      log.place = diag::trimmed(place);
    }
  }
  if (const auto v = after("Duration:"); !v.empty()) {
    if (const auto time = clock_time(v)) log.epoch_seconds.push_back(*time);
  }
  if (const auto v = after("Average power usage (W) for gpu:"); !v.empty()) {
    const auto watts = watts_in(v);
    if (!watts.empty()) {
      double sum = 0;
      for (const double w : watts) sum += w;
      log.board_watts.push_back(sum);
      log.boards = std::max(log.boards, watts.size());
      if (log.watts_line == 0) log.watts_line = piece.line;
      log.watts_line_last = piece.line;
    }
  }
}

const ConsumptionBlock* best(const TrackerLog& log) {
  const ConsumptionBlock* out = nullptr;
  for (const ConsumptionBlock& block : log.blocks) {
    if (!block.predicted && block.energy && block.time) out = &block;
  }
  return out;
}

void add_blocks(Measurement& into, const TrackerLog& log) {
  const ConsumptionBlock* const actual = best(log);
  for (const ConsumptionBlock& block : log.blocks) {
    if (block.predicted && block.energy)
      leave(into,
            "predicted consumption: " + quantity::significant(*block.energy) + " kWh" +
                (block.epochs ? " for " + in_digits(*block.epochs) + " epochs" : ""),
            "a prediction of carbontracker, not a measurement", block.line, block.line_last);
    else if (&block != actual && block.energy)
      leave(into, "actual consumption: " + quantity::significant(*block.energy) + " kWh",
            "an earlier sum of the same training", block.line, block.line_last);
  }
  if (actual == nullptr) return;
  if (actual->epochs) found(into, Measure::epochs, *actual->epochs, "as the log says", actual->line);
  found(into, Measure::wall_time, *actual->time, "Time", actual->line, actual->line_last);
  if (!(*actual->energy > 0)) {
    leave(into, "an energy of 0", "the epochs were too short for a reading", actual->line, actual->line_last);
    return;
  }
  Finding& energy = found(into, Measure::energy, *actual->energy / log.pue.value_or(1),
                          log.pue ? "Energy / PUE" : "Energy", actual->line, actual->line_last);
  energy.boundary = Boundary::components;
  if (log.pue) {
    energy.note = quantity::significant(*actual->energy, 4) + " kWh are printed, a PUE of " +
                  quantity::shortest(*log.pue) + " inside";
    found(into, Measure::pue, *log.pue, "as its version has it", log.pue_line).doubt =
        "a constant of carbontracker's version, no fact of the place";
  } else {
    energy.boundary = Boundary::facility;
    energy.doubt =
        "the PUE of carbontracker's version is inside, and this log does not say which: none before May "
        "2020, then 1.58, 1.67, 1.59 (October 2020), 1.55 (December 2022), 1.58";
    warn(into, "pue-inside",
         "the energy holds a PUE that this log does not name: 1.58 from May 2020, 1.67 later that month, "
         "1.59 from October 2020, 1.55 from December 2022, 1.58 today",
         "divide by it to get the energy of the machines, which training.energy is; the standard log "
         "(…_carbontracker.log) names it");
  }
  if (actual->grams) {
    constexpr double kilo = 1e-3;
    found(into, Measure::emissions, *actual->grams * kilo, "CO2eq", actual->line, actual->line_last);
  }
}

}  // namespace

std::optional<Measurement> read_carbontracker(const Input& input) {
  TrackerLog log;
  for_each_piece(input.text, [&](const Piece& piece) { take_line(log, piece); });
  const bool standard = !log.board_watts.empty() && !log.epoch_seconds.empty();
  if (log.blocks.empty() && !standard) return std::nullopt;
  Measurement out;
  out.form = "carbontracker-log";
  out.name = "carbontracker log";
  out.tool = "carbontracker";
  out.version = log.version;
  const auto measured = std::ranges::count_if(log.blocks, [](const auto& b) { return !b.predicted; });
  out.read = standard ? counted(log.epoch_seconds.size(), "epoch")
                      : counted(static_cast<std::size_t>(measured), "measured block") + ", " +
                            counted(log.blocks.size() - static_cast<std::size_t>(measured), "predicted one");
  if (!log.devices.empty()) {
    const auto names = diag::parts(log.devices, ',');
    found(out, Measure::device, std::string{diag::trimmed(names.front())}, "components that it found",
          log.device_line);
    found(out, Measure::count, static_cast<double>(names.size()), "components that it found",
          log.device_line);
    if (std::ranges::any_of(names,
                            [&](auto name) { return diag::trimmed(name) != diag::trimmed(names.front()); }))
      out.findings[out.findings.size() - 2].doubt = "several kinds of devices: " + log.devices;
  }
  add_blocks(out, log);
  if (standard) {
    double seconds = 0;
    double joules = 0;
    for (std::size_t i = 0; i < std::min(log.epoch_seconds.size(), log.board_watts.size()); ++i) {
      seconds += log.epoch_seconds[i];
      joules += log.epoch_seconds[i] * log.board_watts[i];
    }
    if (seconds > 0 && log.boards > 0) {
      Finding& power =
          found(out, Measure::accelerator_power, joules / seconds / static_cast<double>(log.boards),
                "mean over the epochs, by their durations", log.watts_line, log.watts_line_last);
      power.boundary = Boundary::accelerator;
      if (out.find(Measure::count) == nullptr)
        found(out, Measure::count, static_cast<double>(log.boards), "devices with a reading", log.watts_line);
      if (out.find(Measure::wall_time) == nullptr)
        found(out, Measure::wall_time, seconds, "sum of the epochs measured", log.watts_line,
              log.watts_line_last);
    }
  }
  if (log.intensity) {
    Finding& ci = found(out, Measure::carbon_intensity, *log.intensity,
                        log.place.empty() ? "as the log says" : "at " + log.place, log.intensity_line);
    if (log.intensity_failed || is_fallback(*log.intensity))
      ci.doubt = "what carbontracker takes where it knows nothing of the place: no measurement";
    else
      ci.doubt = "a reading of one moment or a yearly mean of its tables";
  }
  if (!log.place.empty()) {
    const auto comma = log.place.rfind(", ");
    const std::string code = comma == std::string::npos ? log.place : log.place.substr(comma + 2);
    found(out, Measure::country, code, "detected location: " + log.place, log.intensity_line).note =
        "by the address of the network, which can be another place";
  }
  return out;
}

}  // namespace kwhatif::imports
