// The verbs of questions: a name and the function that answers. What of them a library has is its own list
// (all_verbs.cpp; the page's is in src/page): what nobody asks there is not linked.
#pragma once

#include "question.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/chart/chart.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/report/charts.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/view.hpp>

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace kwhatif::bindings {

struct Verb {
  std::string_view name;
  std::string (*answer)(const Question&);
};

/// What call() knows: defined once by whoever links it.
std::span<const Verb> verb_table();

/// The verbs of one run or service, and of the form (form.hpp).
std::span<const Verb> run_verbs();
/// The verbs of many runs and of the tables.
std::span<const Verb> table_verbs();

/// A run, or of several ("runs") their comparison, as a file that people hand in (dossier/form.hpp). "form"
/// is md where not given; bib is what belongs beside tex. Options: those of run::report_keys, and
/// method-section.
std::string report(const Question& question);
/// What an amount of CO2e or energy corresponds to.
std::string equiv(const Question& question);

/// {"charts": [{id, title, description, note, svg}]}, as wide as the question says.
std::string drawn(const Question& question, const std::vector<chart::Chart>& charts);

/// The answer in one form, while what the document refers to is there.
/// @param how  what present() wants beside the answer
template <class Answer, class... How>
std::string in_form(const Question& question, const Answer& answer, const std::string& form, How... how) {
  const auto document = [&] { return report::present(answer, question.tables(), how...); };
  if (form == "view") {
    if constexpr (std::is_same_v<Answer, ask::Estimate>)
      return report::render(report::view(answer, question.tables()), report::Form::json);
    else
      return report::render(report::view(document()), report::Form::json);
  }
  if constexpr (requires { report::charts_of(answer, question.tables()); }) {
    if (form == "svg") return drawn(question, report::charts_of(answer, question.tables()));
  }
  for (const auto& info : report::form_table()) {
    if (form == (info.flag.empty() ? "text" : info.flag))
      return report::render(document(), info.form, {.width = question.number("width", report::Paper::usual)});
  }
  diag::refuse("no-such-form", "no form '" + form.substr(0, 60) + "'", {},
               "json, text, csv, plain, view, and svg of what has charts");
}

/// The same in the form, or in all the forms, that the question asks for.
template <class Answer, class... How>
std::string shown(const Question& question, const Answer& answer, How... how) {
  question.refuse_the_rest();
  const auto forms = question.forms();
  if (forms.empty()) return in_form(question, answer, question.text("form", "json"), how...);
  Json out = Json::object();
  for (const std::string& form : forms) out[form] = in_form(question, answer, form, how...);
  return out.dump();
}

/// @errors diag::UsageError: missing-value
run::Given only_argument(const Question& question);

}  // namespace kwhatif::bindings
