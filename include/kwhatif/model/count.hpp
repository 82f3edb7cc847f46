// An exact count (parameters, rows, layers) whose overflow is an error and never silent.
#pragma once

#include <compare>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace kwhatif::model {

/// Thrown where a count leaves the 64 bits it is kept in. read_config() turns it into a Diagnostic.
class CountOverflow : public std::overflow_error {
 public:
  CountOverflow() : std::overflow_error("the count is larger than 2^64 - 1") {}
};

/// A non-negative whole number with checked arithmetic.
class Count {
 public:
  constexpr Count() = default;
  constexpr Count(std::uint64_t value) : value_(value) {}  // implicit: literals are counts

  constexpr std::uint64_t value() const { return value_; }
  constexpr double as_double() const { return static_cast<double>(value_); }
  std::string text() const { return std::to_string(value_); }

  constexpr Count& operator+=(Count other) { return *this = *this + other; }
  friend constexpr Count operator+(Count a, Count b) {
    std::uint64_t sum = 0;
    if (__builtin_add_overflow(a.value_, b.value_, &sum)) throw CountOverflow();
    return sum;
  }
  friend constexpr Count operator*(Count a, Count b) {
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(a.value_, b.value_, &product)) throw CountOverflow();
    return product;
  }
  /// The difference; below zero is an overflow.
  friend constexpr Count operator-(Count a, Count b) {
    if (a.value_ < b.value_) throw CountOverflow();
    return a.value_ - b.value_;
  }
  friend constexpr auto operator<=>(Count, Count) = default;

 private:
  std::uint64_t value_ = 0;
};

/// a / b rounded up.
constexpr Count ceil_divide(Count a, Count b) {
  return a.value() / b.value() + (a.value() % b.value() == 0 ? 0U : 1U);
}

/// a rounded up to a multiple of b.
constexpr Count round_up(Count a, Count b) { return ceil_divide(a, b) * b; }

}  // namespace kwhatif::model
