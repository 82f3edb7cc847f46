// Files that the program writes: whole or not at all, never over what the user did not name.
#include "program/process.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>
#include <thread>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

namespace kwhatif::test {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

mode_t mode_of(const fs::path& path) {
  struct stat found {};
  ::lstat(path.c_str(), &found);
  return found.st_mode;
}

// A sweep of 16 million rows: a second or more of writing.
const Words long_sweep{
    "sweep",  "--flops", "1e21",   "--hardware",          "h100-sxm5", "--chips",         "8",
    "--grid", "FRA",     "--axis", "mfu=0.1:0.5:lin4000", "--axis",    "pue=1:2:lin4000", "--output",
    "out.csv"};

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// Until the program writes in the folder; false where it ended before.
bool wait_for_writing(Process& process, const fs::path& folder) {
  while (process.running()) {
    if (process.has_open_file_in(folder)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

TEST_CASE("an existing file is kept without --force, and written anew with it, its mode kept") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "run.toml";
  write_file(file, "mine");
  ::chmod(file.c_str(), 0640);
  const Outcome refused = run({"init", "--output", "run.toml"}, folder.path());
  CHECK(refused.exit_code == 2);
  CHECK(refused.errors.find("the file exists") != std::string::npos);
  CHECK(read_file(file) == "mine");
  CHECK(run({"init", "--output", "run.toml", "--force"}, folder.path()).exit_code == 0);
  CHECK(read_file(file).find("title") != std::string::npos);
  CHECK((mode_of(file) & 07777U) == 0640U);
  CHECK(folder.names() == Words{"run.toml"});
}

TEST_CASE("a new file has the mode that the user's mask leaves") {
  const TemporaryFolder folder;
  CHECK(run({"init", "--output", "run.toml"}, folder.path(), [] { ::umask(027); }).exit_code == 0);
  CHECK((mode_of(folder.path() / "run.toml") & 07777U) == 0640U);
}

TEST_CASE("a link is written through with --force") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "there");
  write_file(folder.path() / "there/run.toml", "old");
  fs::create_symlink("there/run.toml", folder.path() / "near");
  fs::create_symlink(folder.path() / "near", folder.path() / "far");
  CHECK(run({"init", "--output", "far"}, folder.path()).exit_code == 2);
  CHECK(run({"init", "--output", "far", "--force"}, folder.path()).exit_code == 0);
  CHECK(fs::is_symlink(folder.path() / "far"));
  CHECK(fs::is_symlink(folder.path() / "near"));
  CHECK(read_file(folder.path() / "there/run.toml").find("title") != std::string::npos);

  fs::create_symlink("loop", folder.path() / "loop");
  CHECK(run({"init", "--output", "loop", "--force"}, folder.path()).exit_code == 2);
  fs::create_symlink("there/new.toml", folder.path() / "dangling");
  CHECK(run({"init", "--output", "dangling"}, folder.path()).exit_code == 2);
  CHECK(run({"init", "--output", "dangling", "--force"}, folder.path()).exit_code == 0);
  CHECK(fs::is_symlink(folder.path() / "dangling"));
  CHECK(fs::exists(folder.path() / "there/new.toml"));
}

// All in a folder of the test's own: a program that fails here must not get to replace a device of the
// machine.
TEST_CASE("what is no regular file is refused, with --force too") {
  const TemporaryFolder folder;
  Words names{"pipe", "socket", "link", "folder", ".", ""};
  fs::create_directory(folder.path() / "folder");
  const std::string pipe = (folder.path() / "pipe").string();
  ::mkfifo(pipe.c_str(), 0600);
  fs::create_symlink("pipe", folder.path() / "link");
  const std::string socket = (folder.path() / "socket").string();
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(descriptor);
  const std::string device = (folder.path() / "device").string();
  if (::mknod(device.c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0)
    names.push_back("device");  // where allowed
  const auto before = folder.names();
  const Words sweep{"sweep",       "--flops", "1e21", "--hardware", "h100-sxm5", "--axis",
                    "mfu=0.1,0.2", "--top",   "1",    "--by",       "energy",    "--csv"};
  for (const Words& how : {Words{}, Words{"--force"}}) {
    for (const std::string& name : names) {
      for (const Words& verb : {Words{"init"}, sweep}) {
        INFO(verb.front() << " --output '" << name << "'");
        const Outcome outcome = run(with(with(verb, {"--output", name}), how), folder.path());
        CHECK(outcome.exit_code == 2);
        CHECK(outcome.errors.find("error[cannot-write]") != std::string::npos);
      }
    }
  }
  CHECK(S_ISFIFO(mode_of(pipe)));
  CHECK(S_ISSOCK(mode_of(socket)));
  if (fs::exists(device)) CHECK(S_ISCHR(mode_of(device)));
  CHECK(fs::is_symlink(folder.path() / "link"));
  CHECK(folder.names() == before);
}

TEST_CASE("of several runs to one new file, one writes it and the others are refused") {
  const TemporaryFolder folder;
  Words small = long_sweep;
  small[10] = "mfu=0.1:0.5:lin400";
  std::vector<std::unique_ptr<Process>> all;
  for (int i = 0; i < 4; ++i) all.push_back(std::make_unique<Process>(small, folder.path()));
  int whole = 0;
  for (const auto& process : all) {
    const Outcome outcome = process->wait();
    if (outcome.exit_code == 0) {
      ++whole;
    } else {
      CHECK(outcome.exit_code == 2);
      CHECK(outcome.errors.find("the file exists") != std::string::npos);
    }
  }
  CHECK(whole == 1);
  CHECK(folder.names() == Words{"out.csv"});
}

#ifdef __SANITIZE_ADDRESS__  // which takes crashes for itself
const std::vector<int> crashes;
#else
const std::vector<int> crashes{SIGABRT, SIGSEGV};
#endif

TEST_CASE("no signal leaves anything behind") {
  std::vector<int> signals{SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGXCPU, SIGUSR1, SIGKILL};
  signals.insert(signals.end(), crashes.begin(), crashes.end());
  for (const int signal : signals) {
    INFO("signal " << signal);
    const TemporaryFolder folder;
    Process process(long_sweep, folder.path());
    REQUIRE(wait_for_writing(process, folder.path()));
    ::kill(process.id(), signal);
    const Outcome outcome = process.wait();
    CHECK(folder.names().empty());
    const bool stop = signal == SIGHUP || signal == SIGINT || signal == SIGTERM;
    const bool crash = signal == SIGABRT || signal == SIGSEGV;
    CHECK(outcome.exit_code == (stop ? 130 : crash ? 3 : 128 + signal));
    if (crash) CHECK(outcome.errors.find("error[internal]: kwhatif crashed") != std::string::npos);
  }
}

TEST_CASE("a signal that is ignored stays ignored, as nohup wants it") {
  const TemporaryFolder folder;
  Words small = long_sweep;
  small[10] = "mfu=0.1:0.5:lin400";
  Process process(small, folder.path(), [] { std::signal(SIGHUP, SIG_IGN); });
  REQUIRE(wait_for_writing(process, folder.path()));
  ::kill(process.id(), SIGHUP);
  CHECK(process.wait().exit_code == 0);
}

TEST_CASE("an interrupted program exits 130, whatever it is doing") {
  const TemporaryFolder folder;
  const Words searching{"sweep",
                        "--flops",
                        "1e21",
                        "--hardware",
                        "h100-sxm5",
                        "--axis",
                        "mfu=0.1:0.5:lin5000",
                        "--axis",
                        "pue=1:2:lin5000",
                        "--axis",
                        "chips=1:1000:lin500",
                        "--histogram",
                        "energy"};
  const auto wait_on_input = [] {
    int ends[2];
    if (::pipe(ends) == 0) ::dup2(ends[0], 0);
  };
  for (const Words& words : {searching, Words{"estimate", "-"}}) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      INFO(words.front() << ", signal " << signal);
      Process process(words, folder.path(), wait_on_input);
      while (process.running() && !process.handles(signal))
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      ::kill(process.id(), signal);
      const Outcome outcome = process.wait();
      CHECK(outcome.exit_code == 130);
      CHECK(outcome.output.empty());
    }
  }
}

