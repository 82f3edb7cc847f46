// Work and throughput as people count them: samples, steps, a batch and the time of a step become tokens of
// the architecture and tokens per second.
#include "resolver.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/model_name.hpp>
#include <kwhatif/run/work_words.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::run {

using catalog::Responsible;
using catalog::Standing;

std::string WorkUnit::said(std::string words) const {
  if (text()) return words;
  const auto letter = [&](std::size_t at) {
    const auto between = [](char c, char low, char high) { return low <= c && c <= high; };
    if (at >= words.size()) return false;
    const char c = words[at];
    return between(c, 'a', 'z') || between(c, 'A', 'Z') || between(c, '0', '9') || c == '_' || c == '-';
  };
  constexpr std::string_view tail = "oken";
  for (std::size_t end = words.find(tail, 1); end != std::string::npos; end = words.find(tail, end)) {
    const std::size_t at = end - 1;
    end += tail.size();
    const bool capital = words[at] == 'T';
    if (!capital && words[at] != 't') continue;
    const bool plural = end < words.size() && words[end] == 's';
    if (plural) ++end;
    const bool of_a_key = at > 0 && (letter(at - 1) || words[at - 1] == '.');  // "training.tokens"
    if (letter(end) || of_a_key) continue;
    std::string instead{plural ? many : one};
    constexpr char to_capital = 'a' - 'A';
    if (capital) instead.front() = static_cast<char>(instead.front() - to_capital);
    words.replace(at, end - at, instead);
    end = at + instead.size();
  }
  return words;
}

std::string WorkUnit::human(double coherent, const quantity::Dimension& dimension, int digits) const {
  return said(quantity::human(coherent, dimension, digits));
}

bool hears(const model::Architecture& architecture) {
  constexpr std::array families{"wav2vec2",      "hubert",         "wavlm",  "unispeech",
                                "unispeech-sat", "data2vec-audio", "whisper"};
  return std::find(families.begin(), families.end(), architecture.model_type) != families.end();
}

namespace {

// What a second of sound is in the work of a network that hears; nothing where that is not known.
std::optional<double> tokens_per_second_of_sound(const Network& network) {
  if (!hears(network.architecture)) return std::nullopt;
  constexpr double frames = 50;  // one every 20 ms: read_audio.cpp, and Whisper's 1,500 of 30 s
  const bool two_sides = network.architecture.kind == model::Kind::encoder_decoder;
  return frames * (two_sides ? 1 + model::span_corruption_target_share : 1);
}

}  // namespace

WorkUnit work_unit(const Network& network) {
  WorkUnit out;
  const auto whole = [&](std::string_view one, std::string_view many) {
    out.one = out.sample = one;
    out.many = out.samples = many;
    out.tokens_per_sample = 1;
    return out;
  };
  switch (network.inventory.unit) {
    case model::Unit::token:
      break;
    case model::Unit::image:
    case model::Unit::denoising_step:  // training takes one step on each image
      return whole("image", "images");
    case model::Unit::image_text_pair:
      return whole("pair", "pairs");
    case model::Unit::sound:
      return whole("clip", "clips");
    case model::Unit::video:
    case model::Unit::video_step:
      return whole("video", "videos");
  }
  const bool two_sides = network.architecture.kind == model::Kind::encoder_decoder;
  if (hears(network.architecture)) {
    out.sample = "clip";
    out.samples = "clips";
    // Whisper's frames and the tokens of what is said are counted together: positions, as its config calls
    // them
    out.one = two_sides ? "position" : "frame";
    out.many = two_sides ? "positions" : "frames";
  }
  if (const auto& type = network.architecture.model_type; type == "esm" || type == "esmc") {
    out.one = "residue";
    out.many = "residues";
    out.sample = "protein";
    out.samples = "proteins";
  }
  if (network.sequence_length > 0) {
    // tokens of either side count, as in the FLOPs of one
    out.tokens_per_sample =
        network.sequence_length * (two_sides ? 1 + model::span_corruption_target_share : 1);
  }
  return out;
}

namespace {

// The number of a rule beside the inputs it follows from.
catalog::Origin follows_from(const Given& given, std::string note) {
  return {.responsible = Responsible::derived,
          .standing = Standing::derived,
          .source = {},
          .at = given.named,
          .note = std::move(note),
          .text = given.text};
}

}  // namespace

