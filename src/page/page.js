'use strict';
// The page asks the library and shows what it says: no formula, no number format and no wording of results is here.

const $ = (id) => document.getElementById(id);
const mainFields = ['model', 'params', 'tokens', 'hardware', 'chips', 'region', 'precision', 'framework', 'hours', 'price'];
const cards = [
  ['facility_energy', 'Electricity'], ['operational_location', 'CO2e of the electricity'], ['total_co2e', 'CO2e with manufacture'],
  ['wall_time', 'Time'], ['device_time', 'Device-time'], ['cost', 'Money'], ['water', 'Water']];
const example = {params: '70B', tokens: '2T', hardware: 'h100-sxm5', chips: '2048', region: 'gcp:us-central1'};
// Questions that are asked once their part of the page is open.
const parts = [
  ['places', 'Places ranked', {verb: 'compare', options: {vary: ['region=all'], limit: '15'}}],
  ['devices', 'Devices that are offered', {verb: 'compare', options: {vary: ['hardware=all']}}],
  ['levers', 'What reduces it', {verb: 'levers'}],
  ['lifecycle', 'Life cycle', {verb: 'lifecycle'}],
  ['serving', 'Serving the model', {verb: 'serve'}],
  ['methods', 'The same run by other methods', {verb: 'methods'}],
  ['explain', 'How every number follows', {verb: 'explain'}],
  ['full', 'The whole answer as the program prints it', {verb: 'estimate'}]];

let library, form, inputs = new Map(), names = {};
let base = {};     // a run file or published run that the fields lie over
let files = {};    // contents of dropped files, by name
let changes = [];  // [{flag, value}]: runs to compare with
let lastView = null;

// --- the library ---------------------------------------------------------------------------------------------------

async function start() {
  const packed = $('library').textContent.trim();
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(packed) : Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const wasmBinary = new Uint8Array(await new Response(plain).arrayBuffer());
  library = await kwhatif_library({wasmBinary});
}

function ask(question) {
  const text = JSON.stringify(question);
  const size = library.lengthBytesUTF8(text) + 1;
  const place = library._malloc(size);
  library.stringToUTF8(text, place, size);
  try {
    return library.UTF8ToString(library._kwhatif_page_call(place));
  } catch (fault) {
    return JSON.stringify({errors: [{code: 'internal', message: String(fault), help: 'this is a bug of kwhatif', field: null}]});
  } finally {
    library._free(place);
  }
}
const view = (question) => JSON.parse(ask({form: 'view', ...question}));
const run = () => ({...base.question, inputs: said(), files});

// --- elements ------------------------------------------------------------------------------------------------------

function make(tag, attributes = {}, ...children) {
  const out = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) out.addEventListener(key.slice(2), value);
    else if (key === 'style') out.style.cssText = value;
    else out.setAttribute(key, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined) out.append(child);
  return out;
}

// A text in which each flag of the command line leads to its field.
function linked(text) {
  const out = document.createElement('span');
  for (const piece of String(text).split(/(--[a-z][a-z-]*[a-z])/)) {
    const flag = piece.slice(2);
    if (piece.startsWith('--') && inputs.has(flag))
      out.append(make('button', {type: 'button', class: 'link', onclick: () => go(flag)}, inputs.get(flag).label));
    else out.append(piece);
  }
  return out;
}

