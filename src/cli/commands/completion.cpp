// Shell completion. The shells ask the program itself what may stand at the cursor (`kwhatif completion
// words`), so the scripts know nothing of verbs, flags and tables, and are all alike.
#include "verb.hpp"
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/sweep.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace kwhatif::cli {

namespace {

using catalog::Kind;

// Bash parts words at the characters of COMP_WORDBREAKS, ':' and '=' among them: they are put together again,
// and what stands before the last of them is taken off the answers, because bash keeps it.
constexpr std::string_view bash = R"sh(# bash completion of kwhatif
_kwhatif() {
  local -a words=()
  local i word glue='' joint
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if ((${#words[@]} > 0)) && [[ -n $glue || $word == [:=]* ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    glue=''
    [[ $word == *[:=] && ${COMP_LINE:COMP_POINT-1:1} != ' ' || $word == *[:=] && $i -lt $COMP_CWORD-1 ]] && glue=yes
  done
  ((${#words[@]} > 0)) || words=('')
  if [[ ${COMP_LINE:COMP_POINT-1:1} == ' ' && -n ${words[${#words[@]} - 1]} ]]; then words+=(''); fi
  joint=${words[${#words[@]} - 1]}
  local head=''
  [[ $joint == *[:=]* ]] && head=${joint%"${joint##*[:=]}"}
  COMPREPLY=()
  local line
  while IFS= read -r line; do
    case $line in
      ':files '*)
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(
          compgen -f -X "!${line#:files }" -- "${joint#"$head"}"; compgen -d -- "${joint#"$head"}") ;;
      ':folders')
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "${joint#"$head"}") ;;
      *)
        [[ $line == *= ]] && compopt -o nospace 2>/dev/null
        COMPREPLY+=("${line#"$head"}") ;;
    esac
  done < <(kwhatif completion words "${words[@]}" 2>/dev/null)
}
complete -F _kwhatif kwhatif
)sh";

constexpr std::string_view zsh = R"sh(#compdef kwhatif
# zsh completion of kwhatif
_kwhatif() {
  local line
  local -a candidates open
  for line in "${(@f)$(kwhatif completion words "${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}"; do
    case $line in
      '') ;;
      ':files '*) _files -g "${line#:files }" ;;
      ':folders') _files -/ ;;
      *=) open+=("$line") ;;
      *) candidates+=("$line") ;;
    esac
  done
  compadd -a candidates
  compadd -S '' -a open
}
if [ "$funcstack[1]" = _kwhatif ]; then _kwhatif "$@"; else compdef _kwhatif kwhatif; fi
)sh";

constexpr std::string_view fish = R"sh(# fish completion of kwhatif
function __kwhatif_words
  set -l before (commandline -opc)
  set -l current (commandline -ct)
  for line in (kwhatif completion words $before[2..-1] "$current" 2>/dev/null)
    switch $line
      case ':files *'
        __fish_complete_path "$current"
      case ':folders'
        __fish_complete_directories "$current"
      case '*'
        echo $line
    end
  end
end
complete -c kwhatif -f -a '(__kwhatif_words)'
)sh";

// What may stand for one word.
class Candidates {
 public:
  explicit Candidates(std::string_view current) : current_(current) {}

  void add(std::string_view word) {
    if (word.starts_with(current_) && seen_.insert(std::string{word}).second)
      out_ += std::string{word} + '\n';
  }
  void add(const catalog::Catalog& tables, Kind kind, const std::string& before = {}) {
    for (std::size_t i = 0; i < tables.size(kind); ++i) add(before + std::string{tables.row(kind, i).id()});
    if (kind != Kind::model || current_.find('/') == std::string_view::npos) return;
    for (const catalog::Row& row : tables.rows(kind)) {  // the hub's ids, once their owner is written
      for (const catalog::Cell& id : row.cells("huggingface")) add(before + std::string{id.text()});
    }
  }
  void add_list(std::string_view list) {
    for (const std::string_view word : diag::parts(list)) add(word);
  }
  void files(std::string_view pattern) { directives_ = ":files " + std::string{pattern} + '\n'; }
  void folders() { directives_ = ":folders\n"; }
  std::string_view current() const { return current_; }
  std::string text() const { return out_ + directives_; }

 private:
  std::string_view current_;
  std::set<std::string> seen_;
  std::string out_;
  std::string directives_;
};

std::optional<Kind> kind_of(run::Input input) {
  using run::Input;
  switch (input) {
    case Input::hardware:
      return Kind::hardware;
    case Input::region:
      return Kind::region;
    case Input::grid:
      return Kind::grid;
    case Input::model:
      return Kind::model;
    case Input::source:
      return Kind::source;
    default:
      return std::nullopt;
  }
}

void add_input_values(Candidates& out, const run::InputInfo& input, const catalog::Catalog& tables,
                      const std::string& before = {}) {
  if (const auto kind = kind_of(input.input)) out.add(tables, *kind, before);
  if (input.input == run::Input::hardware) out.add(tables, Kind::host, before);
  if (input.input == run::Input::config) out.files("*.json");
  if (before.empty()) out.add_list(input.choices);
}

// "hardware=", and behind the sign what the input may be.
void add_axis(Candidates& out, const catalog::Catalog& tables) {
  const auto equals = out.current().find('=');
  for (const auto& input : run::input_table()) {
    const std::string name = std::string{input.flag} + '=';
    if (equals == std::string_view::npos)
      out.add(name);
    else if (out.current().starts_with(name))
      add_input_values(out, input, tables, name);
  }
}

bool names_results(std::string_view option) {
  static constexpr std::array<std::string_view, 7> options{"by",        "pareto", "results", "result",
                                                           "histogram", "target", "minimize"};
  return std::ranges::find(options, option) != options.end();
}

// The same of a service.
void add_service_axis(Candidates& out) {
  for (const ask::ServeInput& input : ask::serve_inputs) out.add(std::string{input.flag} + '=');
}

void add_option_values(Candidates& out, const Verb& verb, const Option& option,
                       const catalog::Catalog& tables) {
  const auto input = run::input_by_flag(option.name);
  if (verb.name == "serve" && option.name == "vary") {
    add_service_axis(out);
  } else if (option.name == "axis" || option.name == "vary") {
    add_axis(out, tables);
  } else if (option.name == "output") {
    out.files("*");
  } else if (option.name == "data" || option.name == "data-only") {
    out.folders();
  } else if (option.name == "trace") {
    out.files("*.csv");
  } else if (option.name == "places") {
    out.add("all");
    out.add(tables, Kind::grid);
  } else if (option.name == "hardware") {
    out.add(tables, Kind::hardware);
    out.add(tables, Kind::host);
  } else if (option.name == "against") {
    out.add(tables, Kind::model);
  } else if (names_results(option.name)) {
    for (const std::string_view name : grid::result_names()) out.add(name);
  } else if (option.value.find('|') != std::string_view::npos &&
             std::ranges::none_of(option.value, [](char c) { return c >= 'A' && c <= 'Z'; })) {
    out.add_list(option.value);
  } else if (verb.name == "serve" && input) {  // a place, a price
    add_input_values(out, run::info(*input), tables);
  }
}

void add_positional(Candidates& out, const Verb& verb, const std::vector<std::string>& before,
                    const catalog::Catalog& tables) {
  const bool begun = !out.current().empty();
  if (verb.name == "list" || verb.name == "show") {
    if (before.empty()) {
      for (const auto& schema : catalog::schemas()) out.add(schema.plural);
    } else if (const auto kind = catalog::kind_named(before.front()); kind && verb.name == "show") {
      out.add(tables, *kind);
    }
  } else if (verb.name == "completion") {
    out.add_list("bash|zsh|fish");
  } else if (verb.name == "reproduce") {
    out.add(tables, Kind::study);
  } else if (verb.name == "model") {
    out.add(tables, Kind::model);
    out.files("*.json");
  } else if (verb.name == "serve") {
    out.add(tables, Kind::model);
    out.files("*");
  } else if (verb.name == "init") {
    out.add(tables, Kind::model);
    for (const catalog::Row& row : tables.rows(Kind::run)) {  // init knows them without their study, too
      if (begun) out.add(row.id());
      if (begun) out.add(row.id().substr(row.id().find('/') + 1));
    }
  } else if (verb.name == "check") {
    out.files("*.toml");
  } else if (verb.name == "import") {
    out.files("*");
  } else if (verb.run_flags && before.size() < verb.most_positionals) {
    if (begun) out.add(tables, Kind::run);
    out.files("*.toml");
    if (verb.name == "sweep") out.files("*.part");  // --merge
  }
}

// What the verb's words before the cursor say.
struct Line {
  std::vector<std::string> positionals;
  const Option* option = nullptr;  ///< whose value stands at the cursor
  const run::InputInfo* input = nullptr;
};

void find_flag(Line& line, const Verb& verb, std::string_view name) {
  line.option = nullptr;
  line.input = nullptr;
  if (verb.run_flags) {
    if (const auto input = run::input_by_flag(name)) line.input = &run::info(*input);
  }
  for (const auto& options : {verb.options, common_options()}) {
    for (const Option& o : options) {
      if (o.name == name && !o.value.empty()) line.option = &o;
    }
  }
}

Line read_line(const Verb& verb, const std::vector<std::string>& words) {
  Line out;
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    const bool value = out.option != nullptr || out.input != nullptr;
    out.option = nullptr;
    out.input = nullptr;
    if (value) continue;
    if (words[i] == "-o")
      find_flag(out, verb, "output");
    else if (words[i].starts_with("--") && words[i].find('=') == std::string::npos)
      find_flag(out, verb, std::string_view{words[i]}.substr(2));
    else if (!words[i].starts_with("-"))
      out.positionals.push_back(words[i]);
  }
  return out;
}

void add_flags(Candidates& out, const Verb& verb) {
  for (const auto& options : {verb.options, common_options()}) {
    for (const Option& o : options) out.add("--" + std::string{o.name});
  }
  if (!verb.run_flags) return;
  for (const auto& input : run::input_table()) out.add("--" + std::string{input.flag});
}

}  // namespace

std::string completions(const std::vector<std::string>& words) {
  std::string current = words.empty() ? std::string{} : words.back();
  const auto& tables = catalog::Catalog::builtin();
  if (words.size() < 2) {
    Candidates out(current);
    for (const Verb& verb : verbs()) out.add(verb.name);
    for (const std::string_view other : {"help", "--help", "--version"}) out.add(other);
    return out.text();
  }
  if (words.front() == "help") {
    Candidates out(current);
    for (const std::string& name : topic_names()) out.add(name);
    return out.text();
  }
  const Verb* verb = find_verb(words.front());
  if (verb == nullptr) return {};
  Line line = read_line(*verb, words);
  std::string head;  // "--grid=" of a value that is joined to its flag
  if (const auto equals = current.find('='); current.starts_with("--") && equals != std::string::npos) {
    head = current.substr(0, equals + 1);
    find_flag(line, *verb, std::string_view{current}.substr(2, equals - 2));
    current.erase(0, equals + 1);
  }
  Candidates out(current);
  if (line.input != nullptr)
    add_input_values(out, *line.input, tables);
  else if (line.option != nullptr)
    add_option_values(out, *verb, *line.option, tables);
  else if (current.starts_with('-'))
    add_flags(out, *verb);
  else if (head.empty())
    add_positional(out, *verb, line.positionals, tables);
  if (head.empty()) return out.text();
  std::string joined;
  const std::string found = out.text();
  for (std::size_t at = 0; at < found.size();) {
    const auto end = found.find('\n', at);
    joined += (found[at] == ':' ? "" : head) + found.substr(at, end + 1 - at);
    at = end + 1;
  }
  return joined;
}

int completion(Context& context) {
  refuse_forms(context.arguments, {Form::json, Form::csv, Form::plain}, "it prints a shell script",
               "leave the flag out");
  const auto& given = context.arguments.positionals;
  const std::string shell = given.empty() ? "" : given.front().text;
  if (shell == "bash")
    context.out = bash;
  else if (shell == "zsh")
    context.out = zsh;
  else if (shell == "fish")
    context.out = fish;
  else
    diag::refuse("unknown-word",
                 shell.empty() ? "completion needs the name of a shell"
                               : "no completion for '" + shell.substr(0, 40) + "'",
                 given.empty() ? diag::Span{} : given.front().where, "one of: bash, zsh, fish");
  return done;
}

}  // namespace kwhatif::cli
