'use strict';
// The library as it lies in the page, and how it is asked: text in, text out. The page and the tests under Node both
// take it from here. Written by assemble.mjs: seven bits a character, LZMA below.

// Three of the characters cannot stand in a script (NUL and CR are changed, < may end it); such a one is written with the
// seven bits behind it as one character of two bytes, so that nothing is lost.
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

/// What unpack.cpp makes of `packed`: `size` bytes.
async function unpacked(program, packed, size) {
  const {memory, unpack_room, unpack} = (await WebAssembly.instantiate(program, {})).instance.exports;
  const page = 65536, from = unpack_room(), to = from + packed.length;
  memory.grow(Math.ceil(Math.max(0, to + size - memory.buffer.byteLength) / page));
  new Uint8Array(memory.buffer).set(packed, from);
  if (unpack(from, packed.length, to, size) !== 0) throw new Error('this file is damaged');
  return new Uint8Array(memory.buffer, to, size);
}

/// {ask, version} of the WebAssembly that page.cmake builds. Of a system it wants room alone: no file, no clock.
async function library_of(bytes) {
  let own;
  const memory = () => new Uint8Array(own.memory.buffer);
  const numbers = () => new Uint32Array(own.memory.buffer);
  const never = (what) => () => { throw new Error(what + ' is not there'); };
  const grow = (size) => {
    const page = 65536, most = 2 ** 31 - page, has = own.memory.buffer.byteLength;
    if (size > most) return 0;
    try { own.memory.grow(Math.ceil((Math.min(most, Math.max(size, 1.2 * has)) - has) / page)); } catch { return 0; }
    return 1;
  };
  own = (await WebAssembly.instantiate(bytes, {
    env: {emscripten_memcpy_big: (to, from, size) => { memory().copyWithin(to, from, from + size); }, emscripten_resize_heap: (size) => grow(size >>> 0),
      strftime_l: never('a clock'), abort: never('a way on')},
    wasi_snapshot_preview1: {environ_sizes_get: (count, size) => { numbers()[count >> 2] = numbers()[size >> 2] = 0; return 0; }, environ_get: () => 0},
  })).instance.exports;
  own.__wasm_call_ctors();
  const text_at = (place) => {
    const all = memory();
    return new TextDecoder().decode(all.subarray(place, all.indexOf(0, place)));
  };
  return {
    ask(text) {
      const bytes_of_text = new TextEncoder().encode(text.replaceAll('\0', ' '));
      const place = own.malloc(bytes_of_text.length + 1);
      memory().set(bytes_of_text, place);
      memory()[place + bytes_of_text.length] = 0;
      try { return text_at(own.kwhatif_page_call(place)); } finally { own.free(place); }
    },
    version: () => text_at(own.kwhatif_page_version()),
  };
}

if (typeof module === 'object') module.exports = {library_of, unpacked, from_text};
