// list and show: the tables, and the schemas of what the program prints.
#include "verb.hpp"
#include <kwhatif/ask/tables.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/schema.hpp>

namespace kwhatif::cli {

namespace {

bool means_schemas(const run::Given& given) { return given.text == "schemas" || given.text == "schema"; }

int list_schemas(Context& context) {
  for (const char* option : {"where", "sort", "columns", "all-columns", "limit"}) {
    if (const auto given = context.arguments.get(option))
      refuse("no-effect", given->named + " does not go with the list of schemas", given->where,
             "`kwhatif list schemas` prints all of them");
  }
  return print_or_write(context, report::present_schemas(context.catalog));
}

// The schema itself; it is JSON whether --json is given or not.
int show_schema(Context& context, const run::Given& name) {
  refuse_forms(context.arguments, {Form::csv, Form::plain}, "a schema is JSON", "leave the form out");
  std::string schema = report::schema_of(name.text);
  if (const auto file = text_file(context.arguments); file && !schema.empty()) {
    write_file(context, file->text, schema);
    say_written(context, file->text);
    return done;
  }
  context.out = std::move(schema);
  if (!context.out.empty()) return done;
  std::vector<std::string_view> known;
  for (const auto& title : report::schema_titles()) known.push_back(title.name);
  const std::string near = diag::did_you_mean(name.text, known);
  refuse("unknown-id", "no schema '" + name.text.substr(0, 60) + "'", name.where,
         near + (near.empty() ? "" : " ") + "`kwhatif list schemas` prints all");
}

}  // namespace

int list(Context& context) {
  const Arguments& arguments = context.arguments;
  const auto& given = arguments.positionals;
  if (!given.empty() && means_schemas(given.front())) return list_schemas(context);
  ask::ListQuestion question{.kind = given.empty() ? std::nullopt : std::optional{given.front()},
                             .where = arguments.all("where"),
                             .sort = arguments.get("sort"),
                             .columns = arguments.get("columns"),
                             .limit = arguments.get("limit")};
  if (arguments.has("all-columns"))
    question.all_columns = run::Given{"", {arguments.line, 0, 0, 0}, "--all-columns"};
  const auto answer = ask::list(question, context.catalog);
  return print_or_write(context, report::present(answer, context.catalog));
}

int show(Context& context) {
  const auto& given = context.arguments.positionals;
  if (given.size() == 2 && means_schemas(given[0])) return show_schema(context, given[1]);
  ask::ShowQuestion question;
  if (given.size() == 2) question.kind = given[0];
  if (!given.empty()) question.id = given.back();
  const auto answer = ask::show(question, context.catalog);
  return print_or_write(context, report::present(answer, context.catalog));
}

}  // namespace kwhatif::cli
