#include "content.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/checksum.hpp>
#include <kwhatif/report/sweep_part.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

namespace kwhatif::report {

using ask::Kept;
using ask::PartState;

namespace {

constexpr std::string_view schema = "kwhatif/sweep-part/1";
constexpr std::string_view foot = "kwhatif/sweep-part-end/1";
constexpr std::size_t longest_head = 1U << 20U;
constexpr std::size_t longest_end = 400;
constexpr std::array format_names{"csv", "jsonl", "npy"};

[[noreturn]] void refuse_part(const run::Given& file, const std::string& why, std::string help) {
  diag::refuse("bad-part", file.text + ": " + why, file.where, std::move(help));
}

constexpr std::string_view make_anew = "make this part again with --shard";

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string number_of(const grid::Shard& shard) {
  return std::to_string(shard.index + 1) + '/' + std::to_string(shard.count);
}

class Input {
 public:
  explicit Input(const run::Given& given) : given_(given) {
    std::error_code ignored;
    if (std::filesystem::is_directory(given.text, ignored)) fail("it is a folder");
    errno = 0;
    stream_.open(given.text, std::ios::binary);
    if (!stream_) fail(errno != 0 ? std::strerror(errno) : "it cannot be opened");
    stream_.seekg(0, std::ios::end);
    const auto end = stream_.tellg();
    if (end < 0) fail("it is no file on a disk");
    size_ = static_cast<std::uint64_t>(end);
  }
  std::uint64_t size() const { return size_; }
  /// What stands there, as far as the file goes.
  std::string at(std::uint64_t begin, std::size_t length) {
    std::string out(length, '\0');
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(begin));
    stream_.read(out.data(), static_cast<std::streamsize>(length));
    out.resize(static_cast<std::size_t>(stream_.gcount()));
    return out;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    diag::refuse("cannot-read", "cannot read '" + given_.text + "': " + why, given_.where, "");
  }
  const run::Given& given_;
  std::ifstream stream_;
  std::uint64_t size_ = 0;
};

PartHead head_of(const run::Given& file, const std::string& line) {
  try {
    const Json json = Json::parse(line);
    const std::string said = json.at("schema");
    if (said != schema)
      refuse_part(file, "a part of the form " + said + ", which this version does not read",
                  "join parts with the version that made them");
    PartHead out;
    out.program = json.at("program");
    out.data_version = json.at("data_version");
    out.command = json.at("command").get<std::vector<std::string>>();
    out.question = json.at("question");
    const auto kept = ask::kept_named(json.at("kept").get<std::string>());
    if (!kept) refuse_part(file, "it keeps what is not known here", std::string{make_anew});
    out.kept = *kept;
    out.shard = {json.at("shard").get<std::uint64_t>() - 1, json.at("of").get<std::uint64_t>()};
    if (out.shard.index >= out.shard.count) refuse_part(file, "its number is none", std::string{make_anew});
    if (out.kept == Kept::rows) {
      const auto at = std::ranges::find(format_names, json.at("format").get<std::string>());
      if (at == format_names.end())
        refuse_part(file, "its rows are of no known form", std::string{make_anew});
      out.format = static_cast<RowFormat>(at - format_names.begin());
      out.first_row = json.at("first_row");
      out.end_row = json.at("end_row");
    }
    return out;
  } catch (const Json::exception&) {
    refuse_part(file, "it is no part of a sweep", "parts are written by `kwhatif sweep … --shard I/N`");
  }
}

}  // namespace

std::string part_head(const PartHead& head) {
  Json out;
  out["schema"] = schema;
  out["program"] = head.program;
  out["data_version"] = head.data_version;
  out["command"] = head.command;
  out["question"] = head.question;
  out["kept"] = ask::name_of(head.kept);
  out["shard"] = head.shard.index + 1;
  out["of"] = head.shard.count;
  if (head.format) {
    out["format"] = format_names.at(static_cast<std::size_t>(*head.format));
    out["first_row"] = head.first_row;
    out["end_row"] = head.end_row;
  }
  return line_of(out);
}

std::string part_end(std::uint64_t rows, std::uint64_t bytes, const std::string& checksum) {
  Json out;
  out["schema"] = foot;
  out["rows"] = rows;
  out["bytes"] = bytes;
  out["checksum"] = checksum;
  return '\n' + line_of(out);
}

