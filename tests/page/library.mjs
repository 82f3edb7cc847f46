// The library of the page under Node: question as JSON in, answer as text out.
import {existsSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

export function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

export async function load(folder) {
  if (!existsSync(`${folder}/kwhatif.wasm`)) skip('the page is not built: cmake --build … --target page');
  const {library_of} = createRequire(import.meta.url)('../../src/page/library.js');
  const library = await library_of(readFileSync(`${folder}/kwhatif.wasm`));
  return (question) => library.ask(typeof question === 'string' ? question : JSON.stringify(question));
}
