#include "facts.hpp"

#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/scenario_entries.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/market.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

namespace kwhatif::dossier {

namespace {

using run::Regime;
using run::Slot;

class Entries {
 public:
  Entries(const run::ResolvedRun& run, const catalog::Catalog& tables) {
    for (report::ScenarioEntry& entry : report::scenario_entries(run, tables))
      values_.emplace(std::move(entry.key), std::move(entry.value));
  }
  std::optional<double> number(std::string_view key) const {
    const auto at = values_.find(key);
    if (at == values_.end()) return std::nullopt;
    if (const auto* real = std::get_if<double>(&at->second)) return *real;
    if (const auto* whole = std::get_if<std::uint64_t>(&at->second)) return static_cast<double>(*whole);
    return std::nullopt;
  }
  std::optional<std::string> text(std::string_view key) const {
    const auto at = values_.find(key);
    if (at == values_.end()) return std::nullopt;
    const auto* words = std::get_if<std::string>(&at->second);
    return words && !words->empty() ? std::optional{*words} : std::nullopt;
  }

 private:
  std::map<std::string, decltype(report::ScenarioEntry::value), std::less<>> values_;
};

std::optional<std::string> text_of(const std::optional<run::Given>& given) {
  return given && !given->text.empty() ? std::optional{given->text} : std::nullopt;
}

bool tunes(Regime regime) {
  return regime == Regime::finetune || regime == Regime::lora || regime == Regime::qlora ||
         regime == Regime::dpo || regime == Regime::ppo || regime == Regime::grpo;
}

std::string with_vendor(const catalog::Row& hardware) {
  const std::string name{hardware.text("name")};
  const std::string vendor{hardware.text("vendor")};
  return vendor.empty() || name.starts_with(vendor) ? name : vendor + ' ' + name;
}

void add_hardware(Facts& out, const ask::Estimate& estimate) {
  std::string all;
  std::set<std::string> seen;
  const catalog::Row* only = nullptr;
  for (const run::ResolvedStage& phase : estimate.phases) {
    if (!phase.run.hardware) continue;
    const std::string name = with_vendor(*phase.run.hardware);
    if (!seen.insert(name).second) continue;
    all += (all.empty() ? "" : ", ") + name;
    only = &*phase.run.hardware;
  }
  if (all.empty()) return;
  out.hardware = all;
  if (seen.size() > 1) return;
  constexpr double bytes_per_gb = 1e9;
  out.vendor = std::string{only->text("vendor")};
  out.kind = std::string{only->text("kind")};
  if (const auto memory = only->number("memory")) out.memory = *memory / bytes_per_gb;
}

// Each number is that of the phases where they agree; tokens add up.
void add_work(Facts& out, const ask::Estimate& estimate, const catalog::Catalog& tables) {
  bool all_tokens = true;
  double tokens = 0;
  for (const run::ResolvedStage& phase : estimate.phases) {
    const Entries of(phase.run, tables);
    if (!out.parameters) out.parameters = of.number("params_total");
    if (!out.parameters) out.parameters = of.number("params");
    if (!out.active) out.active = of.number("params_active");
    if (!out.active) out.active = of.number("active");
    if (!out.architecture) out.architecture = of.text("model");
    if (!out.precision) out.precision = of.text("precision");
    if (phase.run.network && !out.family) out.family = phase.run.network->architecture.model_type;
    if (const auto seen = run::known_tokens(phase.run.inputs))
      tokens += seen->tokens.coherent() * seen->epochs.coherent();
    else
      all_tokens = false;
    out.tuned = out.tuned || of.text("finetune") || (phase.name.empty() ? false : tunes(phase.regime));
  }
  const bool trains = std::ranges::any_of(estimate.phases,
                                          [](const auto& phase) { return phase.regime == Regime::pretrain; });
  if (trains) out.tuned = false;
  if (all_tokens && tokens > 0) out.tokens = tokens;
}

}  // namespace

std::string_view program_version() { return KWHATIF_VERSION; }

std::string made_with(const Dossier& dossier) {
  return "kwhatif " + std::string{program_version()} + " (data " + dossier.tables->version() + ')';
}

std::string Facts::shown_name() const {
  if (name) return *name;
  if (architecture) return "unnamed model of the architecture " + *architecture;
  return "unnamed model";
}

Facts facts_of(const Dossier& dossier, const Subject& subject) {
  const ask::Estimate& estimate = subject.estimate;
  const Entries of(estimate.run(), *dossier.tables);
  Facts out;
  out.name = text_of(dossier.particulars.model_name);
  out.version = text_of(dossier.particulars.model_version);
  add_hardware(out, estimate);
  add_work(out, estimate, *dossier.tables);
  out.devices = subject.figure("devices").value;
  out.epochs = of.number("epochs");
  out.unit = of.text("work_unit").value_or("token");
  if (!estimate.run().network && !estimate.phases.empty())
    out.unit = std::string{estimate.phases.front().run.work.one};
  const auto& regions = estimate.run().region ? estimate.run().region : estimate.phases.front().run.region;
  out.place = of.text("place_name");
  if (regions) {
    const std::string id{regions->id()};
    const std::string provider{regions->text("provider")};
    out.region = id.starts_with(provider + ':') ? id.substr(provider.size() + 1) : id;
    if (!provider.empty() && !run::rents_nothing(*dossier.tables, provider))
      out.cloud = run::provider_name(*dossier.tables, provider);
  }
  out.country = of.text("country");
  out.intensity = of.number("ci_g_per_kwh");
  const auto definition = [](const run::ResolvedRun& run) {
    return run.intensity ? std::optional{run.intensity->definition()} : std::nullopt;
  };
  out.intensity_words = definition(estimate.run());
  if (!out.intensity_words) {  // of stages where all of them have the same
    const auto first = definition(estimate.phases.front().run);
    if (std::ranges::all_of(estimate.phases,
                            [&](const auto& phase) { return definition(phase.run) == first; }))
      out.intensity_words = first;
  }
  out.pue = of.number("pue");
  out.repeats = subject.repeats;
  if (out.repeats && *out.repeats > 1) {
    const auto& first = estimate.phases.front().run.inputs;
    out.runs = run::slot_value(first, Slot::runs).value_or(1);
    out.overhead = run::slot_value(first, Slot::overhead).value_or(0);
  }
  out.development = of.number("development");
  return out;
}

ask::EuCompute computation(const Dossier& dossier, const Subject& subject) {
  return ask::eu_compute(subject.estimate,
                         {dossier.particulars.synthetic_tokens, dossier.particulars.generator},
                         *dossier.tables);
}

std::string range_words(const Figure& figure, double low, double high) {
  // the ends are in the unit of the value
  const double unit = *figure.value == 0 ? 1 : *figure.coherent / *figure.value;
  return figure.work.said(report::range_words(low * unit, high * unit, figure.dimension));
}

std::string range_of(const Figure& figure) {
  if (!figure.interval || !figure.coherent || !figure.value) return {};
  return range_words(figure, figure.interval->p05, figure.interval->p95);
}

std::string said(const Figure& figure) {
  if (!figure.coherent) return blank(figure);
  std::string out = figure.work.human(*figure.coherent, figure.dimension);
  if (const std::string range = range_of(figure); !range.empty())
    out += " (90 % prediction interval " + range + ')';
  if (const auto& ways = figure.conventions; ways && figure.value && *figure.value > 0) {
    const double unit = *figure.coherent / *figure.value;
    out += " (other ways of counting: " +
           report::range_words(ways->low * unit, ways->high * unit, figure.dimension) + ')';
  }
  return out;
}

std::string blank(const Figure& figure) {
  return std::string{not_estimated} + (figure.missing.empty() ? "" : ": " + figure.missing);
}

std::string_view opening(Status status) { return status == Status::forecast ? "Forecast" : "Measured"; }

std::string status_sentence(const Subject& subject) {
  if (subject.status() == Status::forecast) return "Forecast, model-based; its energy was not metered.";
  return "Measured: time, power or energy of the run were measured, what follows from them is calculated.";
}

std::string boundary_words(const Facts& facts) {
  std::string out = "accelerators and their hosts";
  out += facts.pue ? ", facility overhead (PUE " + quantity::significant(*facts.pue) + ')' : "";
  if (!facts.repeats) return out + "; repeated work of the stages, each its own, included";
  if (facts.runs > 1) out += "; " + number_words(facts.runs) + " runs";
  if (facts.overhead > 0)
    out += std::string{facts.runs > 1 ? " and " : "; "} + "failed and repeated work of " +
           quantity::percent(facts.overhead) + " of the useful work";
  if (facts.runs > 1 || facts.overhead > 0) return out + " included";
  return out + "; one run, no repeated work";
}

std::string emissions_basis(const Facts& facts) {
  std::string out = "location-based, " + facts.intensity_words.value_or("intensity as given by the author");
  if (facts.intensity) out += ", " + quantity::significant(*facts.intensity) + " g CO2e/kWh";
  return out;
}

std::string attribution(const Dossier& dossier, const std::vector<std::string>& sources) {
  std::string out;
  for (const std::string& line : report::attributions(*dossier.tables, sources))
    out += (out.empty() ? "" : "; ") + line;
  return out;
}

std::string attribution_paragraph(const Dossier& dossier, const Subject& subject) {
  const std::string lines = attribution(dossier, subject.estimate.sources());
  return lines.empty() ? std::string{} : "\nData: " + in_markdown(lines) + ".\n";
}

std::string first_of_several(const Dossier& dossier) {
  if (dossier.subjects.size() < 2) return {};
  return "Of " + std::to_string(dossier.subjects.size()) + " runs this form describes the first, \"" +
         diag::visible(dossier.subject().name) + "\".";
}

std::string number_words(double value) {
  constexpr double rounded_from = 1000;
  constexpr double most = 1e15;
  const double size = std::abs(value);
  if (size >= most || (size < rounded_from && value != std::floor(value)))
    return quantity::significant(value);
  if (value == std::floor(value)) return quantity::grouped(quantity::fixed(value, 0));
  const double scale = std::pow(10, std::floor(std::log10(size)) - 2);
  return quantity::grouped(quantity::fixed(std::round(value / scale) * scale, 0));
}

std::string plain_decimal(double value) {
  constexpr double whole_from = 1000;
  if (std::abs(value) >= whole_from) return quantity::fixed(value, 0);
  constexpr std::size_t room = 400;  // the smallest double has 1 and 323 zeros before it
  std::array<char, room> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), end.ptr};
}

std::string in_markdown(std::string_view text) {
  constexpr std::string_view markup = "\\`*_{}[]<>|#~!&$";
  std::string out;
  for (const char c : diag::visible(text)) {
    if (markup.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string in_yaml(std::string_view text) { return report::json_text(text); }

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) out += ' ' + cell + " |";
  return out + '\n';
}

std::string markdown_heads(const std::vector<std::string>& heads) {
  std::string out = markdown_row(heads) + '|';
  for (std::size_t i = 0; i < heads.size(); ++i) out += "---|";
  return out + '\n';
}

}  // namespace kwhatif::dossier
