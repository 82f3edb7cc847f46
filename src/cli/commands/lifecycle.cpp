#include "chart_file.hpp"
#include "commands/questions.hpp"
#include <kwhatif/document/files.hpp>
#include <kwhatif/report/present.hpp>

#include <array>

namespace kwhatif::cli {

namespace {

constexpr std::array service_flags{"devices", "batch",  "rate",    "prompt",          "answer",
                                   "load",    "engine", "queries", "queries-per-day", "life"};

// How the model is served: by a file, or as the run says ("here"); flags win over both.
std::optional<ask::ServeQuestion> service(const Context& context, const run::Scenario& run) {
  const Arguments& arguments = context.arguments;
  const auto given = arguments.get("serve");
  bool asked = given.has_value();
  for (const char* flag : service_flags) asked = asked || arguments.has(flag);
  if (!asked) return std::nullopt;
  ask::ServeQuestion out;
  if (given && given->text != "here") {
    std::shared_ptr<const diag::SourceText> source;
    try {
      source = document::read_file(given->text);
    } catch (const diag::Error& error) {
      refuse("cannot-read", error.diagnostics().front().message, given->where,
             "name a serve file, or 'here' for devices and place of the run");
    }
    out = ask::read_service(source);
  }
  if (arguments.has("queries")) {  // a flag wins over the file in all that it says
    out.inputs.erase("queries-per-day");
    out.inputs.erase("life");
  }
  if (arguments.has("queries-per-day")) out.inputs.erase("queries");
  for (const char* flag : service_flags) {
    if (auto value = arguments.get(flag)) out.inputs.insert_or_assign(flag, *value);
  }
  return ask::service_of(run, std::move(out));
}

}  // namespace

ask::LifecycleQuestion lifecycle_question(const Context& context) {
  ask::LifecycleQuestion question{.run = run_of(context), .service = {}, .functional_unit = {}};
  question.service = service(context, question.run);
  const auto serve = context.arguments.get("serve");
  question.service_is_a_guess = !serve || serve->text == "here";
  question.functional_unit = context.arguments.get("functional-unit");
  return question;
}

int lifecycle(Context& context) {
  const auto file = chart_file(context.arguments);
  const auto answer = ask::lifecycle(lifecycle_question(context), context.catalog);
  return print_and_draw(context, answer, report::present(answer, context.catalog), file);
}

}  // namespace kwhatif::cli
