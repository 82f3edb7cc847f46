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
  constexpr std::string_view drawn = ".svg (the main chart), .html (all charts and the answer), ";
  auto file = text_file(arguments);
  if (!file || is_drawn(file)) return file;
  if (extension_of(*file).empty() && form_of(arguments) == Form::text)  // a picture or numbers?
    refuse("unknown-format", "no format for '" + file->text + "'", file->where,
           "use " + std::string{drawn} + ".txt, .csv or .json");
  text_form(arguments, *file, drawn);
  return file;
}

bool is_drawn(const std::optional<run::Given>& file) {
  return file && is_chart_extension(extension_of(*file));
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
