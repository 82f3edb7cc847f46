// Puts the page together: one file out of the HTML, the style, the script, Emscripten's glue and the library, which is
// packed (gzip) and written as text (base64).
// Usage: node assemble.mjs FOLDER_OF_SOURCES GLUE.js LIBRARY.wasm OUTPUT.html
import {readFileSync, writeFileSync} from 'node:fs';
import {gzipSync} from 'node:zlib';

const [folder, glue, wasm, output] = process.argv.slice(2);
const text = (path) => readFileSync(path, 'utf8');
const script = (path) => text(path).replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
const inside = {
  STYLE: text(`${folder}/style.css`),
  GLUE: script(glue),
  SCRIPT: script(`${folder}/page.js`),
  WASM: gzipSync(readFileSync(wasm), {level: 9}).toString('base64'),
};
const page = text(`${folder}/page.html`).replace(/@([A-Z]+)@/g, (_, name) => inside[name]);
writeFileSync(output, page);
const largest = 1.5e6;
console.log(`${output}: ${(page.length / 1e6).toFixed(2)} MB`);
if (page.length > largest) console.log(`warning: larger than ${largest / 1e6} MB`);
