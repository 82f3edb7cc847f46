// report: what a run, a comparison, a plan or a life cycle says, in a form that can be handed in.
#include "commands/axes.hpp"
#include "commands/questions.hpp"
#include "output_file.hpp"
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/dossier/form.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/run/report_keys.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace kwhatif::cli {

namespace {

using dossier::Dossier;
using dossier::ReportForm;

// --- what is reported -------------------------------------------------------------------------------------

struct Subject {
  std::string_view what;
  std::array<std::string_view, 16> options;  // that ask for it; any will do
};
constexpr std::array subjects{Subject{"a comparison", {"vary", "against", "equal", "mixed", "limit"}},
                              Subject{"a plan",
                                      {"max-co2e", "max-days", "max-time", "max-cost", "max-energy", "where",
                                       "confidence", "minimize", "maximize", "axis"}},
                              Subject{"a life cycle",
                                      {"serve", "devices", "batch", "rate", "prompt", "answer", "load",
                                       "engine", "queries", "queries-per-day", "life", "functional-unit"}}};
enum class Asked { comparison, plan, life, run };

std::optional<std::string_view> option_of(const Arguments& arguments, const Subject& subject) {
  for (const std::string_view option : subject.options) {
    if (!option.empty() && arguments.has(option)) return option;
  }
  return std::nullopt;
}

Asked asked(const Arguments& arguments) {
  std::optional<std::size_t> out;
  std::string_view first;
  if (arguments.positionals.size() > 1) out = 0;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const auto option = option_of(arguments, subjects[i]);
    if (!option) continue;
    if (out && *out != i)
      refuse("conflict",
             "--" + std::string{*option} + " asks for " + std::string{subjects[i].what} + ", " +
                 (first.empty() ? "several runs" : "--" + std::string{first}) + " for " +
                 std::string{subjects[*out].what},
             {arguments.line, 0, 0, 0}, "a report is of one of them: write two");
    out = i;
    first = *option;
  }
  return out ? static_cast<Asked>(*out) : Asked::run;
}

// What the author says: by flags, else in the run file, else of the environment.
dossier::Particulars particulars_of(const Arguments& arguments, const run::Scenario& run) {
  dossier::Said said = run.report;
  for (const run::ReportKey& key : run::report_keys) {
    if (const auto given = arguments.get(key.flag))
      said.insert_or_assign(std::string{key.name}, *given);
    else if (key.value.empty() && arguments.has(key.flag))
      said.insert_or_assign(std::string{key.name},
                            run::Given{"true", {arguments.line, 0, 0, 0}, "--" + std::string{key.flag}});
  }
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
      epoch != nullptr && *epoch != 0 && !said.contains("date"))
    said.insert_or_assign("date", run::Given{dossier::day_of_epoch(epoch), {}, "SOURCE_DATE_EPOCH"});
  return dossier::particulars(said);
}

// A word as a shell takes it.
std::string quoted(const std::string& word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+%@";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + '\'';
}

std::string command_of(const Arguments& arguments) {
  std::string out = "kwhatif report";
  for (const std::string& word : arguments.words) out += ' ' + quoted(word);
  return out;
}

// --- its form ---------------------------------------------------------------------------------------------

std::optional<run::Given> file_of(const Arguments& arguments) {
  auto output = arguments.get("output");
  if (output && output->text == "-") output.reset();
  return output;
}

const ReportForm& form_named(const run::Given& given) {
  if (const ReportForm* form = dossier::find_report_form(given.text)) return *form;
  std::vector<std::string_view> all;
  for (const ReportForm& form : dossier::report_forms()) all.push_back(form.name);
  const std::string near = diag::did_you_mean(given.text, all);
  refuse("unknown-format", "no form '" + given.text.substr(0, 40) + "' of a report", given.where,
         near.empty() ? "forms: " + diag::listed(all) : near);
}

const ReportForm& form_asked(const Arguments& arguments) {
  refuse_forms(arguments, {Form::json, Form::csv, Form::plain}, "a report has forms of its own",
               "name one: --format json, --format csv");
  if (const auto named = arguments.get("format")) return form_named(*named);
  if (const auto file = file_of(arguments)) return dossier::report_form_of(*file);
  std::vector<std::string_view> all;
  for (const ReportForm& form : dossier::report_forms()) all.push_back(form.name);
  refuse("missing-value", "a report needs a file or a form", {arguments.line, 0, 0, 0},
         "give --output FILE, or --format with one of " + diag::listed(all));
}

