// Rows of a sweep as CSV, JSON Lines and .npy, formatted block by block.
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/report/sweep.hpp>
#include <kwhatif/report/table.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace kwhatif::report {

using analysis::Axis;
using analysis::Block;

namespace {

constexpr std::size_t kept_texts = 100'000;  // longer axes are formatted row by row
constexpr std::size_t number_room = 32;

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + '"';
}

std::string axis_cell(const Axis& axis, std::size_t i, RowFormat format) {
  if (axis.numeric()) return quantity::shortest(axis.machine(i));
  return format == RowFormat::csv ? csv_field(axis.text(i)) : json_text(axis.text(i));
}

// Digits 13 and 14 are 00 or 99: the number may stand for a shorter one, which quantity::to_unit finds.
bool near_short(const char* text, const char* end) {
  char digits[2] = {'1', '1'};
  int seen = 0;
  for (; text != end && *text != 'e' && seen < 14; ++text) {
    if (*text < '0' || *text > '9' || (seen == 0 && *text == '0')) continue;
    if (seen >= 12) digits[seen - 12] = *text;
    ++seen;
  }
  return digits[0] == digits[1] && (digits[0] == '0' || digits[0] == '9');
}

// As `estimate --json` prints it: converted to the unit, the shortest text that reads back to the same bits.
void append_number(std::string& out, double converted, double coherent, std::string_view unit) {
  char text[number_room];
  const auto end = std::to_chars(text, text + sizeof text, converted).ptr;
  if (near_short(text, end) && !unit.empty())
    out += quantity::shortest(quantity::to_unit(coherent, unit));
  else if (std::find(text, end, 'e') != end)
    out += quantity::shortest(converted);  // exponents as everywhere else
  else
    out.append(text, end);
}

