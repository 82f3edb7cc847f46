// The page in a browser without a screen, over its debugging pipe: a first answer, a change, a wrong input, a dropped file;
// nothing is requested from anywhere. With a folder as third argument it leaves pictures there.
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {skip} from './library.mjs';

const [page, chromium, pictures] = process.argv.slice(2);
if (!existsSync(page)) skip('the page is not built: cmake --build … --target page');
if (!chromium || !existsSync(chromium)) skip('no Chromium');

const profile = mkdtempSync(join(tmpdir(), 'kwhatif-page-'));
const browser = spawn(chromium, ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe', `--user-data-dir=${profile}`,
  '--no-first-run', '--disable-dev-shm-usage', 'about:blank'], {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});
const [to, from] = [browser.stdio[3], browser.stdio[4]];
let number = 0, unread = '', session;
const waiting = new Map(), requests = [], faults = [];
from.on('data', (data) => {
  unread += data;
  for (let end; (end = unread.indexOf('\0')) >= 0; unread = unread.slice(end + 1)) receive(JSON.parse(unread.slice(0, end)));
});

function receive(message) {
  if (message.id) {
    const {resolve, reject} = waiting.get(message.id);
    waiting.delete(message.id);
    message.error ? reject(new Error(message.error.message)) : resolve(message.result);
  } else if (message.method === 'Network.requestWillBeSent') requests.push(message.params.request.url);
  else if (message.method === 'Runtime.exceptionThrown') faults.push(message.params.exceptionDetails.exception?.description || message.params.exceptionDetails.text);
  else if (message.method === 'Log.entryAdded' && message.params.entry.level === 'error') faults.push(message.params.entry.text);
}

function send(method, params = {}) {
  const id = ++number;
  to.write(JSON.stringify({id, method, params, ...(session ? {sessionId: session} : {})}) + '\0');
  return new Promise((resolve, reject) => waiting.set(id, {resolve, reject}));
}

async function run(expression) {
  const {result, exceptionDetails} = await send('Runtime.evaluate', {expression: `(async () => { ${expression} })()`, awaitPromise: true, returnByValue: true});
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description || exceptionDetails.text);
  return result.value;
}

let failed = 0;
function check(holds, what) {
  console.log(`${holds ? 'ok    ' : 'FAILED'} ${what}`);
  if (!holds) ++failed;
}

async function picture(name, width, dark) {
  if (!pictures) return;
  await send('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'}]});
  await send('Emulation.setDeviceMetricsOverride', {width, height: 900, deviceScaleFactor: 1, mobile: width < 500});
  await run('await new Promise((r) => setTimeout(r, 300))');
  const {data} = await send('Page.captureScreenshot', {captureBeyondViewport: true, format: 'png'});
  writeFileSync(join(pictures, `${name}-${width}-${dark ? 'dark' : 'light'}.png`), Buffer.from(data, 'base64'));
}

const settle = 'await new Promise((r) => setTimeout(r, 150));';
const type = (flag, value) => `const f = document.getElementById('in-${flag}'); f.value = ${JSON.stringify(value)}; f.dispatchEvent(new Event('input', {bubbles: true})); ${settle}`;
const numbers = `return [...document.querySelectorAll('.card .number')].map((n) => n.textContent)`;