dossier::FormChoices choices_of(const Arguments& arguments, const ReportForm& form,
                                const std::string& bibliography) {
  dossier::FormChoices out{.method_section = arguments.has("method-section"), .bibliography = bibliography};
  if (const auto version = arguments.get("cyclonedx")) {
    constexpr std::array<std::string_view, 2> versions{"1.6", "1.7"};
    const auto known = std::ranges::find(versions, version->text);
    if (known == versions.end())
      refuse("unknown-word", "no version '" + version->text.substr(0, 40) + "' of CycloneDX", version->where,
             "1.6 or 1.7");
    if (form.name != "cyclonedx")
      refuse("no-effect", "--cyclonedx changes nothing in the form " + std::string{form.name}, version->where,
             "leave it out, or give --format cyclonedx");
    out.cyclonedx_version = *known;
  }
  if (out.method_section && !form.several)
    refuse("no-effect", "--method-section changes nothing in the form " + std::string{form.name},
           {arguments.line, 0, 0, 0}, "md, html and tex have one");
  return out;
}

// --- writing ----------------------------------------------------------------------------------------------

// "a" of "folder/a.tex"; what TeX would not take as a name becomes '-'.
std::string stem_of(const std::string& path) { return std::filesystem::path{path}.stem().string(); }

void write_files(Context& context, const Dossier& report, const ReportForm& form,
                 const dossier::FormChoices& choices, const run::Given& path) {
  const bool force = context.arguments.has("force");
  OutputFile file(path.text, force, path.where);
  file.write(diag::visible(form.write(report, choices), diag::Layout::lines));
  if (form.write_second == nullptr) {
    file.publish();
    context.err += "wrote " + diag::visible(path.text) + '\n';
    return;
  }
  const std::string beside =
      std::filesystem::path{path.text}.replace_extension(form.second_extension).string();
  OutputFile second(beside, force, path.where, OutputFile::Storage::nameless);
  second.write(diag::visible(form.write_second(report, choices), diag::Layout::lines));
  second.publish();
  try {
    file.publish();
  } catch (...) {  // both or none
    std::error_code ignored;
    if (!force) std::filesystem::remove(beside, ignored);
    throw;
  }
  context.err += "wrote " + diag::visible(path.text) + " and " + diag::visible(beside) + '\n';
}

int write(Context& context, Dossier report, const ReportForm& form) {
  const Arguments& arguments = context.arguments;
  report.command = command_of(arguments);
  auto warnings = context.catalog.warnings();
  warnings.insert(warnings.end(), report.warnings.begin(), report.warnings.end());
  if (report.subjects.size() > 1 && !form.several)
    warnings.push_back({.code = "first-run",
                        .message = "the form " + std::string{form.name} +
                                   " takes one run: it is the first, " + report.subject().name,
                        .where = {},
                        .help = "md, html, tex, csv and json take several",
                        .severity = diag::Severity::warning});
  report_warnings(context, warnings);
  const auto file = file_of(arguments);
  const std::string bibliography = file ? stem_of(file->text) : "references";
  const auto choices = choices_of(arguments, form, bibliography);
  if (file) {
    write_files(context, report, form, choices, *file);
    return done;
  }
  context.out = form.write(report, choices);
  return done;
}

}  // namespace

int report(Context& context) {
  const Arguments& arguments = context.arguments;
  const ReportForm& form = form_asked(arguments);
  const catalog::Catalog& tables = context.catalog;
  const auto said = [&](const run::Scenario& run) { return particulars_of(arguments, run); };
  switch (asked(arguments)) {
    case Asked::comparison: {
      const auto question = compare_question(context);
      auto particulars = said(question.runs.empty() ? arguments.run : question.runs.front().run);
      return write(context, dossier::gather(ask::compare(question, tables), std::move(particulars), tables),
                   form);
    }
    case Asked::plan: {
      auto particulars = said(run_around_axes(context));
      auto answer = watched_plan(context);
      if (!answer) return interrupted;
      if (!answer->best) return print(context, report::present(*answer, tables), answer_is_no);
      return write(context, dossier::gather(std::move(*answer), std::move(particulars), tables), form);
    }
    case Asked::life: {
      const auto question = lifecycle_question(context);
      auto particulars = said(question.run);
      return write(context, dossier::gather(ask::lifecycle(question, tables), std::move(particulars), tables),
                   form);
    }
    case Asked::run:
      break;
  }
  const auto run = run_of(context);
  auto particulars = said(run);
  return write(context, dossier::gather(ask::estimate(run, tables), std::move(particulars), tables), form);
}

}  // namespace kwhatif::cli
