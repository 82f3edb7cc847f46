// The note of an own run, which the forecast learns the user's level from.
#include <kwhatif/ask/import.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/input.hpp>
#include <kwhatif/run/model_name.hpp>

#include <vector>

namespace kwhatif::ask {

namespace {

using imports::Measure;

struct NoteReader {
  const ImportAnswer& answer;

  // A number that was measured and is used, or that the user gave.
  std::optional<double> number(run::Input input) const {
    const run::InputInfo& info = run::info(input);
    if (const auto& given = answer.said.get(input)) {
      std::vector<diag::Diagnostic> faults;
      const auto parsed = run::read_quantity(input, *given, faults);
      if (!faults.empty()) throw diag::UsageError(std::move(faults));
      return parsed ? std::optional{parsed->coherent} : std::nullopt;
    }
    const ImportedValue* const value = answer.used(info.key);
    return value != nullptr ? std::optional{value->finding.value} : std::nullopt;
  }
  std::optional<double> measured(Measure measure) const {
    const ImportedValue* const value = answer.find(measure);
    return value != nullptr && value->finding.doubt.empty() ? std::optional{value->finding.value}
                                                            : std::nullopt;
  }
};

[[noreturn]] void missing(const std::string& what, const std::string& flag) {
  diag::refuse("missing-input", "a note of an own run needs " + what, {},
               "give " + flag + " beside the files");
}

// Tokens per second of one device while stepping.
std::optional<double> rate_of(const NoteReader& reader, double chips) {
  if (const auto rate = reader.measured(Measure::tokens_per_second)) return rate;
  if (const auto rate = reader.measured(Measure::total_tokens_per_second)) return *rate / chips;
  const auto step = reader.measured(Measure::step_time);
  auto batch = reader.number(run::Input::global_batch);
  if (!batch) batch = reader.measured(Measure::batch_tokens);
  if (step && batch && *step > 0) return *batch / *step / chips;
  const auto samples = reader.measured(Measure::total_samples_per_second);
  auto length = reader.number(run::Input::seq_len);
  if (!length) length = reader.measured(Measure::sequence_length);
  if (samples && length) return *samples * *length / chips;
  return std::nullopt;
}

}  // namespace

OwnNote own_note(const ImportAnswer& answer, const catalog::Catalog& tables) {
  const NoteReader reader{answer};
  OwnNote out;
  const auto& said_device = answer.said.get(run::Input::hardware);
  const ImportedValue* const device = answer.used("hardware.id");
  const auto found = tables.lookup(catalog::Kind::hardware, said_device         ? said_device->text
                                                            : device != nullptr ? device->written
                                                                                : std::string{});
  if (!found.row) missing("a device of the tables", "--hardware");
  out.hardware = found.row->id();
  auto params = reader.number(run::Input::params);
  if (!params) {
    if (const auto& model = answer.said.get(run::Input::model)) {
      const auto row = run::find_model(tables, model->text).row;
      if (row) params = row->number("params");
    }
  }
  if (!params) missing("the number of parameters", "--params");
  const auto chips = reader.number(run::Input::chips);
  if (!chips || !(*chips >= 1)) missing("the number of devices", "--chips");
  const auto rate = rate_of(reader, *chips);
  if (!rate || !(*rate > 0))
    missing("a rate in tokens per second", "--seq-len, or --global-batch in tokens,");
  out.params = *params;
  out.chips = *chips;
  // a rate as work and time: one hour of all devices
  constexpr double hour = 3600;
  out.device_hours = out.chips;
  out.tokens = *rate * hour * out.chips;
  if (const auto total = reader.measured(Measure::total_power)) out.power = *total / out.chips;
  for (const ImportedFile& file : answer.files) out.at += (out.at.empty() ? "" : ", ") + file.path;
  out.id = "own/" + out.at;
  return out;
}

}  // namespace kwhatif::ask