// Which unit the work is in, as far as network and inputs say.
void Resolver::resolve_work_unit() {
  const auto length = numbers_.whole(Input::seq_len);
  if (out_.network) {
    out_.work = work_unit(*out_.network);
  } else if (scenario_.has(Input::params) || scenario_.has(Input::active)) {
    if (length) {
      out_.work.tokens_per_sample = static_cast<double>(*length);
    }
  } else if (scenario_.has(Input::samples) || scenario_.has(Input::samples_per_second) ||
             scenario_.has(Input::total_samples_per_second) || scenario_.has(Input::flops_per_sample)) {
    out_.work.one = out_.work.sample = "sample";
    out_.work.many = out_.work.samples = "samples";
    out_.work.tokens_per_sample = 1;
  }
}

// A batch in sequences or images is one of so many tokens.
void Resolver::settle_batch() {
  const auto& batch = numbers_.quantity(Input::global_batch);
  if (!batch) return;
  const Given& given = *scenario_.get(Input::global_batch);
  if (!out_.work.text() && out_.work.tokens_per_sample == 1 && given.text.find("token") != std::string::npos)
    fault("wrong-unit",
          given.named + " = " + given.text + ": " +
              (out_.network ? out_.network->name : std::string{"this network"}) + " is trained on " +
              std::string{out_.work.many} + ", not on tokens",
          given.where,
          "give the " + std::string{out_.work.many} + " of one optimizer step: \"256 " +
              std::string{out_.work.many} + "\"");
  if (batch->dimension != quantity::dim::sample) return;
  if (const auto length = sample_length(Input::global_batch))
    numbers_.convert(Input::global_batch, *length, quantity::dim::token);
}

std::optional<double> Resolver::sample_length(Input needed_by) {
  if (out_.work.tokens_per_sample) return out_.work.tokens_per_sample;
  const Given& given = *scenario_.get(needed_by);
  fault("missing-input", given.named + ": how many tokens a sample has is unknown", given.where,
        "give --seq-len, or an architecture with --model or --config");
  return std::nullopt;
}

// An amount of sound becomes so many clips of those that an architecture hears.
void Resolver::settle_sound() {
  const auto& number = numbers_.quantity(Input::samples);
  if (!number || number->dimension != quantity::dim::time) return;
  const Given& given = *scenario_.get(Input::samples);
  const auto each = out_.network ? tokens_per_second_of_sound(*out_.network) : std::nullopt;
  if (!each) {
    const bool sound = out_.network && out_.network->inventory.unit == model::Unit::sound;
    const std::string name = out_.network ? out_.network->name : std::string{"this network"};
    fault("wrong-unit",
          given.named + " = " + given.text + " is an amount of sound, and " +
              (sound ? "how long a clip of " + name + " is, is not known"
                     : name + " is trained on " + std::string{out_.work.samples}),
          given.where,
          "give how many " + std::string{out_.work.samples} + " there are, " +
              std::string{info(Input::samples).example});
    return;
  }
  if (const auto length = sample_length(Input::samples))
    numbers_.convert(Input::samples, *each / *length, quantity::dim::sample);
}

// Steps of a batch beside the data set: the same work within the rounding of the texts and a step that each
// epoch may leave unfinished.
void Resolver::check_steps(const Given& data, double amount, double half_step) {
  const Given& steps = *scenario_.get(Input::steps);
  const auto& number = numbers_.quantity(Input::steps);
  const auto& batch = numbers_.quantity(Input::global_batch);
  if (!number) return;
  if (!batch) {
    fault("conflict",
          "the work is given twice: " + data.text + " (" + data.named + ") and " + steps.text + " (" +
              steps.named + ")",
          steps.where,
          "--steps is of the whole run: give it or the data set, or --global-batch to tell that they agree");
    return;
  }
  const double epochs = has(Slot::epochs) ? value(Slot::epochs) : 1;
  const double unfinished = std::ceil(epochs) * batch->coherent;
  const number::Interval of_data{(amount - half_step) * epochs - unfinished,
                                 (amount + half_step) * epochs + unfinished};
  const auto interval_of = [](const quantity::Parsed& p) {
    return number::Interval{p.coherent - p.half_step, p.coherent + p.half_step};
  };
  if (of_data.overlaps(interval_of(*number) * interval_of(*batch))) return;
  const auto shown = [&](double tokens) { return out_.work.human(tokens, quantity::dim::token); };
  const std::string of_epochs = has(Slot::epochs) ? " in " + quantity::shortest(epochs) + " epochs" : "";
  fault("conflict",
        "the work is given twice and differs: " + shown(amount * epochs) + of_epochs + " (" + data.named +
            ") and " + shown(number->coherent * batch->coherent) + ", " + steps.text + " steps of " +
            shown(batch->coherent) + " (" + steps.named + ")",
        steps.where, "--steps is of the whole run, all epochs: give it or the data set");
}

