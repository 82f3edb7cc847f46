// Unpacks the library in the page: a program of its own, of a few kilobytes and without any library. Browsers
// unpack gzip themselves; LZMA leaves a quarter less. After Igor Pavlov's specification
// (lzma-specification.txt, public domain); by WebAssembly, since JavaScript takes four times as long.
#include <cstddef>
#include <cstdint>

namespace {

using Chance = std::uint16_t;
constexpr Chance even = 1024;

struct Reader {
  const std::uint8_t* in;
  const std::uint8_t* end;
  std::uint32_t range = 0xFFFFFFFF;
  std::uint32_t code = 0;

  void more() {
    if (range >= 1U << 24) return;
    range <<= 8;
    code = code << 8 | (in != end ? *in++ : 0U);
  }
  unsigned bit(Chance& chance) {
    const std::uint32_t bound = (range >> 11) * chance;
    unsigned out = 0;
    if (code < bound) {
      range = bound;
      chance = static_cast<Chance>(chance + ((2048 - chance) >> 5));
    } else {
      range -= bound;
      code -= bound;
      chance = static_cast<Chance>(chance - (chance >> 5));
      out = 1;
    }
    more();
    return out;
  }
  unsigned direct(unsigned count) {
    unsigned out = 0;
    for (; count > 0; --count) {
      range >>= 1;
      const unsigned one = code >= range ? 1 : 0;
      if (one != 0) code -= range;
      more();
      out = out << 1 | one;
    }
    return out;
  }
  unsigned tree(Chance* chances, unsigned count) {
    unsigned m = 1;
    for (unsigned i = 0; i < count; ++i) m = m << 1 | bit(chances[m]);
    return m - (1U << count);
  }
  unsigned reversed(Chance* chances, unsigned count) {
    unsigned m = 1;
    unsigned out = 0;
    for (unsigned i = 0; i < count; ++i) {
      const unsigned b = bit(chances[m]);
      m = m << 1 | b;
      out |= b << i;
    }
    return out;
  }
};

struct Lengths {
  Chance choice[2], low[16][8], middle[16][8], high[256];

  unsigned read(Reader& reader, unsigned place) {
    if (reader.bit(choice[0]) == 0) return reader.tree(low[place], 3);
    if (reader.bit(choice[1]) == 0) return 8 + reader.tree(middle[place], 3);
    return 16 + reader.tree(high, 8);
  }
};

struct Chances {
  Chance match[12][16], rep[12], rep0[12], rep1[12], rep2[12], rep0_long[12][16];
  Chance slots[4][64], special[115], aligned[16];
  Lengths lengths, rep_lengths;
  Chance literals[0x300 << 4];  // lc + lp <= 4
};

}  // namespace

extern "C" {

extern unsigned char __heap_base;  // where the linker says that memory is free

/// Where what is packed may be put, and behind it, what comes out.
unsigned char* unpack_room() { return &__heap_base + sizeof(Chances); }

/// @param in  LZMA of one piece ("alone" form), which `packed` bytes hold
/// @return 0, or 1 where it is no such thing
int unpack(const std::uint8_t* in, std::size_t packed, std::uint8_t* out, std::size_t size) {
  if (packed < 18) return 1;
  const unsigned lc = in[0] % 9;
  const unsigned lp = in[0] / 9 % 5;
  const unsigned pb = in[0] / 45;
  if (lc + lp > 4 || pb > 4) return 1;
  auto* const all = reinterpret_cast<Chance*>(&__heap_base);
  auto& c = *reinterpret_cast<Chances*>(&__heap_base);
  for (std::size_t i = 0; i < sizeof c / sizeof(Chance); ++i) all[i] = even;
  Reader r{.in = in + 14, .end = in + packed};
  for (int i = 0; i < 4; ++i) r.code = r.code << 8 | *r.in++;

  unsigned state = 0;
  std::size_t far[4] = {0, 0, 0, 0};  // the last distances, less 1
  std::size_t n = 0;
  while (n < size) {
    const std::size_t place = n & ((1U << pb) - 1);
    if (r.bit(c.match[state][place]) == 0) {
      const unsigned before = n > 0 ? out[n - 1] : 0;
      Chance* const literal = c.literals + 0x300 * (((n & ((1U << lp) - 1)) << lc) + (before >> (8 - lc)));
      unsigned symbol = 1;
      if (state >= 7) {
        if (far[0] >= n) return 1;
        unsigned expected = out[n - far[0] - 1];
        do {
          const unsigned e = expected >> 7 & 1;
          expected <<= 1;
          const unsigned s = r.bit(literal[((1 + e) << 8) + symbol]);
          symbol = symbol << 1 | s;
          if (e != s) break;
        } while (symbol < 0x100);
      }
      while (symbol < 0x100) symbol = symbol << 1 | r.bit(literal[symbol]);
      out[n++] = static_cast<std::uint8_t>(symbol);
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    unsigned length = 0;
    if (r.bit(c.rep[state]) != 0) {
      bool one = false;
      if (r.bit(c.rep0[state]) == 0) {
        one = r.bit(c.rep0_long[state][place]) == 0;
      } else {
        const unsigned which = r.bit(c.rep1[state]) == 0 ? 1 : 2 + r.bit(c.rep2[state]);
        const std::size_t distance = far[which];
        for (unsigned i = which; i > 0; --i) far[i] = far[i - 1];
        far[0] = distance;
      }
      length = one ? 1 : 2 + c.rep_lengths.read(r, static_cast<unsigned>(place));
      state = one ? (state < 7 ? 9 : 11) : (state < 7 ? 8 : 11);
    } else {
      for (unsigned i = 3; i > 0; --i) far[i] = far[i - 1];
      length = 2 + c.lengths.read(r, static_cast<unsigned>(place));
      state = state < 7 ? 7 : 10;
      const unsigned slot = r.tree(c.slots[length < 6 ? length - 2 : 3], 6);
      far[0] = slot;
      if (slot >= 4) {
        const unsigned more = (slot >> 1) - 1;
        far[0] = static_cast<std::size_t>(2 | (slot & 1)) << more;
        far[0] += slot < 14 ? r.reversed(c.special + far[0] - slot, more)
                            : (r.direct(more - 4) << 4) + r.reversed(c.aligned, 4);
      }
    }
    if (far[0] >= n) return 1;
    const std::uint8_t* from = out + n - far[0] - 1;
    for (std::size_t last = n + length < size ? n + length : size; n < last; ++n) out[n] = *from++;
  }
  return 0;
}

}  // extern "C"
