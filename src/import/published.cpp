// What is written for others to read: model cards, BoAmps reports, lines of rates, experiment-impact-tracker.
#include "forms.hpp"
#include "text.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>

namespace kwhatif::imports {

namespace {

std::string_view unquoted(std::string_view text) {
  text = diag::trimmed(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  return text;
}

struct CardLine {
  std::string_view text;
  int line = 0;
};

// The value behind a mark like "**Hours used:**" of the card's template.
std::string template_value(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {};
  std::string_view rest = text.substr(at + mark.size());
  const auto begin = rest.find_first_not_of(" \t:*");
  if (begin == std::string_view::npos) return {};
  rest = diag::trimmed(rest.substr(begin));
  if (rest.starts_with('[') || contains(rest, "More Information Needed") || contains(rest, "{{")) return {};
  return std::string{rest};
}

void take_emissions(Measurement& into, std::string_view text, int line) {
  const std::string_view bare = unquoted(text);
  if (bare.empty()) return;
  if (const auto grams = number(bare)) {
    constexpr double kilo = 1e-3;
    found(into, Measure::emissions, *grams * kilo, "emissions, in grams", line);
    return;
  }
  leave(into, "emissions '" + std::string{bare} + "'",
        "a card's emissions are a number of grams; this is a text with a unit", line);
  warn(into, "odd-emissions",
       "line " + std::to_string(line) + ": emissions are '" + std::string{bare.substr(0, 60)} +
           "': a number of grams is what a card holds",
       "the hub's client takes the first number in the text as grams: 1.2 kg becomes 1.2 g");
}

void take_hardware(Measurement& into, std::string_view text, int line) {
  std::string_view rest;
  const std::string_view bare = unquoted(text);
  if (bare.empty()) return;
  const auto count = leading_number(bare, &rest);
  rest = diag::trimmed(rest);
  const bool times = count && (rest.starts_with("x ") || rest.starts_with("X ") || rest.starts_with("* "));
  if (times && *count >= 1) {
    found(into, Measure::count, *count, "hardware of the card", line);
    found(into, Measure::device, std::string{diag::trimmed(rest.substr(2))}, "hardware of the card", line);
  } else {
    found(into, Measure::device, std::string{bare}, "hardware of the card", line);
  }
}

}  // namespace

std::optional<Measurement> read_model_card(const Input& input) {
  Measurement out;
  out.form = "model-card";
  out.name = "model card (Hugging Face)";
  out.tool = "";
  bool front = false;
  bool closed = false;
  bool inside = false;  // co2_eq_emissions and the lines below it
  bool any = false;
  std::string provider;
  int provider_line = 0;
  for_each_piece(input.text, [&](const Piece& piece) {
    const std::string_view text = piece.text;
    if (piece.line == 1) {
      front = diag::trimmed(text) == "---";
      if (front) return;
    }
    if (front && !closed) {
      if (diag::trimmed(text) == "---") {
        closed = true;
        return;
      }
      const bool indented = text.starts_with(' ') || text.starts_with('\t');
      const auto colon = text.find(':');
      if (colon == std::string_view::npos) return;
      const std::string_view key = unquoted(text.substr(0, colon));
      std::string_view value = diag::trimmed(text.substr(colon + 1));
      if (const auto comment = value.find(" #"); comment != std::string_view::npos)
        value = diag::trimmed(value.substr(0, comment));
      if (!indented) inside = key == "co2_eq_emissions";
      if (inside && !indented) {
        any = true;
        take_emissions(out, value, piece.line);
      } else if (inside) {
        if (key == "emissions") take_emissions(out, value, piece.line);
        if (key == "geographical_location" && !unquoted(value).empty())
          found(out, Measure::country, std::string{unquoted(value)}, std::string{key}, piece.line);
        if (key == "hardware_used") take_hardware(out, value, piece.line);
        if (key == "training_type" || key == "source")
          leave(out, std::string{key} + " '" + std::string{unquoted(value)} + "'", "no input of a run",
                piece.line);
      } else if (key == "base_model" && !value.empty()) {
        leave(out, "base_model '" + std::string{unquoted(value)} + "'",
              "for --model, where the tables have it", piece.line);
      }
      return;
    }
    if (const auto v = template_value(text, "Hardware Type:");
        !v.empty() && out.find(Measure::device) == nullptr) {
      any = true;
      take_hardware(out, v, piece.line);
    }
    if (const auto v = template_value(text, "Hours used:"); !v.empty()) {
      any = true;
      constexpr double seconds = 3600;
      if (const auto hours = leading_number(v)) {
        Finding& f = found(out, Measure::wall_time, *hours * seconds, "Hours used", piece.line);
        f.note = "some cards mean hours of the training, some device-hours";
      }
    }
    if (const auto v = template_value(text, "Cloud Provider:"); !v.empty()) {
      provider = v;
      provider_line = piece.line;
    }
    if (const auto v = template_value(text, "Compute Region:"); !v.empty())
      found(out, Measure::region, provider.empty() ? v : provider + ", " + v,
            provider.empty() ? "Compute Region" : "Cloud Provider and Compute Region", piece.line);
    if (const auto v = template_value(text, "Carbon Emitted:"); !v.empty())
      leave(out, "carbon emitted '" + v + "'",
            "a text of the template; the head's co2_eq_emissions are the number", piece.line);
  });
  if (!any) return std::nullopt;
  if (!provider.empty() && out.find(Measure::region) == nullptr)
    leave(out, "cloud provider '" + provider + "'", "no input without its region", provider_line);
  if (out.findings.empty()) {
    const std::string why =
        out.left.empty() ? "nothing of it is filled in" : out.left.front().what + ": " + out.left.front().why;
    no_values("a model card without a value that can be taken: " + why,
              "co2_eq_emissions: {emissions: 1710, hardware_used: …, geographical_location: …}");
  }
  out.read = "what it says of the training";
  if (out.find(Measure::wall_time) == nullptr)
    warn(out, "no-energy",
         "a card's emissions are a result: without time, power or energy nothing can be recomputed",
         "add training.wall_time, or training.energy");
  return out;
}

std::optional<Measurement> read_boamps(const Input& input) {
  if (input.json.empty()) return std::nullopt;
  const JsonValue& report = input.json.front();
  const JsonValue* const measures = report.find("measures");
  if (measures == nullptr || !measures->is_array()) return std::nullopt;
  Measurement out;
  out.form = "boamps-report";
  out.name = "BoAmps report";
  out.tool = "BoAmps";
  std::vector<const JsonValue*> with_energy;
  std::string list;
  for (const JsonValue& measure : measures->items) {
    if (!measure.number_of("powerConsumption")) continue;
    with_energy.push_back(&measure);
    list += (list.empty() ? "" : "; ") + std::string{"row "} + std::to_string(with_energy.size()) + ": " +
            measure.text_of("measurementMethod") + ", " +
            quantity::significant(*measure.number_of("powerConsumption")) + " kWh";
  }
  if (with_energy.empty())
    no_values("a BoAmps report without powerConsumption", "measures[].powerConsumption is the energy in kWh");
  if (with_energy.size() > 1 && !input.choice.row)
    diag::refuse("several-runs", "the report holds " + counted(with_energy.size(), "measure") + ": " + list,
                 {}, "choose one with --row N");
  const std::size_t index = input.choice.row.value_or(1);
  if (index < 1 || index > with_energy.size())
    diag::refuse("unknown-run", "no measure " + std::to_string(index), {});
  const JsonValue& measure = *with_energy[index - 1];
  const std::string method = measure.text_of("measurementMethod");
  Finding& energy = found(out, Measure::energy, *measure.number_of("powerConsumption"),
                          "powerConsumption, which is kWh", measure.find("powerConsumption")->line);
  energy.boundary = Boundary::components;
  energy.note = "as '" + (method.empty() ? std::string{"not said"} : method) + "' counts it";
  if (contains(lowered(method), "flops")) energy.doubt = "calculated, not measured (" + method + ")";
  if (const auto seconds = measure.number_of("measurementDuration"); seconds && *seconds > 0)
    found(out, Measure::wall_time, *seconds, "measurementDuration",
          measure.find("measurementDuration")->line);
  out.version =
      report.find("header") != nullptr ? report.find("header")->text_of("formatVersion") : std::string{};
  if (const JsonValue* const infrastructure = report.find("infrastructure")) {
    if (const JsonValue* const components = infrastructure->find("components")) {
      for (const JsonValue& component : components->items) {
        const std::string type = lowered(component.text_of("componentType"));
        if (type != "gpu" && type != "tpu" && type != "npu" && type != "accelerator") continue;
        if (out.find(Measure::device) != nullptr) {
          leave(out, "component '" + component.text_of("componentName") + "'", "a second kind of accelerator",
                component.line);
          continue;
        }
        found(out, Measure::device, component.text_of("componentName"), "infrastructure.components",
              component.line);
        if (const auto n = component.number_of("nbComponent"); n && *n >= 1)
          found(out, Measure::count, *n, "nbComponent", component.line);
      }
    }
  }
  if (const JsonValue* const environment = report.find("environment")) {
    if (const auto country = environment->text_of("country"); !country.empty())
      found(out, Measure::country, country, "environment.country", environment->line);
    if (const auto ci = environment->number_of("powerSourceCarbonIntensity"); ci && *ci >= 0)
      found(out, Measure::carbon_intensity, *ci, "powerSourceCarbonIntensity", environment->line);
  }
  if (const JsonValue* const task = report.find("task")) {
    if (const JsonValue* const algorithms = task->find("algorithms")) {
      for (const JsonValue& algorithm : algorithms->items) {
        const auto n = algorithm.number_of("parametersNumber");
        constexpr double billion = 1e9;
        if (n && *n > 0 && out.find(Measure::parameters) == nullptr)
          found(out, Measure::parameters, *n * billion, "parametersNumber, in billions", algorithm.line);
      }
    }
    if (const auto stage = lowered(task->text_of("taskStage"));
        !stage.empty() && !contains(stage, "train") && !contains(stage, "tuning"))
      warn(out, "no-training", "the report is of '" + stage + "', not of a training");
  }
  out.read = "measure " + std::to_string(index) + " of " + std::to_string(with_energy.size());
  return out;
}

std::optional<Measurement> read_rate_lines(const Input& input) {
  std::vector<const JsonValue*> rows;
  std::string list;
  for (const JsonValue& document : input.json) {
    const std::string unit = document.text_of("unit");
    if (!document.number_of("rate") ||
        (!contains(unit, "tokens/s") && !contains(unit, "images/s") && !contains(unit, "samples/s")))
      continue;
    rows.push_back(&document);
    constexpr std::size_t shown = 12;
    if (rows.size() <= shown)
      list += (list.empty() ? "" : "; ") + std::string{"row "} + std::to_string(rows.size()) + ": " +
              document.text_of("name") + " " + quantity::significant(*document.number_of("rate")) + " " +
              unit;
  }
  if (rows.empty()) return std::nullopt;
  if (!input.choice.run_id.empty())
    std::erase_if(rows, [&](const JsonValue* row) { return row->text_of("name") != input.choice.run_id; });
  if (rows.size() > 1 && !input.choice.row)
    diag::refuse("several-runs", "the file holds " + counted(rows.size(), "measured rate") + ": " + list, {},
                 "choose one with --row N or --run-id NAME");
  const std::size_t index = input.choice.row.value_or(1);
  if (index < 1 || index > rows.size())
    diag::refuse("unknown-run", "no row " + std::to_string(index) + " in this file", {});
  const JsonValue& row = *rows[index - 1];
  Measurement out;
  out.form = "rate-lines";
  out.name = "measured rates (JSON Lines)";
  out.read =
      "'" + row.text_of("name") + "', row " + std::to_string(index) + " of " + std::to_string(rows.size());
  const bool tokens = contains(row.text_of("unit"), "tokens/s");
  if (contains(row.text_of("unit"), "generated"))
    warn(out, "no-training", "the row is of answering, not of training");
  found(out, tokens ? Measure::tokens_per_second : Measure::samples_per_second, *row.number_of("rate"),
        "rate: a mean after warm-up", row.line);
  const auto take = [&](std::string_view key, Measure measure) -> bool {
    const auto n = row.number_of(key);
    if (n && *n > 0) found(out, measure, *n, std::string{key}, row.line);
    return n.has_value();
  };
  take("params", Measure::parameters);
  take("T", Measure::sequence_length);
  const std::string kind = row.text_of("kind");
  if (kind == "gpt" || kind == "llama") {  // decoders of plain sizes; of others the parameters stand alone
    take("L", Measure::layers);
    take("d", Measure::hidden);
    take("h", Measure::heads);
    take("kv", Measure::kv_heads);
    take("hd", Measure::head_size);
    take("f", Measure::feed_forward);
    take("V", Measure::vocabulary);
  } else if (!kind.empty()) {
    leave(out, "architecture '" + kind + "'", "no decoder of plain sizes: give --model or --config",
          row.line);
  }
  take("micro_batch", Measure::micro_batch);
  take("steps", Measure::steps);
  take("seconds", Measure::wall_time);
  take("mem_gib", Measure::memory);
  take("chips", Measure::count);
  const bool counter = take("gpu_watts_from_energy", Measure::accelerator_power);
  if (!counter) take("gpu_watts_mean", Measure::accelerator_power);
  for (Finding& f : out.findings) {
    if (f.measure == Measure::accelerator_power) f.boundary = Boundary::accelerator;
  }
  return out;
}

std::optional<Measurement> read_impact_tracker(const Input& input) {
  Measurement out;
  out.form = "impact-tracker";
  out.name = "experiment-impact-tracker data.json";
  out.tool = "experiment-impact-tracker";
  out.readings_of = Boundary::components;
  for (const JsonValue& document : input.json) {
    const auto time = document.number_of("timestamp");
    const auto board = document.number_of("nvidia_estimated_attributable_power_draw");
    const auto processor = document.number_of("rapl_estimated_attributable_power_draw");
    if (!time || (!board && !processor)) continue;
    out.readings.push_back({.time = *time,
                            .watts = std::max(0.0, board.value_or(0) + processor.value_or(0)),
                            .line = document.line});
  }
  if (out.readings.empty()) return std::nullopt;
  out.read = counted(out.readings.size(), "reading");
  add_readings(out);
  if (out.clock) out.clock->utc = true;
  for (Finding& f : out.findings) {
    if (f.measure == Measure::total_power)
      f.note = "boards, processors and memory as far as they belong to the process; no PUE inside";
  }
  return out;
}

}  // namespace kwhatif::imports
