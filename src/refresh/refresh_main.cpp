// Build tool: reads files that were downloaded from the makers of the tables, says what they change, and
// writes tables of them. It asks nothing of any network.
#include "write.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace kwhatif;

constexpr std::string_view usage =
    "usage: kwhatif-refresh FILE... [--data FOLDER] [--write --accessed DAY] [--all]\n"
    "                       [--as FORM] [--provider NAME] [--year YEAR]\n"
    "\n"
    "Reads downloaded files and says what they change in the tables: new, changed\n"
    "and by how much, to be looked at, unknown names, missing. Nothing is written\n"
    "without --write. No network is used.\n"
    "\n"
    "  --data FOLDER    the tables (default: data)\n"
    "  --write          write what is new, in files of its own; all or none\n"
    "  --accessed DAY   of the download, 2027-03-14; with --write, and for prices\n"
    "  --all            every line of the report\n"
    "  --as FORM        the form, where the content does not say it\n"
    "  --provider NAME  whose list of instances it is (aws, gcp, ...)\n"
    "  --year YEAR      of a file that has it in its name alone\n"
    "\n"
    "Forms:\n";

struct Options {
  std::vector<std::string> files;
  std::string data = "data";
  std::string as;
  refresh::Hints hints;
  bool write = false;
  bool all = false;
  bool help = false;
};

[[noreturn]] void refuse(std::string message, std::string help = {}) {
  throw diag::UsageError({.code = "usage", .message = std::move(message), .help = std::move(help)});
}

bool is_day(std::string_view text) {
  constexpr std::string_view form = "2027-03-14";
  return text.size() == form.size() && std::ranges::equal(text, form, [](char have, char want) {
           return want == '-' ? have == '-' : have >= '0' && have <= '9';
         });
}

Options options_of(const std::vector<std::string>& words) {
  Options out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const auto value = [&]() -> const std::string& {
      if (i + 1 == words.size()) refuse(word + " needs a value");
      return words[++i];
    };
    if (word == "--data") {
      out.data = value();
    } else if (word == "--as") {
      out.as = value();
    } else if (word == "--provider") {
      out.hints.provider = value();
    } else if (word == "--accessed") {
      out.hints.accessed = value();
      if (!is_day(out.hints.accessed))
        refuse("'" + out.hints.accessed + "' is no day", "write it as 2027-03-14");
    } else if (word == "--year") {
      out.hints.year = quantity::whole_number(value());
      if (!out.hints.year) refuse("'" + words[i] + "' is no year");
    } else if (word == "--write") {
      out.write = true;
    } else if (word == "--all") {
      out.all = true;
    } else if (word == "--help" || word == "-h") {
      out.help = true;
    } else if (word.starts_with("--")) {
      refuse("no flag '" + word + "'", "kwhatif-refresh --help names them");
    } else {
      out.files.push_back(word);
    }
  }
  if (!out.help && out.files.empty()) refuse("no file", "kwhatif-refresh --help");
  if (out.write && out.hints.accessed.empty())
    refuse("--write needs the day of the download", "say --accessed 2027-03-14: every source has one");
  return out;
}

void say(const refresh::Plan& plan, const std::string& data, bool written) {
  if (plan.files.empty()) return;
  std::cout << (written ? "\nWritten:\n" : "\nNothing was written; --write makes:\n");
  for (const refresh::TableFile& file : plan.files) {
    std::cout << "  " << data << '/' << file.path;
    if (file.rows > 0) std::cout << "  " << refresh::counted(file.rows, "row");
    std::cout << '\n';
  }
  if (!written) return;
  std::cout << "\nThen:\n";
  for (const std::string& step : plan.then) std::cout << "  " << step << '\n';
  std::cout << "  kwhatif check " << data << ", kwhatif reproduce, and the tests\n";
}

int run(const Options& options) {
  if (options.help) {
    std::cout << usage;
    for (const refresh::FormRow& form : refresh::forms()) {
      std::string word{form.word};
      constexpr std::size_t width = 25;
      word.resize(std::max(width, word.size()), ' ');
      std::cout << "  " << word << form.what << '\n';
    }
    return 0;
  }
  bool first = true;
  for (const std::string& file : options.files) {
    // anew for each file: the one before may have been written
    const catalog::Catalog tables = catalog::Catalog::load(options.data);
    const refresh::Reading reading = refresh::read(tables, file, options.as, options.hints);
    refresh::Diff diff = refresh::compare(tables, reading);
    // each try may show what the values left out before it hid
    const std::string day = options.hints.accessed.empty() ? std::to_string(tables.edition_year()) + "-01-01"
                                                           : options.hints.accessed;
    constexpr int tries = 4;
    for (int i = 0; i < tries; ++i) {
      const refresh::Plan tried = refresh::plan_files(tables, options.data, reading, diff, day);
      if (tried.files.empty() || !refresh::leave_out_refused(options.data, tried, reading, diff)) break;
    }
    std::cout << (first ? "" : "\n") << refresh::report(reading, diff, options.all);
    first = false;
    constexpr std::string_view no_day = "YYYY-MM-DD";  // in names of files that are not written
    const refresh::Plan plan =
        refresh::plan_files(tables, options.data, reading, diff,
                            options.hints.accessed.empty() ? std::string{no_day} : options.hints.accessed);
    if (options.write && !plan.files.empty()) refresh::write_files(options.data, plan);
    say(plan, options.data, options.write);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int wrong_input = 2;
  constexpr int our_bug = 3;
  try {
    return run(options_of({argv + 1, argv + argc}));
  } catch (const diag::Error& error) {
    std::cout.flush();
    std::cerr << diag::render(error.diagnostics());
    return wrong_input;
  } catch (const std::exception& error) {
    std::cerr << "kwhatif-refresh: " << error.what() << '\n';
    return our_bug;
  }
}
