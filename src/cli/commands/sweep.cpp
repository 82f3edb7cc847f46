#include "commands/sweep_output.hpp"
#include "verb.hpp"
#include <kwhatif/ask/missing.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/plan.hpp>
#include <kwhatif/report/sweep.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <thread>

namespace kwhatif::cli {

namespace {

std::vector<run::Given> all_of(const Arguments& arguments, std::string_view option) {
  const auto found = arguments.options.find(option);
  return found == arguments.options.end() ? std::vector<run::Given>{} : found->second;
}

std::size_t result_of(const run::Given& given, std::string_view name) {
  if (const auto r = grid::result_named(name)) return *r;
  grid::refuse_result(given, name);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = text.find(',');
    if (end != 0) out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

std::vector<std::size_t> results_of(const run::Given& given) {
  std::vector<std::size_t> out;
  for (const std::string& word : words_of(given.text)) {
    const std::size_t r = result_of(given, word);
    if (std::find(out.begin(), out.end(), r) == out.end()) out.push_back(r);
  }
  if (out.empty()) refuse("unknown-result", "no result is named", given.where);
  return out;
}

std::uint64_t whole_of(const run::Given& given, std::uint64_t low, std::uint64_t high,
                       std::string_view what) {
  std::uint64_t digits = 0;  // beyond 2^53 a double would take a neighbour for it
  const char* const end = given.text.data() + given.text.size();
  if (const auto read = std::from_chars(given.text.data(), end, digits);
      read.ec == std::errc{} && read.ptr == end && digits >= low && digits <= high)
    return digits;
  const auto n = quantity::parse(given.text, {.dimension = quantity::dim::one, .bare_number = true});
  if (!n.ok || n.value.coherent != std::floor(n.value.coherent) ||
      n.value.coherent < static_cast<double>(low) || n.value.coherent > static_cast<double>(high))
    refuse("out-of-range",
           std::string{what} + " must be a whole number from " + std::to_string(low) + " to " +
               std::to_string(high),
           given.where);
  return static_cast<std::uint64_t>(n.value.coherent);
}

// What may be asked of a grid, one at a time.
constexpr std::array questions{"top", "pareto", "group-by", "reduce", "histogram", "explain-row"};

struct Needs {
  std::string_view option;
  std::vector<std::string_view> one_of;
};

// An option that would change nothing is a slip: it is said, not passed over.
void refuse_idle_options(const Arguments& arguments) {
  std::string_view asked;
  for (const std::string_view question : questions) {
    if (!arguments.has(question)) continue;
    if (asked == "group-by" && question == "reduce") continue;
    if (!asked.empty())
      refuse("conflict", "--" + std::string{asked} + " and --" + std::string{question} + " are two questions",
             arguments.get(question)->where, "ask one at a time");
    asked = question;
  }
  const auto by_needs = arguments.has("where")
                            ? std::vector<std::string_view>{"top", "group-by", "reduce", "where"}
                            : std::vector<std::string_view>{"top", "group-by", "reduce"};
  for (const Needs& needs : {Needs{"largest", {"top"}}, Needs{"by", by_needs}}) {
    if (!arguments.has(needs.option) || std::any_of(needs.one_of.begin(), needs.one_of.end(),
                                                    [&](const auto option) { return arguments.has(option); }))
      continue;
    const auto given = arguments.get(needs.option);
    std::string list;
    for (const auto option : needs.one_of) list += (list.empty() ? "--" : ", --") + std::string{option};
    refuse("no-effect", "--" + std::string{needs.option} + " has no effect here",
           given ? given->where : diag::Span{arguments.line, 0, 0, 0}, "it goes with " + list);
  }
  for (const std::string_view question : {"pareto", "group-by", "reduce", "histogram", "explain-row"}) {
    const auto given = arguments.get("results");
    if (given && arguments.has(question))
      refuse("no-effect", "--results has no effect with --" + std::string{question}, given->where,
             question == "pareto" ? "the results of --pareto are the columns" : "");
  }
}

constexpr double most_evaluations = 2e13;  // an hour or so
constexpr double most_bytes = 2e11;
constexpr std::size_t shown_rows = 20;

std::vector<std::size_t> default_results() {
  std::vector<std::size_t> out;
  for (const std::string_view name :
       {"device_time", "wall_time", "facility_energy", "operational_location", "cost"})
    out.push_back(*grid::result_named(name));
  return out;
}

class Sweep {
 public:
  explicit Sweep(Context& context)
      : context_(context),
        arguments_(context.arguments),
        space_(base(context), grid::read_axes(all_of(context.arguments, "axis"), context.catalog),
               context.catalog, {.progress = [this](std::size_t lookups) { looking_up_(lookups); }}) {
    looking_up_.end();
    for (const auto& given : all_of(arguments_, "where")) {
      const auto more = grid::read_limits(given);
      options_.limits.insert(options_.limits.end(), more.begin(), more.end());
    }
    const auto threads = arguments_.get("threads");
    options_.threads = threads ? static_cast<unsigned>(whole_of(*threads, 1, 256, "--threads"))
                               : std::max(1U, std::thread::hardware_concurrency());
    options_.stop = &interrupt_wanted;
    answer_.limits = options_.limits;
    const auto results = arguments_.get("results");
    answer_.columns = results ? results_of(*results) : default_results();
    answer_.by = *grid::result_named("co2e");
    if (const auto by = arguments_.get("by")) answer_.by = result_of(*by, by->text);
  }

  int run() {
    if (const auto row = arguments_.get("explain-row")) {
      refuse_forms(arguments_, {Form::json, Form::csv, Form::plain}, "--explain-row prints a command",
                   "run that command with --json");
      return explain_row(*row);
    }
    auto warnings = space_.warnings();
    add_gaps(warnings);
    report_warnings(context_, warnings);
    const std::string form = reduced_form();
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    int code = done;
    if (arguments_.has("top"))
      code = top();
    else if (arguments_.has("pareto"))
      code = pareto();
    else if (arguments_.has("group-by") || arguments_.has("reduce"))
      code = groups();
    else if (arguments_.has("histogram"))
      code = histogram();
    else
      return rows();
    if (code != done) return code;
    const std::string text = form == "json"    ? report::sweep_json(space_, answer_, context_.catalog)
                             : form == "csv"   ? report::csv(report::sweep_table(space_, answer_))
                             : form == "plain" ? report::plain(report::sweep_table(space_, answer_))
                                               : report::sweep_text(space_, answer_, context_.catalog);
    if (form == "csv" || form == "plain")
      context_.err += report::left_out_text(space_);  // the other forms say it themselves
    const auto output = arguments_.get("output");
    if (output && output->text != "-")
      write_file(context_, output->text, text);
    else
      context_.out = text;
    return nothing_found() ? answer_is_no : done;
  }

 private:
  static run::Scenario base(Context& context) {
    refuse_idle_options(context.arguments);
    if (all_of(context.arguments, "axis").empty())
      refuse("missing-value", "a sweep needs at least one --axis", {},
             "write for example --axis tokens=1e11:1e13:log20 --axis region=gcp:*");
    try {
      return run_of(context);
    } catch (const diag::UsageError& error) {
      if (error.diagnostics().front().code != "no-work") throw;
      return context.arguments.run;  // everything comes from the axes
    }
  }

  // The results that the answer shows.
  std::vector<std::size_t> shown_results() const {
    if (const auto given = arguments_.get("pareto")) return results_of(*given);
    if (const auto given = arguments_.get("histogram")) return {result_of(*given, given->text)};
    if (arguments_.has("group-by") || arguments_.has("reduce")) return {answer_.by};
    auto out = answer_.columns;
    if (arguments_.has("top") || arguments_.has("by")) out.push_back(answer_.by);
    return out;
  }

  // What no row has is said once, with the flag that brings it.
  void add_gaps(std::vector<diag::Diagnostic>& warnings) const {
    const auto found = run::estimate(space_.sample().inputs);
    const std::size_t device_time = *grid::result_named("device_time");
    if (!found.training_flop && !found.device_time && !found.wall_time &&
        !ask::has_result(space_, device_time, interrupt_wanted) &&
        !ask::has_result(space_, *grid::result_named("training_flop"), interrupt_wanted))
      refuse("no-work", "the work is unknown: neither compute nor device-time follows from what is given", {},
             "give --params and --tokens, or --flops, or --hours and --chips, or --device-hours");
    for (const std::size_t result : shown_results()) {
      if (grid::result_value(found, result) || ask::has_result(space_, result, interrupt_wanted)) continue;
      for (const diag::Diagnostic& gap : ask::missing_for(result, space_.sample(), found)) {
        const bool known = std::any_of(warnings.begin(), warnings.end(),
                                       [&](const diag::Diagnostic& w) { return w.code == gap.code; });
        if (!known) warnings.push_back(gap);
      }
    }
    for (const grid::Axis& axis : space_.axes()) {
      const auto a = static_cast<std::size_t>(&axis - space_.axes().data());
      const bool matters =
          axis.size() < 2 ||
          std::any_of(space_.tables().begin(), space_.tables().end(), [&](const auto& table) {
            return std::find(table.axes.begin(), table.axes.end(), a) != table.axes.end();
          });
      const bool said = std::any_of(warnings.begin(), warnings.end(), [&](const diag::Diagnostic& w) {
        return w.message.find("--axis " + axis.name + ' ') != std::string::npos;
      });
      if (matters || said) continue;
      warnings.push_back({.code = "no-effect",
                          .message = "--axis " + axis.name + " changes nothing: no result depends on it here",
                          .where = axis.given.where,
                          .help = "leave it out",
                          .severity = diag::Severity::warning});
    }
  }

  // text, json or csv: of the flag, else of the extension of the file that a reduced answer goes to.
  std::string reduced_form() const {
    const std::string flag = arguments_.has("json")    ? "json"
                             : arguments_.has("csv")   ? "csv"
                             : arguments_.has("plain") ? "plain"
                                                       : "";
    const auto output = arguments_.get("output");
    const bool reduced =
        std::any_of(questions.begin(), questions.end(), [&](const auto q) { return arguments_.has(q); });
    if (!reduced || !output || output->text == "-") return flag;
    const std::string extension = std::filesystem::path{output->text}.extension().string();
    if (!flag.empty() && (extension.empty() || extension == "." + flag)) return flag;
    if (flag.empty() && (extension == ".csv" || extension == ".json")) return extension.substr(1);
    if (flag.empty() && extension == ".txt") return "text";
    refuse("unknown-format",
           flag.empty() ? "no format for '" + output->text + "'"
                        : "--" + flag + " does not go with '" + output->text + "'",
           output->where, "use .txt, .csv or .json; .jsonl and .npy are for all rows");
  }

  bool nothing_found() const {
    if (answer_.kind == "groups")
      return std::all_of(answer_.groups.begin(), answer_.groups.end(),
                         [](const auto& group) { return group.group.count == 0; });
    return (answer_.kind == "top" || answer_.kind == "pareto" || answer_.kind == "rows") &&
           answer_.rows.empty();
  }

  int explain_row(const run::Given& given) {
    const std::uint64_t row = whole_of(given, 0, space_.size() - 1, "--explain-row");
    const std::string file =
        arguments_.positionals.empty() ? std::string{} : arguments_.positionals.front().text;
    context_.out = report::explain_command(space_, row, file) + '\n';
    return done;
  }

  // Progress of the passes made while it lives; refuses what would take days.
  class Watched {
   public:
    Watched(Sweep& sweep, bool every_row) : sweep_(sweep), progress_(sweep.space_.size()) {
      if (every_row) sweep.refuse_days_of_work();
      sweep.options_.progress = [this](std::uint64_t points) { progress_(points); };
    }
    ~Watched() { sweep_.options_.progress = {}; }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

   private:
    Sweep& sweep_;
    Progress progress_;
  };

  void refuse_days_of_work() const {
    if (space_.size_estimate() > most_evaluations)
      refuse("too-many-rows",
             "the grid has " + quantity::significant(space_.size_estimate()) +
                 " points: more than a day of work",
             all_of(arguments_, "axis").front().where,
             "use fewer values per axis (lin20 or log20), or fix the inputs that do not change the answer");
  }

  bool evaluate(const grid::Kernel& kernel, grid::Sink& sink) {
    const Watched watched(*this, !grid::would_search(kernel, sink, options_));
    return grid::walk(kernel, sink, options_);
  }

  // The results to evaluate: those asked for and those the limits speak of.
  std::vector<std::size_t> wanted(std::vector<std::size_t> results) const {
    grid::add_results(results, options_.limits);
    return results;
  }

  std::string label(std::size_t result) const { return std::string{grid::result_info(result).label}; }

  int top() {
    const auto given = *arguments_.get("top");
    const std::uint64_t count = whole_of(given, 1, 100'000, "--top");
    const bool largest = arguments_.has("largest");
    const grid::Kernel kernel(space_, wanted({answer_.by}), true);
    grid::TopSink sink(kernel, 0, count, largest);
    if (!evaluate(kernel, sink)) return interrupted;
    answer_.kind = "top";
    const std::size_t found = sink.best().size();
    answer_.title = (found == 1 ? "The row with the " : "The " + std::to_string(found) + " rows with the ") +
                    (largest ? "most: " : "least: ") + label(answer_.by);
    for (const auto& ranked : sink.best()) answer_.rows.push_back(report::sweep_row(space_, ranked.row));
    add_column(answer_.by);
    return done;
  }

  int pareto() {
    const auto given = *arguments_.get("pareto");
    const auto objectives = results_of(given);
    if (objectives.size() < 2 || objectives.size() > 6)
      refuse("out-of-range", "--pareto needs two to six results", given.where,
             "write for example --pareto energy,time,cost");
    const grid::Kernel kernel(space_, wanted(objectives), true);
    std::vector<std::size_t> columns(objectives.size());
    for (std::size_t k = 0; k < columns.size(); ++k) columns[k] = k;
    grid::ParetoSink sink(kernel, columns);
    if (!evaluate(kernel, sink)) return interrupted;
    const auto front = sink.front();
    answer_.kind = "pareto";
    answer_.by = objectives.front();
    answer_.columns = objectives;
    answer_.title = "Rows that no other row beats in " +
                    diag::listed(objectives, ", ", [&](std::size_t result) { return label(result); });
    const auto bends = grid::knees(front);
    for (std::size_t i = 0; i < front.size(); ++i) {
      answer_.rows.push_back(report::sweep_row(space_, front[i].row));
      answer_.rows.back().knee = std::find(bends.begin(), bends.end(), i) != bends.end();
    }
    return done;
  }

  int groups() {
    if (const auto given = arguments_.get("group-by")) {
      for (const std::string& word : words_of(given->text)) {
        const auto& axes = space_.axes();
        const auto at = std::find_if(axes.begin(), axes.end(),
                                     [&](const auto& a) { return a.name == word || a.column() == word; });
        if (at == axes.end()) {
          std::vector<std::string_view> known;
          for (const auto& a : axes) known.push_back(a.name);
          std::string help = diag::did_you_mean(word, known);
          help += help.empty() ? "axes:" : " axes:";
          for (const std::string_view name : known)
            help.append(name == known.front() ? " " : ", ").append(name);
          refuse("unknown-axis", "no axis '" + word.substr(0, 40) + "' in this sweep", given->where, help);
        }
        const auto index = static_cast<std::size_t>(at - axes.begin());
        if (std::find(answer_.group_axes.begin(), answer_.group_axes.end(), index) !=
            answer_.group_axes.end())
          refuse("given-twice", "--group-by names '" + at->name + "' twice", given->where);
        answer_.group_axes.push_back(index);
      }
      if (answer_.group_axes.empty())
        refuse("missing-value", "--group-by names no axis", given->where,
               "write for example --group-by " + space_.axes().front().name);
    }
    if (const auto given = arguments_.get("reduce")) {
      if (given->text == "min")
        answer_.reduce = grid::Reduce::min;
      else if (given->text == "max")
        answer_.reduce = grid::Reduce::max;
      else if (given->text == "mean")
        answer_.reduce = grid::Reduce::mean;
      else if (given->text == "quantiles")
        answer_.reduce = grid::Reduce::quantiles;
      else
        refuse("unknown-word", "--reduce cannot be '" + given->text.substr(0, 40) + "'", given->where,
               "one of: min, max, mean, quantiles");
    }
    const bool quantiles = answer_.reduce == grid::Reduce::quantiles;
    const grid::Kernel kernel(space_, wanted({answer_.by}), true,
                              quantiles ? std::vector<std::size_t>{} : answer_.group_axes);
    std::vector<grid::Group> found;
    if (quantiles) {
      const Watched watched(*this, true);
      found = grid::quantiles(kernel, 0, answer_.group_axes, options_);
      if (found.empty()) return interrupted;
    } else {
      grid::GroupSink sink(kernel, 0, answer_.group_axes, answer_.reduce);
      if (!evaluate(kernel, sink)) return interrupted;
      found = sink.groups();
    }
    answer_.kind = "groups";
    for (std::size_t g = 0; g < found.size(); ++g)
      answer_.groups.push_back({grid::group_indices(space_, answer_.group_axes, g), found[g]});
    answer_.title = label(answer_.by) + " by group";
    return done;
  }

  int histogram() {
    const auto given = *arguments_.get("histogram");
    answer_.by = result_of(given, given.text);
    const grid::Kernel kernel(space_, wanted({answer_.by}), true);
    const Watched watched(*this, true);
    constexpr std::size_t bins = 20;
    answer_.kind = "histogram";
    answer_.histogram = grid::histogram(kernel, 0, bins, options_);
    if (!answer_.histogram) return interrupted;
    answer_.title = label(answer_.by);
    if (answer_.histogram->rows == 0) {
      context_.err += options_.limits.empty() ? "no row has this result\n"
                                              : "no row has this result and meets the conditions\n";
      return answer_is_no;
    }
    return done;
  }

  void add_column(std::size_t result) {
    if (std::find(answer_.columns.begin(), answer_.columns.end(), result) == answer_.columns.end())
      answer_.columns.push_back(result);
  }

  std::optional<report::RowFormat> flag_format() const {
    refuse_forms(arguments_, {Form::plain}, "all rows of a grid are a table",
                 "--csv or --json; an answer in few lines has --plain: --top 10 --by co2e");
    if (arguments_.has("json")) return report::RowFormat::json_lines;
    if (arguments_.has("csv")) return report::RowFormat::csv;
    return std::nullopt;
  }

  int rows() {
    const auto output = arguments_.get("output");
    std::optional<report::RowFormat> format;
    if (output && output->text != "-") {
      format = report::row_format(output->text);
      if (!format)
        refuse("unknown-format", "no format for '" + output->text + "'", output->where,
               "use .csv, .jsonl or .npy");
      const auto flag = flag_format();
      if (flag && *flag != *format)
        refuse("conflict",
               "--" + std::string{arguments_.has("json") ? "json" : "csv"} + " does not go with '" +
                   output->text + "'",
               output->where, "the extension says it: .csv, .jsonl or .npy");
    } else {
      format = flag_format();
      if (output && !format) format = report::RowFormat::csv;
    }
    if (!format) return first_rows();
    const grid::Kernel kernel(space_, wanted(answer_.columns), false);
    std::vector<std::size_t> columns(answer_.columns.size());
    for (std::size_t k = 0; k < columns.size(); ++k) columns[k] = k;
    std::unique_ptr<Output> file;
    report::RowSink sink(kernel, columns, *format, [&](std::string_view bytes) { file->write(bytes); });
    const double bytes = sink.row_bytes() * space_.size_estimate();
    double room = most_bytes;
    if (output && output->text != "-") {
      std::error_code error;
      const auto folder = std::filesystem::absolute(output->text, error).parent_path();
      const auto space = std::filesystem::space(folder, error);
      if (!error) room = std::min(room, static_cast<double>(space.available));
    }
    if (options_.limits.empty() && bytes > room)
      refuse("too-many-rows",
             quantity::significant(space_.size_estimate()) + " rows would be about " +
                 quantity::human(bytes, quantity::dim::data) +
                 " (room: " + quantity::human(room, quantity::dim::data) + ")",
             output ? output->where : all_of(arguments_, "axis").front().where,
             "let the sweep choose: --top 20 --by co2e, --pareto energy,time,cost, --group-by … --reduce "
             "min, --where …; "
             "or use fewer values per axis");
    file = std::make_unique<Output>(arguments_);
    file->write(sink.head(options_.limits.empty() ? space_.size() : 0));
    const bool whole = evaluate(kernel, sink);
    if (!whole) return file->open() ? interrupted : done;
    if (*format == report::RowFormat::npy) file->rewrite_head(sink.head(sink.rows()));
    file->finish();
    if (file->path().empty())
      context_.err += report::left_out_text(space_);
    else
      context_.err += std::to_string(sink.rows()) + " rows written to " + file->path() + '\n' +
                      report::sweep_assumptions(space_);
    return sink.rows() == 0 ? answer_is_no : done;
  }

  int first_rows() {
    answer_.kind = "rows";
    const std::uint64_t count = std::min<std::uint64_t>(space_.size(), shown_rows);
    if (options_.limits.empty()) {
      for (std::uint64_t r = 0; r < count; ++r) answer_.rows.push_back(report::sweep_row(space_, r));
      if (space_.size() > shown_rows)
        answer_.title = "The first " + std::to_string(shown_rows) +
                        " rows (all: --csv or --output rows.csv|.jsonl|.npy; the best: --top 10 --by co2e)";
      context_.out = report::sweep_text(space_, answer_, context_.catalog);
      return done;
    }
    const grid::Kernel kernel(space_, wanted({answer_.by}), true);
    grid::TopSink sink(kernel, 0, shown_rows);
    if (!evaluate(kernel, sink)) return interrupted;
    for (const auto& ranked : sink.best()) answer_.rows.push_back(report::sweep_row(space_, ranked.row));
    answer_.title = answer_.rows.size() < shown_rows
                        ? "The rows with the least " + label(answer_.by) + " first"
                        : "The " + std::to_string(shown_rows) + " rows with the least: " + label(answer_.by);
    context_.out = report::sweep_text(space_, answer_, context_.catalog);
    return answer_.rows.empty() ? answer_is_no : done;
  }

  Context& context_;
  const Arguments& arguments_;
  LookupProgress looking_up_;
  grid::Space space_;
  grid::WalkOptions options_;
  report::SweepAnswer answer_;
};

}  // namespace

int sweep(Context& context) { return Sweep{context}.run(); }

}  // namespace kwhatif::cli