PartFile read_part(const run::Given& file) {
  Input input(file);
  PartFile out{.file = file, .head = {}};
  const std::string front =
      input.at(0, static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), longest_head)));
  const auto head_end = front.find('\n');
  out.head = head_of(file, front.substr(0, head_end));
  const std::string cut = "it was cut short: its last line is missing";
  if (head_end == std::string::npos) refuse_part(file, cut, std::string{make_anew});
  out.begin = head_end + 1;
  const auto back_size =
      static_cast<std::size_t>(std::min<std::uint64_t>(input.size() - out.begin, longest_end));
  const std::string back = input.at(input.size() - back_size, back_size);
  const auto last = back.size() < 2 ? std::string::npos : back.rfind('\n', back.size() - 2);
  if (last == std::string::npos || back.back() != '\n') refuse_part(file, cut, std::string{make_anew});
  std::string checksum;
  try {
    const Json json = Json::parse(back.substr(last + 1));
    if (json.at("schema") != foot) refuse_part(file, cut, std::string{make_anew});
    out.rows = json.at("rows");
    out.bytes = json.at("bytes");
    checksum = json.at("checksum");
  } catch (const Json::exception&) {
    refuse_part(file, cut, std::string{make_anew});
  }
  if (out.begin + out.bytes != input.size() - back_size + last)
    refuse_part(file, "its length is not what its last line says", std::string{make_anew});
  document::Checksum sum;
  sum.add(std::string_view{front}.substr(0, out.begin));
  each_piece(out, [&](std::string_view piece) { sum.add(piece); });
  if (sum.hexadecimal() != checksum)
    refuse_part(file, "its bytes are not those that were written: the checksum differs",
                std::string{make_anew});
  return out;
}

void each_piece(const PartFile& part, const std::function<void(std::string_view)>& take) {
  constexpr std::uint64_t most = 1U << 20U;
  Input input(part.file);
  for (std::uint64_t done = 0; done < part.bytes;) {
    const std::string piece =
        input.at(part.begin + done, static_cast<std::size_t>(std::min(most, part.bytes - done)));
    if (piece.empty()) refuse_part(part.file, "it became shorter while it was read", "try again");
    take(piece);
    done += piece.size();
  }
}

std::string shell_command(const std::vector<std::string>& words) {
  std::string out = "kwhatif";
  for (const std::string& word : words) {
    const bool quoted = word.empty() || word.find_first_of(" \t\n'\"$&|;<>()*?[]\\`!#~") != std::string::npos;
    out += ' ';
    if (!quoted) {
      out += word;
      continue;
    }
    out += '\'';
    for (const char c : word) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
    out += '\'';
  }
  return out;
}

namespace {

// What makes two parts no parts of one sweep; empty where nothing does.
std::string difference(const PartFile& a, const PartFile& b) {
  const auto two = [&](const std::string& what, const std::string& x, const std::string& y) {
    return what + ": " + x + " in " + a.file.text + ", " + y + " here";
  };
  const PartHead& x = a.head;
  const PartHead& y = b.head;
  if (x.command != y.command)
    return two("it answers another question", shell_command(x.command), shell_command(y.command));
  if (x.program != y.program) return two("it was made by another version", x.program, y.program);
  if (x.data_version != y.data_version)
    return two("it was made with other tables", "data " + x.data_version, "data " + y.data_version);
  if (x.shard.count != y.shard.count)
    return two("the sweep was parted in another way", std::to_string(x.shard.count) + " parts",
               std::to_string(y.shard.count));
  const auto format = [](const PartHead& h) {
    return h.format ? format_names.at(static_cast<std::size_t>(*h.format)) : "no rows";
  };
  if (x.kept != y.kept || x.format != y.format) return two("it has another form", format(x), format(y));
  if (x.question != y.question)
    return "it was computed from other numbers than " + a.file.text +
           ": a file that the command names was changed in between";
  return {};
}

}  // namespace

std::vector<PartFile> in_order(std::vector<PartFile> parts) {
  std::map<std::uint64_t, std::size_t> seen;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (const std::string why = difference(parts.front(), parts[i]); !why.empty())
      refuse_part(parts[i].file, why, "join parts of one sweep");
    const auto [at, fresh] = seen.emplace(parts[i].head.shard.index, i);
    if (!fresh)
      refuse_part(
          parts[i].file,
          "part " + number_of(parts[i].head.shard) + " is there twice: also " + parts[at->second].file.text,
          "name each part once");
  }
  const std::uint64_t count = parts.front().head.shard.count;
  if (seen.size() < count) {
    constexpr std::size_t shown = 10;
    std::vector<std::string> missing;
    for (std::uint64_t i = 0; i < count && missing.size() < shown; ++i) {
      if (!seen.contains(i)) missing.push_back(std::to_string(i + 1));
    }
    const std::uint64_t all = count - seen.size();
    const std::string more =
        all > missing.size() ? " and " + std::to_string(all - missing.size()) + " more" : "";
    diag::refuse("bad-part",
                 std::to_string(all) + " of " + std::to_string(count) +
                     (all == 1 ? " parts is missing: " : " parts are missing: ") + diag::listed(missing) +
                     more,
                 parts.front().file.where,
                 "make part " + missing.front() + ": " + shell_command(parts.front().head.command) +
                     " --shard " + missing.front() + '/' + std::to_string(count));
  }
  std::ranges::sort(parts, {}, [](const PartFile& part) { return part.head.shard.index; });
  std::uint64_t row = 0;
  for (const PartFile& part : parts) {
    if (part.head.kept != Kept::rows) break;
    if (part.head.first_row != row || part.head.end_row < row)
      refuse_part(part.file, "its rows do not follow those of the part before", std::string{make_anew});
    row = part.head.end_row;
  }
  return parts;
}

