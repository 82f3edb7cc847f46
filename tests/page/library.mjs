// The library of the page under Node: question as JSON in, answer as text out.
import {existsSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

export function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

export async function load(folder) {
  if (!existsSync(`${folder}/kwhatif.wasm`)) skip('the page is not built: cmake --build … --target page');
  const make = createRequire(import.meta.url)(`${folder}/kwhatif.js`);
  const library = await make({wasmBinary: readFileSync(`${folder}/kwhatif.wasm`)});
  return (question) => {
    const text = typeof question === 'string' ? question : JSON.stringify(question);
    const size = library.lengthBytesUTF8(text) + 1;
    const place = library._malloc(size);
    library.stringToUTF8(text, place, size);
    const answer = library.UTF8ToString(library._kwhatif_page_call(place));
    library._free(place);
    return answer;
  };
}
