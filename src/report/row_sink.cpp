// Rows of a sweep as CSV, JSON Lines and .npy.
//
// A row is its number, the cells of the axes, those of the results. Cells of axes are made once; what the
// outer axes put into a row is joined once for all rows along the last axis. Bytes go straight into the
// buffer of a part, which has room for a whole row and `slack` more.
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/report/row_sink.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace kwhatif::report {

using grid::Axis;
using grid::Block;

namespace {

constexpr std::size_t kept_cells = 100'000;  // longer axes are formatted row by row
constexpr std::size_t number_room = 32;
constexpr std::size_t slack = 16;
constexpr double part_bytes = 131'072;
constexpr std::size_t growth = 16'384;  // of the buffer of a part, which is used again: no need to double it

// Copies in steps of `slack` bytes, so up to as many more than asked for: both sides have the room.
inline char* put(char* to, const char* from, std::size_t size) {
  for (std::size_t i = 0; i < size; i += slack) {
    char step[slack];  // the two may lie so close in one buffer that what is too much overlaps
    std::memcpy(step, from + i, slack);
    std::memcpy(to + i, step, slack);
  }
  return to + size;
}

template <class T>
inline char* put_bytes(char* to, const T& value) {
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

// May the number stand for one of twelve digits, which quantity::to_unit would find? Two conversions of two
// roundings and the three that to_unit allows keep the two within 11 units of 2^-53, 0.0013 of the twelfth
// digit at most: digits 13 to 15 are 000 or 001, 998 or 999.
bool near_short(const char* text, const char* end) {
  constexpr std::ptrdiff_t point_and_digits = 15;
  if (end - text < point_and_digits - 1) return false;
  if (*text >= '1' && *text <= '9' && end - text >= point_and_digits) {
    // without or with a point before them, the two are among the characters 12 to 14
    const auto round = [](char a, char b) { return a == b && (a == '0' || a == '9'); };
    if (!round(text[12], text[13]) && !round(text[13], text[14]) && !round(text[12], text[14])) return false;
  }
  char digits[3] = {'5', '5', '5'};
  int seen = 0;
  for (; text != end && *text != 'e' && seen < 15; ++text) {
    if (*text < '0' || *text > '9' || (seen == 0 && *text == '0')) continue;
    if (seen >= 12) digits[seen - 12] = *text;
    ++seen;
  }
  if (digits[0] != digits[1]) return false;
  return (digits[0] == '0' && digits[2] <= '1') || (digits[0] == '9' && digits[2] >= '8');
}

// As `estimate --json` prints it: converted to the unit, the shortest text that reads back to the same bits.
inline char* put_number(char* to, double converted, double coherent, std::string_view unit) {
  char* const end = std::to_chars(to, to + number_room, converted).ptr;
  const bool may_be_short = !unit.empty() && near_short(to, end);
  const bool exponent = end - to >= 5 && (end[-4] == 'e' || end[-5] == 'e');  // 1e+05, 1e+100
  if (!may_be_short && !exponent) return end;
  std::string text;
  if (may_be_short)
    text = quantity::shortest(quantity::to_unit(coherent, unit));
  else
    text = quantity::shortest(converted);  // exponents as everywhere else
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

}  // namespace

std::optional<RowFormat> row_format(std::string_view path) {
  if (path.ends_with(".csv")) return RowFormat::csv;
  if (path.ends_with(".jsonl") || path.ends_with(".ndjson")) return RowFormat::json_lines;
  if (path.ends_with(".npy")) return RowFormat::npy;
  return std::nullopt;
}

std::string_view begin_json_lines(std::string_view rows, std::string_view data_version,
                                  const RowSink::Write& write) {
  const std::size_t number = rows.find(',');  // behind the number of the row
  write(rows.substr(0, number));
  write(",\"data_version\":" + json_text(data_version));
  return rows.substr(number);
}

class RowPart : public grid::Part {
 public:
  RowPart(const RowSink& sink, std::string buffer)
      : bytes(std::move(buffer)), sink_(sink), written_(sink.results_.size()) {}

  void take(const Block& block, const double* const* columns, const unsigned char* keep) override {
    const auto& kernel = sink_.kernel_;
    const auto& axes = kernel.space().axes();
    const std::size_t last = axes.size() - 1;
    index_.resize(axes.size());
    for (std::size_t k = 0; k < kernel.outer_axes().size(); ++k)
      index_[kernel.outer_axes()[k]] = block.outer[k];
    std::size_t point = block.first_inner;
    for (std::size_t k = kernel.inner_axes().size(); k-- > 0;) {
      const std::size_t a = kernel.inner_axes()[k];
      index_[a] = point % axes[a].size();
      point /= axes[a].size();
    }
    for (std::size_t lane = 0; lane < block.lanes;) {  // along the last axis
      const std::size_t end = lane + std::min(block.lanes - lane, axes[last].size() - index_[last]);
      prefix_.resize((last + 1) * slack + sink_.row_room_);
      char* joined = prefix_.data();
      for (std::size_t a = 0; a < last; ++a) joined = axis_cell(joined, a, index_[a]);
      prefix_size_ = static_cast<std::size_t>(joined - prefix_.data());
      if (sink_.format_ == RowFormat::npy)
        records(block, lane, end, columns, keep);
      else
        lines(block, lane, end, columns, keep);
      lane = end;
      index_[last] = 0;
      for (std::size_t a = last; a-- > 0;) {
        if (++index_[a] < axes[a].size()) break;
        index_[a] = 0;
      }
    }
  }

  std::string_view written() const { return {bytes.data(), size_}; }

  std::string bytes;  // longer than what is written
  std::uint64_t rows = 0;

 private:
  char* axis_cell(char* to, std::size_t a, std::size_t i) const {
    const RowSink::AxisCells& cells = sink_.axes_[a];
    if (!cells.begins.empty())
      return put(to, cells.text.data() + cells.begins[i], cells.begins[i + 1] - cells.begins[i]);
    const Axis& axis = sink_.kernel_.space().axes()[a];
    if (!axis.numeric() || sink_.format_ == RowFormat::npy) {
      const std::string cell = sink_.axis_cell(a, i);
      std::memcpy(to, cell.data(), cell.size());
      return to + cell.size();
    }
    std::memcpy(to, cells.head.data(), cells.head.size());
    const double v = axis.numbers[i];
    return put_number(to + cells.head.size(), cells.scale.convert(v), v, cells.scale.unit);
  }

  // Where the next row goes.
  char* next() {
    const std::size_t needed = size_ + sink_.row_room_ + slack;
    if (bytes.size() < needed) bytes.resize(needed + growth);
    return bytes.data() + size_;
  }
  void end_row(const char* to) {
    size_ = static_cast<std::size_t>(to - bytes.data());
    ++rows;
  }

  void records(const Block& block, std::size_t lane, std::size_t end, const double* const* columns,
               const unsigned char* keep) {
    const std::size_t last = index_.size() - 1;
    std::size_t i = index_[last];
    for (; lane < end; ++lane, ++i) {
      if (keep != nullptr && keep[lane] == 0) continue;
      char* to = put_bytes(next(), block.row(lane));
      to = put(to, prefix_.data(), prefix_size_);
      to = axis_cell(to, last, i);
      for (const auto& result : sink_.results_)
        to = put_bytes(to, result.scale.convert(columns[result.column][lane]));
      if (sink_.bands_) to = band_cells(to, block.row(lane), columns, lane);
      end_row(to);
    }
  }

  void lines(const Block& block, std::size_t lane, std::size_t end, const double* const* columns,
             const unsigned char* keep) {
    const bool csv = sink_.format_ == RowFormat::csv;
    const std::size_t last = index_.size() - 1;
    std::size_t i = index_[last];
    for (; lane < end; ++lane, ++i) {
      if (keep != nullptr && keep[lane] == 0) continue;
      char* to = next();
      if (!csv) {
        constexpr std::string_view open = "{\"row\":";
        std::memcpy(to, open.data(), open.size());
        to += open.size();
      }
      to = std::to_chars(to, to + number_room, block.row(lane)).ptr;
      to = put(to, prefix_.data(), prefix_size_);
      to = axis_cell(to, last, i);
      for (std::size_t k = 0; k < written_.size(); ++k)
        to = result_cell(to, k, columns[sink_.results_[k].column][lane]);
      if (sink_.bands_) to = band_cells(to, block.row(lane), columns, lane);
      if (!csv) *to++ = '}';
      *to++ = '\n';
      end_row(to);
    }
  }

  char* number_cell(char* to, const std::string& head, const RowSink::Scale& scale, double v) const {
    std::memcpy(to, head.data(), head.size());
    to += head.size();
    if (!std::isnan(v)) return put_number(to, scale.convert(v), v, scale.unit);
    if (sink_.format_ != RowFormat::json_lines) return to;
    constexpr std::string_view null = "null";
    std::memcpy(to, null.data(), null.size());
    return to + null.size();
  }

  // The percentiles of each result; of what the row does not have there are none.
  char* band_cells(char* to, std::uint64_t row, const double* const* columns, std::size_t lane) const {
    const uncertain::Intervals found = sink_.bands_(row);
    for (const auto& cells : sink_.results_) {
      const bool known = !std::isnan(columns[cells.column][lane]);
      const auto info = grid::result_info(sink_.kernel_.results()[cells.column]);
      const uncertain::Band* band = known ? found.find(info.key) : nullptr;
      for (std::size_t p = 0; p < uncertain::percentiles.size(); ++p) {
        const double v = band == nullptr ? grid::absent : band->*uncertain::percentiles[p].value;
        to = sink_.format_ == RowFormat::npy ? put_bytes(to, cells.scale.convert(v))
                                             : number_cell(to, cells.bands[p], cells.scale, v);
      }
    }
    return to;
  }

  // A result often stays the same along the last axis: then the cell of the row before is right.
  char* result_cell(char* to, std::size_t k, double v) {
    Written& before = written_[k];
    const auto bits = std::bit_cast<std::uint64_t>(v);
    const std::size_t at = static_cast<std::size_t>(to - bytes.data());
    if (before.size != 0 && before.bits == bits) {
      to = put(to, bytes.data() + before.at, before.size);
      before.at = at;
      return to;
    }
    const RowSink::ResultCells& cells = sink_.results_[k];
    to = number_cell(to, cells.head, cells.scale, v);
    before = {bits, at, static_cast<std::size_t>(to - bytes.data()) - at};
    return to;
  }

  struct Written {
    std::uint64_t bits = 0;
    std::size_t at = 0;
    std::size_t size = 0;
  };
  const RowSink& sink_;
  std::size_t size_ = 0;
  std::vector<std::size_t> index_;
  std::string prefix_;  // cells of all axes but the last
  std::size_t prefix_size_ = 0;
  std::vector<Written> written_;
};

RowSink::Scale::Scale(std::string_view unit_name) : unit(unit_name) {
  if (unit.empty()) return;
  const auto factor = quantity::unit(unit).factor;
  const double power = std::pow(10.0, std::abs(factor.exponent));
  up = static_cast<double>(factor.denominator) * (factor.exponent < 0 ? power : 1.0);
  down = static_cast<double>(factor.numerator) * (factor.exponent > 0 ? power : 1.0);
}

RowSink::RowSink(const grid::Kernel& kernel, const std::vector<std::size_t>& columns, RowFormat format,
                 Write write, std::string data_version, Bands bands)
    : kernel_(kernel),
      format_(format),
      write_(std::move(write)),
      data_version_(std::move(data_version)),
      bands_(std::move(bands)) {
  if (kernel.inner_rows() != nullptr) throw diag::InternalError("rows are wanted in order");
  const auto head_of = [&](const std::string& key) {
    if (format_ == RowFormat::npy) return std::string{};
    return format_ == RowFormat::csv ? std::string{","} : ",\"" + key + "\":";
  };
  row_room_ = 2 * number_room;  // number of the row, brackets and line end
  for (const Axis& axis : kernel.space().axes()) {
    AxisCells cells{.head = head_of(axis.column()), .scale = Scale{axis.unit()}, .text = {}, .begins = {}};
    std::size_t longest = axis.numeric() ? number_room : 0;
    for (const std::string& text : axis.texts) {
      cells.width = std::max(cells.width, text.size());
      if (!axis.numeric())
        longest = std::max({longest, text.size(), csv_field(text).size(), json_text(text).size()});
    }
    cells.room = cells.head.size() + longest;
    row_room_ += cells.room;
    axes_.push_back(std::move(cells));
  }
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    AxisCells& cells = axes_[a];
    const std::size_t n = kernel.space().axes()[a].size();
    if (n > kept_cells) continue;
    for (std::size_t i = 0; i < n; ++i) {
      cells.begins.push_back(static_cast<std::uint32_t>(cells.text.size()));
      cells.text += axis_cell(a, i);
    }
    cells.begins.push_back(static_cast<std::uint32_t>(cells.text.size()));
    cells.text.append(slack, '\0');
  }
  for (const std::size_t c : columns) {
    const auto info = grid::result_info(kernel.results()[c]);
    results_.push_back({c, head_of(std::string{info.json_key}), Scale{info.unit}});
    row_room_ += results_.back().head.size() + number_room;
    if (!bands_) continue;
    for (const auto& [name, value] : uncertain::percentiles) {
      results_.back().bands.push_back(head_of(std::string{info.json_key}.append("_").append(name)));
      row_room_ += results_.back().bands.back().size() + number_room;
    }
  }
}

// With its head.
std::string RowSink::axis_cell(std::size_t a, std::size_t i) const {
  const Axis& axis = kernel_.space().axes()[a];
  if (format_ == RowFormat::npy) {  // a number, or a text filled with zero bytes
    std::string out;
    if (axis.numeric()) {
      out.resize(sizeof(double));
      put_bytes(out.data(), axis.machine(i));
    } else {
      out = axis.texts[i];
      out.append(axes_[a].width - out.size(), '\0');
    }
    return out;
  }
  if (axis.numeric()) return axes_[a].head + quantity::shortest(axis.machine(i));
  return axes_[a].head + (format_ == RowFormat::csv ? csv_field(axis.text(i)) : json_text(axis.text(i)));
}

std::unique_ptr<grid::Part> RowSink::part() {
  std::string buffer;
  const std::scoped_lock lock(mutex_);
  if (!spare_.empty()) {
    buffer = std::move(spare_.back());
    spare_.pop_back();
  }
  return std::make_unique<RowPart>(*this, std::move(buffer));
}

void RowSink::commit(grid::Part& part) {
  auto& p = static_cast<RowPart&>(part);
  std::string_view written = p.written();
  if (rows_ == 0 && p.rows > 0 && format_ == RowFormat::json_lines && !data_version_.empty())
    written = begin_json_lines(written, data_version_, write_);
  rows_ += p.rows;
  write_(written);
  const std::scoped_lock lock(mutex_);
  spare_.push_back(std::move(p.bytes));
}

std::uint64_t RowSink::task_points() const {
  constexpr std::uint64_t banded_rows = 256;  // a row takes as long as thousands of others
  if (bands_) return banded_rows;
  return static_cast<std::uint64_t>(std::max(1.0, part_bytes / row_bytes()));
}

std::vector<std::string> RowSink::result_keys() const {
  std::vector<std::string> out;
  for (const ResultCells& r : results_)
    out.emplace_back(grid::result_info(kernel_.results()[r.column]).json_key);
  if (!bands_) return out;
  for (const ResultCells& r : results_) {
    for (const auto& [name, value] : uncertain::percentiles)
      out.push_back(
          std::string{grid::result_info(kernel_.results()[r.column]).json_key}.append("_").append(name));
  }
  return out;
}

std::string RowSink::head(std::uint64_t rows) const {
  const auto& axes = kernel_.space().axes();
  if (format_ == RowFormat::json_lines) return {};
  if (format_ == RowFormat::csv) {
    std::string out = "row";
    for (const Axis& axis : axes) out += ',' + axis.column();
    for (const std::string& key : result_keys()) out += ',' + key;
    return out + '\n';
  }
  std::string description = "{'descr': [('row', '<u8')";
  for (std::size_t a = 0; a < axes.size(); ++a) {
    description += ", ('" + axes[a].column() + "', '" +
                   (axes[a].numeric() ? std::string{"<f8"} : "|S" + std::to_string(axes_[a].width)) + "')";
  }
  for (const std::string& key : result_keys()) description += ", ('" + key + "', '<f8')";
  std::string count = std::to_string(rows);
  const std::size_t digits = 20;  // room for any count, so that the head keeps its length
  description +=
      "], 'fortran_order': False, 'shape': (" + count + ",), }" + std::string(digits - count.size(), ' ');
  constexpr std::size_t preamble = 12;  // magic, version 2.0, length in four bytes
  constexpr std::size_t alignment = 64;
  while ((preamble + description.size() + 1) % alignment != 0) description += ' ';
  description += '\n';
  std::string out{"\x93NUMPY\x02\x00", 8};
  char size[4];
  put_bytes(size, static_cast<std::uint32_t>(description.size()));
  return out.append(size, sizeof size) + description;
}

double RowSink::row_bytes() const {
  const bool npy = format_ == RowFormat::npy;
  const auto key = [&](const std::string& head) {
    return format_ == RowFormat::json_lines ? static_cast<double>(head.size() - 1) : 0.0;
  };
  double out = npy ? 8 : 10;
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const double number = npy ? 8 : 10;
    out += key(axes_[a].head) +
           (kernel_.space().axes()[a].numeric() ? number : static_cast<double>(axes_[a].width) + 1);
  }
  for (const ResultCells& r : results_) {
    out += key(r.head) + (npy ? 8 : 18);
    for (const std::string& head : r.bands) out += key(head) + (npy ? 8 : 18);
  }
  return out;
}

}  // namespace kwhatif::report
