#include "verb.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/run/synonym.hpp>

#include <algorithm>
#include <array>

#include <CLI/CLI.hpp>

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

int characters(std::string_view text) { return static_cast<int>(diag::characters(text)); }

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
  throw diag::UsageError(
      {.code = std::move(code), .message = std::move(message), .where = where, .help = std::move(help)});
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
    for (const std::string_view word : words_) {
      const std::string_view name = long_name(word.substr(0, word.find('=')));
      if (!name.empty()) mentioned_.push_back(name);
    }
  }

  Arguments parse() {
    reject_unknown();
    CLI::App app;
    app.set_help_flag();
    std::map<std::string, std::vector<std::string>> values;
    std::map<std::string, bool> switches;
    for (const Option& option : options_) {
      if (!mentioned(option.name)) continue;
      const std::string flag = "--" + std::string{option.name};
      const auto letter = std::find_if(letters.begin(), letters.end(),
                                       [&](const Letter& l) { return l.option == option.name; });
      const std::string shown = letter == letters.end() ? flag : std::string{letter->flag} + ',' + flag;
      if (option.value.empty()) {
        app.add_flag(shown, switches[std::string{option.name}]);
      } else {
        app.add_option(shown, values[std::string{option.name}])
            ->expected(1)
            ->allow_extra_args(false)
            ->take_all();
      }
    }
    for (const std::string_view flag : flags_) {
      if (!mentioned(flag)) continue;
      app.add_option("--" + std::string{flag}, values[std::string{flag}])
          ->expected(1)
          ->allow_extra_args(false)
          ->take_all();
    }
    std::vector<std::string> positionals;
    app.add_option("positionals", positionals);
    std::vector<std::string> reversed(words_.rbegin(), words_.rend());
    try {
      app.parse(reversed);
    } catch (const CLI::ArgumentMismatch& error) {
      missing_value(error.what());
    } catch (const CLI::ParseError& error) {
      usage("wrong-usage", error.what(), {line_.source, 0, 0, 0},
            "`kwhatif " + std::string{verb_.name} + " --help`");
    }
    find_occurrences();
    Arguments out;
    out.line = line_.source;
    out.verb = verb_.name;
    out.words = words_;
    for (const auto& [name, on] : switches) {
      if (on) out.options[name] = {};
    }
    for (const auto& [name, given] : values) {
      for (std::size_t i = 0; i < given.size(); ++i) take(out, name, given[i], i);
    }
    std::size_t from = 0;
    for (const std::string& p : positionals) {
      const std::size_t at = find_word(p, from);
      from = at + 1;
      out.positionals.push_back({p, span(at, p), p});
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

  // The library looks at every pair of options that it is told of: those that no word names cost a third of a
  // short run.
  bool mentioned(std::string_view option) const {
    return std::find(mentioned_.begin(), mentioned_.end(), option) != mentioned_.end();
  }

  bool known(std::string_view flag) const {
    if (flag == "-" || flag == "--") return true;
    const std::string_view name = long_name(flag);
    return std::any_of(options_.begin(), options_.end(), [&](const Option& o) { return o.name == name; }) ||
           std::find(flags_.begin(), flags_.end(), name) != flags_.end();
  }

  bool takes_value(std::string_view flag) const {
    const std::string_view name = long_name(flag);
    if (std::find(flags_.begin(), flags_.end(), name) != flags_.end()) return true;
    return std::any_of(options_.begin(), options_.end(),
                       [&](const Option& o) { return o.name == name && !o.value.empty(); });
  }

  // Flags are checked before CLI11 sees them: the message names the nearest flag and points at it.
  void reject_unknown() const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::string& word = words_[i];
      if (word == "--") return;
      if (word.size() < 2 || word[0] != '-') continue;
      const std::string flag = word.substr(0, word.find('='));
      const bool dashed = flag.starts_with("--");
      if ((dashed || flag.size() == 2) && known(flag)) {
        if (takes_value(flag) && flag.size() == word.size()) {
          if (i + 1 == words_.size() ||
              (words_[i + 1].starts_with("--") && known(words_[i + 1].substr(0, words_[i + 1].find('=')))))
            usage("missing-value", flag + " needs a value", span(i, flag), example_of(flag));
          ++i;  // its value, whatever it looks like
        }
        continue;
      }
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
      usage("unknown-flag", "kwhatif " + std::string{verb_.name} + " has no flag " + flag, span(i, flag),
            help);
    }
  }

  std::string example_of(std::string_view flag) const {
    for (const run::InputInfo& input : run::input_table()) {
      if (flag.size() > 2 && flag.substr(2) == input.flag)
        return "write for example " + std::string{flag} + " \"" + std::string{input.example} + '"';
    }
    return "`kwhatif " + std::string{verb_.name} + " --help` says which";
  }

  [[noreturn]] void missing_value(const std::string& words) const {
    usage("wrong-usage", words, {line_.source, 0, 0, 0}, "`kwhatif " + std::string{verb_.name} + " --help`");
  }

  diag::Span span(std::size_t word, std::string_view part, std::size_t offset = 0) const {
    return {line_.source, 1,
            line_.columns[word] + characters(std::string_view{words_[word]}.substr(0, offset)),
            std::max(1, characters(part))};
  }

  std::size_t find_word(const std::string& text, std::size_t from) const {
    for (std::size_t i = from; i < words_.size(); ++i) {
      if (words_[i] == text) return i;
    }
    return from < words_.size() ? from : 0;
  }

  // Where each flag with a value stands, in one pass over the words.
  void find_occurrences() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::string& word = words_[i];
      const std::string flag = word.substr(0, word.find('='));
      if (!takes_value(flag)) continue;
      const bool joint = flag.size() != word.size();
      occurrences_[std::string{long_name(flag)}].push_back({i, joint});
      if (!joint) ++i;
    }
  }

  // A value of an option, with the place of its n-th occurrence.
  void take(Arguments& out, const std::string& name, const std::string& text, std::size_t nth) const {
    const std::string flag = "--" + name;
    diag::Span where{line_.source, 1, 1, 1};
    const auto found = occurrences_.find(name);
    if (found != occurrences_.end() && nth < found->second.size()) {
      const auto& [word, joint] = found->second[nth];
      where = joint ? span(word, text, flag.size() + 1) : span(std::min(word + 1, words_.size() - 1), text);
    }
    run::Given given{text, where, flag};
    const auto input = std::find(flags_.begin(), flags_.end(), name) != flags_.end()
                           ? run::input_by_flag(name)
                           : std::nullopt;
    const bool repeatable = !input && std::any_of(options_.begin(), options_.end(), [&](const Option& o) {
      return o.name == name && o.repeatable;
    });
    if (nth > 0 && !repeatable) usage("given-twice", flag + " is given twice", where, "give it once");
    if (input) {
      out.run.set(*input, std::move(given));
    } else {
      out.options[name].push_back(std::move(given));
    }
  }

  const Verb& verb_;
  const std::vector<std::string>& words_;
  std::vector<std::string_view> mentioned_;  ///< names of options, as the words have them
  Line line_;
  std::vector<Option> options_;
  std::vector<std::string_view> flags_;
  struct Occurrence {
    std::size_t word = 0;
    bool joint = false;  // --flag=value
  };
  std::map<std::string, std::vector<Occurrence>, std::less<>> occurrences_;  // by name of the option
};

}  // namespace

Arguments parse_arguments(const Verb& verb, const std::vector<std::string>& words) {
  Arguments out = Parser{verb, words}.parse();
  out.run.files = document::read_file;
  return out;
}

}  // namespace kwhatif::cli
