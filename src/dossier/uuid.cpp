#include "uuid.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace kwhatif::dossier {

namespace {

using Digest = std::array<std::uint8_t, 20>;

// SHA-1 (FIPS 180-4): what version 5 is defined by, and no protection against anybody.
class Sha1 {
 public:
  Digest of(std::string message) {
    const std::uint64_t bits = 8 * static_cast<std::uint64_t>(message.size());
    message += '\x80';
    while (message.size() % block_size != block_size - 8) message += '\0';
    for (int shift = 56; shift >= 0; shift -= 8)
      message += static_cast<char>(static_cast<std::uint8_t>(bits >> static_cast<unsigned>(shift)));
    for (std::size_t at = 0; at < message.size(); at += block_size)
      add_block(std::string_view{message}.substr(at, block_size));
    Digest out{};
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<std::uint8_t>(state_[i / 4] >> (8 * (3 - i % 4)));
    return out;
  }

 private:
  static constexpr std::size_t block_size = 64;
  static constexpr std::size_t rounds = 80;

  void add_block(std::string_view block) {
    std::array<std::uint32_t, rounds> w{};
    for (std::size_t i = 0; i < block_size; ++i)
      w[i / 4] = (w[i / 4] << 8U) | static_cast<std::uint8_t>(block[i]);
    for (std::size_t i = 16; i < rounds; ++i)
      w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    auto [a, b, c, d, e] = state_;
    for (std::size_t i = 0; i < rounds; ++i) {
      std::uint32_t f = b ^ c ^ d;
      std::uint32_t k = i < 40 ? 0x6ED9EBA1 : 0xCA62C1D6;
      if (i < 20) {
        f = (b & c) | (~b & d);
        k = 0x5A827999;
      } else if (i >= 40 && i < 60) {
        f = (b & c) | (b & d) | (c & d);
        k = 0x8F1BBCDC;
      }
      const std::uint32_t next = std::rotl(a, 5) + f + e + k + w[i];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    const std::array added{a, b, c, d, e};
    for (std::size_t i = 0; i < state_.size(); ++i) state_[i] += added[i];
  }

  std::array<std::uint32_t, 5> state_{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
};

// 6ba7b811-9dad-11d1-80b4-00c04fd430c8 of RFC 9562: names that are URLs.
constexpr std::array<std::uint8_t, 16> urls{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
                                            0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

}  // namespace

std::string uuid_of(std::string_view name) {
  std::string message(urls.begin(), urls.end());
  message += name;
  Digest digest = Sha1{}.of(std::move(message));
  constexpr std::size_t length = 16;
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0FU) | 0x50U);  // version 5
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3FU) | 0x80U);  // variant
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < length; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += digits[digest[i] >> 4U];
    out += digits[digest[i] & 0x0FU];
  }
  return out;
}

}  // namespace kwhatif::dossier
