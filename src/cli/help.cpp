#include "help.hpp"

#include <kwhatif/catalog/store.hpp>

namespace kwhatif::cli {

using report::Page;
using report::Table;

Table option_table(std::span<const Option> options) {
  Table table{{{""}, {""}}, {}};
  for (const Option& o : options)
    table.rows.push_back({std::string{o.name == "output" ? "-o, --" : "--"} + std::string{o.name} +
                              (o.value.empty() ? "" : ' ' + std::string{o.value}),
                          std::string{o.help}});
  return table;
}

Table inputs_table() {
  Table table{{{""}, {""}, {""}}, {}};
  for (const run::InputInfo& input : run::input_table()) {
    std::string help{input.help};
    if (!input.choices.empty()) {
      help += ": ";
      for (const char c : input.choices) help += c == '|' ? ' ' : c;
    } else {
      help += ", such as " + std::string{input.example};
    }
    table.rows.push_back({"--" + std::string{input.flag}, std::string{input.key}, help});
  }
  return table;
}

Table exit_codes() {
  return {{{""}, {""}},
          {{"0", "done"},
           {"1", "the answer is no: a reproduction fails, no plan meets the limits, `check` found problems"},
           {"2", "wrong usage or input; a file cannot be written"},
           {"3", "a bug of kwhatif"},
           {"130", "interrupted"}}};
}

Table environment() {
  return {{{""}, {""}},
          {{"NO_COLOR", "no colour, whatever the terminal; TERM=dumb and --no-color do the same"},
           {"COLUMNS", "columns of the output, whatever the terminal"},
           {"PAGER", "shows what is longer than the terminal; nothing is paged without it"},
           {"SOURCE_DATE_EPOCH", "the date of a report without --date"}}};
}

Page help_page() {
  Table table{{{""}, {""}, {""}}, {}};
  for (const Verb& verb : verbs())
    table.rows.push_back({std::string{verb.name}, std::string{verb.usage}, std::string{verb.answers}});
  Page page;
  page.heading("kwhatif (" KWHATIF_VERSION ", data " + std::string{catalog::data_edition()} +
               "): energy and CO2e of training AI models, before any training starts.");
  page.gap().lines("usage: kwhatif VERB [arguments]").gap().table(std::move(table), 2);
  page.gap().paragraph("`kwhatif VERB --help` says more, with an example.").gap();
  return page.append(topics_page());
}

Page help_page(const Verb& verb) {
  const std::string name = "kwhatif " + std::string{verb.name};
  Page page;
  page.heading(name + ": " + std::string{verb.answers} + '.');
  page.gap().lines("usage: " + name + ' ' + std::string{verb.usage});
  page.gap().command("example: ", std::string{verb.example});
  if (verb.run_flags) {
    page.gap().paragraph(
        "The run: a run file, the id of a published run (`kwhatif list runs`), - for standard input, or "
        "flags "
        "alone. Each flag is also a key of a run file, and wins over it:");
    page.table(inputs_table(), 2);
  }
  Table options = option_table(verb.options);
  for (auto& row : option_table(common_options()).rows) options.rows.push_back(std::move(row));
  return page.gap().heading("Options:").table(std::move(options), 2);
}

}  // namespace kwhatif::cli