try {
  const {targetId} = await send('Target.createTarget', {url: 'about:blank'});
  session = (await send('Target.attachToTarget', {targetId, flatten: true})).sessionId;
  for (const domain of ['Network', 'Runtime', 'Log', 'Page']) await send(`${domain}.enable`);
  await send('Emulation.setDeviceMetricsOverride', {width: 1280, height: 900, deviceScaleFactor: 1, mobile: false});
  await send('Page.navigate', {url: `file://${page}`});
  let ready = 0;
  for (let i = 0; i < 600 && !ready; ++i) {
    await new Promise((r) => setTimeout(r, 100));
    ready = await run(`return Number(document.documentElement.dataset.ready || 0)`).catch(() => 0);
    if (faults.length) break;
  }
  check(ready > 0, `a first answer after ${ready} ms`);
  const first = await run(numbers);
  check(first.length >= 5 && /Wh$/.test(first[0]), `results: ${first.join(', ')}`);
  await picture('first', 1280, false);
  await picture('first', 390, false);
  await picture('first', 1280, true);
  await picture('first', 390, true);
  const took = await run(`const out = []; for (const n of ['1024', '512', '256', '1024']) { document.getElementById('in-chips').value = n;
    const t = performance.now(); update(); out.push(performance.now() - t); } return out`);
  check(took.at(-1) < 2000, `changes take ${took.map((t) => t.toFixed(0)).join(', ')} ms`);
  check((await run(numbers))[3] !== first[3], 'another number of devices, another time');
  await run(type('hardware', 'h100-sxm6'));
  check(await run(`return document.getElementById('in-hardware').getAttribute('aria-invalid') === 'true' && document.getElementById('answer').inert
    && document.getElementById('in-hardware-error').textContent.length > 10`), 'a wrong input says so at its field, and the results are stale');
  await picture('wrong', 1280, false);
  await picture('wrong', 390, true);
  await run(type('hardware', 'h100-sxm5'));
  check(await run(`return !document.getElementById('answer').inert && !document.querySelector('[aria-invalid]')`), 'put right, it answers again');
  const published = await run(`const all = document.getElementById('names-run').options, had = all.length; document.getElementById('published').focus();
    document.getElementById('published').blur(); return [had, all.length]`);
  check(published[1] > 50 && published[1] < published[0], `of ${published[0]} published runs ${published[1]} can be computed`);
  await run(type('region', ''));
  check(await run(`return [...document.querySelectorAll('.card')].filter((c) => c.querySelector('.unknown')).every((c) => c.lastElementChild.textContent.length > 10)`),
    'what is not known says why');
  await picture('partial', 390, false);
  await run(type('region', 'gcp:us-central1'));
  await run(`await open_file(new File([JSON.stringify({model_type: 'llama', architectures: ['LlamaForCausalLM'], hidden_size: 4096, intermediate_size: 14336,
    num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8, vocab_size: 128256, tie_word_embeddings: false})], 'config.json'))`);
  check(await run(`return document.getElementById('in-config').value === 'config.json' && !document.getElementById('answer').inert`), 'a config.json is taken');
  await run(`await open_file(new File(['[model]\\nparameters = "7B"\\n[training]\\ntokens = "1T"\\n[hardware]\\nid = "a100-sxm4-80gb"\\ncount = 64\\n'], 'run.toml'))`);
  await run(settle);
  check(await run(`return document.getElementById('in-params').value === '7B' && document.getElementById('in-chips').value === '64'`), 'a run file fills the fields');
  await run(type('region', 'gcp:us-central1'));
  await run(`document.getElementById('change-flag').value = 'chips'; document.getElementById('change-value').value = '128';
    document.getElementById('change').requestSubmit(); ${settle}`);
  check(await run(`return document.querySelectorAll('#comparison table').length > 0`), 'a change is compared');
  const opened = await run(`for (const d of document.querySelectorAll('details')) d.open = true; ${settle} await new Promise((r) => setTimeout(r, 2500));
    return [...document.querySelectorAll('#more > details')].map((d) => [d.id.slice(5), d.lastElementChild.childElementCount])`);
  check(opened.every(([, n]) => n > 1), `parts that open: ${opened.map((o) => o.join(' ')).join(', ')}`);
  const settable = await run(`const bad = []; for (const a of lastView.assumptions) if (a.set !== null) { const v = view({verb: 'estimate', ...run(), inputs: {...said(), [a.flag]: a.set}});
    if (v.errors) bad.push(a.flag + ' ' + a.set + ': ' + v.errors[0].message); } return bad`);
  check(settable.length === 0, `assumptions can be set ${settable.join('; ')}`);
  await picture('opened', 1280, false);
  await picture('opened', 390, true);
  const unlabelled = await run(`return [...document.querySelectorAll('input, select, button')].filter((e) => !(e.labels?.length || e.textContent.trim() || e.getAttribute('aria-label'))).map((e) => e.outerHTML.slice(0, 80))`);
  check(unlabelled.length === 0, `every control has a name ${unlabelled.join(' ')}`);
  const twice = await run(`const ids = [...document.querySelectorAll('[id]')].map((e) => e.id); return ids.filter((id, i) => ids.indexOf(id) !== i)`);
  check(twice.length === 0, `no id twice ${twice.join(' ')}`);
  await run(type('load', '30 %').replace('in-load', 'service-load'));
  check(await run(`for (let i = 0; i < 50; ++i) { if (document.getElementById('part-serving').textContent.includes('serve 30 %')) return true;
    ${settle} } return false`), 'what is typed of the service is served');
  for (const width of [1280, 390]) {
    await send('Emulation.setDeviceMetricsOverride', {width, height: 900, deviceScaleFactor: 1, mobile: width < 500});
    await run('await new Promise((r) => setTimeout(r, 1500))');
    const wide = await run('return document.documentElement.scrollWidth - document.documentElement.clientWidth');
    check(wide <= 0, `nothing is wider than ${width} px (${wide} px)`);
  }
  const reports = await run(`const out = []; for (const f of form.report.forms) { document.getElementById('report-form').value = f.form; out.push([f.form, (report() || '').length]); } return out`);
  check(reports.length > 5 && reports.every(([, size]) => size > 200), `reports: ${reports.map((r) => r.join(' ')).join(', ')}`);
  await run(`document.getElementById('reset').click(); ${settle}`);
  check(await run(`return document.getElementById('answer').inert && document.querySelector('#errors button') !== null`), 'cleared, it says what it needs');
  await run(`document.querySelector('#errors button').click(); ${settle}`);
  check(await run(`return !document.getElementById('answer').inert`), 'an example can be filled in');
  await run(`take({params: '7B', tokens: '1T', hardware: 'a100-sxm4-80gb', chips: '64', region: 'gcp:us-central1'}); changes = [{flag: 'chips', value: '128'}]; update(); ${settle}`);
  const link = await run('return location.hash');
  await send('Page.navigate', {url: 'about:blank'});
  await send('Page.navigate', {url: `file://${page}${link}`});
  for (let i = 0; i < 100; ++i) {
    await new Promise((r) => setTimeout(r, 100));
    if (await run(`return document.documentElement.dataset.ready`).catch(() => 0)) break;
  }
  check(await run(`return document.getElementById('in-params').value === '7B' && document.querySelectorAll('#comparison table').length > 0`), `a link brings it all back: ${link}`);
  const left = requests.filter((url) => !/^(file|data|blob|about):/.test(url));
  check(left.length === 0, `no request left ${left.join(' ')}`);
  check(faults.length === 0, `no fault in the browser ${faults.join('; ')}`);
} catch (fault) {
  check(false, fault.stack);
} finally {
  browser.kill();
  await new Promise((r) => browser.on('exit', r));
  rmSync(profile, {recursive: true, force: true, maxRetries: 5});
}
process.exit(failed > 0 ? 1 : 0);
