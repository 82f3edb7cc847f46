'use strict';
// The library as it lies in the page: LZMA, in text. Browsers unpack gzip themselves; LZMA leaves a quarter less.

// Seven bits a character. Three of them cannot stand in a script (NUL and CR are changed, < may end it); such a one is
// written with the seven bits behind it as one character of two bytes, and nothing is lost.
const unsayable = [0x00, 0x0d, 0x3c];
function from_text(text) {
  const out = new Uint8Array(Math.floor(text.length * 14 / 8) + 2);
  let bits = 0, count = 0, size = 0;
  const put = (seven) => {
    bits = (bits << 7) | seven;
    count += 7;
    if (count >= 8) {
      count -= 8;
      out[size++] = bits >>> count;
      bits &= (1 << count) - 1;
    }
  };
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    if (code >= 0x100) {
      put(unsayable[(code - 0x100) >> 7]);
      put((code - 0x100) & 127);
    } else put(code);
  }
  return out.subarray(0, size);
}

// LZMA of one piece ("alone" form, as xz --format=lzma writes it) whose size is known. After Igor Pavlov's
// specification (lzma-specification.txt, public domain).
function unpack(packed, size) {
  const lc = packed[0] % 9, lp = Math.floor(packed[0] / 9) % 5, pb = Math.floor(packed[0] / 45);
  const out = new Uint8Array(size);
  // where the probabilities of each kind begin
  const match = 0, rep = 192, rep0 = 204, rep1 = 216, rep2 = 228, rep0_long = 240, slots = 432, special = 688, aligned = 803;
  const lengths = 819, rep_lengths = 1333, literals = 1847;
  const p = new Uint16Array(literals + (0x300 << (lc + lp))).fill(1024);
  let at = 13 + 1, range = 0xffffffff, code = 0, size_now = 0;
  for (let i = 0; i < 4; ++i) code = ((code << 8) | packed[at++]) >>> 0;

  const bit = (i) => {
    const chance = p[i], bound = (range >>> 11) * chance;
    let out_bit = 0;
    if (code < bound) {
      range = bound;
      p[i] = chance + ((2048 - chance) >> 5);
    } else {
      range -= bound;
      code -= bound;
      p[i] = chance - (chance >> 5);
      out_bit = 1;
    }
    if (range < 0x1000000) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | packed[at++]) >>> 0;
    }
    return out_bit;
  };
  const direct = (count) => {
    let value = 0;
    while (count-- > 0) {
      range >>>= 1;
      const one = code >= range ? 1 : 0;
      if (one) code -= range;
      if (range < 0x1000000) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | packed[at++]) >>> 0;
      }
      value = value * 2 + one;
    }
    return value;
  };
  const tree = (base, count) => {
    let m = 1;
    for (let i = 0; i < count; ++i) m = (m << 1) | bit(base + m);
    return m - (1 << count);
  };
  const reversed = (base, count) => {
    let m = 1, value = 0;
    for (let i = 0; i < count; ++i) {
      const b = bit(base + m);
      m = (m << 1) | b;
      value |= b << i;
    }
    return value;
  };
  const length_of = (base, place) => {  // two choices, 16 low trees, 16 middle trees, one high
    if (!bit(base)) return tree(base + 2 + (place << 3), 3);
    if (!bit(base + 1)) return 8 + tree(base + 130 + (place << 3), 3);
    return 16 + tree(base + 258, 8);
  };

  let state = 0, a = 0, b = 0, c = 0, d = 0;  // and the last four distances
  const literal_places = (1 << lp) - 1, places = (1 << pb) - 1;
  while (size_now < size) {
    const place = size_now & places;
    if (!bit(match + (state << 4) + place)) {
      const before = size_now > 0 ? out[size_now - 1] : 0;
      const base = literals + 0x300 * (((size_now & literal_places) << lc) + (before >> (8 - lc)));
      let symbol = 1;
      if (state >= 7) {
        let expected = out[size_now - a - 1];
        do {
          const e = (expected >> 7) & 1;
          expected <<= 1;
          const s = bit(base + ((1 + e) << 8) + symbol);
          symbol = (symbol << 1) | s;
          if (e !== s) break;
        } while (symbol < 0x100);
      }
      while (symbol < 0x100) symbol = (symbol << 1) | bit(base + symbol);
      out[size_now++] = symbol;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let length = 0;
    if (bit(rep + state)) {
      if (!bit(rep0 + state)) {
        if (!bit(rep0_long + (state << 4) + place)) {
          out[size_now] = out[size_now - a - 1];
          ++size_now;
          state = state < 7 ? 9 : 11;
          continue;
        }
      } else {
        let distance = b;
        if (bit(rep1 + state)) {
          distance = c;
          if (bit(rep2 + state)) {
            distance = d;
            d = c;
          }
          c = b;
        }
        b = a;
        a = distance;
      }
      length = length_of(rep_lengths, place);
      state = state < 7 ? 8 : 11;
    } else {
      d = c;
      c = b;
      b = a;
      length = length_of(lengths, place);
      state = state < 7 ? 7 : 10;
      const slot = tree(slots + (Math.min(length, 3) << 6), 6);
      a = slot;
      if (slot >= 4) {
        const more = (slot >> 1) - 1;
        a = (2 | (slot & 1)) * 2 ** more;
        a += slot < 14 ? reversed(special + a - slot, more) : direct(more - 4) * 16 + reversed(aligned, 4);
      }
    }
    for (let left = Math.min(length + 2, size - size_now); left > 0; --left, ++size_now) out[size_now] = out[size_now - a - 1];
  }
  return out;
}
