// Measures on a service: one input of it set, all else as in its answer, so that what it does comes from the
// same model; beside it what was published of such a measure.
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

namespace {

// A measure; without a flag it changes the model itself and is known by its published factor alone.
struct Measure {
  std::string_view id;
  std::string_view name;
  std::string_view flag;
  std::string_view value;
  std::string_view published;  // id of a lever of the tables
};
constexpr std::array measures{
    Measure{"weights-8-bit", "Weights of 8 bits", "precision", "fp8", "int8-inference"},
    Measure{"weights-4-bit", "Weights of 4 bits", "precision", "int4", "int4-weight-inference"},
    Measure{"larger-batch", "Four times as many requests in flight", "batch", "x4", ""},
    Measure{"higher-load", "Less idle time", "load", "0.8", ""},
    Measure{"prompt-cache", "Keys and values of half of the prompt kept", "cached", "0.5", ""},
    Measure{"speculation", "Three tokens drafted, two gained per step", "speculative", "3:2", ""},
    Measure{"tuned-engine", "An engine compiled for the device", "engine", "tuned", ""},
    Measure{"right-sizing", "The fewest devices that hold it", "devices", "fewest", ""},
    Measure{"newer-machine", "A newer device", "hardware", "b200-sxm", ""},
    Measure{"distillation", "A distilled student", "", "", "distilled-student-inference"},
    Measure{"pruning", "2:4 structured sparsity", "", "", "pruning-2-4"},
};

run::Given said(std::string_view flag, std::string value) {
  return {std::move(value), {}, "--" + std::string{flag}};
}

// What the answer took, said, so that a measure changes one thing alone.
ServeQuestion pinned(const ServeQuestion& question, const ServeCase& answer) {
  ServeQuestion out{.inputs = question.inputs, .any_batch = true, .files = question.files};
  const auto& work = answer.service.work;
  const auto& provision = answer.service.provision;
  const auto pin = [&](std::string_view flag, double value, std::string_view unit = "") {
    out.inputs.insert_or_assign(std::string{flag}, said(flag, quantity::shortest(value) + std::string{unit}));
  };
  for (const char* gone : {"rate", "chips"}) out.inputs.erase(gone);
  pin("batch", work.batch.coherent());
  pin("load", provision.load);
  pin("devices", work.devices.coherent());
  pin("pue", provision.pue);
  return out;
}

std::string was_of(const ServeCase& answer, std::string_view flag) {
  const auto& work = answer.service.work;
  if (flag == "precision") return answer.precision;
  if (flag == "batch") return quantity::shortest(work.batch.coherent());
  if (flag == "load") return quantity::shortest(answer.service.provision.load);
  if (flag == "cached") return quantity::shortest(work.cached);
  if (flag == "speculative") return work.drafts > 0 ? "on" : "none";
  if (flag == "engine") return answer.engine;
  if (flag == "devices") return quantity::shortest(work.devices.coherent());
  return std::string{answer.hardware->id()};
}

double number_of(const Measure& measure) {
  return quantity::parse(measure.value, {.dimension = quantity::dim::one, .bare_number = true})
      .value.coherent;
}

// Whether it would change anything.
bool applies(const Measure& measure, const ServeQuestion& question, const ServeCase& answer,
             const catalog::Catalog& tables) {
  const auto& work = answer.service.work;
  const bool arrivals = question.inputs.contains("rate");  // they decide batch and load
  if (measure.flag == "precision")
    return *serve::bytes_of(tables, measure.value) < *serve::bytes_of(tables, answer.precision);
  if (measure.flag == "batch") return !arrivals;
  if (measure.flag == "load") return !arrivals && answer.service.provision.load < number_of(measure);
  if (measure.flag == "cached") return work.cached < number_of(measure) && work.prompt.coherent() > 0;
  if (measure.flag == "speculative") return work.drafts == 0;
  if (measure.flag == "engine") return answer.engine_class != serve::Engine::tuned;
  if (measure.flag == "hardware") return answer.hardware->id() != measure.value;
  return true;
}

void set(ServeQuestion& changed, const Measure& measure, ServeLever& lever, const ServeCase& answer) {
  const auto put = [&](std::string value) {
    lever.value = value;
    changed.inputs.insert_or_assign(std::string{measure.flag}, said(measure.flag, std::move(value)));
  };
  if (measure.flag == "batch") {
    constexpr double times = 4;
    put(quantity::shortest(std::ceil(times * answer.service.work.batch.coherent())));
  } else if (measure.flag == "devices") {
    changed.inputs.erase("devices");
    lever.value = measure.value;
  } else {
    put(std::string{measure.value});
    if (measure.flag == "hardware") changed.inputs.erase("devices");
  }
}

}  // namespace

std::vector<ServeLever> serve_levers(const ServeQuestion& question, const ServeCase& answer,
                                     const catalog::Catalog& tables) {
  std::vector<ServeLever> out;
  for (const Measure& measure : measures) {
    ServeLever lever{.id = std::string{measure.id},
                     .name = std::string{measure.name},
                     .flag = std::string{measure.flag},
                     .was = {},
                     .value = {},
                     .device = {},
                     .facility = {}};
    if (!measure.published.empty()) lever.published = tables.find(catalog::Kind::lever, measure.published);
    if (measure.flag.empty()) {
      if (lever.published) out.push_back(std::move(lever));
      continue;
    }
    if (!applies(measure, question, answer, tables)) continue;
    lever.was = was_of(answer, measure.flag);
    ServeQuestion changed = pinned(question, answer);
    set(changed, measure, lever, answer);
    try {
      const auto other = serve_one(changed, tables);
      if (measure.flag == "devices") {
        if (other.service.work.devices >= answer.service.work.devices) continue;
        lever.value = quantity::shortest(other.service.work.devices.coherent());
      }
      const double room = other.memory.largest_batch();
      if (other.service.work.batch.coherent() > room) {
        lever.problem = "the memory of the devices has room for " + quantity::shortest(room) + " requests";
      } else {
        const auto ratio = [&](ServeFigure f) { return *other.figures[f] / *answer.figures[f]; };
        lever.device = ratio(ServeFigure::device_per_token);
        lever.facility = ratio(ServeFigure::facility);
      }
    } catch (const diag::Error& error) {
      lever.problem = error.diagnostics().front().message;
    }
    out.push_back(std::move(lever));
  }
  const auto rank = [](const ServeLever& lever) {
    if (lever.facility) return *lever.facility;
    constexpr double after_all = 1e3;
    return lever.problem.empty() ? after_all : 2 * after_all;
  };
  std::ranges::stable_sort(out, {}, rank);
  return out;
}

}  // namespace kwhatif::ask
