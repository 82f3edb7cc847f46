#include "commands/axes.hpp"
#include "commands/watching.hpp"
#include "output_file.hpp"
#include "streams.hpp"
#include "terminal.hpp"
#include "verb.hpp"
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/row_sink.hpp>

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace kwhatif::cli {

namespace {

/// The file that --output names, or standard output.
class Output {
 public:
  explicit Output(const Arguments& arguments) {
    const auto given = arguments.get("output");
    if (given && given->text != "-") file_.emplace(given->text, arguments.has("force"), given->where);
  }

  std::string path() const { return file_ ? file_->path() : std::string{}; }
  /// False where the reader has gone away.
  bool open() const { return !gone_; }

  void write(std::string_view text) {
    if (file_) return file_->write(text);
    if (gone_) return;
    gone_ = write_out(text) == Written::reader_gone;
    if (gone_) interrupt_wanted.store(true, std::memory_order_relaxed);
  }
  void rewrite_head(std::string_view head) {
    if (file_ && !head.empty()) file_->rewrite_head(head);
  }
  void finish() {
    if (file_) file_->publish();
  }

 private:
  std::optional<OutputFile> file_;
  bool gone_ = false;
};

// The file that --output names; none where that is standard output.
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
  if (arguments.has("largest")) out.largest = run::Given{{}, {arguments.line, 0, 0, 0}, "--largest"};
  return out;
}

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

void refuse_too_long(const Context& context, const ask::SweepAnswer& grid, double row_bytes) {
  double room = 2e11;
  const auto file = named_file(context.arguments);
  if (file) {
    std::error_code error;
    const auto folder = std::filesystem::absolute(file->text, error).parent_path();
    const auto space = std::filesystem::space(folder, error);
    if (!error) room = std::min(room, static_cast<double>(space.available));
  }
  const double rows = grid.space.size_estimate();
  if (!grid.limits.empty() || rows * row_bytes <= room) return;
  const auto bytes = [](double n) { return quantity::human(n, quantity::dim::data); };
  refuse("too-many-rows",
         quantity::significant(rows) + " rows would be about " + bytes(rows * row_bytes) +
             " (room: " + bytes(room) + ")",
         file ? file->where : grid.space.axes().front().given.where,
         "let the sweep choose: --top 20 --by co2e, --pareto energy,time,cost, --group-by … --reduce min, "
         "--where …; or use fewer values per axis");
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
      context.catalog.version());
  refuse_too_long(context, grid, sink.row_bytes());
  output.emplace(context.arguments);
  output->write(sink.head(grid.limits.empty() ? grid.space.size() : 0));
  if (!ask::all_rows(grid, kernel, sink, watch)) return output->open() ? interrupted : done;
  if (format == report::RowFormat::npy) output->rewrite_head(sink.head(sink.rows()));
  output->finish();
  if (!output->path().empty())
    context.err += std::to_string(sink.rows()) + " rows written to " + output->path() + '\n';
  if (!context.arguments.has("quiet"))
    context.err += report::row_notes(grid, !output->path().empty(), paper(false, false));
  return sink.rows() == 0 ? answer_is_no : done;
}

int answered(Context& context, const ask::SweepAnswer& answer, const std::optional<run::Given>& file,
             Form form) {
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

}  // namespace

int sweep(Context& context) {
  const Arguments& arguments = context.arguments;
  const auto question = question_of(context);
  const auto file = named_file(arguments);
  Watching watching;
  try {
    const bool reduced = question.top || question.pareto || question.group_by || question.reduce ||
                         question.histogram || question.row;
    if (!reduced) {
      if (const auto format = row_format(arguments)) return all_rows(context, question, *format, watching);
    }
    const Form form = reduced && file ? form_of_file(arguments, *file) : form_of(arguments);
    const auto answer = ask::sweep(question, context.catalog, watching.watch());
    watching.end();
    return answer.stopped ? static_cast<int>(interrupted) : answered(context, answer, file, form);
  } catch (const Watching::Interrupted&) {
    return interrupted;
  }
}

}  // namespace kwhatif::cli
