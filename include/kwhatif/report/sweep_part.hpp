// The file of a part of a sweep (ask/sweep_part.hpp): written, read back, and held against the others.
//
// kwhatif/sweep-part/1: a line of JSON that says what it is a part of; then what it holds: rows as they stand
// in the whole, a line of JSON (best rows, fronts, groups, sums as doubles whose exact sum they are), or the
// values of each group in binary, little-endian (their number as 8 bytes, then they); then a line of JSON
// with the number of rows, of bytes, and a checksum. A file without its last line was cut short.
#pragma once

#include <kwhatif/ask/sweep_part.hpp>
#include <kwhatif/report/row_sink.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::report {

/// What a part says of itself.
struct PartHead {
  std::string program;  ///< version of kwhatif: another one may compute otherwise
  std::string data_version;
  std::vector<std::string> command;  ///< words behind "kwhatif", without those that the answer's bytes
                                     ///< do not follow from
  std::string question;              ///< fingerprint()
  ask::Kept kept = ask::Kept::rows;
  std::optional<RowFormat> format;  ///< of rows
  grid::Shard shard;
  std::uint64_t first_row = 0, end_row = 0;  ///< of rows: from which to before which, conditions aside
};
std::string part_head(const PartHead& head);
/// The last line, with the end of line before it.
std::string part_end(std::uint64_t rows, std::uint64_t bytes, const std::string& checksum);

/// A part on the disk, whole and unbroken.
struct PartFile {
  run::Given file;
  PartHead head;
  std::uint64_t begin = 0, bytes = 0;  ///< of what it holds
  std::uint64_t rows = 0;
};
/// @errors diag::UsageError: cannot-read, bad-part (no part, of another form, cut short, changed)
PartFile read_part(const run::Given& file);
/// In the order of their numbers: all of one sweep, each once.
/// @errors diag::UsageError: bad-part, which names what differs, is twice or is missing
std::vector<PartFile> in_order(std::vector<PartFile> parts);
/// Gives what a part holds, piece by piece.
void each_piece(const PartFile& part, const std::function<void(std::string_view)>& take);

/// What is kept, as bytes, and back.
std::string state_bytes(ask::Kept kept, const ask::PartState& state);
/// @errors diag::UsageError: bad-part
ask::PartState read_state(const PartFile& part);

/// The command as words for a shell.
std::string shell_command(const std::vector<std::string>& words);

}  // namespace kwhatif::report
