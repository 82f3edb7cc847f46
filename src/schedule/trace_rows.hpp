// Lines of a file of intensities while it is read: their times and values, a million of them.
#pragma once

#include "trace_stamps.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::schedule {

/// One line of data, small: there may be a million of them.
class TraceRow {
 public:
  TraceRow(const Stamp& read, std::size_t where, std::size_t where_value)
      : offset(static_cast<std::uint32_t>(where)),
        value_offset(static_cast<std::uint32_t>(where_value)),
        minute(static_cast<std::int16_t>(read.minute.value_or(none))),
        has_epoch(read.epoch.has_value()),
        order_open(read.order_open),
        epoch_(read.epoch.value_or(0)),
        year_(static_cast<std::int16_t>(read.year)),
        first_(static_cast<std::int16_t>(read.first)),
        second_(static_cast<std::int16_t>(read.second)),
        east_(static_cast<std::int16_t>(read.offset.value_or(none))) {}

  Stamp stamp() const {
    Stamp out;
    out.year = year_;
    out.first = first_;
    out.second = second_;
    out.order_open = order_open;
    if (minute != none) out.minute = minute;
    if (east_ != none) out.offset = east_;
    if (has_epoch) out.epoch = epoch_;
    return out;
  }
  /// Whether the time is one of UTC whatever the file says of its zone.
  bool knows_zone() const { return east_ != none || has_epoch; }

  std::uint32_t offset, value_offset;  // [byte]
  std::int16_t minute;                 // of the day
  std::int16_t companion = 0;          // minute of the day, hour or half-hour
  bool has_epoch, order_open;

 private:
  static constexpr std::int16_t none = std::numeric_limits<std::int16_t>::min();
  std::int64_t epoch_;
  std::int16_t year_, first_, second_, east_;
};

/// Times of one day in the usual form, "2022-01-01T05:00Z": but for the clock they are alike.
class SameDay {
 public:
  /// Minute of the day of a time that differs from the one followed in its clock alone; -1 for others.
  int minute(std::string_view time) const {
    if (time.size() != size_ || size_ == 0 || std::memcmp(time.data(), day_.data(), clock) != 0 ||
        time.substr(after) != std::string_view{day_}.substr(after))
      return -1;
    return minute_at(time);
  }
  /// Takes a time that read_stamp() reads, whole minutes.
  void follow(std::string_view time) {
    size_ = 0;
    constexpr std::string_view form = "0000-00-00";
    if (time.size() < after || minute_at(time) < 0 || (time[clock - 1] != 'T' && time[clock - 1] != ' '))
      return;
    for (std::size_t i = 0; i < form.size(); ++i) {
      if (form[i] == '0' ? !is_digit(time[i]) : time[i] != form[i]) return;
    }
    // half of a day ("5:00 PM") or another time may stand behind
    std::string_view rest = time.substr(after);
    if (rest.size() >= 3 && rest[0] == ':' && is_digit(rest[1]) && is_digit(rest[2])) rest.remove_prefix(3);
    if (!rest.empty() && rest[0] != 'Z' && rest[0] != '+' && rest[0] != '-') return;
    day_ = time;
    size_ = time.size();
  }

 private:
  static constexpr std::size_t clock = 11, after = 16;
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static int minute_at(std::string_view time) {
    const auto digit = [&](std::size_t at) { return is_digit(time[at]) ? time[at] - '0' : 1000; };
    const int hours = digit(clock) * 10 + digit(clock + 1);
    const int minutes = digit(clock + 3) * 10 + digit(clock + 4);
    return time[clock + 2] == ':' && hours < 24 && minutes < 60 ? hours * 60 + minutes : -1;
  }
  std::string day_;
  std::size_t size_ = 0;
};

/// Values as they were read, by the text of their cells: a file has few different ones.
class ValueCache {
 public:
  /// Cells that are short enough hold their whole text in a number, which is never 0.
  /// @param text  in which the cell stands, without zero bytes
  static std::uint64_t key(std::string_view cell, std::string_view text) {
    std::uint64_t out = 0;
    if (cell.empty() || cell.size() > sizeof out) return 0;
    if (cell.data() >= text.data() && cell.data() + sizeof out <= text.data() + text.size()) {
      std::memcpy(&out, cell.data(), sizeof out);  // of fixed size, and cut off: faster than as much as it is
      return out & (~std::uint64_t{0} >> (8U * (sizeof out - cell.size())));
    }
    std::memcpy(&out, cell.data(), cell.size());
    return out;
  }
  /// @param key  not 0
  const double* find(std::uint64_t key) const {
    const Entry& entry = entries_[slot(key)];
    return entry.key == key ? &entry.value : nullptr;
  }
  void put(std::uint64_t key, double value) { entries_[slot(key)] = {key, value}; }

 private:
  struct Entry {
    std::uint64_t key = 0;
    double value = 0;
  };
  static std::size_t slot(std::uint64_t key) { return (key * 0x9e3779b97f4a7c15U) >> (64U - bits); }
  static constexpr unsigned bits = 15;
  std::vector<Entry> entries_ = std::vector<Entry>(std::size_t{1} << bits);
};

}  // namespace kwhatif::schedule
