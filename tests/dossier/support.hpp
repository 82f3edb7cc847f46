// What the tests of reports share: runs as flags or as a file, and their dossiers.
#pragma once

#include "support/runs.hpp"
#include <kwhatif/dossier/form.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kwhatif::test {

inline ask::Estimate estimated(const Flags& flags) {
  return ask::estimate(scenario_of(flags), catalog::Catalog::builtin());
}

inline dossier::Dossier dossier_of(const Flags& flags, dossier::Particulars who = {}) {
  return dossier::gather(estimated(flags), std::move(who), catalog::Catalog::builtin());
}

inline dossier::Dossier dossier_of_file(const std::string& text, dossier::Particulars who = {}) {
  auto source = std::make_shared<diag::SourceText>();
  source->name = "run.toml";
  source->text = text;
  return dossier::gather(ask::estimate(run::read_run(source), catalog::Catalog::builtin()), std::move(who),
                         catalog::Catalog::builtin());
}

/// None where the run does not resolve.
inline std::optional<dossier::Dossier> dossier_if_any(const Flags& flags, dossier::Particulars who = {}) {
  try {
    return dossier_of(flags, std::move(who));
  } catch (const diag::Error&) {
    return std::nullopt;
  }
}

inline std::string written(const dossier::Dossier& dossier, std::string_view form,
                           const dossier::FormChoices& choices = {}) {
  const dossier::ReportForm* found = dossier::find_report_form(form);
  return found == nullptr ? "no form " + std::string{form} : found->write(dossier, choices);
}

/// Texts that are markup, steer a terminal, end a cell or a line, or are no UTF-8.
inline dossier::Particulars hostile_author() {
  const auto said = [](std::string text) { return run::Given{std::move(text), {}, "--name"}; };
  dossier::Particulars out;
  out.date = said("2026-11-28");
  out.organisation = said("A|B\n\n# head <script>alert(1)</script>");
  out.model_name = said("\"quoted\": |pipe| `code` [x](http://y) \x1b[31m \xE2\x80\xAE \xFF ---\n- item");
  out.model_version = said("1\",\n\"injected\": \"2");
  out.author = said("=cmd|' /C calc'!A0");
  return out;
}

inline const std::string staged_run = R"(
[model]
preset = "llama-3-8b"
[hardware]
id = "h100-sxm5"
count = 64
[site]
grid = "FRA"
[[stage]]
name = "pre"
regime = "pretrain"
tokens = "100B"
[[stage]]
name = "sft"
regime = "finetune"
tokens = "1B"
[[stage]]
name = "eval"
regime = "evaluate"
tokens = "1B"
)";

inline const Flags known_flags{{run::Input::model, "llama-3-8b"},
                               {run::Input::tokens, "1.5T"},
                               {run::Input::hardware, "h100-sxm5"},
                               {run::Input::chips, "512"},
                               {run::Input::region, "gcp:europe-west4"}};

inline dossier::Dossier comparison_of_places() {
  ask::CompareQuestion question;
  question.runs.push_back({scenario_of(known_flags)});
  question.vary.push_back({"region=gcp:europe-west4,gcp:us-central1", {}, "--vary"});
  return dossier::gather(ask::compare(question, catalog::Catalog::builtin()), {},
                         catalog::Catalog::builtin());
}

inline dossier::Dossier life_of_a_model() {
  ask::LifecycleQuestion question;
  question.run = scenario_of(known_flags);
  question.service = ask::service_of(question.run);
  question.service->inputs["queries"] = {"1e9", {}, "--queries"};
  return dossier::gather(ask::lifecycle(question, catalog::Catalog::builtin()), {},
                         catalog::Catalog::builtin());
}

/// Measured as its author says.
inline dossier::Dossier measured_run() {
  using run::Input;
  dossier::Particulars who;
  who.measured = run::Given{"true", {}, "--measured"};
  return dossier_of({{Input::params, "7B"},
                     {Input::tokens, "100B"},
                     {Input::hardware, "h100-sxm5"},
                     {Input::chips, "64"},
                     {Input::hours, "50 h"},
                     {Input::power, "900 W"},
                     {Input::pue, "1.1"},
                     {Input::ci, "100 g/kWh"}},
                    std::move(who));
}

/// A run with all known, one without place, one without count, one with CI zero, images, stages, a whole text
/// of hostile names.
inline const std::vector<dossier::Dossier>& sample_dossiers() {
  using run::Input;
  static const std::vector<dossier::Dossier> out = [] {
    std::vector<dossier::Dossier> all;
    const Flags& known = known_flags;
    all.push_back(dossier_of(known));
    all.push_back(dossier_of({{Input::params, "7B"},
                              {Input::tokens, "1T"},
                              {Input::hardware, "h100-sxm5"},
                              {Input::chips, "64"}}));
    all.push_back(dossier_of({{Input::params, "7B"}, {Input::tokens, "1T"}, {Input::hardware, "h100-sxm5"}}));
    Flags clean = known;
    clean.pop_back();
    clean.emplace_back(Input::ci, "0 g/kWh");
    all.push_back(dossier_of(clean));
    all.push_back(dossier_of({{Input::model, "vit-large-patch16-224"},
                              {Input::samples, "1.28M"},
                              {Input::epochs, "90"},
                              {Input::hardware, "a100-sxm4-80gb"},
                              {Input::chips, "8"},
                              {Input::grid, "DEU"}}));
    all.push_back(dossier_of_file(staged_run));
    all.push_back(comparison_of_places());
    all.push_back(life_of_a_model());
    all.push_back(measured_run());
    all.push_back(dossier_of(known, hostile_author()));
    return all;
  }();
  return out;
}

}  // namespace kwhatif::test