// FLOP of a sample without their prefix are a slip of the pen.
void Resolver::check_flops_per_sample() {
  const auto& number = numbers_.quantity(Input::flops_per_sample);
  constexpr double least = 1e4;  // a thousand weights
  if (!number || number->coherent >= least) return;
  const Given& given = *scenario_.get(Input::flops_per_sample);
  fault("out-of-range",
        given.named + " = " + given.text + " is " + quantity::human(number->coherent, quantity::dim::flop) +
            ": no network takes so few for a sample",
        given.where, "write the prefix: \"" + quantity::significant(number->coherent) + " GFLOP\"");
}

void Resolver::resolve_work() {
  const auto& samples = scenario_.get(Input::samples);
  const auto& steps = scenario_.get(Input::steps);
  const auto& tokens = scenario_.get(Input::tokens);
  const auto& per_sample = scenario_.get(Input::flops_per_sample);
  const auto twice = [&](const Given& one, const Given& other, const std::string& help) {
    fault("conflict",
          "the work is given twice: " + one.text + " (" + one.named + ") and " + other.text + " (" +
              other.named + ")",
          other.where, help);
  };
  settle_batch();
  settle_sound();
  check_flops_per_sample();
  const bool of_data = tokens || samples;
  if (const auto& epochs = scenario_.get(Input::epochs); steps && !of_data && epochs && has(Slot::epochs)) {
    warn("no-effect", epochs->named + " has no effect: " + steps->named + " is of the whole run",
         "leave it out", epochs->where);
    out_.inputs.forget(Slot::epochs);
  }
  if (const auto& side = scenario_.get(Input::image_size); side && !out_.network)
    warn("no-effect", side->named + " has no effect: no network that sees images is named",
         "name one with --model or --config", side->where);
  if (tokens && samples) return twice(*tokens, *samples, "give --tokens or --samples");
  if (per_sample) {
    const auto& number = numbers_.quantity(Input::flops_per_sample);
    const auto length = sample_length(Input::flops_per_sample);
    if (number && length)
      set(Slot::flop_per_token, number->coherent / *length,
          {.origin =
               follows_from(*per_sample, *length == 1 ? per_sample->named : "over the tokens of a sample"),
           .half_step = number->half_step / *length});
  }
  if (const auto& number = numbers_.quantity(Input::samples); number) {
    if (const auto length = sample_length(Input::samples)) {
      const std::string of_each =
          *length == 1 ? "" : " x " + quantity::shortest(*length) + " " + std::string{out_.work.many};
      const std::string what{out_.work.samples};
      const bool hears_text = out_.network && hears(out_.network->architecture) &&
                              out_.network->architecture.kind == model::Kind::encoder_decoder;
      auto origin = follows_from(
          *samples, quantity::human(number->coherent, quantity::dim::one) + " " + what + of_each +
                        (hears_text ? ": frames of sound, 20 ms each, and the text of it" : ""));
      if (*length == 1) origin.responsible = Responsible::user;
      const auto counted = tokens_of_samples(quantity::Samples<>::from_coherent(number->coherent),
                                             quantity::TokensPerSample<>::from_coherent(*length));
      set(Slot::tokens, counted.coherent(),
          {.origin = std::move(origin), .half_step = number->half_step * *length});
    }
  }
  if (steps && of_data) {
    const auto& number = numbers_.quantity(tokens ? Input::tokens : Input::samples);
    const auto length = tokens ? std::optional{1.0} : out_.work.tokens_per_sample;
    if (number && length)
      check_steps(tokens ? *tokens : *samples, number->coherent * *length, number->half_step * *length);
  } else if (const auto& number = numbers_.quantity(Input::steps); number) {
    if (const auto batch = needed_batch(Input::steps))
      set(Slot::tokens, number->coherent * *batch,
          {.origin = follows_from(*steps,
                                  steps->text + " steps of " + out_.work.human(*batch, quantity::dim::token)),
           .half_step = number->half_step * *batch});
  }
  resolve_throughput();
  resolve_base();
  resolve_done();
}