void append_count(std::string& out, std::uint64_t value) {
  char text[number_room];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

template <class T>
void append_bytes(std::string& out, const T& value) {
  static_assert(std::endian::native == std::endian::little);
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

// A number, or a text filled with zero bytes.
std::string binary_cell(const Axis& axis, std::size_t i, std::size_t width) {
  std::string out;
  if (axis.numeric()) {
    append_bytes(out, axis.machine(i));
  } else {
    out = axis.texts[i];
    out.append(width - out.size(), '\0');
  }
  return out;
}

}  // namespace

std::optional<RowFormat> row_format(std::string_view path) {
  if (path.ends_with(".csv")) return RowFormat::csv;
  if (path.ends_with(".jsonl") || path.ends_with(".ndjson")) return RowFormat::json_lines;
  if (path.ends_with(".npy")) return RowFormat::npy;
  return std::nullopt;
}

class RowPart : public analysis::Part {
 public:
  explicit RowPart(const RowSink& sink) : sink_(sink) {}

  void take(const Block& block, const double* const* columns, const unsigned char* keep) override {
    const auto& kernel = sink_.kernel_;
    const auto& axes = kernel.space().axes();
    std::vector<std::size_t> index(axes.size());
    std::vector<std::size_t> position(axes.size(), 0);
    for (std::size_t k = 0; k < kernel.outer_axes().size(); ++k)
      index[kernel.outer_axes()[k]] = block.outer[k];
    std::size_t point = block.first_inner;
    for (std::size_t k = kernel.inner_axes().size(); k-- > 0;) {
      const std::size_t a = kernel.inner_axes()[k];
      index[a] = point % axes[a].size();
      point /= axes[a].size();
    }
    if (sink_.format_ == RowFormat::npy)
      bytes.reserve(bytes.size() + block.lanes * 16 * (axes.size() + columns_size()));
    for (std::size_t lane = 0; lane < block.lanes; ++lane) {
      if (keep == nullptr || keep[lane] != 0) {
        line(block.row(lane), axes, index, columns, lane);
        ++rows;
      }
      for (std::size_t k = kernel.inner_axes().size(); k-- > 0;) {
        const std::size_t a = kernel.inner_axes()[k];
        if (++index[a] < axes[a].size()) break;
        index[a] = 0;
      }
    }
  }

  std::string bytes;
  std::uint64_t rows = 0;

 private:
  std::size_t columns_size() const { return sink_.columns_.size(); }

  double machine(std::size_t k, double coherent) const {
    return coherent * sink_.scales_[k].up / sink_.scales_[k].down;
  }

  void binary(std::uint64_t row, const std::vector<Axis>& axes, const std::vector<std::size_t>& index,
              const double* const* columns, std::size_t lane) {
    const std::size_t at = bytes.size();
    bytes.resize(at + sink_.record_bytes_);
    char* to = bytes.data() + at;
    const auto put = [&](const void* from, std::size_t size) {
      std::memcpy(to, from, size);
      to += size;
    };
    put(&row, sizeof row);
    for (std::size_t a = 0; a < axes.size(); ++a) {
      if (!sink_.cells_[a].empty()) {
        const std::string& cell = sink_.cells_[a][index[a]];
        put(cell.data(), cell.size());
      } else {
        const std::string cell = binary_cell(axes[a], index[a], sink_.widths_[a]);
        put(cell.data(), cell.size());
      }
    }
    for (std::size_t k = 0; k < columns_size(); ++k) {
      const double v = machine(k, columns[sink_.columns_[k]][lane]);
      put(&v, sizeof v);
    }
  }

  void line(std::uint64_t row, const std::vector<Axis>& axes, const std::vector<std::size_t>& index,
            const double* const* columns, std::size_t lane) {
    if (sink_.format_ == RowFormat::npy) {
      binary(row, axes, index, columns, lane);
      return;
    }
    const bool csv = sink_.format_ == RowFormat::csv;
    bytes += csv ? std::string_view{} : std::string_view{"{\"row\":"};
    append_count(bytes, row);
    for (std::size_t a = 0; a < axes.size(); ++a) {
      bytes += ',';
      if (!csv) bytes += sink_.keys_[a];
      if (!sink_.cells_[a].empty())
        bytes += sink_.cells_[a][index[a]];
      else
        bytes += axis_cell(axes[a], index[a], sink_.format_);
    }
    for (std::size_t k = 0; k < columns_size(); ++k) {
      bytes += ',';
      if (!csv) bytes += sink_.keys_[axes.size() + k];
      const double v = columns[sink_.columns_[k]][lane];
      if (!std::isnan(v))
        append_number(bytes, machine(k, v), v, sink_.scales_[k].unit);
      else if (!csv)
        bytes += "null";
    }
    bytes += csv ? std::string_view{"\n"} : std::string_view{"}\n"};
  }

  const RowSink& sink_;
};

RowSink::RowSink(const analysis::Kernel& kernel, std::vector<std::size_t> columns, RowFormat format,
                 Write write)
    : kernel_(kernel), columns_(std::move(columns)), format_(format), write_(std::move(write)) {
  const auto& axes = kernel.space().axes();
  cells_.resize(axes.size());
  widths_.assign(axes.size(), 1);
  for (std::size_t a = 0; a < axes.size(); ++a) {
    keys_.push_back('"' + axes[a].column() + "\":");
    for (const std::string& text : axes[a].texts) widths_[a] = std::max(widths_[a], text.size());
    record_bytes_ += axes[a].numeric() ? sizeof(double) : widths_[a];
    if (axes[a].size() > kept_texts) continue;
    for (std::size_t i = 0; i < axes[a].size(); ++i)
      cells_[a].push_back(format_ == RowFormat::npy ? binary_cell(axes[a], i, widths_[a])
                                                    : axis_cell(axes[a], i, format));
  }
  record_bytes_ += sizeof(std::uint64_t) + columns_.size() * sizeof(double);
  for (const std::size_t c : columns_) {
    const auto info = analysis::result_info(kernel.results()[c]);
    keys_.push_back('"' + std::string{info.json_key} + "\":");
    Scale scale;  // the steps of quantity::to_unit, looked up once
    if (!info.unit.empty()) {
      const auto factor = quantity::unit(info.unit).factor;
      const double power = std::pow(10.0, std::abs(factor.exponent));
      scale.unit = info.unit;
      scale.up = static_cast<double>(factor.denominator) * (factor.exponent < 0 ? power : 1.0);
      scale.down = static_cast<double>(factor.numerator) * (factor.exponent > 0 ? power : 1.0);
    }
    scales_.push_back(scale);
  }
}

std::unique_ptr<analysis::Part> RowSink::part() { return std::make_unique<RowPart>(*this); }

void RowSink::commit(analysis::Part& part) {
  auto& p = static_cast<RowPart&>(part);
  rows_ += p.rows;
  write_(p.bytes);
}

std::string RowSink::head(std::uint64_t rows) const {
  const auto& axes = kernel_.space().axes();
  if (format_ == RowFormat::json_lines) return {};
  if (format_ == RowFormat::csv) {
    std::string out = "row";
    for (const Axis& axis : axes) out += ',' + axis.column();
    for (const std::size_t c : columns_)
      out += ',' + std::string{analysis::result_info(kernel_.results()[c]).json_key};
    return out + '\n';
  }
  std::string description = "{'descr': [('row', '<u8')";
  for (std::size_t a = 0; a < axes.size(); ++a) {
    description += ", ('" + axes[a].column() + "', '" +
                   (axes[a].numeric() ? std::string{"<f8"} : "|S" + std::to_string(widths_[a])) + "')";
  }
  for (const std::size_t c : columns_)
    description += ", ('" + std::string{analysis::result_info(kernel_.results()[c]).json_key} + "', '<f8')";
  std::string count = std::to_string(rows);
  const std::size_t digits = 20;  // room for any count, so that the head keeps its length
  description +=
      "], 'fortran_order': False, 'shape': (" + count + ",), }" + std::string(digits - count.size(), ' ');
  constexpr std::size_t preamble = 12;  // magic, version 2.0, length in four bytes
  constexpr std::size_t alignment = 64;
  while ((preamble + description.size() + 1) % alignment != 0) description += ' ';
  description += '\n';
  std::string out{"\x93NUMPY\x02\x00", 8};
  append_bytes(out, static_cast<std::uint32_t>(description.size()));
  return out + description;
}

double RowSink::row_bytes() const {
  const auto& axes = kernel_.space().axes();
  double out = format_ == RowFormat::npy ? 8 : 10;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    const double key = format_ == RowFormat::json_lines ? static_cast<double>(keys_[a].size()) : 0;
    out += key + (axes[a].numeric() ? (format_ == RowFormat::npy ? 8.0 : 10.0)
                                    : static_cast<double>(widths_[a]) + 1);
  }
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    out += format_ == RowFormat::npy ? 8 : 18;
    if (format_ == RowFormat::json_lines) out += static_cast<double>(keys_[axes.size() + k].size());
  }
  return out;
}

}  // namespace kwhatif::report
