#include "chart_file.hpp"

#include <filesystem>

namespace kwhatif::cli {

namespace {

std::string extension_of(const run::Given& file) {
  return std::filesystem::path{file.text}.extension().string();
}

}  // namespace

bool is_chart_extension(std::string_view extension) { return extension == ".svg" || extension == ".html"; }

std::optional<run::Given> chart_file(const Arguments& arguments) {
  auto file = arguments.get("output");
  if (file && !is_chart_extension(extension_of(*file)))
    refuse("unknown-format", "no format for '" + file->text + "'", file->where,
           "use .svg (the main chart) or .html (all charts and the answer); --json and --csv print numbers");
  return file;
}

void write_charts(Context& context, const run::Given& file, const std::vector<chart::Chart>& charts,
                  const report::Document& answer) {
  if (extension_of(file) == ".svg") {
    if (charts.empty())
      refuse("nothing-to-draw", "this answer has no chart", file.where,
             "name an .html file for the answer as text");
    constexpr double width = 720;
    write_file(context, file.text, chart::svg(charts.front(), {.width = width, .id_prefix = "chart"}));
    return;
  }
  const std::string text =
      "$ " + context.arguments.line->text + "\n\n" + report::render(answer, Form::text, {.width = 100});
  write_file(context, file.text, report::charts_page("kwhatif " + context.arguments.verb, charts, text));
}

}  // namespace kwhatif::cli