namespace {

void append_bytes(std::string& out, const void* from, std::size_t size) {
  out.append(static_cast<const char*>(from), size);
}

std::string value_bytes(const std::vector<std::vector<double>>& groups) {
  static_assert(std::endian::native == std::endian::little);
  std::string out;
  for (const auto& values : groups) {
    const std::uint64_t count = values.size();
    append_bytes(out, &count, sizeof count);
    append_bytes(out, values.data(), values.size() * sizeof(double));
  }
  return out;
}

Json number_json(double v) { return std::isnan(v) ? Json(nullptr) : Json(v); }
double number_in(const Json& json) { return json.is_null() ? grid::absent : json.get<double>(); }

Json state_json(Kept kept, const PartState& state) {
  Json out = Json::array();
  switch (kept) {
    case Kept::best:
      for (const auto& r : state.best) out.push_back({{"row", r.row}, {"value", r.value}});
      break;
    case Kept::front:
      for (const auto& p : state.front) out.push_back({{"row", p.row}, {"values", p.values}});
      break;
    case Kept::groups:
      for (const auto& g : state.groups)
        out.push_back({{"rows", g.count}, {"row", g.best.row}, {"value", number_json(g.best.value)}});
      break;
    case Kept::sums:
      for (const auto& g : state.sums) out.push_back({{"rows", g.count}, {"terms", grid::terms_of(g.sum)}});
      break;
    case Kept::rows:
    case Kept::values:
      throw diag::InternalError("no state in words");
  }
  return out;
}

}  // namespace

std::string state_bytes(Kept kept, const PartState& state) {
  return kept == Kept::values ? value_bytes(state.values)
                              : state_json(kept, state).dump(-1, ' ', false, Json::error_handler_t::replace);
}

PartState read_state(const PartFile& part) {
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(part.bytes));
  each_piece(part, [&](std::string_view piece) { bytes += piece; });
  const auto broken = [&] { refuse_part(part.file, "what it holds cannot be read", std::string{make_anew}); };
  PartState out;
  if (part.head.kept == Kept::values) {
    for (std::size_t at = 0; at < bytes.size();) {
      std::uint64_t count = 0;
      if (bytes.size() - at < sizeof count) broken();
      std::memcpy(&count, bytes.data() + at, sizeof count);
      at += sizeof count;
      if ((bytes.size() - at) / sizeof(double) < count) broken();
      auto& values = out.values.emplace_back(static_cast<std::size_t>(count));
      if (count > 0) std::memcpy(values.data(), bytes.data() + at, values.size() * sizeof(double));
      at += values.size() * sizeof(double);
    }
    return out;
  }
  try {
    for (const Json& item : Json::parse(bytes)) {
      switch (part.head.kept) {
        case Kept::best:
          out.best.push_back({item.at("value").get<double>(), item.at("row").get<std::uint64_t>()});
          break;
        case Kept::front:
          out.front.push_back(
              {item.at("values").get<std::vector<double>>(), item.at("row").get<std::uint64_t>()});
          break;
        case Kept::groups: {
          grid::Group& group = out.groups.emplace_back();
          group.count = item.at("rows");
          group.best = {number_in(item.at("value")), item.at("row").get<std::uint64_t>()};
          break;
        }
        case Kept::sums: {
          grid::GroupSum& group = out.sums.emplace_back();
          group.count = item.at("rows");
          for (const double term : item.at("terms").get<std::vector<double>>()) {
            if (!std::isfinite(term)) broken();
            group.sum.add(term);
          }
          break;
        }
        case Kept::rows:
        case Kept::values:
          throw diag::InternalError("no state in words");
      }
    }
  } catch (const Json::exception&) {
    broken();
  }
  return out;
}

}  // namespace kwhatif::report
