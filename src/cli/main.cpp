// The program: finds the verb, runs it, writes its output, and turns what went wrong into messages and exit
// codes.
#include "help.hpp"
#include "signals.hpp"
#include "streams.hpp"
#include "terminal.hpp"
#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <exception>
#include <string_view>

#include <unistd.h>

namespace {

using namespace kwhatif;

int print(std::string_view text) {
  cli::show(text);
  return cli::done;
}

int print(const report::Page& page, bool colour_wanted = true) {
  return print(report::page_text(page, cli::paper(colour_wanted, false)));
}

void refuse_two_forms(const cli::Arguments& arguments) {
  std::vector<std::string> asked;
  for (const auto& form : report::form_table()) {
    if (!form.flag.empty() && arguments.has(form.flag)) asked.push_back("--" + std::string{form.flag});
  }
  if (asked.size() > 1)
    cli::refuse("conflict", "two forms of output are asked for", {arguments.line, 0, 0, 0},
                "give one of " + diag::listed(asked, " and "));
}

int greet() {
  constexpr std::size_t beside = 5;  // "try: "
  report::Page page;
  page.paragraph("kwhatif: energy and CO2e of training AI models, before any training starts.");
  page.command("try: ", std::string{cli::find_verb("estimate")->example}, beside + 4);
  for (const char* more :
       {"kwhatif explain … (every number down to its source), kwhatif reproduce (published tables, "
        "recomputed)",
        "kwhatif list hardware | regions | grids | studies, kwhatif init gpt-3 (a run file to start from)",
        "kwhatif --help lists all verbs"})
    page.paragraph(more, beside);
  return print(page);
}

// Tables of the user's choice may lack what the built-in ones are known to have.
int answer_from(const cli::Verb& verb, cli::Context& context) {
  const auto folder = context.arguments.get("data-only");
  if (!folder) return verb.answer(context);
  try {
    return verb.answer(context);
  } catch (const diag::InternalError& error) {
    diag::refuse(
        "incomplete-tables", error.what(), folder->where,
        "an edition has all tables of data/; one from before this question was asked cannot answer it");
  }
}

int answer(int count, char** words) {
  if (count < 2) return greet();
  const std::string_view name = words[1];
  if (name == "help" && count > 2 && std::string_view{words[2]} != "--help")
    return print(cli::help_page(words[2]));
  if (name == "completion" && count > 3 && std::string_view{words[2]} == "words")
    return print(cli::completions({words + 3, words + count}));
  if (name == "--help" || name == "-h" || name == "help") return print(cli::help_page());
  if (name == "--version") {
    return print("kwhatif " KWHATIF_VERSION " (data " + std::string{catalog::data_version()} + ")\n");
  }
  const cli::Verb* verb = cli::find_verb(name);
  if (verb == nullptr) {
    std::vector<std::string_view> known;
    for (const cli::Verb& v : cli::verbs()) known.push_back(v.name);
    const std::string near = diag::did_you_mean(name, known);
    diag::refuse("unknown-verb", "no verb '" + std::string{name.substr(0, 60)} + "'", {},
                 near + (near.empty() ? "" : " ") + "`kwhatif --help` lists all");
  }
  const cli::Arguments arguments = cli::parse_arguments(*verb, {words + 2, words + count});
  if (arguments.has("help")) return print(cli::help_page(*verb), !arguments.has("no-color"));
  refuse_two_forms(arguments);
  std::optional<catalog::Catalog> tables;
  if (const auto folder = arguments.get("data-only")) tables = catalog::Catalog::load(folder->text);
  if (const auto folder = arguments.get("data"))
    tables = catalog::Catalog::overlay(folder->text, tables ? *tables : catalog::Catalog::builtin());
  cli::Context context{arguments, tables ? *tables : catalog::Catalog::builtin(), {}, {}};
  const int code = answer_from(*verb, context);
  // Whatever a presenter let through: nothing that steers a terminal leaves the program.
  cli::write_err(context.err);
  if (!context.rendered) context.out = diag::visible(context.out, cli::layout_of(arguments));
  const bool read = cli::show(context.out) == cli::Written::whole;
  return read ? code : cli::done;
}

}  // namespace

int main(int count, char** words) {
  cli::install_signal_handlers();
  try {
    return answer(count, words);
  } catch (const diag::Error& error) {
    const bool plain = std::find(words, words + count, std::string_view{"--no-color"}) != words + count;
    cli::write_err(cli::wrapped(
        diag::render(error.diagnostics(), {.colour = cli::shows_colour(STDERR_FILENO, !plain)})));
    return cli::wrong_input;
  } catch (const std::bad_alloc&) {
    cli::write_err("error[out-of-memory]: not enough memory for this input\n");
    return cli::wrong_input;
  } catch (const std::exception& error) {
    cli::write_err("error[internal]: " + diag::visible(error.what()) +
                   "\nhelp: this is a bug of kwhatif; please report the command that led here\n");
    return cli::our_bug;
  }
}
