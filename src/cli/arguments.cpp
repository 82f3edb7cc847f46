#include "verb.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/run/synonym.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::cli {

std::optional<run::Given> Arguments::get(std::string_view option) const {
  const auto found = options.find(option);
  if (found == options.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

std::vector<run::Given> Arguments::all(std::string_view option) const {
  const auto found = options.find(option);
  return found == options.end() ? std::vector<run::Given>{} : found->second;
}

std::string Arguments::text(std::string_view option, std::string_view otherwise) const {
  const auto given = get(option);
  return given ? given->text : std::string{otherwise};
}

namespace {

// Where each word stands in the command line as it is shown.
struct Line {
  std::shared_ptr<diag::SourceText> source;
  std::vector<int> columns;
};

int characters(std::string_view text) {
  int out = 0;
  for (; !text.empty(); text.remove_prefix(diag::first_character(text))) ++out;
  return out;
}

Line shown_line(std::string_view verb, const std::vector<std::string>& words) {
  Line line{std::make_shared<diag::SourceText>(), {}};
  line.source->name = "command line";
  line.source->text = "kwhatif " + std::string{verb};
  int column = characters(line.source->text) + 1;  // of what comes next
  for (const std::string& word : words) {
    const bool quoted = word.empty() || word.find_first_of(" \t'\"$&|;<>()*") != std::string::npos;
    line.source->text += quoted ? " \"" : " ";
    line.columns.push_back(column + (quoted ? 2 : 1));
    column = line.columns.back() + characters(word) + (quoted ? 1 : 0);
    for (const char c : word) line.source->text += c == '\n' || c == '\r' ? ' ' : c;
    if (quoted) line.source->text += '"';
  }
  return line;
}

[[noreturn]] void usage(std::string code, std::string message, const diag::Span& where, std::string help) {
  diag::refuse(std::move(code), std::move(message), where, std::move(help));
}

// Options that have a letter as well.
struct Letter {
  std::string_view flag;
  std::string_view option;
};
constexpr std::array letters{Letter{"-o", "output"}, Letter{"-q", "quiet"}, Letter{"-h", "help"}};

// "-o" and "--output" are "output"; empty for what is no flag.
std::string_view long_name(std::string_view flag) {
  if (flag.starts_with("--")) return flag.substr(2);
  for (const Letter& letter : letters) {
    if (letter.flag == flag) return letter.option;
  }
  return {};
}

class Parser {
 public:
  Parser(const Verb& verb, const std::vector<std::string>& words)
      : verb_(verb), words_(words), line_(shown_line(verb.name, words)) {
    collect(common_options());
    collect(verb.options);
    if (verb.run_flags) {
      for (const run::InputInfo& input : run::input_table()) flags_.push_back(input.flag);
    }
  }

  Arguments parse() {
    Arguments out;
    out.line = line_.source;
    out.verb = verb_.name;
    bool flags = true;  // until a bare "--"
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::string& word = words_[i];
      if (flags && word == "--") {
        flags = false;
        continue;
      }
      if (!flags || word.size() < 2 || word[0] != '-') {
        out.positionals.push_back({word, span(i, word), word});
        continue;
      }
      const std::string flag = word.substr(0, word.find('='));
      if (!known(flag) || (flag.size() > 2 && !flag.starts_with("--"))) refuse_unknown(i, flag);
      const bool joint = flag.size() != word.size();
      if (!takes_value(flag)) {
        if (joint) usage("wrong-usage", flag + " takes no value", span(i, word), "leave out the value");
        out.options[std::string{long_name(flag)}] = {};
        continue;
      }
      if (joint) {
        const std::string text = word.substr(flag.size() + 1);
        take(out, flag, {text, span(i, text, flag.size() + 1), {}});
        continue;
      }
      if (i + 1 == words_.size() || (words_[i + 1].starts_with("--") && known(name_in(words_[i + 1]))))
        usage("missing-value", flag + " needs a value", span(i, flag), example_of(flag));
      ++i;  // its value, whatever it looks like
      take(out, flag, {words_[i], span(i, words_[i]), {}});
    }
    if (out.positionals.size() > verb_.most_positionals)
      usage("too-many-arguments",
            "'" + out.positionals[verb_.most_positionals].text + "' is one argument too many",
            out.positionals[verb_.most_positionals].where,
            "usage: kwhatif " + std::string{verb_.name} + ' ' + std::string{verb_.usage});
    return out;
  }

 private:
  void collect(std::span<const Option> options) {
    options_.insert(options_.end(), options.begin(), options.end());
  }

  static std::string_view name_in(std::string_view word) { return word.substr(0, word.find('=')); }

  bool known(std::string_view flag) const {
    if (flag == "-" || flag == "--") return true;
    const std::string_view name = long_name(flag);
    return std::ranges::any_of(options_, [&](const Option& o) { return o.name == name; }) ||
           std::ranges::find(flags_, name) != flags_.end();
  }

  bool takes_value(std::string_view flag) const {
    const std::string_view name = long_name(flag);
    if (std::ranges::find(flags_, name) != flags_.end()) return true;
    return std::ranges::any_of(options_, [&](const Option& o) { return o.name == name && !o.value.empty(); });
  }

  // The message names the nearest flag and points at it.
  [[noreturn]] void refuse_unknown(std::size_t i, const std::string& flag) const {
    std::vector<std::string> names;
    for (const Option& option : options_) names.push_back("--" + std::string{option.name});
    for (const std::string_view f : flags_) names.push_back("--" + std::string{f});
    const std::vector<std::string_view> views(names.begin(), names.end());
    std::string help = verb_.run_flags ? run::meant_by(flag, run::Naming::flag) : std::string{};
    if (!help.empty()) help += ';';
    if (help.empty()) help = diag::did_you_mean(flag, views);
    if (help.empty() && !verb_.run_flags && run::input_by_flag(flag.size() > 2 ? flag.substr(2) : flag))
      help = "it is an input of a run: `kwhatif estimate` takes it";
    help += (help.empty() ? "" : " ") + std::string{"`kwhatif "} + std::string{verb_.name} +
            " --help` lists the flags";
    usage("unknown-flag", "kwhatif " + std::string{verb_.name} + " has no flag " + flag, span(i, flag), help);
  }

  std::string example_of(std::string_view flag) const {
    for (const run::InputInfo& input : run::input_table()) {
      if (flag.size() > 2 && flag.substr(2) == input.flag)
        return "write for example " + std::string{flag} + " \"" + std::string{input.example} + '"';
    }
    return "`kwhatif " + std::string{verb_.name} + " --help` says which";
  }

  diag::Span span(std::size_t word, std::string_view part, std::size_t offset = 0) const {
    return {line_.source, 1,
            line_.columns[word] + characters(std::string_view{words_[word]}.substr(0, offset)),
            std::max(1, characters(part))};
  }

  void take(Arguments& out, const std::string& flag, run::Given given) const {
    const std::string name{long_name(flag)};
    given.named = "--" + name;
    const bool is_input = std::ranges::find(flags_, name) != flags_.end();
    const auto option = std::ranges::find_if(options_, [&](const Option& o) { return o.name == name; });
    const bool repeatable = !is_input && option != options_.end() && option->repeatable;
    const auto input = is_input ? run::input_by_flag(name) : std::nullopt;
    if (!repeatable && (input ? out.run.has(*input) : out.has(name)))
      usage("given-twice", given.named + " is given twice", given.where, "give it once");
    if (input) {
      out.run.set(*input, std::move(given));
    } else {
      out.options[name].push_back(std::move(given));
    }
  }

  const Verb& verb_;
  const std::vector<std::string>& words_;
  Line line_;
  std::vector<Option> options_;
  std::vector<std::string_view> flags_;
};

}  // namespace

Arguments parse_arguments(const Verb& verb, const std::vector<std::string>& words) {
  Arguments out = Parser{verb, words}.parse();
  out.run.files = document::read_file;
  return out;
}

}  // namespace kwhatif::cli
