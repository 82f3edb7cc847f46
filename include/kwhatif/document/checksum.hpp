// A checksum of bytes as they come: tells a whole file from a broken one, does not guard against forgery.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace kwhatif::document {

/// FNV-1a over words of eight bytes, each mixed once more. The same bytes give the same sum in whatever
/// pieces they come.
class Checksum {
 public:
  void add(std::string_view bytes) {
    size_ += bytes.size();
    while (!bytes.empty()) {
      if (held_ == 0 && bytes.size() >= sizeof word_) {
        std::memcpy(&word_, bytes.data(), sizeof word_);
        bytes.remove_prefix(sizeof word_);
        step();
        continue;
      }
      word_ |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes.front())) << (8U * held_);
      bytes.remove_prefix(1);
      if (++held_ == sizeof word_) step();
    }
  }
  /// The bits of a number.
  template <class Number>
  void add_number(const Number& number) {
    add(std::string_view{reinterpret_cast<const char*>(&number), sizeof number});
  }
  /// 16 digits. Nothing changes, more bytes may follow.
  std::string hexadecimal() const {
    Checksum end = *this;
    end.step();
    end.word_ = size_;
    end.step();
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (unsigned shift = 64; shift > 0; shift -= 4) out += digits[(end.value_ >> (shift - 4)) & 15U];
    return out;
  }

 private:
  void step() {
    constexpr std::uint64_t prime = 0x100000001b3;
    value_ = (value_ ^ word_) * prime;
    value_ ^= value_ >> 32U;
    word_ = 0;
    held_ = 0;
  }
  std::uint64_t value_ = 0xcbf29ce484222325;
  std::uint64_t word_ = 0;
  std::uint64_t size_ = 0;
  unsigned held_ = 0;
};

}  // namespace kwhatif::document
