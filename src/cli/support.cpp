// What several verbs need: the run from file, standard input and flags; warnings; forms of output; files.
#include "output_file.hpp"
#include "terminal.hpp"
#include "verb.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/import.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/document/files.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>

#include <unistd.h>

namespace kwhatif::cli {

bool is_published(const Context& context, const std::string& text) {
  std::error_code ignored;
  return context.catalog.find(catalog::Kind::run, text).has_value() &&
         !std::filesystem::exists(text, ignored);
}

run::Scenario run_of(const Context& context, std::size_t positional, bool with_facts) {
  const Arguments& arguments = context.arguments;
  run::Scenario run;
  if (positional < arguments.positionals.size() &&
      is_published(context, arguments.positionals[positional].text)) {
    run = *ask::published_scenario(context.catalog, arguments.positionals[positional].text, with_facts);
  } else if (positional < arguments.positionals.size()) {
    const std::string& path = arguments.positionals[positional].text;
    std::shared_ptr<const diag::SourceText> source;
    if (path == "-") {
      auto text = std::make_shared<diag::SourceText>();
      text->name = "standard input";
      constexpr std::size_t largest = 33U << 20U;  // the reader of TOML refuses more than 32 MiB
      std::string block(1U << 16U, '\0');
      while (text->text.size() < largest &&
             (std::cin.read(block.data(), static_cast<std::streamsize>(block.size())) ||
              std::cin.gcount() > 0)) {
        text->text.append(block.data(), static_cast<std::size_t>(std::cin.gcount()));
      }
      source = text;
    } else {
      try {
        source = document::read_file(path);
      } catch (const diag::Error& error) {
        auto diagnostic = error.diagnostics().front();
        diagnostic.where = arguments.positionals[positional].where;
        std::vector<std::string_view> published;
        for (const catalog::Row& row : context.catalog.rows(catalog::Kind::run))
          published.push_back(row.id());
        const std::string near = diag::did_you_mean(path, published);
        diagnostic.help =
            near + (near.empty() ? "" : " ") +
            "name a run file, '-' for standard input, a published run (`kwhatif list runs`), or "
            "give flags alone; a value with a blank stands in quotes: --hours \"14.8 days\"";
        throw diag::UsageError(std::move(diagnostic));
      }
    }
    run = run::read_run(source);
  }
  run.overlay(arguments.run, &context.catalog);
  if (const auto& pilot = run.get(run::Input::pilot); pilot && run.files)
    run.files = ask::pilots_from_logs(run.files, *pilot, context.catalog);
  if (run.empty() && run.faults.empty()) {
    diag::refuse("no-work", "nothing is known of the run", {},
                 "for example: " + std::string{find_verb("estimate")->example});
  }
  return run;
}

void report_warnings(Context& context, const std::vector<diag::Diagnostic>& warnings) {
  if (warnings.empty()) return;
  if (context.arguments.has("strict")) {
    auto errors = warnings;
    for (diag::Diagnostic& d : errors) d.severity = diag::Severity::error;
    throw diag::ScenarioError(std::move(errors));
  }
  if (context.arguments.has("quiet")) return;
  context.err += wrapped(
      diag::render(warnings, {.colour = shows_colour(STDERR_FILENO, !context.arguments.has("no-color"))}));
}

int print(Context& context, const report::Document& document, int code) {
  const Arguments& arguments = context.arguments;
  const Form form = form_of(arguments);
  if (const auto* const refusal = document.refusal(form))
    refuse_forms(arguments, {form}, refusal->why, refusal->instead);
  auto warnings = context.catalog.warnings();
  const auto& of_answer = document.warnings();
  warnings.insert(warnings.end(), of_answer.begin(), of_answer.end());
  report_warnings(context, warnings);
  context.out = report::render(document, form, paper(!arguments.has("no-color"), arguments.has("quiet")));
  context.rendered = true;
  return code;
}

std::optional<run::Given> text_file(const Arguments& arguments) {
  auto file = arguments.get("output");
  if (file && file->text == "-") file.reset();
  return file;
}

Form text_form(const Arguments& arguments, const run::Given& file, std::string_view drawn) {
  const std::string extension = std::filesystem::path{file.text}.extension().string();
  const auto forms = report::form_table();
  const auto named = std::ranges::find_if(
      forms, [&](const auto& form) { return extension == '.' + std::string{form.flag}; });
  const bool text = extension.empty() || extension == ".txt";
  const Form flag = form_of(arguments);
  if (named == forms.end() && !text)
    refuse("unknown-format", "no format for '" + file.text + "'", file.where,
           "use " + std::string{drawn} + ".txt, .csv or .json");
  if (flag == Form::text) return text ? Form::text : named->form;
  const bool table = flag == Form::plain || extension.empty();
  if (text ? !table : named->form != flag)
    refuse("conflict",
           "--" + std::string{forms[static_cast<std::size_t>(flag)].flag} + " does not go with '" +
               file.text + "'",
           file.where, "the extension says it; leave one of them out");
  return flag;
}

void say_written(Context& context, const std::string& path) {
  context.err += "wrote " + diag::visible(path) + '\n';
}

int print_or_write(Context& context, const report::Document& document, int code) {
  const auto file = text_file(context.arguments);
  if (!file) return print(context, document, code);
  const Form form = text_form(context.arguments, *file);
  const std::string flag{report::form_table()[static_cast<std::size_t>(form)].flag};
  if (const auto* const refusal = document.refusal(form))
    refuse("no-such-form", "kwhatif " + context.arguments.verb + " has no --" + flag + ": " + refusal->why,
           file->where, refusal->instead);
  auto warnings = context.catalog.warnings();
  const auto& of_answer = document.warnings();
  warnings.insert(warnings.end(), of_answer.begin(), of_answer.end());
  report_warnings(context, warnings);
  write_file(context, file->text, report::render(document, form, {.quiet = context.arguments.has("quiet")}));
  say_written(context, file->text);
  return code;
}

void write_file(const Context& context, const std::string& path, std::string_view content) {
  const auto given = context.arguments.get("output");
  OutputFile file(path, context.arguments.has("force"), given ? given->where : diag::Span{});
  file.write(diag::visible(content, layout_of(context.arguments)));
  file.publish();
}

Form form_of(const Arguments& arguments) {
  for (const report::FormInfo& info : report::form_table()) {
    if (!info.flag.empty() && arguments.has(info.flag)) return info.form;
  }
  return Form::text;
}

void refuse_forms(const Arguments& arguments, std::initializer_list<Form> refused, std::string why,
                  std::string help) {
  const Form form = form_of(arguments);
  if (std::ranges::find(refused, form) == refused.end()) return;
  const std::string flag = "--" + std::string{report::form_table()[static_cast<std::size_t>(form)].flag};
  refuse("no-such-form", "kwhatif " + arguments.verb + " has no " + flag + ": " + std::move(why),
         {arguments.line, 0, 0, 0}, std::move(help));
}

diag::Layout layout_of(const Arguments& arguments) {
  return form_of(arguments) == Form::plain ? diag::Layout::lines_and_tabs : diag::Layout::lines;
}

}  // namespace kwhatif::cli
