#include "chart_file.hpp"
#include "verb.hpp"
#include <kwhatif/ask/schedule.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>
#include <filesystem>

namespace kwhatif::cli {

namespace {

// The file that the answer goes to; none: standard output.
std::optional<run::Given> file_of(const Arguments& arguments) {
  auto output = arguments.get("output");
  if (output && output->text == "-") output.reset();
  return output;
}

// What the answer is written as: a form's flag ("text" without one) svg or html; of the flag, else of the
// file's extension.
std::string format_of(const Arguments& arguments) {
  const Form form = form_of(arguments);
  const std::string flag{report::form_table()[static_cast<std::size_t>(form)].flag};
  const auto output = file_of(arguments);
  if (!output) return flag;
  const auto extension = std::filesystem::path{output->text}.extension().string();
  const bool known = extension == ".json" || extension == ".csv";
  if (form != Form::text) {
    if ((known || is_chart_extension(extension)) && extension != '.' + flag)
      refuse("conflict", "--" + flag + " does not go with '" + output->text + "'", output->where,
             "the extension says it; leave one of them out");
    return flag;
  }
  if (known || is_chart_extension(extension)) return extension.substr(1);
  if (!extension.empty() && extension != ".txt")
    refuse("unknown-format", "no format for '" + output->text + "'", output->where,
           "use .svg (the main chart), .html (all charts and the answer), .txt, .csv or .json");
  return flag;
}

template <class Answer>
int write(Context& context, const Answer& answer, const std::string& format) {
  const auto document = report::present(answer, context.catalog);
  const auto output = file_of(context.arguments);
  if (!output) return print(context, document);
  report_warnings(context, document.warnings());
  if (format == "svg" || format == "html") {
    write_charts(context, *output, report::charts_of(answer, context.catalog), document);
    return done;
  }
  const auto forms = report::form_table();
  const auto form = std::ranges::find_if(forms, [&](const auto& f) { return f.flag == format; });
  write_file(context, output->text,
             report::render(document, form->form, {.quiet = context.arguments.has("quiet")}));
  return done;
}

}  // namespace

int schedule(Context& context) {
  const Arguments& arguments = context.arguments;
  const std::string format = format_of(arguments);
  const ask::ScheduleQuestion question{.run = arguments.positionals.empty() ? arguments.run : run_of(context),
                                       .said = arguments.run,
                                       .files = document::read_file,
                                       .trace = arguments.get("trace"),
                                       .choice = {arguments.get("trace-column"), arguments.get("trace-unit")},
                                       .window = arguments.get("window"),
                                       .extra = arguments.get("extra"),
                                       .threshold = arguments.get("threshold"),
                                       .start = arguments.get("start"),
                                       .places = arguments.get("places"),
                                       .transfer = arguments.get("transfer"),
                                       .max_moves = arguments.get("max-moves")};
  if (arguments.has("heat-map")) return write(context, ask::heat_map(question, context.catalog), format);
  return write(context, ask::schedule(question, context.catalog), format);
}

}  // namespace kwhatif::cli
