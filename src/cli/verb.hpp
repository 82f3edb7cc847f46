// cli: flags, verbs, exit codes, streams. No arithmetic, no wording of results.
//
// A verb is a row of the table in verbs.cpp: name, help, its own options, and the function that answers.
// Help, error suggestions and shell completion follow that table and run::input_table().
#pragma once

#include "exit_code.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/report/document.hpp>
#include <kwhatif/run/scenario.hpp>

#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::cli {

/// One option of a verb that is no input of a run.
struct Option {
  std::string_view name;   ///< "where", without the dashes
  std::string_view value;  ///< "EXPRESSION"; empty for a switch
  std::string_view help;
  bool repeatable = false;
};

/// The command line, taken apart but not looked up.
struct Arguments {
  std::shared_ptr<const diag::SourceText> line;  ///< the command line as text, for carets
  std::string verb;
  std::vector<std::string> words;  ///< behind the verb, as they came
  std::vector<run::Given> positionals;
  run::Scenario run;  ///< flags that are inputs of a run
  std::map<std::string, std::vector<run::Given>, std::less<>> options;

  bool has(std::string_view option) const { return options.contains(option); }
  /// Value of an option, or none.
  std::optional<run::Given> get(std::string_view option) const;
  std::string text(std::string_view option, std::string_view otherwise = "") const;
  /// All values of an option that may be given more than once.
  std::vector<run::Given> all(std::string_view option) const;
};

/// What a verb works with.
struct Context {
  const Arguments& arguments;
  const catalog::Catalog& catalog;
  std::string out;        ///< written to standard output when the verb is done
  std::string err;        ///< warnings, written to standard error
  bool rendered = false;  ///< nothing in `out` steers a terminal but what a renderer put there
};

using diag::refuse;

struct Verb {
  std::string_view name;
  std::string_view usage;    ///< "[RUN.toml | -] [flags]"
  std::string_view answers;  ///< one line
  std::string_view example;  ///< a command that works
  bool run_flags = false;    ///< takes the inputs of a run as flags
  std::size_t most_positionals = 0;
  std::span<const Option> options;
  int (*answer)(Context&) = nullptr;
};

/// All verbs, in the order of help.
std::span<const Verb> verbs();
const Verb* find_verb(std::string_view name);
/// Options that every verb has: --json, --csv, …
std::span<const Option> common_options();

/// Takes a command line apart for a verb.
/// @errors diag::UsageError: unknown-flag, missing-value, given-twice, too-many-arguments
Arguments parse_arguments(const Verb& verb, const std::vector<std::string>& words);

/// What help_on() knows, verbs first.
std::vector<std::string> topic_names();
/// What may stand in place of the last word of a command line, one candidate per line (completion.cpp).
std::string completions(const std::vector<std::string>& words);

/// The run of a verb: its file, standard input or a published run of the tables ("patterson-2021/gpt-3"),
/// with the flags laid over it.
/// @param with_facts  of a published run also what is known of it but not needed for its printed results
/// @errors diag::Error
run::Scenario run_of(const Context& context, std::size_t positional = 0, bool with_facts = false);
/// Whether a positional names a published run, and no file of that name lies here.
bool is_published(const Context& context, const std::string& text);
/// Puts warnings on the error stream; with --strict they are errors.
/// @errors diag::ScenarioError with --strict
void report_warnings(Context& context, const std::vector<diag::Diagnostic>& warnings);
/// Writes text to a file, whole or not at all; an existing one is kept unless --force.
/// @errors diag::UsageError
void write_file(const Context& context, const std::string& path, std::string_view content);

using report::Form;
/// Prints a document in the form that was asked for, and its warnings.
/// @return `code`
/// @errors diag::UsageError: no-such-form; diag::ScenarioError with --strict
int print(Context& context, const report::Document& document, int code = done);
/// Prints it, or writes it to the file of --output, in the form that its extension says.
/// @return `code`
/// @errors those of print() and write_file(); diag::UsageError: unknown-format, conflict
int print_or_write(Context& context, const report::Document& document, int code = done);
/// The file that --output names for text; none for standard output.
std::optional<run::Given> text_file(const Arguments& arguments);
/// Form of a file: that of a flag, or of the extension.
/// @param drawn  files that the verb writes beside these: ".svg (the main chart), …"
/// @errors diag::UsageError: unknown-format, or conflict where flag and extension say different things
Form text_form(const Arguments& arguments, const run::Given& file, std::string_view drawn = {});
/// Tells on the error stream that there is a new file.
void say_written(Context& context, const std::string& path);
Form form_of(const Arguments& arguments);
/// The control characters that the form uses for itself.
diag::Layout layout_of(const Arguments& arguments);
/// Refuses forms that a verb does not have.
/// @param why  a sentence: "a completion script has one form"
/// @errors diag::UsageError: no-such-form
void refuse_forms(const Arguments& arguments, std::initializer_list<Form> refused, std::string why,
                  std::string help);

// The verbs (src/cli/commands).
int estimate(Context& context);
int explain(Context& context);
int compare(Context& context);
int levers(Context& context);
int methods(Context& context);
int model(Context& context);
int reproduce(Context& context);
int backtest(Context& context);
int sensitivity(Context& context);
int sweep(Context& context);
int plan(Context& context);
int schedule(Context& context);
int lifecycle(Context& context);
int serve(Context& context);
int equiv(Context& context);
int list(Context& context);
int show(Context& context);
int check(Context& context);
int import_files(Context& context);
int init(Context& context);
int completion(Context& context);
int report(Context& context);

}  // namespace kwhatif::cli
