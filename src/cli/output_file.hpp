// A file that a user named for the answer: it appears whole or not at all.
//
// The bytes go to a file without a name in the same folder, which vanishes with the program however that
// ends; publish() gives it its name. Where a file system has no such files, it is a hidden one, removed by
// any signal that can be caught (signals.hpp). Without `replace` an existing name is never taken, also not
// one that came into being meanwhile. With it, a link is followed, the mode is kept, and what is no regular
// file is refused.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>

#include <optional>
#include <string>
#include <string_view>

#include <sys/stat.h>

namespace kwhatif::cli {

class OutputFile {
 public:
  enum class Storage { nameless, hidden };

  /// @param where    of the path on the command line, for messages
  /// @param storage  `hidden` never tries a nameless file
  /// @errors diag::UsageError: cannot-write
  OutputFile(std::string path, bool replace, diag::Span where, Storage storage = Storage::nameless);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  const std::string& path() const { return path_; }
  Storage storage() const { return storage_; }

  void write(std::string_view bytes);
  /// Writes over the first bytes.
  void rewrite_head(std::string_view bytes);
  /// Gives the file its name. Nothing may be written afterwards.
  void publish();

 private:
  void find_target();
  void open_nameless();
  void open_hidden();
  void keep_mode() const;
  std::string new_hidden_name() const;
  void publish_new();
  void publish_over();
  void drop();
  [[noreturn]] void fail(const std::string& why, std::string help = {});
  [[noreturn]] void fail_with(int reason);

  std::string path_;
  bool replace_;
  diag::Span where_;
  Storage storage_;
  std::string target_;  ///< the path, links followed
  std::string folder_;  ///< of the target
  std::string hidden_;  ///< name of the file so far, where it has one
  struct stat before_ {};
  bool exists_ = false;
  int descriptor_ = -1;
  std::optional<diag::Diagnostic> failure_;  ///< the first one, which later calls repeat
};

}  // namespace kwhatif::cli
