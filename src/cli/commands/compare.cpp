// compare: run files, published runs, or one run varied along axes; places are ranked.
#include "chart_file.hpp"
#include "commands/questions.hpp"
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

ask::CompareQuestion compare_question(const Context& context) {
  const Arguments& given = context.arguments;
  ask::CompareQuestion question{.runs = {},
                                .equal = given.get("equal"),
                                .against = given.get("against"),
                                .limit = given.get("limit"),
                                .unavailable = given.has("unavailable"),
                                .mixed = given.has("mixed")};
  question.vary = given.all("vary");
  for (std::size_t i = 0; i < given.positionals.size(); ++i) {
    const run::Given& name = given.positionals[i];
    const bool printed = is_published(context, name.text) && given.run.empty();
    question.runs.push_back({printed ? run::Scenario{} : run_of(context, i), name, printed});
  }
  if (question.runs.empty() && !question.vary.empty()) question.runs.push_back({run_of(context)});
  return question;
}

int compare(Context& context) {
  const auto file = chart_file(context.arguments);
  const auto answer = ask::compare(compare_question(context), context.catalog);
  return print_and_draw(context, answer, report::present(answer, context.catalog), file);
}

}  // namespace kwhatif::cli
