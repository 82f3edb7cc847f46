#include "import_keys.hpp"

#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/input.hpp>
#include <kwhatif/run/network.hpp>
#include <kwhatif/run/scenario.hpp>
#include <kwhatif/run/work.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

namespace {

using imports::Boundary;
using imports::Measure;

// Six digits are more than any log is exact to.
std::string digits(double value) {
  if (value == 0) return "0";
  constexpr int places = 6;
  const double exponent = std::floor(std::log10(std::abs(value)));
  if (std::floor(value) == value && std::abs(value) < 1e15) return quantity::shortest(value);
  const double scale = std::pow(10.0, places - 1 - exponent);
  return quantity::shortest(std::round(value * scale) / scale);
}

std::string written(const imports::Finding& finding) {
  const auto& info = imports::info_of(finding.measure);
  if (!finding.text.empty()) return finding.text;
  std::string out = digits(finding.value);
  if (finding.measure == Measure::wall_time) {
    constexpr double hour = 3600;
    constexpr double many = 3;
    if (finding.value >= many * hour) return digits(finding.value / hour) + " h";
  }
  if (!info.unit.empty()) out += ' ' + std::string{info.unit};
  return out;
}

ImportedValue* first(ImportAnswer& answer, Measure measure) {
  for (ImportedValue& value : answer.values) {
    if (value.finding.measure == measure && value.why_not.empty()) return &value;
  }
  return nullptr;
}

void put_off(ImportAnswer& answer, Measure measure, const std::string& why) {
  for (ImportedValue& value : answer.values) {
    if (value.finding.measure != measure || !value.why_not.empty()) continue;
    value.used = false;
    value.why_not = why;
  }
}

void use(ImportAnswer& answer, Measure measure) {
  if (ImportedValue* const value = first(answer, measure)) value->used = true;
}

bool said(const ImportAnswer& answer, std::string_view key) {
  const auto input = run::input_by_key(key);
  return input && answer.said.has(*input);
}

// What several files say of one thing: the best of them counts.
void settle_doubles(ImportAnswer& answer) {
  for (std::size_t i = 0; i < answer.values.size(); ++i) {
    ImportedValue& value = answer.values[i];
    if (!value.why_not.empty()) continue;
    for (std::size_t j = i + 1; j < answer.values.size(); ++j) {
      ImportedValue& other = answer.values[j];
      if (other.finding.measure != value.finding.measure || !other.why_not.empty()) continue;
      other.why_not = "the value of " + value.finding.file + " is taken";
      constexpr double alike = 0.05;
      const double a = value.finding.value;
      const double b = other.finding.value;
      const bool names = !value.finding.text.empty();
      if (names ? value.written != other.written
                : std::abs(a - b) > alike * std::max(std::abs(a), std::abs(b)))
        answer.warnings.push_back({.code = "two-values",
                                   .message = std::string{imports::info_of(value.finding.measure).label} +
                                              ": " + value.written + " (" + value.finding.file +
                                              ") is taken, " + other.written + " (" + other.finding.file +
                                              ") is not",
                                   .where = {},
                                   .help = "they are kept as a comment in the run file",
                                   .severity = diag::Severity::warning});
    }
  }
}

// Tokens of a sequence, as given or as measured.
std::optional<double> sequence_of(ImportAnswer& answer) {
  if (const auto& given = answer.said.get(run::Input::seq_len)) {
    std::vector<diag::Diagnostic> faults;
    const auto tokens = run::read_whole(run::Input::seq_len, *given, faults);
    if (!faults.empty()) throw diag::UsageError(std::move(faults));
    if (tokens) return static_cast<double>(*tokens);
  }
  const ImportedValue* const measured = first(answer, Measure::sequence_length);
  return measured != nullptr ? std::optional{measured->finding.value} : std::nullopt;
}

// Tokens of a step, where only sequences and their length are known.
void batch_in_tokens(ImportAnswer& answer) {
  if (first(answer, Measure::batch_tokens) != nullptr) {
    put_off(answer, Measure::batch_samples, "tokens of a step are known");
    return;
  }
  const ImportedValue* const batch = first(answer, Measure::batch_samples);
  const auto length = sequence_of(answer);
  if (batch == nullptr || !length) return;
  ImportedValue tokens = *batch;
  tokens.finding.measure = Measure::batch_tokens;
  tokens.finding.value = batch->finding.value * *length;
  tokens.finding.statistic = "samples of a step x tokens of a sequence";
  tokens.key = imports::info_of(Measure::batch_tokens).key;
  tokens.written = written(tokens.finding);
  put_off(answer, Measure::batch_samples, "tokens of a step follow from it");
  answer.values.push_back(std::move(tokens));
}

constexpr std::array rate_measures{Measure::tokens_per_second,
                                   Measure::total_tokens_per_second,
                                   Measure::samples_per_second,
                                   Measure::total_samples_per_second,
                                   Measure::step_time,
                                   Measure::achieved,
                                   Measure::mfu};

// Sizes of a plain architecture.
constexpr std::array sizes{Measure::layers,    Measure::hidden,       Measure::heads,     Measure::kv_heads,
                           Measure::head_size, Measure::feed_forward, Measure::vocabulary};

bool has_batch(ImportAnswer& answer) {
  return first(answer, Measure::batch_tokens) != nullptr || said(answer, "training.global_batch");
}

// One of the rates that were measured; the others say the same and stay comments.
std::optional<Measure> choose_rate(ImportAnswer& answer) {
  std::optional<Measure> chosen;
  for (const Measure measure : rate_measures) {
    if (first(answer, measure) == nullptr) continue;
    if (measure == Measure::step_time && !has_batch(answer)) continue;
    chosen = measure;
    break;
  }
  for (const Measure measure : rate_measures) {
    if (measure == chosen || first(answer, measure) == nullptr) continue;
    put_off(answer, measure,
            measure == Measure::step_time && !has_batch(answer) ? "needs training.global_batch"
            : chosen ? "says the same as " + std::string{imports::info_of(*chosen).key}
                     : "needs more to be a rate");
  }
  if (chosen) use(answer, *chosen);
  return chosen;
}

// Sequences become tokens where the rate is in tokens: work and rate must count the same.
void work_in_tokens(ImportAnswer& answer) {
  const ImportedValue* const samples = first(answer, Measure::samples);
  if (samples == nullptr || first(answer, Measure::tokens) != nullptr) return;
  const auto length = sequence_of(answer);
  if (!length) {
    put_off(answer, Measure::samples, "sequences, and the rate is in tokens: times the tokens of a sequence");
    return;
  }
  ImportedValue tokens = *samples;
  tokens.finding.measure = Measure::tokens;
  tokens.finding.value = samples->finding.value * *length;
  tokens.finding.statistic += ", times the tokens of a sequence";
  tokens.key = imports::info_of(Measure::tokens).key;
  tokens.written = written(tokens.finding);
  answer.values.push_back(std::move(tokens));
}

void choose_work(ImportAnswer& answer, const std::optional<Measure>& rate) {
  const bool in_samples = rate == Measure::samples_per_second || rate == Measure::total_samples_per_second;
  if (rate && !in_samples) work_in_tokens(answer);
  if (in_samples && first(answer, Measure::samples) != nullptr)
    put_off(answer, Measure::tokens, "the rate is in samples, and so is the work");
  const bool tokens = first(answer, Measure::tokens) != nullptr;
  if (tokens) put_off(answer, Measure::samples, "tokens are known");
  use(answer, Measure::tokens);
  use(answer, Measure::samples);
  const bool by_steps = !tokens && first(answer, Measure::samples) == nullptr && has_batch(answer);
  if (by_steps) {
    use(answer, Measure::steps);
  } else {
    put_off(answer, Measure::steps,
            has_batch(answer) ? "the work above says it" : "needs training.global_batch");
  }
  put_off(answer, Measure::epochs,
          first(answer, Measure::samples) != nullptr || tokens
              ? "the work above holds all epochs"
              : "epochs of a data set whose size the file does not say");
  if (rate) {
    put_off(answer, Measure::wall_time, "follows from the work and the rate");
  } else {
    use(answer, Measure::wall_time);
  }
}

void choose_power(ImportAnswer& answer, bool rate) {
  ImportedValue* const energy = first(answer, Measure::energy);
  if (energy != nullptr) {
    const Boundary boundary = energy->finding.boundary;
    if (boundary == Boundary::accelerator)
      energy->why_not = "the boards alone; their power is taken, and the host's share is added";
    if (boundary == Boundary::facility) energy->why_not = "a PUE is inside, training.energy is without";
  }
  const bool energy_left = first(answer, Measure::energy) != nullptr;
  const bool total = first(answer, Measure::total_power) != nullptr;
  if (energy_left && !rate && !total && !answer.device_known && !said(answer, "hardware.id")) {
    // an unknown device is understood by its power and time
    const ImportedValue* const time = first(answer, Measure::wall_time);
    if (time != nullptr && time->finding.value > 0) {
      constexpr double joules_per_kwh = 3.6e6;
      ImportedValue mean = *first(answer, Measure::energy);
      mean.finding.measure = Measure::total_power;
      mean.finding.value = mean.finding.value * joules_per_kwh / time->finding.value;
      mean.finding.statistic += ", divided by the wall time";
      mean.key = imports::info_of(Measure::total_power).key;
      mean.written = written(mean.finding);
      mean.used = true;
      put_off(answer, Measure::energy, "hardware.total_power and the time say it");
      put_off(answer, Measure::accelerator_power, "the power in all holds it");
      answer.values.push_back(std::move(mean));
      return;
    }
  }
  if (energy_left && !rate) {
    use(answer, Measure::energy);
    put_off(answer, Measure::accelerator_power, "the energy above holds it");
    put_off(answer, Measure::total_power, "the energy above holds it");
    return;
  }
  if (total) {
    use(answer, Measure::total_power);
    put_off(answer, Measure::accelerator_power, "the power in all holds it");
  } else {
    use(answer, Measure::accelerator_power);
  }
  put_off(answer, Measure::energy, "the power above says it");
}

void choose_place(ImportAnswer& answer) {
  if (first(answer, Measure::region) != nullptr) put_off(answer, Measure::country, "the region says it");
  use(answer, Measure::region);
  use(answer, Measure::country);
  use(answer, Measure::carbon_intensity);
  for (ImportedValue& value : answer.values) {
    if (value.finding.measure == Measure::pue && value.finding.value <= 1 && value.why_not.empty())
      value.why_not = "the tool's default, no measurement";
  }
  use(answer, Measure::pue);
}

// A region as a card names it: "AWS, us-east-1", "us-east-1 (AWS)", "Google Cloud Platform, us-central1".
catalog::Lookup region_named(const std::string& name, const catalog::Catalog& tables) {
  auto found = tables.lookup(catalog::Kind::region, name);
  if (found.row) return found;
  struct Provider {
    std::string_view word, id;
  };
  constexpr std::array providers{Provider{"aws", "aws"},         Provider{"amazon", "aws"},
                                 Provider{"gcp", "gcp"},         Provider{"google", "gcp"},
                                 Provider{"azure", "azure"},     Provider{"microsoft", "azure"},
                                 Provider{"oracle", "oci"},      Provider{"oci", "oci"},
                                 Provider{"alibaba", "alibaba"}, Provider{"ovh", "ovh"}};
  std::vector<std::string> words(1);
  for (const char c : name) {
    const bool parted = c == ',' || c == ' ' || c == '(' || c == ')' || c == ':' || c == '/';
    if (parted && !words.back().empty()) words.emplace_back();
    if (!parted) words.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  for (const Provider& provider : providers) {
    if (std::ranges::find(words, std::string{provider.word}) == words.end()) continue;
    for (const std::string& word : words) {
      if (word.empty() || word == provider.word) continue;
      auto exact = tables.lookup(catalog::Kind::region, std::string{provider.id} + ':' + word);
      if (exact.row) return exact;
    }
  }
  return found;
}

}  // namespace

void look_up_names(ImportAnswer& answer, const catalog::Catalog& tables) {
  const auto warn = [&](std::string code, std::string message, std::string help) {
    answer.warnings.push_back({.code = std::move(code),
                               .message = std::move(message),
                               .where = {},
                               .help = std::move(help),
                               .severity = diag::Severity::warning});
  };
  for (ImportedValue& value : answer.values) {
    const auto& info = imports::info_of(value.finding.measure);
    value.key = info.key;
    value.written = written(value.finding);
    value.why_not = value.finding.doubt;
    if (value.key.empty() && value.why_not.empty()) value.why_not = "no input of a run";
    if (!value.why_not.empty()) continue;
    const std::string& name = value.finding.text;
    if (value.finding.measure == Measure::device) {
      const auto found = tables.lookup(catalog::Kind::hardware, name);
      if (found.row) {
        value.written = found.row->id();
        answer.device_known = true;
        answer.device_name = found.row->text("name");
        if (!found.also.empty())
          warn("several-devices",
               "'" + name + "' can be " + value.written + " or " + diag::listed(found.also) +
                   ": the first was taken",
               "correct hardware.id in the run file where it is another");
      } else {
        answer.device_name = name;
        warn("unknown-device", "no device '" + name + "' in the tables: its name is kept",
             "what was measured of it counts; nothing else is known" +
                 (found.suggestion.empty() ? std::string{} : ". " + found.suggestion));
      }
    } else if (value.finding.measure == Measure::country) {
      auto found = tables.lookup(catalog::Kind::grid, name);
      const auto comma = name.rfind(", ");
      if (!found.row && comma != std::string::npos)
        found = tables.lookup(catalog::Kind::grid, name.substr(comma + 2));
      const auto region = found.row ? catalog::Lookup{} : region_named(name, tables);
      if (region.row) {
        value.finding.measure = Measure::region;
        value.key = imports::info_of(Measure::region).key;
        value.written = region.row->id();
        answer.place_name = region.row->text("name");
      } else if (found.row) {
        value.written = found.row->id();
        answer.place_name = found.row->text("name");
      } else {
        value.why_not = "no place of the tables";
        warn("unknown-place", "no place '" + name + "' in the tables",
             found.suggestion.empty() ? "give --grid or --region" : found.suggestion);
      }
    } else if (value.finding.measure == Measure::region) {
      const auto found = region_named(name, tables);
      if (found.row) {
        value.written = found.row->id();
        answer.place_name = found.row->text("name");
      } else {
        value.why_not = "no region of the tables";
      }
    }
  }
}

void choose_inputs(ImportAnswer& answer) {
  settle_doubles(answer);
  batch_in_tokens(answer);
  const auto rate = choose_rate(answer);
  choose_work(answer, rate);
  choose_power(answer, rate.has_value());
  choose_place(answer);
  for (const Measure measure : {Measure::device, Measure::count, Measure::parameters,
                                Measure::sequence_length, Measure::micro_batch, Measure::batch_tokens})
    use(answer, measure);
  for (const Measure measure : sizes) use(answer, measure);
  put_off(answer, Measure::batch_samples,
          "training.global_batch is in tokens: times the tokens of a sequence");
  // a device that is not in the tables is understood where nothing of it has to be known
  const bool power = answer.used("hardware.total_power") != nullptr || said(answer, "hardware.power") ||
                     said(answer, "hardware.total_power");
  const bool time =
      answer.used("training.wall_time") != nullptr || rate || said(answer, "training.wall_time");
  if (!answer.device_known && !(power && time))
    put_off(answer, Measure::device, "no device of the tables; with power and time its name can stand");
  // what the user says wins
  if (said(answer, "model.preset") || said(answer, "model.config")) {
    put_off(answer, Measure::parameters, "the model is given");
    for (const Measure measure : sizes) put_off(answer, measure, "the model is given");
  }
  for (ImportedValue& value : answer.values) {
    if (!value.used) continue;
    if (said(answer, value.key)) {
      value.used = false;
      value.why_not = "given otherwise";
    } else if (!run::input_by_key(value.key)) {
      value.used = false;
      value.why_not = "no input of this edition";
    }
  }
}

namespace {

// What the training that was measured counts its work in: as its network says, else as the log does.
run::WorkUnit work_of(const ImportAnswer& answer, const catalog::Catalog& tables) {
  if (const auto& model = answer.said.get(run::Input::model)) {
    const auto row = tables.lookup(catalog::Kind::model, model->text).row;
    if (row && !row->text("config").empty()) {
      constexpr double any_length = 512;
      return run::work_unit(run::count_network(row->text("config"), std::string{row->id()}, any_length));
    }
  }
  run::WorkUnit out;
  constexpr std::array<std::string_view, 6> of_images{"timm-log",       "torchvision-log", "imagenet-log",
                                                      "detectron2-log", "mmengine-log",    "yolox-log"};
  constexpr std::array<std::string_view, 3> of_anything{"rate-log", "paddle-log", "tf-estimator-log"};
  const auto any = [&](const auto& forms) {
    return std::ranges::any_of(answer.files, [&](const ImportedFile& file) {
      return std::ranges::find(forms, std::string_view{file.form}) != forms.end();
    });
  };
  const bool rate_in_samples = answer.used("hardware.samples_per_second") != nullptr ||
                               answer.used("hardware.total_samples_per_second") != nullptr;
  if (any(of_images)) {
    out.one = out.sample = "image";
    out.many = out.samples = "images";
  } else if (any(of_anything) && rate_in_samples) {
    out.one = out.sample = "sample";
    out.many = out.samples = "samples";
  }
  return out;
}

}  // namespace

void find_gaps(ImportAnswer& answer, const catalog::Catalog& tables) {
  const run::WorkUnit work = work_of(answer, tables);
  const auto known = [&](std::string_view key) { return answer.used(key) != nullptr || said(answer, key); };
  const auto ask = [&](std::string key, std::string question) {
    answer.gaps.push_back({std::move(key), std::move(question)});
  };
  const bool power = known("hardware.power") || known("hardware.total_power") ||
                     known("hardware.accelerator_power") || known("training.energy");
  const std::string file = answer.files.size() == 1 ? "the file does not say" : "the files do not say";
  const bool model = known("model.preset") || known("model.config") || known("model.parameters");
  const bool timed = known("training.wall_time") || known("training.energy");
  if (!model && !(timed && power)) ask("model.preset", "which model? preset, config or parameters: " + file);
  if (!known("hardware.id")) ask("hardware.id", "which device? " + file);
  if (!known("hardware.count") && !known("hardware.nodes"))
    ask("hardware.count", "how many devices? " + file);
  const bool step = answer.find(Measure::step_time) != nullptr;
  const bool rate =
      std::ranges::any_of(std::array{"hardware.tokens_per_second", "hardware.total_tokens_per_second",
                                     "hardware.samples_per_second", "hardware.total_samples_per_second"},
                          known);
  if (step && !rate && !known("training.global_batch"))
    ask("training.global_batch",
        work.said("how many tokens in one optimizer step? with it the step time is a rate"));
  const bool amount = known("training.tokens") || known("training.samples") || known("training.steps");
  if (!amount && !known("training.wall_time") && !known("training.energy"))
    ask(work.text() ? "training.tokens" : "training.samples",
        work.text() ? std::string{"how much work? tokens (or samples) of the training to plan"}
                    : "how much work? " + std::string{work.many} + " of the training to plan");
  if (!known("training.sequence_length") && (rate || step) && work.text())
    ask("training.sequence_length", "how many tokens in a sequence? with it attention counts");
  if (!power)
    ask("hardware.accelerator_power",
        "what did a board draw? import the record of nvidia-smi together with this file; without it the "
        "power is predicted");
  if (!known("site.grid") && !known("site.region") && !known("site.carbon_intensity"))
    ask("site.grid", "where? a country, or site.region; without it there is no CO2e");
}

}  // namespace kwhatif::ask
