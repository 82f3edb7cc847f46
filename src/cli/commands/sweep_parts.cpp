// A sweep in parts: one of them, and all of them together.
//
// A part holds the words of its command, without those that only say where it goes and how it is made. The
// parts are joined by asking this question anew, with what they found in place of the search.
#include "commands/sweeping.hpp"
#include "commands/watching.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/checksum.hpp>
#include <kwhatif/report/document.hpp>
#include <kwhatif/report/row_sink.hpp>
#include <kwhatif/report/sweep_part.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

namespace kwhatif::cli {

namespace {

using report::PartFile;
using report::PartHead;
using report::RowFormat;

// What a part is, not what it is a part of. Tables are known by their version.
constexpr std::array<std::string_view, 10> apart{"shard", "merge",     "output",   "force",  "threads",
                                                 "data",  "data-only", "no-color", "strict", "help"};
// What joining may say in another way than the parts.
constexpr std::array<std::string_view, 6> when_joined{"output", "force", "no-color",
                                                      "strict", "quiet", "threads"};

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::vector<std::string> command_of(const Arguments& arguments) {
  std::vector<std::string> out{"sweep"};
  for (const run::Given& given : arguments.positionals) out.push_back(given.text);
  for (const run::InputInfo& input : run::input_table()) {
    const auto& given = arguments.run.get(input.input);
    if (given) out.insert(out.end(), {"--" + std::string{input.flag}, given->text});
  }
  for (const auto& [name, given] : arguments.options) {
    if (is_among(apart, name)) continue;
    if (given.empty()) out.push_back("--" + name);
    for (const run::Given& each : given) out.insert(out.end(), {"--" + name, each.text});
  }
  return out;
}

bool is_form(std::string_view name) {
  return std::ranges::any_of(report::form_table(),
                             [&](const auto& info) { return !info.flag.empty() && info.flag == name; });
}

// A part of rows: "--csv", "--json", or a file named rows-3.npy.part.
std::optional<RowFormat> format_of_rows(const Arguments& arguments) {
  refuse_forms(arguments, {Form::plain}, "all rows of a grid are a table", "--csv or --json");
  std::optional<RowFormat> flag;
  if (arguments.has("csv")) flag = RowFormat::csv;
  if (arguments.has("json")) flag = RowFormat::json_lines;
  const auto file = named_file(arguments);
  if (!file) return flag;
  std::string_view name = file->text;
  constexpr std::string_view ending = ".part";
  if (name.ends_with(ending)) name.remove_suffix(ending.size());
  const auto format = report::row_format(name);
  if (format && flag && *flag != *format)
    refuse(
        "conflict",
        "--" + std::string{arguments.has("json") ? "json" : "csv"} + " does not go with '" + file->text + "'",
        file->where, "the extension says it: rows-3.csv.part, rows-3.jsonl.part or rows-3.npy.part");
  return format ? format : flag;
}

// Writes a part and keeps count.
class PartWriter {
 public:
  PartWriter(const Arguments& arguments, const PartHead& head) : output_(arguments) {
    const std::string line = report::part_head(head);
    sum_.add(line);
    output_.write(line);
  }
  void write(std::string_view bytes) {
    sum_.add(bytes);
    size_ += bytes.size();
    output_.write(bytes);
  }
  bool open() const { return output_.open(); }
  std::string path() const { return output_.path(); }
  void finish(std::uint64_t rows) {
    output_.write(report::part_end(rows, size_, sum_.hexadecimal()));
    output_.finish();
  }

