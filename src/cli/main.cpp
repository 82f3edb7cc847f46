// The program: finds the verb, runs it, writes its output, and turns what went wrong into messages and exit
// codes.
#include "verb.hpp"
#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/suggest.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string_view>

#include <unistd.h>

namespace {

using namespace kwhatif;

constexpr std::string_view greeting =
    "kwhatif: energy and CO2e of training AI models, before any training starts.\n"
    "try: kwhatif estimate --params 70B --tokens 2T --hardware h100-sxm5 --chips 2048 --region "
    "gcp:us-central1\n"
    "     kwhatif explain … (every number down to its source)   kwhatif reproduce (published tables, "
    "recomputed)\n"
    "     kwhatif list hardware | regions | grids | studies     kwhatif init gpt-3 (a run file to start "
    "from)\n"
    "     kwhatif --help lists all verbs\n";

// Everything or an error; a reader that has gone away is no error of ours.
int write_out(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      if (errno == EPIPE) return cli::done;
      std::fprintf(stderr, "error[cannot-write]: cannot write the output: %s\n", std::strerror(errno));
      return cli::wrong_input;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return cli::done;
}

void write_err(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

int run(int count, char** words) {
  if (count < 2) return write_out(greeting);
  const std::string_view name = words[1];
  if (name == "help" && count > 2 && std::string_view{words[2]} != "--help")
    return write_out(cli::help_on(words[2]));
  if (name == "completion" && count > 3 && std::string_view{words[2]} == "words")
    return write_out(cli::completions({words + 3, words + count}));
  if (name == "--help" || name == "-h" || name == "help") return write_out(cli::program_help());
  if (name == "--version") {
    return write_out("kwhatif " KWHATIF_VERSION " (data " + std::string{catalog::data_version()} + ")\n");
  }
  const cli::Verb* verb = cli::find_verb(name);
  if (verb == nullptr) {
    std::vector<std::string_view> known;
    for (const cli::Verb& v : cli::verbs()) known.push_back(v.name);
    const std::string near = diag::did_you_mean(name, known);
    throw diag::UsageError({.code = "unknown-verb",
                            .message = "no verb '" + std::string{name.substr(0, 60)} + "'",
                            .help = near + (near.empty() ? "" : " ") + "`kwhatif --help` lists all"});
  }
  const cli::Arguments arguments = cli::parse_arguments(*verb, {words + 2, words + count});
  if (arguments.has("help")) return write_out(cli::verb_help(*verb));
  if (arguments.has("json") + arguments.has("csv") + arguments.has("plain") > 1) {
    throw diag::UsageError({.code = "conflict",
                            .message = "two forms of output are asked for",
                            .where = {arguments.line, 0, 0, 0},
                            .help = "give one of --json, --csv and --plain"});
  }
  const auto folder = arguments.get("data");
  std::optional<catalog::Catalog> overlaid;
  if (folder) overlaid = catalog::Catalog::overlay(folder->text);
  cli::Context context{arguments, overlaid ? *overlaid : catalog::Catalog::builtin(), {}, {}};
  const int code = verb->answer(context);
  write_err(context.err);
  const int written = write_out(context.out);
  return written != cli::done ? written : code;
}

}  // namespace

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(count, words);
  } catch (const diag::Error& error) {
    write_err(diag::render(error.diagnostics()));
    return cli::wrong_input;
  } catch (const std::bad_alloc&) {
    write_err("error[out-of-memory]: not enough memory for this input\n");
    return cli::wrong_input;
  } catch (const std::exception& error) {
    write_err("error[internal]: " + std::string{error.what()} +
              "\nhelp: this is a bug of kwhatif; please report the command that led here\n");
    return cli::our_bug;
  }
}
