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

/// A run with all known, one without place, one without count, one with CI zero, images, stages, a whole text
/// of hostile names.
inline const std::vector<dossier::Dossier>& sample_dossiers() {
  using run::Input;
  static const std::vector<dossier::Dossier> out = [] {
    std::vector<dossier::Dossier> all;
    const Flags known{{Input::model, "llama-3-8b"},
                      {Input::tokens, "1.5T"},
                      {Input::hardware, "h100-sxm5"},
                      {Input::chips, "512"},
                      {Input::region, "gcp:europe-west4"}};
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
    all.push_back(dossier_of(known, hostile_author()));
    return all;
  }();
  return out;
}

}  // namespace kwhatif::test