 private:
  Output output_;
  document::Checksum sum_;
  std::uint64_t size_ = 0;
};

int rows_of_part(Context& context, const ask::SweepAnswer& grid, PartHead head, const ask::Watch& watch) {
  const auto kernel = ask::row_kernel(grid);
  std::vector<std::size_t> columns(grid.columns.size());
  std::iota(columns.begin(), columns.end(), 0);
  std::optional<PartWriter> output;
  report::RowSink sink(kernel, columns, *head.format, [&](std::string_view bytes) { output->write(bytes); });
  refuse_too_long(context, grid, sink.row_bytes(), head.shard);
  std::tie(head.first_row, head.end_row) = grid::shard_rows(kernel, head.shard);
  output.emplace(context.arguments, head);
  if (!ask::all_rows(grid, kernel, sink, head.shard, watch)) return output->open() ? interrupted : done;
  output->finish(sink.rows());
  if (!output->path().empty() && !context.arguments.has("quiet"))
    context.err += std::to_string(sink.rows()) + " rows of part " + std::to_string(head.shard.index + 1) +
                   " of " + std::to_string(head.shard.count) + " written to " + output->path() + '\n';
  return done;
}

int part_of(Context& context, const ask::SweepQuestion& question, std::optional<RowFormat> format,
            Watching& watching) {
  const auto watch = watching.watch();
  const grid::Shard shard = ask::read_shard(*context.arguments.get("shard"));
  const auto grid = ask::sweep_grid(question, context.catalog, watch);
  PartHead head{.program = KWHATIF_VERSION,
                .data_version = context.catalog.version(),
                .command = command_of(context.arguments),
                .question = ask::fingerprint(question, grid),
                .kept = format ? ask::Kept::rows : ask::kept_of(question, grid),
                .format = format,
                .shard = shard};
  watching.end();
  report_warnings(context, grid.warnings);
  if (format) return rows_of_part(context, grid, std::move(head), watch);
  const auto state = ask::sweep_part(question, grid, shard, watch);
  watching.end();
  if (!state) return interrupted;
  PartWriter output(context.arguments, head);
  output.write(report::state_bytes(head.kept, *state));
  output.finish(0);
  return done;
}

// The command of the parts, with what is said anew where they are joined.
Arguments joined_arguments(const Arguments& outer, const std::vector<std::string>& command) {
  Arguments out = parse_arguments(*find_verb("sweep"), {command.begin() + 1, command.end()});
  const bool form_anew = std::ranges::any_of(outer.options, [](const auto& o) { return is_form(o.first); });
  if (form_anew) std::erase_if(out.options, [](const auto& o) { return is_form(o.first); });
  for (const auto& [name, given] : outer.options) {
    if (is_form(name) || is_among(when_joined, name)) out.options[name] = given;
  }
  return out;
}

void refuse_words_beside(const Arguments& arguments) {
  const std::string why = "the parts hold their question: ";
  const std::string help =
      "join them by `kwhatif sweep --merge PART…`, with --output FILE, --json, --csv or --plain";
  for (const run::InputInfo& input : run::input_table()) {
    if (const auto& given = arguments.run.get(input.input))
      refuse("no-effect", why + given->named + " has no effect beside --merge", given->where, help);
  }
  constexpr std::array<std::string_view, 4> also{"merge", "data", "data-only", "help"};
  for (const auto& [name, given] : arguments.options) {
    if (is_form(name) || is_among(when_joined, name) || is_among(also, name)) continue;
    std::string message = why;
    message.append("--").append(name).append(" has no effect beside --merge");
    refuse("no-effect", std::move(message),
           given.empty() ? diag::Span{arguments.line, 0, 0, 0} : given.front().where, help);
  }
  if (arguments.positionals.empty())
    refuse("missing-value", "--merge needs the parts", {arguments.line, 0, 0, 0},
           "for example: kwhatif sweep --merge part-*.part --output rows.csv");
}

void refuse_other_tables(const Context& context, const PartFile& part) {
  if (part.head.program != KWHATIF_VERSION)
    refuse("bad-part",
           part.file.text + ": it was made by kwhatif " + part.head.program + ", this is " KWHATIF_VERSION,
           part.file.where, "join parts with the version that made them");
  if (part.head.data_version != context.catalog.version())
    refuse("bad-part",
           part.file.text + ": it was made with the tables " + part.head.data_version + ", these are " +
               context.catalog.version(),
           part.file.where, "give the --data or --data-only that the parts were made with");
  if (part.head.command.empty() || part.head.command.front() != "sweep")
    refuse("bad-part", part.file.text + ": it names no sweep", part.file.where,
           "parts are written by `kwhatif sweep … --shard I/N`");
}

void refuse_other_format(const Arguments& arguments, RowFormat format) {
  constexpr std::array names{"CSV", "JSON Lines", ".npy"};
  const std::string held = names.at(static_cast<std::size_t>(format));
  const auto file = named_file(arguments);
  std::optional<RowFormat> wanted;
  if (arguments.has("csv")) wanted = RowFormat::csv;
  if (arguments.has("json")) wanted = RowFormat::json_lines;
  refuse_forms(arguments, {Form::plain}, "all rows of a grid are a table", "leave it out");
  if (file) wanted = report::row_format(file->text);
  if (file && !wanted)
    refuse("unknown-format", "no format for '" + file->text + "'", file->where,
           "the parts hold " + held + ": use .csv, .jsonl or .npy");
  if (wanted && *wanted != format)
    refuse("conflict", "the parts hold " + held + ", and another form is asked for",
           file ? file->where : diag::Span{arguments.line, 0, 0, 0}, "make the parts in that form");
  if (!file && format == RowFormat::npy)
    refuse("missing-value", "the parts hold .npy: it needs a file", {arguments.line, 0, 0, 0},
           "--output rows.npy");
}

int joined_rows(Context& context, const ask::SweepAnswer& grid, const std::vector<PartFile>& parts) {
  const RowFormat format = *parts.front().head.format;
  refuse_other_format(context.arguments, format);
  const auto kernel = ask::row_kernel(grid);
  std::vector<std::size_t> columns(grid.columns.size());
  std::iota(columns.begin(), columns.end(), 0);
  const report::RowSink sink(kernel, columns, format, [](std::string_view) {});
  std::uint64_t rows = 0;
  for (const PartFile& part : parts) rows += part.rows;
  Output output(context.arguments);
  output.write(sink.head(rows));
  bool first = format == RowFormat::json_lines;
  const auto write = [&](std::string_view bytes) { output.write(bytes); };
  for (const PartFile& part : parts) {
    report::each_piece(part, [&](std::string_view piece) {
      if (first) piece = report::begin_json_lines(piece, context.catalog.version(), write);
      first = false;
      if (output.open()) output.write(piece);
    });
    if (!output.open()) return done;
    if (interrupt_wanted) return interrupted;
  }
  output.finish();
  return rows_written(context, grid, output.path(), rows);
}

}  // namespace

int sweep_shard(Context& context) {
  const Arguments& arguments = context.arguments;
  ask::read_shard(*arguments.get("shard"));
  if (!arguments.positionals.empty() && arguments.positionals.front().text == "-")
    refuse("conflict", "--shard and a run on standard input: who joins the parts cannot read it again",
           arguments.positionals.front().where, "write the run to a file");
  const auto question = question_of(context);
  if (question.row)
    refuse("conflict", "--shard and --explain-row: one row is no work to share", question.row->where,
           "leave --shard out");
  Watching watching;
  try {
    const auto format = is_reduced(question) ? std::nullopt : format_of_rows(arguments);
    return part_of(context, question, format, watching);
  } catch (const Watching::Interrupted&) {
    return interrupted;
  }
}

int sweep_merge(Context& context) {
  refuse_words_beside(context.arguments);
  std::vector<PartFile> parts;
  for (const run::Given& file : context.arguments.positionals) parts.push_back(report::read_part(file));
  parts = report::in_order(std::move(parts));
  refuse_other_tables(context, parts.front());
  const Arguments arguments = joined_arguments(context.arguments, parts.front().head.command);
  Context joined{arguments, context.catalog, {}, {}};
  const auto question = question_of(joined);
  Watching watching;
  int code = interrupted;
  try {
    auto grid = ask::sweep_grid(question, context.catalog, watching.watch());
    watching.end();
    if (ask::fingerprint(question, grid) != parts.front().head.question)
      refuse("bad-part",
             "the question of the parts is another one here: a file that it names has changed, or is another "
             "in this folder",
             parts.front().file.where,
             "join the parts where they were made: " + report::shell_command(parts.front().head.command));
    if (parts.front().head.kept == ask::Kept::rows) {
      report_warnings(joined, grid.warnings);
      code = joined_rows(joined, grid, parts);
    } else {
      if (parts.front().head.kept != ask::kept_of(question, grid))
        refuse("bad-part", parts.front().file.text + ": what it holds does not answer its question",
               parts.front().file.where, "parts are written by `kwhatif sweep … --shard I/N`");
      std::vector<ask::PartState> states;
      for (const PartFile& part : parts) {
        states.push_back(report::read_state(part));
        if (!ask::fits(question, grid, states.back()))
          refuse("bad-part", part.file.text + ": what it holds is not of this grid", part.file.where,
                 "make this part again with --shard");
      }
      const auto answer = ask::answer_of(question, std::move(grid), std::move(states), context.catalog);
      code = answered(joined, answer);
    }
  } catch (const Watching::Interrupted&) {
    return interrupted;
  }
  context.out = std::move(joined.out);
  context.err = std::move(joined.err);
  context.rendered = joined.rendered;
  return code;
}

}  // namespace kwhatif::cli
