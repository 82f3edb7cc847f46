#include "verb.hpp"
#include <kwhatif/catalog/store.hpp>
#include <kwhatif/report/table.hpp>

namespace kwhatif::cli {

std::string program_help() {
  std::string out = "kwhatif (" KWHATIF_VERSION ", data ";
  out += catalog::data_edition();
  out +=
      "): energy and CO2e of training AI models, before any training starts.\n\n"
      "usage: kwhatif VERB [arguments]\n\n";
  report::Table table{{{""}, {""}, {""}}, {}};
  for (const Verb& verb : verbs())
    table.rows.push_back({std::string{verb.name}, std::string{verb.usage}, std::string{verb.answers}});
  out += report::text(table, 2);
  out += "\n`kwhatif VERB --help` says more, with an example.\n\n" + topics_list();
  return out;
}

std::string verb_help(const Verb& verb) {
  std::string out = "kwhatif " + std::string{verb.name} + ": " + std::string{verb.answers} +
                    ".\n\nusage: kwhatif " + std::string{verb.name} + ' ' + std::string{verb.usage} +
                    "\n\nexample: " + std::string{verb.example} + '\n';
  const auto option_rows = [](report::Table& table, std::span<const Option> options) {
    for (const Option& o : options) {
      std::string flag = o.name == "output" ? "-o, --" : "--";
      flag += o.name;
      table.rows.push_back({flag + (o.value.empty() ? "" : ' ' + std::string{o.value}), std::string{o.help}});
    }
  };
  if (verb.run_flags) {
    out +=
        "\nThe run: a run file, the id of a published run (`kwhatif list runs`), - for standard input, or "
        "flags\n"
        "alone. Each flag is also a key of a run file, and wins over it:\n";
    report::Table table{{{""}, {""}, {""}}, {}};
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
    out += report::text(table, 2);
  }
  out += "\nOptions:\n";
  report::Table table{{{""}, {""}}, {}};
  option_rows(table, verb.options);
  option_rows(table, common_options());
  out += report::text(table, 2);
  return out;
}

}  // namespace kwhatif::cli
