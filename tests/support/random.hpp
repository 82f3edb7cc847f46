// Random inputs for property tests: fixed seeds and no std::*_distribution, so every machine tries the same
// cases.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace kwhatif::test {

/// How many random cases to try. Sanitizers, which slow everything to a sixth, see the same code run by
/// fewer.
constexpr int repeats(int cases) {
#ifdef __SANITIZE_ADDRESS__
  return cases / 6;
#else
  return cases;
#endif
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// A whole number in [0, n).
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  /// A number in [low, high).
  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11U) * 0x1p-53;
  }
  /// A positive number of any magnitude between 10^low and 10^high.
  double magnitude(double low, double high) { return std::pow(10.0, between(low, high)); }
  /// Any finite double, by its bits.
  double any_finite() {
    while (true) {
      const double x = std::bit_cast<double>(engine_());
      if (std::isfinite(x)) return x;
    }
  }
  /// Text of up to `longest` characters out of an alphabet.
  std::string text(std::string_view alphabet, std::size_t longest) {
    std::string out(below(longest + 1), ' ');
    for (char& c : out) c = alphabet[below(alphabet.size())];
    return out;
  }
  /// Up to `longest` arbitrary bytes.
  std::string bytes(std::size_t longest) {
    std::string out(below(longest + 1), ' ');
    for (char& c : out) c = static_cast<char>(static_cast<unsigned char>(below(256)));
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

/// Same bits: tells 0 from -0 and says what differs when it fails.
inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

}  // namespace kwhatif::test
