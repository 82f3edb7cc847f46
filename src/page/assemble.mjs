// Puts the page together: one file out of the HTML, the style, the scripts and the library, packed by LZMA and written in
// seven bits a character (library.js reads it).
// Usage: node assemble.mjs FOLDER_OF_SOURCES XZ LIBRARY.wasm UNPACK.wasm OUTPUT.html
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const [folder, xz, wasm, unpack, output] = process.argv.slice(2);
const {from_text} = createRequire(import.meta.url)('./library.js');
const text = (path) => readFileSync(path, 'utf8');
// Lines that are comments alone stay behind.
const script = (path) => text(path).replace(/^\s*\/\/.*\n/gm, '').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');

function to_text(bytes) {
  const codes = [];
  const unsayable = [0x00, 0x0d, 0x3c];
  let held = -1;  // which unsayable one waits for the seven bits behind it
  const put = (seven) => {
    if (held >= 0) {
      codes.push(0x100 + held * 128 + seven);
      held = -1;
    } else if ((held = unsayable.indexOf(seven)) < 0) codes.push(seven);
  };
  let bits = 0, count = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    count += 8;
    while (count >= 7) {
      count -= 7;
      put(bits >>> count);
      bits &= (1 << count) - 1;
    }
  }
  for (const seven of [(bits << (7 - count)) & 127, 1]) put(seven);
  let out = '';
  for (let i = 0; i < codes.length; i += 10000) out += String.fromCharCode(...codes.slice(i, i + 10000));
  return out;
}

const library = readFileSync(wasm);
const packed = execFileSync(xz, ['--format=lzma', '--lzma1=preset=9e,lc=4,pb=0', '--stdout', wasm], {maxBuffer: 1 << 28});
const written = to_text(packed);
if (Buffer.compare(packed, Buffer.from(from_text(written)).subarray(0, packed.length)) !== 0) throw new Error('what is written is not read');
const inside = {
  STYLE: text(`${folder}/style.css`).replace(/\n\s*/g, '\n'),
  LIBRARY: script(`${folder}/library.js`),
  SCRIPT: script(`${folder}/page.js`),
  UNPACK: readFileSync(unpack).toString('base64'),
  SIZE: String(library.length),
  WASM: written,
};
const page = text(`${folder}/page.html`).replace(/@([A-Z]+)@/g, (_, name) => inside[name]);
writeFileSync(output, page);
const largest = 1.5e6, size = Buffer.byteLength(page);
console.log(`${output}: ${(size / 1e6).toFixed(2)} MB`);
if (size > largest) console.log(`warning: larger than ${largest / 1e6} MB`);
