// Every published run: `estimate --json` and `explain --json` of the program, and of the page, byte for byte; and places
// ranked, whose order hangs on every digit.
import {spawnSync} from 'node:child_process';
import {load} from './library.mjs';

const [folder, program] = process.argv.slice(2);
const call = await load(folder);
const ids = JSON.parse(call({verb: 'inputs'})).names.run.map((run) => run.id);
let same = 0, refused = 0, fused = 0;
const different = [];

// The C library of the program takes fused multiply-add where the processor has it, and its exp and pow then round
// otherwise: the last bits of a few intervals are those of the machine. WebAssembly has none.
const no_fma = {...process.env, GLIBC_TUNABLES: 'glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4'};
const without_fma = (words) => spawnSync(program, words, {encoding: 'utf8', maxBuffer: 1 << 26, env: no_fma}).stdout;

function compare(id, question, ...words) {
  const native = spawnSync(program, words, {encoding: 'utf8', maxBuffer: 1 << 26});
  const ours = call(question);
  if (native.status === 2 && JSON.parse(ours).errors) ++refused;
  else if (native.stdout === ours) ++same;
  else if (without_fma(words) === ours) ++fused;
  else different.push(`${words.join(' ')}:\n${difference(native.stdout, ours)}`);
}

function difference(a, b) {
  const [x, y] = [a.split('\n'), b.split('\n')];
  const at = x.findIndex((line, i) => line !== y[i]);
  return `  program: ${x[at]}\n  page:    ${y[at]}`;
}

for (const id of ids) {
  compare(id, {verb: 'estimate', run: id}, 'estimate', id, '--json');
  compare(id, {verb: 'explain', run: id}, 'explain', id, '--json');
}
const run = {params: '70B', tokens: '2T', hardware: 'h100-sxm5', chips: '2048', region: 'gcp:us-central1'};
const flags = Object.entries(run).flatMap(([flag, value]) => [`--${flag}`, value]);
compare('places', {verb: 'compare', inputs: run, options: {vary: ['region=all']}}, 'compare', ...flags, '--vary', 'region=all', '--json');
compare('devices', {verb: 'compare', inputs: run, options: {vary: ['hardware=all']}}, 'compare', ...flags, '--vary', 'hardware=all', '--json');
compare('levers', {verb: 'levers', inputs: run}, 'levers', ...flags, '--json');
compare('life cycle', {verb: 'lifecycle', inputs: run}, 'lifecycle', ...flags, '--json');
compare('equivalents', {verb: 'equiv', arguments: ['340 t']}, 'equiv', '340 t', '--json');
compare('a service', {verb: 'serve', options: {model: 'llama-3.1-8b', hardware: 'h100-sxm5', devices: 1}}, 'serve', 'llama-3.1-8b',
  '--hardware', 'h100-sxm5', '--devices', '1', '--json');
console.log(`${same} answers with the same bytes, ${fused} with those of a processor without FMA, ${refused} refused by both, ${different.length} different`);
for (const each of different.slice(0, 20)) console.log(each);
process.exit(different.length > 0 || same < 2 * 50 ? 1 : 0);