TEST_CASE("a file that cannot be written whole is not there, and the reason is said") {
  const TemporaryFolder folder;
  const auto small_files = [] {
    const rlimit limit{1U << 20U, 1U << 20U};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  };
  const Outcome outcome = run(long_sweep, folder.path(), small_files);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.errors.find("cannot write 'out.csv': File too large") != std::string::npos);
  CHECK(folder.names().empty());
}

TEST_CASE("a full disk is said, and nothing is left on it") {
  const TemporaryFolder folder;
  const fs::path disk = folder.path() / "disk";
  fs::create_directory(disk);
  if (::mount("none", disk.c_str(), "tmpfs", 0, "size=4k") != 0) return;  // not allowed to us here
  write_file(disk / "kept.toml", "kept");
  const Outcome fresh = run({"init", "--output", "disk/run.toml"}, folder.path());
  const Outcome over = run({"init", "--output", "disk/kept.toml", "--force"}, folder.path());
  const bool alone = std::distance(fs::directory_iterator(disk), fs::directory_iterator{}) == 1;
  const std::string kept = read_file(disk / "kept.toml");
  ::umount(disk.c_str());
  for (const Outcome& outcome : {fresh, over}) {
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.errors.find("No space left on device") != std::string::npos);
  }
  CHECK(alone);
  CHECK(kept == "kept");
}