// How far the run is; what was measured of time and energy is then that of so far, and the whole follows.
void Resolver::resolve_done() {
  const auto& given = scenario_.get(Input::done);
  if (!given) return;
  const auto wrong = [&](const std::string& why, const std::string& help) {
    fault("out-of-range", given->named + " = " + given->text + ": " + why, given->where, help);
  };
  double share = 0;
  constexpr double no_amount = 1000;  // of tokens: somebody meant per cent
  const auto read = [&](const quantity::Dimension& d) {
    return quantity::parse(given->text, {.dimension = d, .bare_number = true, .example = "40 %"});
  };
  const auto ratio = read(quantity::dim::one);
  if (ratio.ok && ratio.value.coherent <= 1) {
    share = ratio.value.coherent;
  } else {
    auto amount = read(quantity::dim::token);
    double tokens = amount.value.coherent;
    if (!amount.ok) {
      amount = read(quantity::dim::sample);
      const auto length = amount.ok ? sample_length(Input::done) : std::nullopt;
      if (amount.ok && !length) return;
      tokens = amount.value.coherent * length.value_or(1);
    }
    if (amount.ok && tokens < no_amount)
      return wrong("neither a share of the run nor an amount of work that anybody trains on",
                   "a share is written 40 % or 0.40, " + std::string{out_.work.many} + " so far 800B");
    if (!amount.ok) {
      fault(amount.fault.code, given->named + ": " + amount.fault.message, given->where,
            "a share of the run, 40 %, or " + std::string{out_.work.many} + " so far, 800B");
      return;
    }
    const auto seen = known_tokens(out_.inputs);
    if (!seen)
      return wrong("the " + std::string{out_.work.many} + " of the whole run are not known",
                   "give " + std::string{work_flag(out_.work)} + ", or a share such as 40 %");
    share = tokens / (seen->tokens * seen->epochs).coherent();
  }
  if (!(share > 0) || share >= 1)
    return wrong("a run under way is more than 0 and less than all of it done",
                 "a share of the run, 40 %, or " + std::string{out_.work.many} + " so far, fewer than " +
                     std::string{work_flag(out_.work)});
  out_.done = share;
  for (const Slot slot : {Slot::wall_time, Slot::device_time, Slot::measured_energy}) {
    if (!has(slot)) continue;
    auto record = out_.record(slot);
    record.origin.responsible = Responsible::derived;
    record.origin.standing = Standing::derived;
    record.origin.note = record.origin.text + " so far (" + record.origin.at + "), over the " +
                         quantity::percent(share) + " that is done";
    record.half_step /= share;
    set(slot, value(slot) / share, std::move(record));
  }
}

std::optional<double> Resolver::needed_batch(Input needed_by) {
  const auto& batch = numbers_.quantity(Input::global_batch);
  if (batch) return batch->coherent;
  const Given& given = *scenario_.get(needed_by);
  if (!scenario_.has(Input::global_batch))
    fault("missing-input", given.named + " needs the batch: how much work is one step?", given.where,
          "give --global-batch, in tokens, images or \"512 sequences\"");
  return std::nullopt;
}

// What went into the model that is trained on: published tokens by its own count, or its parameters.
void Resolver::resolve_base() {
  const auto& given = scenario_.get(Input::base_model);
  if (!given) return;
  if (const auto& flops = scenario_.get(Input::base_flops)) {
    fault("conflict",
          "the base is given twice: " + flops->text + " (" + flops->named + ") and " + given->text + " (" +
              given->named + ")",
          given->where, "give --base-flops or --base-model");
    return;
  }
  const auto found = find_model(catalog_, given->text);
  if (!found.row) {
    if (!found.also.empty()) return ambiguous(*given, found);
    fault("unknown-model", given->named + ": no model '" + given->text.substr(0, 60) + "'", given->where,
          found.suggestion + (found.suggestion.empty() ? "" : " ") + "its compute is --base-flops");
    return;
  }
  const std::string name{found.row->id()};
  const auto tokens = found.row->cell("tokens");
  if (!tokens) {
    fault("no-data", given->named + ": the tables do not say on how many tokens " + name + " was trained",
          given->where, "give its compute with --base-flops");
    return;
  }
  const auto length = found.row->number("sequence_length");
  const auto read = model::read_config(config_of(*found.row), name);
  const auto network =
      run::count_network(read, name, length.value_or(assumed_length(read.architecture, catalog_).tokens));
  auto origin = tokens->origin(Responsible::table);
  origin.note = quantity::human(network.flops.training.coherent(), quantity::dim::flop_per_token) + " of " +
                name + " x its published " + quantity::human(tokens->value(), quantity::dim::token);
  set(Slot::base_flop, network.flops.training.coherent() * tokens->value(),
      {.origin = std::move(origin), .half_step = network.flops.training.coherent() * tokens->half_step()});
}

