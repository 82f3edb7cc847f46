// What a sweep does whole and in parts.
#pragma once

#include "output_file.hpp"
#include "signals.hpp"
#include "streams.hpp"
#include "verb.hpp"
#include <kwhatif/ask/sweep_part.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::cli {

/// The file that --output names, or standard output.
class Output {
 public:
  explicit Output(const Arguments& arguments) {
    const auto given = arguments.get("output");
    if (given && given->text != "-") file_.emplace(given->text, arguments.has("force"), given->where);
  }

  std::string path() const { return file_ ? file_->path() : std::string{}; }
  /// False where the reader has gone away.
  bool open() const { return !gone_; }

  void write(std::string_view text) {
    if (file_) return file_->write(text);
    if (gone_) return;
    gone_ = write_out(text) == Written::reader_gone;
    if (gone_) interrupt_wanted.store(true, std::memory_order_relaxed);
  }
  void rewrite_head(std::string_view head) {
    if (file_ && !head.empty()) file_->rewrite_head(head);
  }
  void finish() {
    if (file_) file_->publish();
  }

 private:
  std::optional<OutputFile> file_;
  bool gone_ = false;
};

/// The file that --output names; none where that is standard output.
std::optional<run::Given> named_file(const Arguments& arguments);
ask::SweepQuestion question_of(const Context& context);
/// Whether something is asked of the rows instead of the rows themselves.
bool is_reduced(const ask::SweepQuestion& question);
/// Refuses rows that have no room, in the file of --output or at all.
void refuse_too_long(const Context& context, const ask::SweepAnswer& grid, double row_bytes,
                     const grid::Shard& shard);
/// Prints an answer in few lines, or writes it to the file of --output.
int answered(Context& context, const ask::SweepAnswer& answer);
/// Says what became of all rows.
int rows_written(Context& context, const ask::SweepAnswer& grid, const std::string& path, std::uint64_t rows);

/// One part of a sweep, into the file of --output.
int sweep_shard(Context& context);
/// The answer of the parts that the positionals name.
int sweep_merge(Context& context);

}  // namespace kwhatif::cli
