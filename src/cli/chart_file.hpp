// A file that a verb draws its answer into, beside what it prints, FILE.svg or FILE.html; or writes it to as
// text or numbers instead of printing it.
#pragma once

#include "verb.hpp"
#include <kwhatif/report/charts.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace kwhatif::cli {

/// The file that --output names, before anything is computed for it.
/// @errors diag::UsageError: unknown-format, conflict
std::optional<run::Given> chart_file(const Arguments& arguments);
/// Whether an answer is drawn into files of this extension.
bool is_chart_extension(std::string_view extension);
/// Whether it is drawn into.
bool is_drawn(const std::optional<run::Given>& file);

/// Draws an answer: the main chart (.svg), or all charts with the answer as text (.html).
/// @errors diag::UsageError: nothing-to-draw; those of write_file()
void write_charts(Context& context, const run::Given& file, const std::vector<chart::Chart>& charts,
                  const report::Document& answer);
/// Prints an answer, and draws it where --output asks for it; or writes it instead of printing it.
/// @param document  of the answer
template <class Answer>
int print_and_draw(Context& context, const Answer& answer, const report::Document& document,
                   const std::optional<run::Given>& file, int code = done) {
  if (!is_drawn(file)) return print_or_write(context, document, code);
  const int out = print(context, document, code);
  write_charts(context, *file, report::charts_of(answer, context.catalog), document);
  say_written(context, file->text);
  return out;
}

}  // namespace kwhatif::cli