function go(flag) {
  const field = $('in-' + flag);
  for (let up = field.parentElement; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true;
  field.focus();
  field.scrollIntoView({block: 'center'});
}

function set(flag, value) {
  $('in-' + flag).value = value;
  go(flag);
  update();
}

// Names of the tables in an answer can be taken over.
function cell(text) {
  for (const kind of ['region', 'hardware'])
    if (names[kind].has(text))
      return make('button', {type: 'button', class: 'link', title: 'use it', onclick: () => set(kind, text)}, text);
  return text;
}

function table(block, label) {
  const titled = block.columns.some((c) => c.title);
  const side = (i) => (block.columns[i].right ? 'right' : null);
  const wanted = new Set(block.decisive);
  const wide = make('div', {class: 'scroll'}, make('table', {},
    titled ? make('thead', {}, make('tr', {}, block.columns.map((c, i) => make('th', {scope: 'col', class: side(i)}, c.title)))) : null,
    make('tbody', {}, block.rows.map((row, r) => make('tr', {class: wanted.has(r) ? 'decisive' : null},
      row.map((text, i) => make('td', {class: side(i)}, i < 3 ? cell(text) : text)))))));
  requestAnimationFrame(() => {
    if (wide.scrollWidth > wide.clientWidth) for (const [k, v] of [['tabindex', 0], ['role', 'region'], ['aria-label', label || 'Table']]) wide.setAttribute(k, v);
  });
  return wide;
}

function tree(branch) {
  return make('li', {}, branch.text, branch.parts ? make('ul', {}, branch.parts.map(tree)) : null);
}

function blocks(list) {
  let label = '';
  return (list || []).map((block) => {
    switch (block.kind) {
      case 'heading': label = block.text; return make('h3', {}, block.text);
      case 'paragraph': return make('p', {}, block.head ? make('strong', {}, block.head.trim() + ' ') : null, linked(block.text));
      case 'table': return table(block, label);
      case 'tree': return make('ul', {class: 'tree'}, tree(block));
      case 'command': return make('pre', {}, (block.head || '') + block.text);
      default: return make('pre', {}, block.text);
    }
  });
}

const faults = (errors) => errors.map((e) => make('p', {}, linked(e.message + (e.help ? ': ' + e.help : ''))));

// --- the form ------------------------------------------------------------------------------------------------------

function field(info) {
  const id = 'in-' + info.flag;
  const shared = {id, name: info.flag, 'aria-describedby': id + '-help ' + id + '-error'};
  const control = info.choices
    ? make('select', shared, make('option', {value: ''}, 'not said'), info.choices.map((c) => make('option', {value: c}, c)))
    : make('input', {...shared, placeholder: info.example, spellcheck: 'false', autocapitalize: 'off', list: info.names ? 'names-' + info.names : null});
  return make('div', {class: 'field'}, make('label', {for: id}, info.label), control,
    make('p', {class: 'help', id: id + '-help'}, info.help + (info.example && !info.choices ? '; for example ' + info.example : '')),
    make('p', {class: 'error', id: id + '-error'}));
}

function build() {
  form = JSON.parse(ask({verb: 'inputs'}));
  for (const [kind, rows] of Object.entries(form.names)) {
    names[kind] = new Map(rows.map((r) => [r.id, r.name]));
    document.body.append(make('datalist', {id: 'names-' + kind}, rows.map((r) => make('option', {value: r.id, label: r.name && r.name !== r.id ? r.name : null}))));
  }
  const groups = form.groups.map((g) => [g, g.inputs.map((i) => (inputs.set(i.flag, i), i))]);
  $('main-fields').append(...mainFields.map((flag) => field(inputs.get(flag))));
  for (const [group, all] of groups) {
    const rest = all.filter((i) => !mainFields.includes(i.flag));
    $('more-fields').append(make('details', {}, make('summary', {}, 'More on the ' + group.label.toLowerCase()), make('div', {}, rest.map(field))));
  }
  for (const info of inputs.values()) $('change-flag').append(make('option', {value: info.flag}, info.label));
  $('change-flag').value = 'hardware';
  for (const [id, title, question] of parts)
    $('more').append(make('details', {id: 'part-' + id, ontoggle: () => fill(id, question)}, make('summary', {}, make('h2', {}, title)), make('div')));
  $('notices').append(...form.notices.map((n) => make('li', {}, n)));
  $('version').textContent = 'kwhatif ' + library.UTF8ToString(library._kwhatif_page_version());
}

function said() {
  const out = {};
  for (const flag of inputs.keys()) {
    const value = $('in-' + flag).value.trim();
    if (value) out[flag] = value;
  }
  return out;
}

function take(values) {
  for (const flag of inputs.keys()) {
    const control = $('in-' + flag);
    const value = values[flag] || '';
    if (control.tagName === 'SELECT' && value && ![...control.options].some((o) => o.value === value)) control.append(make('option', {value}, value));
    control.value = value;
  }
}

// --- the answer ----------------------------------------------------------------------------------------------------

function show_errors(errors) {
  for (const flag of inputs.keys()) {
    const mine = errors.filter((e) => e.field === flag);
    const control = $('in-' + flag);
    control.parentElement.classList.toggle('wrong', mine.length > 0);
    if (mine.length) control.setAttribute('aria-invalid', 'true'); else control.removeAttribute('aria-invalid');
    $('in-' + flag + '-error').replaceChildren(...mine.map((e) => e.message + (e.help ? '\n' + e.help : '')));
  }
  $('answer').classList.toggle('stale', errors.length > 0);
  $('answer').toggleAttribute('inert', errors.length > 0);
  $('errors').replaceChildren(...errors.map((e) => make('p', {},
    inputs.has(e.field) ? make('button', {type: 'button', class: 'link', onclick: () => go(e.field)}, inputs.get(e.field).label) : (e.field || ''),
    e.field ? ': ' : '', linked(e.message + (inputs.has(e.field) || !e.help ? '' : ': ' + e.help)))));
}

function band(b, value) {
  const most = Math.max(b.p95, value) * 1.06;
  const at = (x) => (100 * x / most).toFixed(2) + '%';
  const span = (from, to) => make('i', {style: 'left:' + at(from) + ';width:' + at(to - from)});
  return make('div', {class: 'band', 'aria-hidden': 'true'}, span(b.p05, b.p95), span(b.p25, b.p75), make('b', {style: 'left:' + at(value)}));
}

function card([key, label], results) {
  const r = results.get(key);
  if (r.shown === null) {
    const low = results.get('cost_low'), high = results.get('cost_high');
    if (key === 'cost' && (low.shown || high.shown))
      return make('div', {class: 'card'}, make('h3', {}, label), make('p', {class: 'number'}, [low.shown, high.shown].filter((x) => x).join(' to ')));
    return make('div', {class: 'card'}, make('h3', {}, label), make('p', {class: 'number unknown'}, 'not known'), make('p', {}, linked(r.reason || '')));
  }
  return make('div', {class: 'card'}, make('h3', {}, label), make('p', {class: 'number'}, r.shown),
    r.band ? [band(r.band, r.value), make('p', {}, '50 %: ' + r.band.half), make('p', {}, '90 %: ' + r.band.most)] : null);
}

function rows(list) {
  return make('div', {class: 'rows'}, list.map(([label, share, amount]) => [make('span', {}, label),
    make('div', {class: 'bar', 'aria-hidden': 'true', style: 'width:' + (100 * Math.max(0, share)).toFixed(2) + '%'}), make('span', {class: 'amount'}, amount)]));
}

function show(v) {
  const results = new Map(v.results.map((r) => [r.key, r]));
  $('cards').replaceChildren(...cards.map((c) => card(c, results)));
  $('summary').textContent = v.sentence;
  $('legend').textContent = v.certainty.length ? v.certainty[0].text : '';
  $('warnings').replaceChildren(...v.warnings.map((w) => make('p', {}, linked(w.message + (w.hint ? ': ' + w.hint : '')))));
  $('time-section').hidden = !v.time;
  if (v.time)
    $('time').replaceChildren(rows(v.time.terms.map((t) => [t.label, t.share, t.share_shown])), make('p', {class: 'quiet'}, 'Mostly: ' + v.time.bound + '.'));
  $('sure-section').hidden = !v.drivers.length;
  $('sure').replaceChildren(rows(v.drivers.map((d) => [inputs.has(d.flag) ? make('button', {type: 'button', class: 'link', onclick: () => go(d.flag)}, d.label) : d.label, d.share, d.share_shown])),
    ...v.certainty.filter((b) => b.kind === 'paragraph').map((b) => make('p', {class: 'quiet'}, linked(b.text))));
  $('assumed-count').textContent = '(' + v.assumptions.length + ')';
  $('assumed').lastElementChild.replaceChildren(make('table', {},
    make('thead', {}, make('tr', {}, ['What', 'Value', 'Why', ''].map((t) => make('th', {scope: 'col'}, t)))),
    make('tbody', {}, v.assumptions.map((a) => make('tr', {}, make('td', {}, a.label), make('td', {}, a.shown),
      make('td', {class: 'words'}, a.status, a.words ? ': ' : '', linked(a.words), a.source ? ' [' + a.source + ']' : '', a.effect ? '; its spread moves ' + a.effect : ''),
      make('td', {}, !inputs.has(a.flag) ? null : make('button', {type: 'button', 'aria-label': 'Set ' + a.label,
        onclick: () => (a.set === null ? go(a.flag) : set(a.flag, a.set))}, 'set')))))));
  $('cited').lastElementChild.replaceChildren(make('ul', {}, v.sources.map((s) => make('li', {},
    s.url ? make('a', {href: s.url, rel: 'noreferrer noopener', target: '_blank'}, s.title) : s.title, s.year ? ' (' + s.year + ')' : '',
    s.licence ? ', ' + s.licence : '', s.attribution ? '; ' + s.attribution : ''))));
}

function fill(id, question) {
  const part = $('part-' + id);
  if (!part.open || !lastView) return;
  const asked = {...run(), ...question};
  if (question.verb === 'serve') {
    const {model, hardware, region, grid, ci, pue, price} = said();
    asked.inputs = {};
    asked.options = Object.fromEntries(Object.entries({model, hardware, region, grid, ci, pue, price}).filter(([, v]) => v));
  }
  const v = view(asked);
  part.lastElementChild.replaceChildren(...(v.errors ? faults(v.errors) : [...v.warnings.map((w) => make('p', {class: 'note'}, linked(w.message + (w.hint ? ': ' + w.hint : '')))), ...blocks(v.blocks)]));
}

function draw() {
  const width = Math.max(240, Math.min(900, $('answer').clientWidth - 4));
  const v = JSON.parse(ask({...run(), form: 'svg', width, id_prefix: 'run'}));
  const drawn = v.charts || [];
  $('chart-section').hidden = !drawn.length;
  $('charts').replaceChildren(...drawn.map((c) => {
    const figure = make('figure', {}, make('div'), c.note ? make('figcaption', {class: 'quiet'}, c.note) : null);
    figure.firstElementChild.innerHTML = c.svg;
    return figure;
  }));
}

function compare() {
  $('changes').replaceChildren(...changes.map((c, i) => make('li', {}, make('button', {type: 'button', 'aria-label': 'Remove ' + c.flag + ' ' + c.value,
    onclick: () => { changes.splice(i, 1); update(); }}, inputs.get(c.flag).label + ' ' + c.value + ' ×'))));
  if (!changes.length) { $('comparison').replaceChildren(); return; }
  const one = run();
  const v = view({verb: 'compare', files, runs: [{...one, name: 'as said'}, ...changes.map((c) =>
    ({...one, inputs: {...one.inputs, [c.flag]: c.value}, name: c.flag + ' ' + c.value}))]});
  $('comparison').replaceChildren(...(v.errors ? faults(v.errors) : blocks(v.blocks)));
}

function remember() {
  const link = new URLSearchParams({tables: form.edition, ...said()});
  if (base.question && base.question.run) link.set('run', base.question.run);
  for (const c of changes) link.append('vs', c.flag + '=' + c.value);
  try { history.replaceState(null, '', '#' + link); } catch { location.hash = link; }
}

function update() {
  const v = view({verb: 'estimate', ...run()});
  remember();
  if (v.errors) { show_errors(v.errors); return; }
  show_errors([]);
  lastView = v;
  show(v);
  compare();
  draw();
  for (const [id, , question] of parts) fill(id, question);
}

// --- files and links -----------------------------------------------------------------------------------------------

function stand_on(question, words, kept) {
  base = {question};
  $('base').hidden = !words;
  $('base').replaceChildren(words ? make('span', {}, words + ' ') : '', words && question ? make('button', {type: 'button', class: 'link',
    onclick: () => { stand_on(undefined, ''); update(); }}, 'Leave it') : '');
  take(kept || {});
}

// What a file is the library says: an architecture, a run, or a measurement.
async function open_file(file) {
  const content = await file.text();
  const model = JSON.parse(ask({verb: 'model', arguments: [file.name], files: {[file.name]: content}}));
  if (!model.errors) {
    files = {...files, [file.name]: content};
    const {model: _, params: __, ...others} = said();
    take({...others, config: file.name});
    update();
    return;
  }
  const read = JSON.parse(ask({verb: 'said', run_file: content, files}));
  if (!read.errors) {
    if (read.stages > 0) stand_on({run_file: content}, file.name + ' with its ' + read.stages + ' stages; fields say what differs.');
    else stand_on(undefined, '', read.inputs);
    update();
    return;
  }
  const log = JSON.parse(ask({verb: 'measured', form: 'view', arguments: [file.name], files: {[file.name]: content}}));
  if (!log.errors) {
    stand_on(undefined, file.name + ' was read as a measurement:', log.inputs);
    $('base').append(make('details', {}, make('summary', {}, 'what was read, taken and left'), ...blocks(log.page.blocks)));
    update();
    return;
  }
  const errors = file.name.endsWith('.toml') ? read.errors : file.name.endsWith('.json') && content.includes('"model_type"') ? model.errors : log.errors;
  show_errors(errors.map((e) => ({...e, field: file.name})));
}

function from_link() {
  const link = new URLSearchParams(location.hash.slice(1));
  const values = {};
  for (const [key, value] of link) if (inputs.has(key)) values[key] = value;
  changes = link.getAll('vs').map((c) => ({flag: c.slice(0, c.indexOf('=')), value: c.slice(c.indexOf('=') + 1)})).filter((c) => inputs.has(c.flag));
  const edition = link.get('tables');
  const id = link.get('run');
  if (id) stand_on({run: id}, 'The published run ' + id + '; fields say what differs.', values);
  else stand_on(undefined, edition && edition !== form.edition ? 'This link was made with tables ' + edition + '; the numbers here are of ' + form.edition + '.' : '',
    Object.keys(values).length ? values : example);
}

async function copy(what) {
  let text;
  if (what === 'link') text = location.href;
  else if (what === 'sentence') text = lastView ? lastView.sentence : '';
  else text = JSON.parse(ask({verb: 'said', ...run()}))[what] || '';
  let done = false;
  try { await navigator.clipboard.writeText(text); done = true; } catch {
    const area = make('textarea', {class: 'visually-hidden'}, text);
    document.body.append(area);
    area.select();
    done = document.execCommand('copy');
    area.remove();
  }
  $('copied').textContent = done ? 'copied' : 'this browser does not let pages copy';
  setTimeout(() => ($('copied').textContent = ''), 2500);
}

function listen() {
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(update, 30); };
  $('form').addEventListener('input', (e) => { if (e.target.name) soon(); });
  $('form').addEventListener('submit', (e) => e.preventDefault());
  $('reset').addEventListener('click', (e) => { e.preventDefault(); files = {}; changes = []; stand_on(undefined, ''); update(); });
  $('file').addEventListener('change', (e) => { if (e.target.files[0]) open_file(e.target.files[0]); e.target.value = ''; });
  $('published').addEventListener('change', (e) => {
    if (!names.run.has(e.target.value)) return;
    stand_on({run: e.target.value}, 'The published run ' + e.target.value + '; fields say what differs.');
    e.target.value = '';
    update();
  });
  const describe = () => {
    const info = inputs.get($('change-flag').value);
    $('change-help').textContent = info.help + (info.choices ? ': ' + info.choices.join(', ') : '; for example ' + info.example);
    if (info.names) $('change-value').setAttribute('list', 'names-' + info.names); else $('change-value').removeAttribute('list');
  };
  $('change-flag').addEventListener('change', describe);
  describe();
  $('change').addEventListener('submit', (e) => {
    e.preventDefault();
    const value = $('change-value').value.trim();
    if (!value) return;
    changes.push({flag: $('change-flag').value, value});
    $('change-value').value = '';
    update();
  });
  for (const button of document.querySelectorAll('[data-copy]')) button.addEventListener('click', () => copy(button.dataset.copy));
  addEventListener('dragover', (e) => { e.preventDefault(); document.body.classList.add('dropping'); });
  addEventListener('dragleave', (e) => { if (!e.relatedTarget) document.body.classList.remove('dropping'); });
  addEventListener('drop', (e) => {
    e.preventDefault();
    document.body.classList.remove('dropping');
    if (e.dataTransfer.files[0]) open_file(e.dataTransfer.files[0]);
  });
  addEventListener('hashchange', () => { from_link(); update(); });
  let width = innerWidth;
  addEventListener('resize', () => { if (innerWidth !== width) { width = innerWidth; if (lastView) draw(); } });
}

start().then(() => {
  build();
  listen();
  $('loading').hidden = true;
  $('app').hidden = false;
  from_link();
  update();
  document.documentElement.dataset.ready = performance.now().toFixed(0);
}).catch((fault) => {
  $('loading').hidden = true;
  $('unsupported').hidden = false;
  $('unsupported').textContent = library ? 'A bug of kwhatif: ' + fault : 'This page needs a browser from 2023 on: Chrome or Edge 95, Firefox 113, Safari 16.4. (' + fault + ')';
});
