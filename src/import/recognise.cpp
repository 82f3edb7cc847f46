// Which form a file has, by what stands in it.
#include "forms.hpp"
#include "log_forms.hpp"
#include "text.hpp"
#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::imports {

namespace {

struct FormRow {
  FormInfo info;
  Reader read;
};

// In the order in which they are tried: what is told by names of columns and keys first, texts last.
constexpr std::array form_rows{
    FormRow{{"codecarbon-csv", "CodeCarbon emissions.csv", "energy, time, devices, place"}, read_codecarbon},
    FormRow{{"zeus-csv", "Zeus windows, profiles and traces", "energy and power of the boards, time"},
            read_zeus},
    FormRow{{"wandb-summary", "Weights & Biases summary (JSON)", "time, steps, rates"}, read_wandb_summary},
    FormRow{{"trainer-state", "Hugging Face trainer_state.json, all_results.json, train_results.json",
             "time, samples/s, steps"},
            read_trainer_json},
    FormRow{{"boamps-report", "BoAmps report", "energy, time, devices, place"}, read_boamps},
    FormRow{{"smi-json", "rocm-smi and amd-smi JSON", "power of the boards"}, read_smi_json},
    FormRow{{"impact-tracker", "experiment-impact-tracker data.json", "power"}, read_impact_tracker},
    FormRow{{"rate-lines", "measured rates (JSON Lines: rate, unit)", "rate, power of the board"},
            read_rate_lines},
    FormRow{{"mlperf", "MLPerf result and power logs (:::MLLOG)", "time, samples, power of the nodes"},
            read_mllog},
    FormRow{{"power-meter", "PTDaemon spl.txt", "power at the plug"}, read_meter},
    FormRow{{"slurm-sacct", "Slurm sacct", "time, energy, devices, nodes"}, read_sacct},
    FormRow{{"smi-csv", "nvidia-smi, rocm-smi and amd-smi CSV", "power of the boards over time"},
            read_smi_csv},
    FormRow{
        {"metrics-csv", "Lightning metrics.csv, TensorBoard and Weights & Biases CSV", "step time, rates"},
        read_metrics_csv},
    FormRow{{"carbontracker-log", "carbontracker logs", "energy, time, epochs"}, read_carbontracker},
    FormRow{{"smi-text", "nvidia-smi dmon and -q, rocm-smi and amd-smi text", "power of the boards"},
            read_smi_text},
    FormRow{{"trainer-log", "standard output of the Hugging Face Trainer (axolotl, LLaMA-Factory, TRL)",
             "time, samples/s, batch"},
            read_trainer_log},
    FormRow{{"model-card", "model card with co2_eq_emissions", "emissions, device, place"}, read_model_card},
};

struct Signature {
  std::string_view begins;
  std::string_view what;
  std::string_view way;
};
constexpr std::array signatures{
    Signature{"PK\x03\x04", "a ZIP archive (a checkpoint of PyTorch, a spreadsheet)",
              "unpack it, and import the log inside"},
    Signature{"\x1f\x8b", "a gzip archive", "unpack it first: gunzip -k FILE"},
    Signature{"%PDF", "a PDF", "give the log that it was made of"},
    Signature{"\x89PNG", "a picture", "give the numbers that it shows"},
    Signature{"PAR1", "a Parquet file", "write it as CSV first"},
    Signature{"SQLite format 3", "an SQLite database", "export the table as CSV"},
    Signature{"\x89HDF", "an HDF5 file", "write the series as CSV first"},
    Signature{":W&B", "the binary log of Weights & Biases", "export the history as CSV"},
    Signature{"\x80\x04", "a Python pickle", "write its numbers as CSV or JSON"},
};

[[noreturn]] void refuse_unknown(const std::string& name, const std::string& looks_like, std::string way) {
  diag::refuse("unknown-form", "'" + name + "' is " + looks_like, {}, std::move(way));
}

void refuse_binary(const diag::SourceText& source) {
  const std::string_view text = source.text;
  for (const Signature& signature : signatures) {
    if (text.starts_with(signature.begins))
      refuse_unknown(source.name, std::string{signature.what} + ", no text", std::string{signature.way});
  }
  constexpr std::size_t looked_at = 65536;
  const std::string_view head = text.substr(0, looked_at);
  if (contains(head, "brain.Event:"))
    refuse_unknown(source.name, "an event file of TensorBoard, no text",
                   "export the series as CSV (Wall time, Step, Value) from TensorBoard");
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF"))
    refuse_unknown(source.name, "a text in UTF-16 (PowerShell's > writes it)",
                   "convert it: iconv -f UTF-16 -t UTF-8 FILE");
  if (head.find('\0') != std::string_view::npos)
    refuse_unknown(source.name, "a binary file, no text",
                   "logs and records of power are texts: CSV, JSON, or the output of the training");
}

struct Other {
  std::string_view part;   ///< of the lower-cased head of the file
  std::string_view part2;  ///< and this one; may be empty
  std::string_view what;
  std::string_view way;
};
constexpr std::string_view way_of_run_files =
    "`kwhatif estimate FILE` reads it; with printed results under [published], --as-study makes a study of "
    "it";
constexpr std::array others{
    Other{"\"model_type\"", "\"architectures\"", "the config.json of a model, no measurement",
          "count it with `kwhatif model FILE`, or give it as --config"},
    Other{"\"hidden_size\"", "", "the configuration of a model, no measurement",
          "count it with `kwhatif model FILE`, or give it as --config"},
    Other{"carbon_intensity", "datetime", "an hourly series of electricity, no measurement of a run",
          "`kwhatif schedule --trace FILE` reads such series"},
    Other{"production type", "mtu", "an hourly series of generation (ENTSO-E), no measurement of a run",
          "`kwhatif schedule --trace FILE` reads series of carbon intensity"},
    Other{"gco2", "time", "a series of carbon intensities, no measurement of a run",
          "`kwhatif schedule --trace FILE` reads such series"},
    Other{"[hardware]", "=", "a run file, no measurement", way_of_run_files},
    Other{"[training]", "=", "a run file, no measurement", way_of_run_files},
    Other{"schema = \"", "", "a table of kwhatif, no measurement", "`kwhatif check FILE` reads it"},
    Other{"servicename", "kilowatthours",
          "a look-up table of Cloud Carbon Footprint, no measurement of a run",
          "give its energy as --energy"},
    Other{"epoch", "val_loss", "a log of losses without times",
          "a rate, a step time or a clock on each line is what a forecast can learn from"},
    Other{"loss", "", "a log without a rate or a time that kwhatif knows",
          "a rate, a step time or a clock on each line is what a forecast can learn from"},
};

// "{", or "[" and what a list can begin with: "[2024-08-21 10:19:42] iteration" and "[hardware]" are none.
bool begins_as_json(std::string_view text) {
  const auto at = text.find_first_not_of(" \t\r\n");
  if (at == std::string_view::npos || (text[at] != '{' && text[at] != '[')) return false;
  const auto next = text.find_first_not_of(" \t\r\n", at + 1);
  if (next == std::string_view::npos) return true;
  return text[at] == '{' ? text[next] == '"' || text[next] == '}' : contains("{[\"]", text.substr(next, 1));
}

// Short, for a line of help; form_table() has all of them.
std::string known_forms() {
  return "read are the files of CodeCarbon, carbontracker, nvidia-smi, rocm-smi, amd-smi, Zeus, Slurm, "
         "MLPerf, "
         "BoAmps, model cards, and the logs of the Hugging Face Trainer, nanoGPT, llm.c, torchtitan, "
         "Megatron-LM, "
         "NeMo, OLMo-core, MaxText, DeepSpeed, Lightning, TensorBoard, Weights & Biases and more";
}

[[noreturn]] void refuse_other(const Input& input, const std::optional<JsonFault>& fault) {
  constexpr std::size_t looked_at = 65536;
  const std::string head = lowered(input.text.substr(0, looked_at));
  const bool json = begins_as_json(input.text);
  if (json && fault)
    refuse_unknown(input.source.name,
                   "no readable JSON: " + fault->why + " (line " + std::to_string(fault->line) + ")",
                   "was it cut off? the end of the file is needed");
  for (const Other& other : others) {
    if (contains(head, other.part) && contains(head, other.part2))
      refuse_unknown(input.source.name, std::string{other.what},
                     std::string{other.way} + "; " + known_forms());
  }
  refuse_unknown(input.source.name, json ? "a JSON file of no form that is read" : "of no form that is read",
                 known_forms());
}

// Without numbers that nothing can have: below zero, or beyond all measure.
Measurement sane(Measurement measurement) {
  constexpr double most = 1e30;
  const auto cannot_be = [](const Finding& f) { return f.value < 0 || !(f.value < most); };
  for (const Finding& f : measurement.findings) {
    if (cannot_be(f))
      leave(measurement, std::string{info_of(f.measure).label}, "its number cannot be", f.line_first,
            f.line_last);
  }
  std::erase_if(measurement.findings, cannot_be);
  return measurement;
}

std::optional<Measurement> read_any_log(std::string_view text) {
  const LogForm* best = nullptr;
  std::size_t most = 0;
  constexpr std::size_t sample = 4U << 20U;
  for (const bool certain : {true, false}) {
    for (const std::size_t length : {sample, text.size()}) {
      for (const LogForm& form : log_forms()) {
        if (form.certain != certain) continue;
        const std::size_t reports = reports_in(form, text.substr(0, std::min(length, text.size())));
        // the first of two that fit alike says more
        if (reports > most) {
          most = reports;
          best = &form;
        }
      }
      if (best != nullptr || length >= text.size()) break;
    }
    // two reports of a tool that is not known may be anything
    constexpr std::size_t enough = 3;
    if (best != nullptr && !certain && most < enough) return std::nullopt;
    if (best != nullptr) break;
  }
  if (best == nullptr) return std::nullopt;
  Measurement out = read_log(*best, text);
  if (out.findings.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::span<const FormInfo> form_table() {
  static const std::vector<FormInfo> all = [] {
    std::vector<FormInfo> out;
    for (const FormRow& row : form_rows) out.push_back(row.info);
    for (const LogForm& form : log_forms()) out.push_back({form.id, form.name, form.what});
    return out;
  }();
  return all;
}

Measurement read(const diag::SourceText& source, const Choice& choice) {
  Input input{.source = source, .text = source.text, .choice = choice};
  if (input.text.starts_with("\xEF\xBB\xBF")) input.text.remove_prefix(3);
  if (input.text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    refuse_unknown(source.name, "empty", "nothing was written to it yet");
  refuse_binary(source);
  std::optional<JsonFault> fault;
  if (begins_as_json(input.text)) input.json = read_json(input.text, fault);
  for (const FormRow& row : form_rows) {
    if (auto out = row.read(input)) {
      if (fault && !input.json.empty())
        warn(*out, "cut-off",
             "the file is no readable JSON from line " + std::to_string(fault->line) + " on (" + fault->why +
                 "): what stands before was read");
      return sane(*std::move(out));
    }
  }
  if (auto out = read_any_log(input.text)) return sane(*std::move(out));
  if (auto out = read_progress_bar(input)) return sane(*std::move(out));
  refuse_other(input, fault);
}

}  // namespace kwhatif::imports
