#include "output_file.hpp"

#include "signals.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kwhatif::cli {

namespace fs = std::filesystem;

namespace {

constexpr mode_t new_file = 0666;  // less the user's mask
constexpr mode_t permissions = 07777;

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "it is a folder";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "it is a device";
  if (S_ISFIFO(mode)) return "it is a named pipe";
  if (S_ISSOCK(mode)) return "it is a socket";
  return "it is no regular file";
}

std::string own_name(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

// Renames unless the new name is taken; ENOSYS or EINVAL where the system cannot.
int rename_to_new(const std::string& from, const std::string& to) {
  return static_cast<int>(
      ::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE));
}

}  // namespace

OutputFile::OutputFile(std::string path, bool replace, diag::Span where, Storage storage)
    : path_(std::move(path)), replace_(replace), where_(std::move(where)), storage_(storage) {
  find_target();
  if (storage_ == Storage::nameless) open_nameless();
  if (descriptor_ < 0) open_hidden();
  keep_mode();
}

OutputFile::~OutputFile() { drop(); }

void OutputFile::find_target() {
  if (path_.empty()) fail("the name is empty");
  constexpr int most_links = 40;  // as the kernel allows
  fs::path target = path_;
  std::error_code error;
  for (int links = 0; fs::is_symlink(target, error); ++links) {
    if (!replace_) fail("the file exists", "--force overwrites it");
    if (links == most_links) fail_with(ELOOP);
    const fs::path next = fs::read_symlink(target, error);
    if (error) fail_with(error.value());
    target = target.parent_path() / next;  // an absolute one stands for itself
  }
  target_ = fs::absolute(target, error).string();
  if (error) fail_with(error.value());
  folder_ = fs::path{target_}.parent_path().string();
  if (::lstat(target_.c_str(), &before_) == 0) {
    if (!S_ISREG(before_.st_mode))
      fail(std::string{kind_of(before_.st_mode)}, "name a file, new or to overwrite");
    if (!replace_) fail("the file exists", "--force overwrites it");
    if (::access(target_.c_str(), W_OK) != 0) fail("the file is write-protected");
    exists_ = true;
  } else if (errno != ENOENT) {
    fail_with(errno);
  }
  if (!fs::is_directory(folder_, error)) fail("there is no folder '" + folder_ + "'", "make it first");
}

// Leaves no descriptor where the file system, or a missing /proc, does not allow it.
void OutputFile::open_nameless() {
  descriptor_ = ::open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, new_file);
  if (descriptor_ < 0 || ::access(own_name(descriptor_).c_str(), F_OK) == 0) return;
  ::close(descriptor_);
  descriptor_ = -1;
}

void OutputFile::open_hidden() {
  storage_ = Storage::hidden;
  const SignalsHeld held;
  hidden_ = new_hidden_name();
  descriptor_ = ::open(hidden_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, new_file);
  if (descriptor_ < 0) {
    const int reason = errno;
    hidden_.clear();
    if (reason == EACCES || reason == EROFS || reason == EPERM)
      fail("nothing can be written to the folder '" + folder_ + "': " + std::strerror(reason));
    fail_with(reason);
  }
  set_unfinished_file(hidden_);
}

std::string OutputFile::new_hidden_name() const {
  static unsigned files = 0;
  return (fs::path{folder_} / (".kwhatif-" + std::to_string(::getpid()) + '-' + std::to_string(++files)))
      .string();
}

void OutputFile::keep_mode() const {
  if (!exists_) return;
  const bool same_owner = ::fchown(descriptor_, before_.st_uid, before_.st_gid) == 0;
  ::fchmod(descriptor_, before_.st_mode & (same_owner ? permissions : mode_t{0777}));
}

void OutputFile::write(std::string_view bytes) {
  if (failure_) throw diag::UsageError(*failure_);
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail_with(written < 0 ? errno : ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void OutputFile::rewrite_head(std::string_view bytes) {
  if (::lseek(descriptor_, 0, SEEK_SET) != 0) fail_with(errno);
  write(bytes);
}

void OutputFile::publish() {
  // What a full or distant disk has only promised so far is an error now, before anything is replaced.
  if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS) fail_with(errno);
  const SignalsHeld held;
  if (replace_)
    publish_over();
  else
    publish_new();
  hidden_.clear();
  set_unfinished_file({});
  ::close(std::exchange(descriptor_, -1));
}

void OutputFile::publish_new() {
  const auto taken = [&](int reason) {
    if (reason == EEXIST) fail("the file exists", "--force overwrites it");
    fail_with(reason);
  };
  if (storage_ == Storage::nameless) {
    if (::linkat(AT_FDCWD, own_name(descriptor_).c_str(), AT_FDCWD, target_.c_str(), AT_SYMLINK_FOLLOW) != 0)
      taken(errno);
    return;
  }
  if (rename_to_new(hidden_, target_) == 0) return;
  if (errno != EINVAL && errno != ENOSYS && errno != EPERM) taken(errno);
  // A file system without that: the name is reserved by an empty file, which is then replaced.
  const int reserved = ::open(target_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, new_file);
  if (reserved < 0) taken(errno);
  ::close(reserved);
  if (::rename(hidden_.c_str(), target_.c_str()) == 0) return;
  const int reason = errno;
  ::unlink(target_.c_str());
  fail_with(reason);
}

void OutputFile::publish_over() {
  if (storage_ == Storage::nameless) {  // a nameless file can take a free name only
    const std::string name = new_hidden_name();
    if (::linkat(AT_FDCWD, own_name(descriptor_).c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0)
      fail_with(errno);
    hidden_ = name;
    set_unfinished_file(hidden_);
  }
  if (::rename(hidden_.c_str(), target_.c_str()) != 0) fail_with(errno);
}

void OutputFile::drop() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  if (!hidden_.empty()) ::unlink(hidden_.c_str());
  hidden_.clear();
  set_unfinished_file({});
}

void OutputFile::fail(const std::string& why, std::string help) {
  drop();
  failure_ = {.code = "cannot-write",
              .message = "cannot write '" + path_ + "': " + why,
              .where = where_,
              .help = std::move(help)};
  throw diag::UsageError(*failure_);
}

void OutputFile::fail_with(int reason) { fail(std::strerror(reason)); }

}  // namespace kwhatif::cli
