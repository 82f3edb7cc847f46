// Shell completion, made from the tables of verbs and inputs; names of the data are asked from the program
// itself.
#include "verb.hpp"

namespace kwhatif::cli {

namespace {

std::string flags_of(const Verb& verb) {
  std::string out;
  const auto add = [&](std::string_view flag) { out += (out.empty() ? "--" : " --") + std::string{flag}; };
  for (const Option& option : verb.options) add(option.name);
  if (verb.run_flags) {
    for (const auto& input : scenario::input_table()) add(input.flag);
  }
  for (const Option& option : common_options()) add(option.name);
  return out;
}

std::string verb_names() {
  std::string out;
  for (const Verb& verb : verbs()) out += (out.empty() ? "" : " ") + std::string{verb.name};
  return out;
}

std::string kind_names() {
  std::string out;
  for (const auto& schema : catalog::schemas()) out += (out.empty() ? "" : " ") + std::string{schema.plural};
  return out;
}

std::string bash() {
  std::string out =
      "# bash completion of kwhatif\n"
      "_kwhatif_ids() { kwhatif list \"$1\" --csv --columns id 2>/dev/null | tail -n +2 | tr -d '\"'; }\n"
      "_kwhatif() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\"\"\n"
      "  case $prev in\n"
      "    --hardware) words=\"$(_kwhatif_ids hardware) $(_kwhatif_ids hosts)\";;\n"
      "    --region) words=$(_kwhatif_ids regions);;\n"
      "    --grid) words=$(_kwhatif_ids grids);;\n"
      "    --model) words=$(_kwhatif_ids models);;\n"
      "    --source) words=$(_kwhatif_ids sources);;\n";
  for (const auto& input : scenario::input_table()) {
    if (input.choices.empty()) continue;
    std::string choices{input.choices};
    for (char& c : choices) {
      if (c == '|') c = ' ';
    }
    out += "    --" + std::string{input.flag} + ") words=\"" + choices + "\";;\n";
  }
  out += "    list|show) words=\"" + kind_names() +
         "\";;\n"
         "    reproduce) words=$(_kwhatif_ids studies);;\n"
         "    completion) words=\"bash zsh fish\";;\n"
         "    kwhatif) words=\"" +
         verb_names() +
         " --help --version\";;\n  esac\n"
         "  if [ -z \"$words\" ] && [ \"$COMP_CWORD\" -gt 1 ]; then\n    case ${COMP_WORDS[1]} in\n";
  for (const Verb& verb : verbs())
    out += "      " + std::string{verb.name} + ") words=\"" + flags_of(verb) + "\";;\n";
  out +=
      "    esac\n    if [ \"${COMP_WORDS[1]}\" = show ] && [ \"$COMP_CWORD\" -eq 3 ]; then "
      "words=$(_kwhatif_ids \"$prev\"); fi\n  fi\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
      "  if [ ${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- \"$cur\")); fi\n"
      "}\ncomplete -o filenames -F _kwhatif kwhatif\n";
  return out;
}

std::string zsh() {
  return "# zsh completion of kwhatif, through bash's\nautoload -U +X bashcompinit && bashcompinit\n" +
         bash();
}

std::string fish() {
  std::string out =
      "# fish completion of kwhatif\nfunction __kwhatif_ids\n  kwhatif list $argv[1] --csv --columns id "
      "2>/dev/null | tail -n +2\nend\n";
  const std::string none = "complete -c kwhatif -f -n __fish_use_subcommand -a ";
  for (const Verb& verb : verbs()) {
    out += none + std::string{verb.name} + " -d '" + std::string{verb.answers} + "'\n";
    const std::string within =
        "complete -c kwhatif -n '__fish_seen_subcommand_from " + std::string{verb.name} + "' -l ";
    for (const Option& o : verb.options)
      out += within + std::string{o.name} + (o.value.empty() ? "" : " -r") + "\n";
    if (!verb.run_flags) continue;
    for (const auto& input : scenario::input_table()) {
      std::string line = within + std::string{input.flag} + " -x";
      using scenario::Input;
      const std::string_view kind = input.input == Input::hardware ? "hardware"
                                    : input.input == Input::region ? "regions"
                                    : input.input == Input::grid   ? "grids"
                                    : input.input == Input::model  ? "models"
                                                                   : "";
      if (!kind.empty()) line += " -a '(__kwhatif_ids " + std::string{kind} + ")'";
      out += line + '\n';
    }
  }
  out += "complete -c kwhatif -f -n '__fish_seen_subcommand_from list show' -a '" + kind_names() + "'\n";
  return out;
}

}  // namespace

int completion(Context& context) {
  refuse_forms(context.arguments, {Form::json, Form::csv, Form::plain}, "it prints a shell script",
               "leave the flag out");
  const auto& given = context.arguments.positionals;
  const std::string shell = given.empty() ? "" : given.front().text;
  if (shell == "bash")
    context.out = bash();
  else if (shell == "zsh")
    context.out = zsh();
  else if (shell == "fish")
    context.out = fish();
  else
    throw diag::UsageError({.code = "unknown-word",
                            .message = shell.empty() ? "completion needs the name of a shell"
                                                     : "no completion for '" + shell.substr(0, 40) + "'",
                            .where = given.empty() ? diag::Span{} : given.front().where,
                            .help = "one of: bash, zsh, fish"});
  return done;
}

}  // namespace kwhatif::cli
