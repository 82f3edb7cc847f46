// Makes the linked library smaller: Binaryen over its code, while the data wait outside. (Binaryen parts data at their
// zeros, which makes them larger once packed, and cannot be told not to.)
// Usage: node shrink.mjs WASM-OPT LINKED.wasm OUTPUT.wasm
import {execFileSync} from 'node:child_process';
import {readFileSync, rmSync, writeFileSync} from 'node:fs';

const [wasm_opt, linked, output] = process.argv.slice(2);
const all = readFileSync(linked);

// The sections of a module: [number, its bytes with its head].
function sections(bytes) {
  const out = [];
  for (let at = 8; at < bytes.length;) {
    const start = at++;
    let size = 0, shift = 0, part;
    do {
      part = bytes[at++];
      size += (part & 127) * 2 ** shift;
      shift += 7;
    } while (part >= 128);
    at += size;
    out.push([bytes[start], bytes.subarray(start, at)]);
  }
  return out;
}

const data = 11, count_of_data = 12;
const parts = sections(all);
const code_file = output + '.code', small_file = output + '.small';
writeFileSync(code_file, Buffer.concat([all.subarray(0, 8), ...parts.filter(([id]) => id !== data && id !== count_of_data).map(([, part]) => part)]));
execFileSync(wasm_opt, [code_file, '-o', small_file, '-Oz', '--enable-exception-handling', '--enable-mutable-globals'], {stdio: 'inherit'});
const small = readFileSync(small_file);
if (sections(small).some(([id]) => id === data)) throw new Error('data where none were');
writeFileSync(output, Buffer.concat([small, ...parts.filter(([id]) => id === data).map(([, part]) => part)]));
rmSync(code_file);
rmSync(small_file);