TEST_CASE("standard output that is full or closed is an error") {
  const TemporaryFolder folder;
  const auto full = [] {
    std::FILE* device = std::fopen("/dev/full", "w");
    ::dup2(::fileno(device), 1);
  };
  for (const Words& words : {Words{"equiv", "85 t"}, Words{"--help"}, Words{"list"}, Words{"--version"},
                             Words{"sweep", "--flops", "1e21", "--hardware", "h100-sxm5", "--axis",
                                   "mfu=0.1:0.5:lin400", "--csv"}}) {
    INFO(words.front());
    const Outcome outcome = run(words, folder.path(), full);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.errors.find("error[cannot-write]: cannot write the output: No space left on device") !=
          std::string::npos);
    CHECK(run(words, folder.path(), [] { ::close(1); }).exit_code == 2);
  }
}

TEST_CASE("a form and a file of another form are refused") {
  const TemporaryFolder folder;
  const Words schedule{"schedule", "--hours", "36h",    "--hardware", "h100-sxm5",
                       "--chips",  "8",       "--grid", "US-CAL-CISO"};
  CHECK(run(with(schedule, {"--json", "--output", "a.csv"}), folder.path()).exit_code == 2);
  CHECK(run(with(schedule, {"--heat-map", "--csv", "--output", "a.svg"}), folder.path()).exit_code == 2);
  CHECK(run({"backtest", "--output", "a.png"}, folder.path()).exit_code == 2);
  CHECK(folder.names().empty());
  CHECK(run(with(schedule, {"--json", "--output", "a.json"}), folder.path()).exit_code == 0);
  CHECK(folder.names() == Words{"a.json"});
}

TEST_CASE("a file named - is standard output") {
  const TemporaryFolder folder;
  CHECK(run({"init", "--output", "-"}, folder.path()).output == run({"init"}, folder.path()).output);
  CHECK(folder.names().empty());
}

TEST_CASE("a folder that is missing or cannot be written to is named") {
  const TemporaryFolder folder;
  const Outcome missing = run({"init", "--output", "no/run.toml"}, folder.path());
  CHECK(missing.exit_code == 2);
  CHECK(missing.errors.find("there is no folder") != std::string::npos);
  const Outcome read_only = run({"init", "--output", "/sys/run.toml"}, folder.path());
  CHECK(read_only.exit_code == 2);
  CHECK(read_only.errors.find("error[cannot-write]") != std::string::npos);
  CHECK(folder.names().empty());
}

}  // namespace
}  // namespace kwhatif::test
