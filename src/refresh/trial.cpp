// The tables as they would be with the files of a plan, tried in a folder of its own before anything is
// written.
#include "write.hpp"
#include <kwhatif/document/files.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <tuple>

namespace kwhatif::refresh {

namespace fs = std::filesystem;

void cannot_write(const std::string& path, const std::string& why) {
  throw diag::UsageError({.code = "cannot-write", .message = "cannot write '" + path + "': " + why});
}

void put(const std::string& name, const std::string& text) {
  const fs::path path{name};
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << text;
  out.close();
  if (!out) cannot_write(path.string(), "the disk did not take it");
}

namespace {

// A folder that is gone when this ends.
class Scratch {
 public:
  Scratch() {
    std::error_code error;
    const fs::path base = fs::temp_directory_path(error);
    if (error) cannot_write(base.string(), error.message());
    constexpr int tries = 100;
    for (int i = 0; i < tries; ++i) {
      path_ = base / ("kwhatif-refresh-" + std::to_string(reinterpret_cast<std::uintptr_t>(this) + i));
      if (fs::create_directory(path_, error)) return;
    }
    cannot_write(path_.string(), "there is no place for a copy of the tables");
  }
  ~Scratch() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

using Fault = std::tuple<std::string, int, std::string>;

std::string file_of(const diag::Diagnostic& fault) {
  return fault.where.source ? fault.where.source->name : std::string{};
}

// The text that a caret stands below, without quotes.
std::string_view pointed_at(const diag::Diagnostic& fault, std::string_view line) {
  const auto from = static_cast<std::size_t>(std::max(1, fault.where.column) - 1);
  if (from >= line.size()) return {};
  std::string_view out = line.substr(from, static_cast<std::size_t>(std::max(0, fault.where.length)));
  while (out.starts_with('"')) out.remove_prefix(1);
  while (out.ends_with('"')) out.remove_suffix(1);
  return out;
}

std::string_view line_of(std::string_view text, int number) {
  for (int i = 1; i < number; ++i) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

// Of a row of a table, `["FRA", 2026, ...`: whether it is that of a place and year.
bool is_row_of(std::string_view line, const Found& row) {
  std::string begin = "[\"" + row.id + '"';
  if (row.year) begin += ", " + std::to_string(*row.year);
  const auto at = line.find('[');
  return at != std::string_view::npos && line.substr(at).starts_with(begin);
}

}  // namespace

void link_tables(const std::string& data, const std::string& copy) {
  std::error_code error;
  const fs::path from = fs::canonical(data, error);
  if (error) cannot_write(data, error.message());
  fs::create_directories(copy, error);
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path to = fs::path{copy} / entry.path().lexically_relative(from);
    if (entry.is_directory())
      fs::create_directories(to, error);
    else
      fs::create_symlink(fs::canonical(entry.path()), to, error);
    if (error) cannot_write(to.string(), error.message());
  }
}

std::vector<diag::Diagnostic> faults_with(const std::string& data, const Plan& plan) {
  const Scratch scratch;
  const fs::path folder{data};
  const fs::path copy = scratch.path() / folder.filename();
  std::error_code error;
  link_tables(data, copy.string());
  for (const TableFile& file : plan.files) {
    const fs::path path = copy / file.path;
    fs::remove(path, error);  // a link to the table itself
    put(path.string(), file.text);
  }
  std::vector<diag::Diagnostic> out = catalog::Catalog::check(copy.string());
  if (out.empty()) return out;
  std::set<Fault> before;
  for (const diag::Diagnostic& fault : catalog::Catalog::check(data))
    before.emplace(file_of(fault), fault.where.line, fault.message);
  std::erase_if(out, [&](const diag::Diagnostic& fault) {
    return before.contains({file_of(fault), fault.where.line, fault.message});
  });
  return out;
}

bool leave_out_refused(const std::string& data, const Plan& plan, const Reading& reading, Diff& diff) {
  bool any = false;
  std::error_code error;
  const std::string folder = fs::canonical(data, error).string();
  for (const diag::Diagnostic& fault : faults_with(folder, plan)) {
    const auto file = std::ranges::find_if(
        plan.files, [&](const TableFile& f) { return file_of(fault).ends_with('/' + f.path); });
    if (file == plan.files.end()) continue;  // said when it is written
    const std::string_view line = line_of(file->text, fault.where.line);
    const std::string_view value = pointed_at(fault, line);
    std::vector<Comparison*> of_row;
    std::vector<Comparison*> of_value;
    for (Comparison& each : diff.values) {
      const Found& row = reading.batches[each.batch].rows[each.row];
      if (each.left_out || row.figures.size() <= each.figure || !is_row_of(line, row)) continue;
      of_row.push_back(&each);
      if (!value.empty() && row.figures[each.figure].text.starts_with(value)) of_value.push_back(&each);
    }
    std::string_view why = fault.message;
    if (const auto colon = why.find(": "); colon != std::string_view::npos) why.remove_prefix(colon + 2);
    for (Comparison* const each : of_value.empty() ? of_row : of_value) {
      each->left_out = true;
      each->doubt = "refused by check, not written: " + std::string{why};
      any = true;
    }
  }
  return any;
}

}  // namespace kwhatif::refresh
