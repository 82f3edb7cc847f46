// The Trainer of Hugging Face and what builds on it: state files, result files, standard output.
#include "forms.hpp"
#include "steps.hpp"
#include "text.hpp"
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::imports {

namespace {

constexpr std::string_view flos_rule =
    "the Trainer counts 6 x parameters x tokens: without attention, with frozen weights and all experts";

// What the last entry of a training says.
struct Outcome {
  std::optional<double> runtime, samples_rate, steps_rate, tokens_rate, steps, epochs, tokens, flos, samples,
      batch;
  int line = 0;
};

// A product of two rounded numbers as the whole number that it must be.
std::optional<double> whole_near(double value, double relative) {
  const double whole = std::round(value);
  constexpr double half = 0.5;
  constexpr double slack = 1.5;
  if (whole < 1 || std::abs(value - whole) > value * relative * slack || value * relative > half)
    return std::nullopt;
  return whole;
}

void add_outcome(Measurement& into, const Outcome& outcome) {
  const int line = outcome.line;
  constexpr double last_digit = 0.0005;  // rates have three decimals
  if (outcome.steps) found(into, Measure::steps, *outcome.steps, "as the file says", line);
  if (outcome.epochs) found(into, Measure::epochs, *outcome.epochs, "as the file says", line);
  if (outcome.runtime && *outcome.runtime > 0) {
    found(into, Measure::wall_time, *outcome.runtime, "train_runtime, the start of the training in it", line);
    std::optional<double> step;
    if (outcome.steps && *outcome.steps > 0) step = *outcome.runtime / *outcome.steps;
    if (!step && outcome.steps_rate && *outcome.steps_rate > 0) step = 1 / *outcome.steps_rate;
    if (step) {
      Finding& f = found(into, Measure::step_time, *step,
                         outcome.steps ? "train_runtime / steps" : "1 / train_steps_per_second", line);
      f.note = "a mean with warm-up, evaluation and checkpoints in it";
    }
  }
  if (outcome.tokens_rate && *outcome.tokens_rate > 0) {
    Finding& f =
        found(into, Measure::tokens_per_second, *outcome.tokens_rate, "train_tokens_per_second", line);
    f.note = "per device, as the Trainer's documentation has it";
  }
  if (outcome.samples_rate && *outcome.samples_rate > 0) {
    Finding& f = found(into, Measure::total_samples_per_second, *outcome.samples_rate,
                       "train_samples_per_second", line);
    f.note = "a mean over train_runtime, all devices together; a sample is a sequence, an image or a clip";
    if (outcome.runtime && !outcome.samples) {
      const double samples = *outcome.samples_rate * *outcome.runtime;
      const auto whole = whole_near(samples, last_digit / *outcome.samples_rate);
      found(into, Measure::samples, whole.value_or(samples), "train_samples_per_second x train_runtime",
            line);
      const double of_step = outcome.steps && *outcome.steps > 0 ? samples / *outcome.steps : 0;
      if (const auto batch = whole_near(of_step, last_digit / *outcome.samples_rate); batch && !outcome.batch)
        found(into, Measure::batch_samples, *batch, "samples / steps", line);
    }
  }
  if (outcome.tokens && *outcome.tokens > 0)
    found(into, Measure::tokens, *outcome.tokens, "num_input_tokens_seen", line);
  if (outcome.flos && *outcome.flos > 0)
    leave(into, "total_flos " + quantity::significant(*outcome.flos) + " FLOP", std::string{flos_rule}, line);
}

void take_outcome(Outcome& outcome, const JsonValue& entry) {
  const auto take = [&](std::optional<double>& into, std::string_view key) {
    if (const auto value = entry.number_of(key)) into = value;
  };
  take(outcome.samples_rate, "train_samples_per_second");
  take(outcome.steps_rate, "train_steps_per_second");
  take(outcome.tokens_rate, "train_tokens_per_second");
  take(outcome.epochs, "epoch");
  take(outcome.flos, "total_flos");
  const JsonValue* const runtime = entry.find("train_runtime");
  if (runtime != nullptr) {
    outcome.runtime = runtime->type == JsonValue::Type::text && contains(runtime->text, ":")
                          ? clock_time(runtime->text)
                          : runtime->as_number();
    outcome.line = runtime->line;
  }
}

Measurement of_state(const JsonValue& state) {
  Measurement out;
  out.form = "trainer-state";
  out.name = "Trainer state of Hugging Face transformers";
  out.tool = "transformers";
  Outcome outcome;
  outcome.line = state.line;
  outcome.steps = state.number_of("global_step");
  outcome.flos = state.number_of("total_flos");
  const JsonValue* const history = state.find("log_history");
  std::size_t evaluations = 0;
  double evaluating = 0;
  if (history != nullptr) {
    for (const JsonValue& entry : history->items) {
      if (const auto time = entry.number_of("eval_runtime")) {
        ++evaluations;
        evaluating += *time;
      }
      if (entry.find("train_runtime") == nullptr) continue;
      take_outcome(outcome, entry);
      if (const auto steps = entry.number_of("step")) outcome.steps = steps;
    }
  }
  if (!outcome.epochs) outcome.epochs = state.number_of("epoch");
  outcome.tokens = state.number_of("num_input_tokens_seen");
  add_outcome(out, outcome);
  out.read =
      outcome.steps ? counted(static_cast<std::size_t>(std::max(0.0, *outcome.steps)), "step") : "no steps";
  if (history != nullptr)
    out.read += ", " + counted(history->items.size(), "entry", "entries") + " in the history";
  if (const auto micro = state.number_of("train_batch_size"); micro && *micro > 0) {
    Finding& f =
        found(out, Measure::micro_batch, *micro, "train_batch_size", state.find("train_batch_size")->line);
    f.note = "samples of one device and pass";
    if (const Finding* const batch = out.find(Measure::batch_samples)) {
      const double times = batch->value / *micro;
      if (times > 1)
        leave(
            out, "number of devices",
            "devices x gradient accumulation = " + in_digits(times) + "; which is which is not in the file");
    }
  }
  if (evaluations > 0)
    leave(out, counted(evaluations, "evaluation") + " (" + seconds_in_words(evaluating) + ")",
          "their time lies in train_runtime");
  if (!outcome.runtime)
    warn(out, "no-times", "the state of a checkpoint has no times: no rate follows from it",
         "the state of the finished run has train_runtime; so have train_results.json and the log");
  return out;
}

Measurement of_results(const JsonValue& results) {
  Measurement out;
  out.form = "trainer-results";
  out.name = "results of the Hugging Face Trainer";
  out.tool = "transformers";
  Outcome outcome;
  take_outcome(outcome, results);
  outcome.samples = results.number_of("train_samples");
  if (outcome.samples) {
    Finding& f = found(out, Measure::samples, *outcome.samples, "train_samples", results.line);
    f.note = "one epoch";
  }
  if (const auto seen = results.number_of("num_input_tokens_seen")) outcome.tokens = seen;
  add_outcome(out, outcome);
  out.read = "the mean of a whole training";
  if (results.number_of("effective_tokens_per_sec"))
    found(out, Measure::total_tokens_per_second, *results.number_of("effective_tokens_per_sec"),
          "effective_tokens_per_sec", results.line);
  return out;
}

// trainer_log.jsonl of LLaMA-Factory: elapsed times as texts.
std::optional<Measurement> of_progress(const Documents& lines) {
  const JsonValue* first = nullptr;
  const JsonValue* last = nullptr;
  for (const JsonValue& line : lines) {
    if (!line.number_of("current_steps") || line.text_of("elapsed_time").empty()) continue;
    if (first == nullptr) first = &line;
    last = &line;
  }
  if (last == nullptr) return std::nullopt;
  Measurement out;
  out.form = "trainer-progress";
  out.name = "progress lines of LLaMA-Factory";
  out.tool = "LLaMA-Factory";
  const double steps = *last->number_of("current_steps");
  out.read = counted(lines.size(), "line") + ", step " + in_digits(steps);
  found(out, Measure::steps, steps, "current_steps of the last line", last->line);
  const auto from = clock_time(first->text_of("elapsed_time"));
  const auto to = clock_time(last->text_of("elapsed_time"));
  if (to) found(out, Measure::wall_time, *to, "elapsed_time of the last line", last->line);
  const double between = steps - *first->number_of("current_steps");
  if (from && to && between > 0 && *to > *from)
    found(out, Measure::step_time, (*to - *from) / between,
          "elapsed time between the first and the last line", first->line, last->line);
  if (const auto tokens = last->number_of("total_tokens"); tokens && *tokens > 0)
    found(out, Measure::tokens, *tokens, "total_tokens of the last line", last->line);
  if (const auto rate = last->number_of("throughput"); rate && *rate > 0)
    found(out, Measure::total_tokens_per_second, *rate, "throughput of the last line, a mean since the start",
          last->line);
  return out;
}

struct Bar {
  double done = 0;
  double all = 0;
  double elapsed = 0;
  int line = 0;
};

// " 98%|####  | 2086/2120 [26:01<00:22,  1.49it/s]".
std::optional<Bar> progress_bar(const Piece& piece) {
  const auto bracket = piece.text.find(" [");
  const auto until = piece.text.find('<', bracket == std::string_view::npos ? 0 : bracket);
  if (bracket == std::string_view::npos || until == std::string_view::npos) return std::nullopt;
  const auto slash = piece.text.rfind('/', bracket);
  if (slash == std::string_view::npos) return std::nullopt;
  const auto done = trailing_number(piece.text.substr(0, slash));
  const auto all = number(piece.text.substr(slash + 1, bracket - slash - 1));
  const auto elapsed = clock_time(piece.text.substr(bracket + 2, until - bracket - 2));
  if (!done || !all || !elapsed) return std::nullopt;
  return Bar{*done, *all, *elapsed, piece.line};
}

// The bar of the training is the longest; evaluations have their own, and each epoch can begin anew.
void add_bars(Measurement& out, const std::vector<Bar>& bars) {
  double all = 0;
  for (const Bar& bar : bars) all = std::max(all, bar.all);
  const Bar* first = nullptr;
  const Bar* last = nullptr;
  const Bar* begin = nullptr;
  const Bar* before = nullptr;
  for (const Bar& bar : bars) {
    if (bar.all != all || bar.done < 1) continue;
    if (before == nullptr || bar.done < before->done || bar.elapsed < before->elapsed) begin = &bar;
    before = &bar;
    if (first == nullptr || bar.done - begin->done > last->done - first->done) {
      first = begin;
      last = &bar;
    }
  }
  if (last == nullptr || last->done <= first->done || last->elapsed <= first->elapsed) return;
  Finding& f = found(out, Measure::step_time, (last->elapsed - first->elapsed) / (last->done - first->done),
                     "progress bar, steps " + in_digits(first->done) + " to " + in_digits(last->done),
                     first->line, last->line);
  f.note = "whole seconds; evaluation and checkpoints in it";
  found(out, Measure::steps, last->done, "progress bar", last->line);
}

}  // namespace

std::optional<Measurement> read_trainer_json(const Input& input) {
  if (input.json.empty()) return std::nullopt;
  const JsonValue& first = input.json.front();
  if (first.find("log_history") != nullptr && first.find("global_step") != nullptr) return of_state(first);
  if (auto progress = of_progress(input.json)) return progress;
  if (first.find("train_runtime") != nullptr) return of_results(first);
  return std::nullopt;
}

std::optional<Measurement> read_progress_bar(const Input& input) {
  std::vector<Bar> bars;
  for_each_piece(input.text, [&](const Piece& piece) {
    if (const auto bar = progress_bar(piece)) bars.push_back(*bar);
  });
  Measurement out;
  out.form = "progress-bar";
  out.name = "progress bar of a training (tqdm)";
  add_bars(out, bars);
  if (out.findings.empty()) return std::nullopt;
  out.read = counted(bars.size(), "state") + " of the bar";
  warn(out, "odd-log", "nothing names the tool: a step of the bar is taken as an optimizer step",
       "where it is a batch of an accumulation or an epoch, correct training.step_time");
  return out;
}

std::optional<Measurement> read_trainer_log(const Input& input) {
  Measurement out;
  out.form = "trainer-log";
  out.name = "log of the Hugging Face Trainer";
  out.tool = "transformers";
  Outcome outcome;
  std::vector<Bar> bars;
  std::vector<StepReport> rates;   // axolotl's own, per device
  std::vector<StepReport> speeds;  // ms-swift's own: means since the start
  std::size_t losses = 0;
  std::optional<double> batch, micro, accumulation, examples, planned, epochs, trainable;
  int head_line = 0;
  for_each_piece(input.text, [&](const Piece& piece) {
    const std::string_view text = piece.text;
    const auto head = [&](std::optional<double>& into, std::string_view mark) {
      if (into || !contains(text, mark)) return;
      into = number_after(text, mark);
      if (into) head_line = piece.line;
    };
    head(batch, "Total train batch size (w. parallel, distributed & accumulation)");
    head(micro, "Instantaneous batch size per device");
    head(accumulation, "Gradient Accumulation steps");
    head(examples, "Num examples");
    head(planned, "Total optimization steps");
    head(epochs, "Num Epochs");
    head(trainable, "Number of trainable parameters");
    if (contains(text, "'loss':") && contains(text, "'epoch':")) ++losses;
    for (const std::string_view mark : {"tokens_per_second_per_gpu'", "tokens_per_sec_per_gpu'"}) {
      const auto n = contains(text, mark) ? number_after(text, mark) : std::nullopt;
      if (n && *n > 0) rates.push_back({.value = *n, .line = piece.line});
    }
    if (contains(text, "train_runtime") && !contains(text, "self.")) {
      outcome.line = piece.line;
      const auto at = text.find("train_runtime") + std::string_view{"train_runtime"}.size();
      const auto begin = text.find_first_of("0123456789", at);
      if (begin != std::string_view::npos) {
        const auto word = text.substr(begin, text.find_first_of(" ,'}", begin) - begin);
        if (const auto time = contains(word, ":") ? clock_time(word) : number(word)) outcome.runtime = time;
      }
    }
    if (const auto n = number_after(text, "'train_speed(iter/s)'"); n && *n > 0)
      speeds.push_back({.value = 1 / *n, .line = piece.line});
    if (const auto n = number_after(text, "'train_speed(s/it)'"); n && *n > 0)
      speeds.push_back({.value = *n, .line = piece.line});
    const auto rate = [&](std::optional<double>& into, std::string_view mark) {
      if (contains(text, mark))
        if (const auto value = number_after(text, mark)) into = value;
    };
    rate(outcome.samples_rate, "train_samples_per_second");
    rate(outcome.steps_rate, "train_steps_per_second");
    rate(outcome.tokens_rate, "train_tokens_per_second");
    if (contains(text, "'epoch':")) rate(outcome.epochs, "'epoch'");
    if (const auto bar = progress_bar(piece)) bars.push_back(*bar);
  });
  if (!outcome.runtime && losses == 0 && !batch) return std::nullopt;
  outcome.batch = batch;
  if (outcome.runtime && planned) outcome.steps = planned;
  if (outcome.runtime && outcome.steps_rate && planned) {
    const double steps = *outcome.steps_rate * *outcome.runtime;
    constexpr double stopped_early = 0.98;
    if (steps < stopped_early * *planned) outcome.steps.reset();
  }
  add_outcome(out, outcome);
  if (!outcome.runtime) add_bars(out, bars);
  if (!speeds.empty() && out.find(Measure::step_time) == nullptr)
    found(out, Measure::step_time, speeds.back().value,
          "train_speed of the last report, a mean since the start", speeds.back().line);
  if (const auto statistic = step_statistic(rates, Better::high);
      statistic && out.find(Measure::tokens_per_second) == nullptr) {
    out.tool = "axolotl";
    found(out, Measure::tokens_per_second, statistic->stepping, statistic->words("report"),
          statistic->line_first, statistic->line_last);
  }
  if (batch) found(out, Measure::batch_samples, *batch, "as the log says", head_line);
  if (micro) found(out, Measure::micro_batch, *micro, "as the log says", head_line);
  if (batch && micro && accumulation && *micro * *accumulation > 0) {
    const double devices = *batch / (*micro * *accumulation);
    if (devices >= 1 && std::floor(devices) == devices)
      found(out, Measure::count, devices, "batch of a step / (batch per device x accumulation)", head_line);
  }
  if (examples && out.find(Measure::samples) == nullptr && out.find(Measure::step_time) != nullptr && epochs)
    leave(out, in_digits(*examples) + " examples, " + in_digits(*epochs) + " epochs", "planned, not measured",
          head_line);
  if (trainable)
    leave(out, in_digits(*trainable) + " trainable parameters", "with adapters these are not the model's",
          head_line);
  out.read = counted(losses, "report") + " of the loss";
  if (out.find(Measure::wall_time) == nullptr && out.find(Measure::step_time) == nullptr &&
      out.find(Measure::tokens_per_second) == nullptr)
    no_values("the log of a Trainer that has not ended, without a progress bar: it has no times",
              "read it when the line with 'train_runtime' is there, or trainer_state.json");
  return out;
}

}  // namespace kwhatif::imports
