#include "commands/axes.hpp"
#include "commands/sweeping.hpp"
#include "commands/watching.hpp"
#include "terminal.hpp"
#include <kwhatif/ask/row_bands.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/row_sink.hpp>

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace kwhatif::cli {

std::optional<run::Given> named_file(const Arguments& arguments) {
  auto given = arguments.get("output");
  if (given && given->text == "-") given.reset();
  return given;
}

ask::SweepQuestion question_of(const Context& context) {
  const Arguments& arguments = context.arguments;
  ask::SweepQuestion out{.run = run_around_axes(context),
                         .axes = arguments.all("axis"),
                         .where = arguments.all("where"),
                         .top = arguments.get("top"),
                         .pareto = arguments.get("pareto"),
                         .group_by = arguments.get("group-by"),
                         .reduce = arguments.get("reduce"),
                         .histogram = arguments.get("histogram"),
                         .row = arguments.get("explain-row"),
                         .by = arguments.get("by"),
                         .largest = {},
                         .results = arguments.get("results"),
                         .threads = arguments.get("threads")};
  out.unavailable = arguments.has("unavailable");
  if (arguments.has("bands")) out.bands = run::Given{{}, {arguments.line, 0, 0, 0}, "--bands"};
  if (arguments.has("largest")) out.largest = run::Given{{}, {arguments.line, 0, 0, 0}, "--largest"};
  return out;
}

namespace {

// The form of an answer in few lines: that of the flag, else of the extension of its file.
Form form_of_file(const Arguments& arguments, const run::Given& file) {
  const Form asked = form_of(arguments);
  const std::string extension = std::filesystem::path{file.text}.extension().string();
  for (const auto& [form, flag, help, renderer] : report::form_table()) {
    const bool fits = extension == (form == Form::text ? ".txt" : '.' + std::string{flag});
    if (asked == Form::text && fits && form != Form::plain) return form;
    if (asked != Form::text && asked == form && (extension.empty() || fits)) return form;
  }
  const auto& flag = report::form_table()[static_cast<std::size_t>(asked)].flag;
  refuse("unknown-format",
         asked == Form::text ? "no format for '" + file.text + "'"
                             : "--" + std::string{flag} + " does not go with '" + file.text + "'",
         file.where, "use .txt, .csv or .json; .jsonl and .npy are for all rows");
}

}  // namespace

void refuse_too_long(const Context& context, const ask::SweepAnswer& grid, double row_bytes,
                     const grid::Shard& shard) {
  double room = 2e11;
  const auto file = named_file(context.arguments);
  if (file) {
    std::error_code error;
    const auto folder = std::filesystem::absolute(file->text, error).parent_path();
    const auto space = std::filesystem::space(folder, error);
    if (!error) room = std::min(room, static_cast<double>(space.available));
  }
  const double rows = grid.space.size_estimate() / static_cast<double>(shard.count);
  if (!grid.limits.empty() || rows * row_bytes <= room) return;
  const auto bytes = [](double n) { return quantity::human(n, quantity::dim::data); };
  refuse("too-many-rows",
         quantity::significant(rows) + " rows would be about " + bytes(rows * row_bytes) +
             " (room: " + bytes(room) + ")",
         file ? file->where : grid.space.axes().front().given.where,
         "let the sweep choose: --top 20 --by co2e, --pareto energy,time,cost, --group-by … --reduce min, "
         "--where …; or use fewer values per axis");
}

namespace {

// The form of all rows; none where the first of them are shown.
std::optional<report::RowFormat> row_format(const Arguments& arguments) {
  refuse_forms(arguments, {Form::plain}, "all rows of a grid are a table",
               "--csv or --json; an answer in few lines has --plain: --top 10 --by co2e");
  std::optional<report::RowFormat> flag;
  if (arguments.has("csv")) flag = report::RowFormat::csv;
  if (arguments.has("json")) flag = report::RowFormat::json_lines;
  const auto file = named_file(arguments);
  if (!file) return !flag && arguments.has("output") ? report::RowFormat::csv : flag;
  const auto format = report::row_format(file->text);
  if (!format)
    refuse("unknown-format", "no format for '" + file->text + "'", file->where, "use .csv, .jsonl or .npy");
  if (flag && *flag != *format)
    refuse(
        "conflict",
        "--" + std::string{arguments.has("json") ? "json" : "csv"} + " does not go with '" + file->text + "'",
        file->where, "the extension says it: .csv, .jsonl or .npy");
  return format;
}

int all_rows(Context& context, const ask::SweepQuestion& question, report::RowFormat format,
             Watching& watching) {
  const auto watch = watching.watch();
  const auto grid = ask::sweep_grid(question, context.catalog, watch);
  watching.end();
  report_warnings(context, grid.warnings);
  const auto kernel = ask::row_kernel(grid);
  std::vector<std::size_t> columns(grid.columns.size());
  std::iota(columns.begin(), columns.end(), 0);
  std::optional<Output> output;
  report::RowSink sink(
      kernel, columns, format, [&](std::string_view bytes) { output->write(bytes); },
      context.catalog.version(),
      grid.bands ? report::RowSink::Bands{[&](std::uint64_t row) {
        return ask::row_bands(grid.space, row, context.catalog);
      }}
                 : report::RowSink::Bands{});
  refuse_too_long(context, grid, sink.row_bytes(), {});
  output.emplace(context.arguments);
  output->write(sink.head(grid.limits.empty() ? grid.space.size() : 0));
  if (!ask::all_rows(grid, kernel, sink, watch)) return output->open() ? interrupted : done;
  if (format == report::RowFormat::npy) output->rewrite_head(sink.head(sink.rows()));
  output->finish();
  return rows_written(context, grid, output->path(), sink.rows());
}

}  // namespace

int rows_written(Context& context, const ask::SweepAnswer& grid, const std::string& path,
                 std::uint64_t rows) {
  if (!path.empty()) context.err += std::to_string(rows) + " rows written to " + path + '\n';
  if (!context.arguments.has("quiet"))
    context.err += report::row_notes(grid, !path.empty(), paper(false, false));
  return rows == 0 ? answer_is_no : done;
}

int answered(Context& context, const ask::SweepAnswer& answer) {
  const auto file = named_file(context.arguments);
  const Form form = file ? form_of_file(context.arguments, *file) : form_of(context.arguments);
  const auto document = report::present(answer, context.catalog);
  const int code = answer.nothing() ? answer_is_no : done;
  const bool quiet = context.arguments.has("quiet");
  if (file) {
    report_warnings(context, document.warnings());
    write_file(context, file->text, report::render(document, form, {.quiet = quiet}));
  } else {
    print(context, document);
  }
  if ((form == Form::csv || form == Form::plain) && !quiet)
    context.err +=
        report::row_notes(answer, false, paper(false, false));  // the other forms say it themselves
  return code;
}

bool is_reduced(const ask::SweepQuestion& question) {
  return question.top || question.pareto || question.group_by || question.reduce || question.histogram ||
         question.row;
}

int sweep(Context& context) {
  const Arguments& arguments = context.arguments;
  if (arguments.has("merge")) return sweep_merge(context);
  if (arguments.positionals.size() > 1)
    refuse("too-many-arguments", "'" + arguments.positionals[1].text + "' is one argument too many",
           arguments.positionals[1].where, "usage: kwhatif sweep " + std::string{find_verb("sweep")->usage});
  if (arguments.has("shard")) {
    if (arguments.has("bands"))
      refuse("conflict", "--bands and --shard: parts have no bands", {},
             "leave --bands out, or ask the whole sweep, of the rows that matter: --top, --where");
    return sweep_shard(context);
  }
  const auto question = question_of(context);
  const auto file = named_file(arguments);
  Watching watching;
  try {
    const bool reduced = is_reduced(question);
    if (!reduced) {
      if (const auto format = row_format(arguments)) return all_rows(context, question, *format, watching);
    }
    if (reduced && file) form_of_file(arguments, *file);  // before the work
    const auto answer = ask::sweep(question, context.catalog, watching.watch());
    watching.end();
    return answer.stopped ? static_cast<int>(interrupted) : answered(context, answer);
  } catch (const Watching::Interrupted&) {
    return interrupted;
  }
}

}  // namespace kwhatif::cli
