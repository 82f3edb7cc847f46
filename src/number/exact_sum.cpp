#include <kwhatif/number/exact_sum.hpp>

#include <bit>
#include <cmath>

namespace kwhatif::number {

namespace {
constexpr int piece_bits = 32;
constexpr std::uint64_t piece_mask = 0xFFFFFFFFU;
constexpr int lowest_exponent = -1074;  // of the smallest double
constexpr std::uint32_t adds_before_carry = 1U << 30U;
}  // namespace

// Room for the pieces first … last.
void ExactSum::reach(int first, int last) {
  if (pieces_.empty()) first_ = first;
  if (first < first_) {
    pieces_.insert(pieces_.begin(), static_cast<std::size_t>(first_ - first), 0);
    first_ = first;
  }
  const auto size = static_cast<std::size_t>(last - first_ + 1);
  if (pieces_.size() < size) pieces_.resize(size, 0);
}

void ExactSum::add(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const auto exponent = static_cast<int>(bits >> 52U & 0x7FFU);
  std::uint64_t mantissa = bits & 0xFFFFFFFFFFFFFU;
  if (exponent > 0) mantissa |= std::uint64_t{1} << 52U;
  if (mantissa == 0) return;
  const int place = exponent > 0 ? exponent - 1 : 0;  // of the lowest bit, above 2^-1074
  const int piece = place / piece_bits;
  const auto shift = static_cast<unsigned>(place % piece_bits);
  if (piece < first_ || pieces_.size() < static_cast<std::size_t>(piece + 3 - first_))
    reach(piece, piece + 2);
  const std::uint64_t low = mantissa << shift;
  const std::uint64_t high = shift > 0 ? mantissa >> (64U - shift) : 0;
  std::int64_t* at = pieces_.data() + (piece - first_);
  const bool negative = bits >> 63U != 0;
  const auto put = [negative](std::int64_t& to, std::uint64_t what) {
    const auto signed_piece = static_cast<std::int64_t>(what);
    to += negative ? -signed_piece : signed_piece;
  };
  put(at[0], low & piece_mask);
  put(at[1], low >> piece_bits);
  put(at[2], high);
  if (++since_carry_ >= adds_before_carry) carry();
}

// Leaves every piece but the last between 0 and 2^32 - 1.
void ExactSum::carry() {
  since_carry_ = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const std::int64_t over = pieces_[i] >> piece_bits;  // rounds down
    if (over == 0 || (i + 1 == pieces_.size() && over == -1)) continue;
    if (i + 1 == pieces_.size()) pieces_.push_back(0);
    pieces_[i] -= over * (std::int64_t{1} << piece_bits);
    pieces_[i + 1] += over;
  }
}

void ExactSum::merge(const ExactSum& other) {
  if (other.pieces_.empty()) return;
  ExactSum more = other;
  more.carry();
  carry();
  reach(more.first_, more.first_ + static_cast<int>(more.pieces_.size()) - 1);
  for (std::size_t i = 0; i < more.pieces_.size(); ++i)
    pieces_[static_cast<std::size_t>(more.first_ - first_) + i] += more.pieces_[i];
  carry();
}

double ExactSum::value() const {
  ExactSum sum = *this;
  sum.carry();
  bool negative = !sum.pieces_.empty() && sum.pieces_.back() < 0;
  if (negative) {
    for (std::int64_t& p : sum.pieces_) p = -p;
    sum.carry();
  }
  auto top = static_cast<int>(sum.pieces_.size()) - 1;
  while (top >= 0 && sum.pieces_[static_cast<std::size_t>(top)] == 0) --top;
  if (top < 0) return 0;
  // the highest 64 bits; what lies below is remembered in the last one, so that rounding to 53 sees it
  const auto piece = [&](int i) {
    return i < 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(sum.pieces_[static_cast<std::size_t>(i)]);
  };
  const auto unused = static_cast<unsigned>(std::countl_zero(piece(top))) - piece_bits;  // of the top piece
  std::uint64_t bits = (piece(top) << piece_bits | piece(top - 1)) << unused;
  if (unused > 0) bits |= piece(top - 2) >> (piece_bits - unused);
  bool rest = (piece(top - 2) << unused & piece_mask) != 0;
  for (int i = top - 3; i >= 0 && !rest; --i) rest = piece(i) != 0;
  if (rest) bits |= 1U;
  const int exponent = lowest_exponent + piece_bits * (sum.first_ + top - 1) - static_cast<int>(unused);
  const double magnitude = std::ldexp(static_cast<double>(bits), exponent);
  return negative ? -magnitude : magnitude;
}

}  // namespace kwhatif::number