namespace {

// A throughput as one input says it, in tokens per second: of a device, or of all together.
struct Rate {
  Input input;
  bool total = false;
  double tokens_per_second = 0;
  number::Interval rounded = {};
};

}  // namespace

// Every way to say how fast it goes becomes one rate, of a device or of all; two of them must agree.
void Resolver::resolve_throughput() {
  std::vector<Rate> rates;
  for (const Input input : throughputs) {
    const auto& number = numbers_.quantity(input);
    if (!number) continue;
    const bool by_step = input == Input::step_time || input == Input::steps_per_second;
    const bool by_sample = input == Input::samples_per_second || input == Input::total_samples_per_second;
    double tokens = 1;
    if (by_step) {
      const auto batch = needed_batch(input);
      if (!batch) continue;
      tokens = *batch;
    } else if (by_sample) {
      const auto length = sample_length(input);
      if (!length) continue;
      tokens = *length;
    }
    Rate rate{.input = input,
              .total = input != Input::tokens_per_second && input != Input::samples_per_second};
    const number::Interval read{number->coherent - number->half_step, number->coherent + number->half_step};
    if (input == Input::step_time) {
      constexpr double rounded_to_nothing = 1e-3;
      rate.tokens_per_second = tokens / number->coherent;
      rate.rounded = number::Interval{tokens} /
                     number::Interval{std::max(read.low, rounded_to_nothing * number->coherent), read.high};
    } else {
      rate.tokens_per_second = number->coherent * tokens;
      rate.rounded = read * number::Interval{tokens};
    }
    rates.push_back(rate);
  }
  if (rates.empty()) return;
  for (std::size_t i = 1; i < rates.size(); ++i) {
    const Rate& first = rates.front();
    const Rate& other = rates[i];
    if (other.total != first.total && !has(Slot::devices)) continue;
    const auto each = [&](const Rate& r) {
      const bool divide = r.total && other.total != first.total;
      return divide ? r.rounded / number::Interval{value(Slot::devices)} : r.rounded;
    };
    if (each(first).overlaps(each(other))) continue;
    const auto shown = [&](const Rate& r) {
      const std::string of_each = other.total != first.total ? " per device" : "";
      return out_.work.said(quantity::significant(number::value(each(r)), 4) + " tokens/s" + of_each + " (" +
                            scenario_.get(r.input)->named + ")");
    };
    fault("conflict", "the throughput is given twice and differs: " + shown(first) + " and " + shown(other),
          scenario_.get(other.input)->where, "give one of them");
    return;
  }
  for (const Rate& rate : rates) {
    const Slot slot = rate.total ? Slot::total_token_rate : Slot::token_rate;
    if (has(slot)) continue;
    const Given& given = *scenario_.get(rate.input);
    set(slot, rate.tokens_per_second,
        {.origin = follows_from(given, given.text + " (" + given.named + ")"),
         .half_step = rate.rounded.high - rate.tokens_per_second});
  }
  if (has(Slot::token_rate) && has(Slot::total_token_rate) && has(Slot::devices))
    out_.inputs.forget(Slot::total_token_rate);
  const bool timed = has(Slot::wall_time) || has(Slot::device_time);
  if (!has(Slot::tokens) && has(Slot::training_flop) && !timed) {
    const Given& given = *scenario_.get(rates.front().input);
    warn("no-effect",
         given.named + " has no effect: how many " + std::string{out_.work.many} +
             " the compute is for is unknown",
         "give --tokens or --samples", given.where);
    for (const Slot slot : {Slot::token_rate, Slot::total_token_rate}) out_.inputs.forget(slot);
  }
}

}  // namespace kwhatif::run
