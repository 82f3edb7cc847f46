#include "output_file.hpp"
#include "verb.hpp"
#include <kwhatif/ask/import.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

namespace kwhatif::cli {

namespace {

std::size_t row_of(const run::Given& given) {
  std::size_t out = 0;
  constexpr std::size_t most_digits = 9;
  for (const char c : given.text) {
    if (c < '0' || c > '9' || given.text.size() > most_digits)
      refuse("out-of-range", "--row takes a whole number from 1", given.where);
    out = out * 10 + static_cast<std::size_t>(c - '0');
  }
  if (out == 0) refuse("out-of-range", "rows are counted from 1", given.where);
  return out;
}

imports::Choice choice_of(const Arguments& arguments) {
  imports::Choice out;
  if (const auto row = arguments.get("row")) out.row = row_of(*row);
  out.run_id = arguments.text("run-id");
  out.project = arguments.text("project");
  out.sum = arguments.has("sum");
  const std::string columns = arguments.text("columns");
  for (const auto column : diag::parts(columns, ',')) out.columns.emplace_back(column);
  return out;
}

// A file, or standard input as "-".
std::shared_ptr<const diag::SourceText> read_input(const std::string& path) {
  if (path != "-") return document::read_file(path);
  auto out = std::make_shared<diag::SourceText>();
  out->name = "standard input";
  constexpr std::size_t largest = 64U << 20U;
  std::string block(1U << 16U, '\0');
  while (out->text.size() <= largest &&
         (std::cin.read(block.data(), static_cast<std::streamsize>(block.size())) || std::cin.gcount() > 0))
    out->text.append(block.data(), static_cast<std::size_t>(std::cin.gcount()));
  if (out->text.size() > largest)
    refuse("too-large", "standard input is larger than 64 MiB", {}, "thin it out: awk 'NR % 10 == 1'");
  return out;
}

// Adds a row to the own runs of a folder, and the source that it names where the folder has none.
int keep_note(Context& context, const ask::ImportAnswer& answer, const run::Given& folder) {
  const ask::OwnNote note = ask::own_note(answer, context.catalog);
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder.text, ignored))
    refuse("cannot-write", "no folder '" + folder.text + "'", folder.where,
           "make it first: mkdir " + folder.text);
  const std::filesystem::path base{folder.text};
  const auto file = (base / "own_runs.toml").string();
  std::string before;
  if (std::filesystem::exists(file, ignored)) before = document::read_file(file)->text;
  const std::string after = report::with_note(before, note);
  if (after.empty())
    refuse("cannot-write", "'" + file + "' was not written by import", folder.where,
           "give another folder, or rename that file");
  const auto sources = (base / "own_source.toml").string();
  if (!std::filesystem::exists(sources, ignored)) {
    OutputFile source(sources, false, folder.where);
    source.write(report::own_source());
    source.publish();
  }
  OutputFile out(file, true, folder.where);
  out.write(diag::visible(after, diag::Layout::lines));
  out.publish();
  const int code = print(context, report::present(answer, context.catalog, report::ImportForm::page));
  if (form_of(context.arguments) == Form::text)
    context.out += "\nadded to " + diag::visible(file) + "; the forecast learns from it with --data " +
                   diag::visible(folder.text) + '\n';
  return code;
}

// A folder stands for its files and those of the folders in it, in the order of their names.
void open_folders(ask::ImportQuestion& question) {
  std::vector<run::Given> files;
  for (const run::Given& path : question.files) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path.text, ignored)) {
      files.push_back(path);
      continue;
    }
    question.of_folder = true;
    constexpr std::size_t most = 1000;
    constexpr int deepest = 4;
    std::vector<std::string> names;
    for (std::filesystem::recursive_directory_iterator at{path.text, ignored}, end; !ignored && at != end;
         at.increment(ignored)) {
      const bool hidden = at->path().filename().string().starts_with('.');
      if (at->is_directory(ignored) && (hidden || at.depth() >= deepest)) at.disable_recursion_pending();
      if (!hidden && at->is_regular_file(ignored)) names.push_back(at->path().string());
      if (names.size() > most)
        refuse("too-many", "'" + path.text + "' holds more than " + std::to_string(most) + " files",
               path.where, "name the files: one log of a training, and one record of power per node");
    }
    if (names.empty())
      refuse("cannot-read", "'" + path.text + "' is a folder without files", path.where,
             "name the log of a training or a record of power");
    std::ranges::sort(names);
    for (std::string& name : names) files.push_back({std::move(name), path.where, path.named});
  }
  question.files = std::move(files);
}

}  // namespace

int import_files(Context& context) {
  const Arguments& arguments = context.arguments;
  const auto output = arguments.get("output");
  const bool to_file = output && output->text != "-";
  ask::ImportQuestion question{.files = arguments.positionals,
                               .read = read_input,
                               .choice = choice_of(arguments),
                               .said = arguments.run,
                               .as_study = arguments.has("as-study"),
                               .written_to = to_file ? output->text : std::string{}};
  open_folders(question);
  const auto answer = ask::import_files(question, context.catalog);
  const auto form = arguments.has("as-study") ? report::ImportForm::study : report::ImportForm::run_file;
  if (const auto folder = arguments.get("observation")) return keep_note(context, answer, *folder);
  if (!to_file) return print(context, report::present(answer, context.catalog, form));
  const auto page = report::present(answer, context.catalog, report::ImportForm::page);
  const int code = print(context, page);
  write_file(context, output->text,
             report::render(report::present(answer, context.catalog, form), Form::text));
  return code;
}

}  // namespace kwhatif::cli
