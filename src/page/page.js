'use strict';
// The page asks the library and shows what it says: no formula, no number format and no wording of results is here.

const $ = (id) => document.getElementById(id);
const mainFields = ['model', 'params', 'tokens', 'hardware', 'chips', 'region', 'precision', 'framework', 'hours', 'price'];
const cards = [
  ['facility_energy', 'Electricity'], ['operational_location', 'CO2e of the electricity'], ['total_co2e', 'CO2e with manufacture'],
  ['operational_market', 'CO2e of the electricity by contracts'],
  ['wall_time', 'Time'], ['device_time', 'Device-time'], ['cost', 'Money'], ['water', 'Water']];
const example = {params: '70B', tokens: '2T', hardware: 'h100-sxm5', chips: '2048', region: 'gcp:us-central1'};
// Questions that are asked once their part of the page is open.
const parts = [
  {id: 'places', title: 'Places ranked', unavailable: 'also places where nobody offers the device',
    question: (all) => ({verb: 'compare', options: {vary: ['region=all'], limit: '15', ...all}})},
  {id: 'devices', title: 'Devices ranked', unavailable: 'also devices that nobody offers there', ranked: true,
    question: (all) => ({verb: 'compare', options: {vary: ['hardware=all'], ...all}})},
  {id: 'levers', title: 'What reduces it', question: () => ({verb: 'levers'})},
  {id: 'equivalents', title: 'What it corresponds to', question: corresponding},
  {id: 'lifecycle', title: 'Life cycle', drawn: true, question: () => ({verb: 'lifecycle', options: serviceSaid()})},
  {id: 'serving', title: 'Serving the model', drawn: true, question: serving},
  {id: 'methods', title: 'The same run by other methods', question: () => ({verb: 'methods'})},
  {id: 'explain', title: 'How every number follows', question: () => ({verb: 'explain'})},
  {id: 'full', title: 'The whole answer as the program prints it', question: () => ({verb: 'estimate'})}];

let library, form, inputs = new Map(), names = {};
let base = {};     // a run file or published run that the fields lie over
let files = {};    // contents of dropped files, by name
let changes = [];  // [{flag, value}]: runs to compare with
let lastView = null;

// --- the library ---------------------------------------------------------------------------------------------------

async function start() {
  const program = Uint8Array.from(atob($('unpack').textContent), (c) => c.charCodeAt(0));
  const packed = from_text($('library').textContent);
  library = await library_of(await unpacked(program, packed, Number($('library').dataset.size)));
}

function ask(question) {
  try {
    return library.ask(JSON.stringify(question));
  } catch (fault) {
    return JSON.stringify({errors: [{code: 'internal', message: String(fault), help: 'this is a bug of kwhatif', field: null}]});
  }
}
const view = (question) => JSON.parse(ask({form: 'view', ...question}));
const run = () => ({...base.question, inputs: said(), files});
const answerWidth = () => Math.max(240, Math.min(900, $('results').clientWidth - 4));

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
  for (const piece of String(text).split(/(`[^`]+`|--[a-z][a-z-]*[a-z])/)) {
    const flag = piece.slice(2);
    if (piece.length > 2 && piece.startsWith('`')) {
      out.append(make('code', {}, piece.slice(1, -1)));
      continue;
    }
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

// What is wider than its place can be reached, and so scrolled, by the keyboard.
const scrolled = new ResizeObserver((seen) => {
  for (const {target} of seen) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0; else target.removeAttribute('tabindex');
  }
});

function table(block, label) {
  const titled = block.columns.some((c) => c.title);
  const side = (i) => (block.columns[i].right ? 'right' : null);
  const wanted = new Set(block.decisive);
  const wide = make('div', {class: 'scroll', role: 'group', 'aria-label': label || 'Table'}, make('table', {},
    titled ? make('thead', {}, make('tr', {}, block.columns.map((c, i) => (c.title ? make('th', {scope: 'col', class: side(i)}, c.title) : make('td'))))) : null,
    make('tbody', {}, block.rows.map((row, r) => make('tr', {class: wanted.has(r) ? 'decisive' : null},
      row.map((text, i) => make('td', {class: side(i) || (text.length > 28 ? 'long' : null)}, i < 3 ? cell(text) : text)))))));
  scrolled.observe(wide);
  return wide;
}

function tree(branch) {
  return make('li', {}, branch.text, branch.parts ? make('ul', {}, branch.parts.map(tree)) : null);
}

function block_element(block, label) {
  switch (block.kind) {
    case 'heading': return make('h3', {}, block.text);
    case 'paragraph': return make('p', {}, block.head && block.head.trim() ? make('strong', {}, block.head.trim() + ' ') : null, linked(block.text));
    case 'table': return table(block, label);
    case 'tree': return make('ul', {class: 'tree'}, tree(block));
    case 'command': return make('pre', {tabindex: 0}, (block.head || '') + block.text);
    default: return make('pre', {tabindex: 0}, block.text);
  }
}

// What stands aside (sources) is folded; of a comparison also the chapters behind the first, and the verdict comes first.
function blocks(list, comparison) {
  const all = list || [], out = [];
  let label = '', into = out, headings = 0;
  const fold = (title) => {
    const inside = make('div');
    out.push(make('details', {class: 'aside'}, make('summary', {}, title), inside));
    into = {push: (e) => inside.append(e)};
  };
  for (const block of all) {
    if (block.kind === 'heading') {
      label = block.text;
      if (block.aside || (comparison && ++headings > 1)) {
        fold(label);
        continue;
      }
      into = out;
    } else if (!block.aside && block.kind === 'paragraph' && (block.head || '').endsWith(': ')) into = out;
    if (comparison && block.head === 'Verdict: ') out.unshift(block_element(block, label));
    else into.push(block_element(block, label));
  }
  return out;
}

function figures(charts) {
  return charts.map((c) => {
    const figure = make('figure');
    figure.innerHTML = c.svg;
    return figure;
  });
}

const faults = (errors) => errors.map((e) => make('p', {}, linked(e.message + (e.help ? ': ' + e.help : ''))));

// --- the form ------------------------------------------------------------------------------------------------------

function field(info, prefix = 'in-') {
  const id = prefix + info.flag;
  const shared = {id, name: info.flag, 'aria-describedby': id + '-help ' + id + '-error'};
  const control = info.choices
    ? make('select', shared, make('option', {value: ''}, 'not said'), info.choices.map((c) => make('option', {value: c}, c)))
    : make('input', {...shared, placeholder: info.example ? 'e.g. ' + info.example : null, spellcheck: 'false', autocapitalize: 'off', list: info.names ? 'names-' + info.names : null});
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
    $('more-fields').append(make('details', {}, make('summary', {}, 'More on the ' + group.label.toLowerCase()), make('div', {}, rest.map((i) => field(i)))));
  }
  for (const info of inputs.values()) $('change-flag').append(make('option', {value: info.flag}, info.label));
  $('change-flag').value = 'hardware';
  for (const part of parts) {
    const again = () => fill(part);
    const all = part.unavailable ? make('label', {class: 'option'}, make('input', {type: 'checkbox', id: 'all-' + part.id, onchange: again}), part.unavailable) : null;
    const service = part.id === 'serving' ? make('form', {class: 'service', 'aria-label': 'The service', autocomplete: 'off'},
      form.service.map((i) => field({...i, example: null}, 'service-'))) : null;
    $('more').append(make('details', {id: 'part-' + part.id, ontoggle: again}, make('summary', {}, make('h2', {}, part.title)), all, service, make('div')));
  }
  for (const f of form.report.forms) $('report-form').append(make('option', {value: f.form}, '.' + (f.extension.slice(1) === f.form ? f.form : f.form + f.extension) + ': ' + f.help));
  $('report-form').value = 'html';
  const keys = new Map(form.report.keys.map((k) => [k.flag, k.help]));
  $('report-keys').append(...['title', 'author', 'organisation', 'date'].map((flag) =>
    make('label', {}, flag[0].toUpperCase() + flag.slice(1), make('input', {name: flag, type: flag === 'date' ? 'date' : 'text', title: keys.get(flag)}))));
  $('notices').append(...form.notices.map((n) => make('li', {}, n)));
  $('version').textContent = 'kwhatif ' + library.version();
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

// The message without the name of its field, which stands before it.
const unnamed = (e) => (e.message.startsWith(e.field + ': ') ? e.message.slice(e.field.length + 2) : e.message);

function show_errors(errors) {
  for (const flag of inputs.keys()) {
    const mine = errors.filter((e) => e.field === flag);
    const control = $('in-' + flag);
    control.parentElement.classList.toggle('wrong', mine.length > 0);
    if (mine.length) control.setAttribute('aria-invalid', 'true'); else control.removeAttribute('aria-invalid');
    $('in-' + flag + '-error').replaceChildren(...mine.map((e) => unnamed(e) + (e.help ? '\n' + e.help : '')));
  }
  for (const id of ['answer', 'bar']) $(id).classList.toggle('stale', errors.length > 0);
  $('answer').toggleAttribute('inert', errors.length > 0);
  if (errors.length && !base.question && !Object.keys(said()).length) {
    $('errors').replaceChildren(make('p', {}, 'Say a model and what is done with it: parameters, tokens, devices and a place; or open a file. ',
      make('button', {type: 'button', class: 'link', onclick: () => { take(example); update(); }}, 'Fill in an example')));
    return;
  }
  $('errors').replaceChildren(...errors.map((e) => make('p', {},
    inputs.has(e.field) ? make('button', {type: 'button', class: 'link', onclick: () => go(e.field)}, inputs.get(e.field).label) : (e.field || ''),
    e.field ? ': ' : '', linked(unnamed(e) + (inputs.has(e.field) || !e.help ? '' : ': ' + e.help)))));
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
  $('cards').replaceChildren(...cards.filter(([key]) => key !== 'operational_market' || results.get(key).shown).map((c) => card(c, results)));
  $('summary').textContent = v.sentence;
  $('bar').lastElementChild.textContent = ['facility_energy', 'operational_location', 'wall_time', 'cost'].map((key) => results.get(key).shown).filter((t) => t).join(' \u00b7 ');
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
    make('thead', {}, make('tr', {}, ['What', 'Value', 'Why'].map((t) => make('th', {scope: 'col'}, t)), make('td'))),
    make('tbody', {}, v.assumptions.map((a) => make('tr', {}, make('td', {}, a.label), make('td', {}, a.shown),
      make('td', {class: 'words'}, a.status, a.words ? ': ' : '', linked(a.words), a.source ? ' [' + a.source + ']' : '', a.effect ? '; its spread moves ' + a.effect : ''),
      make('td', {}, !inputs.has(a.flag) ? null : make('button', {type: 'button', 'aria-label': 'Set ' + a.label,
        onclick: () => (a.set === null ? go(a.flag) : set(a.flag, a.set))}, 'set')))))));
  $('cited').lastElementChild.replaceChildren(make('ul', {}, v.sources.map((s) => make('li', {},
    s.url ? make('a', {href: s.url, rel: 'noreferrer noopener', target: '_blank'}, s.title) : s.title, s.year ? ' (' + s.year + ')' : '',
    s.licence ? ', ' + s.licence : '', s.attribution ? '; ' + s.attribution : ''))));
}

// --- parts that are asked once they are open -------------------------------------------------------------------------

function serviceSaid() {
  const out = {};
  for (const {flag} of form.service) if ($('service-' + flag).value.trim()) out[flag] = $('service-' + flag).value.trim();
  return out;
}

// Of the run what a service has, too.
function serving() {
  const all = JSON.parse(ask({verb: 'said', ...run()})).inputs || {};
  const out = {};
  for (const flag of ['model', 'params', 'active', 'hardware', 'region', 'grid', 'year', 'ci', 'ci-market', 'pue', 'wue', 'water-intensity', 'embodied',
    'embodied-extra', 'lifetime', 'lifetime-use', 'price', 'billing']) if (all[flag]) out[flag] = all[flag];
  if (all.config) out.model = all.config;
  if (out.model) for (const flag of ['params', 'active']) delete out[flag];
  return {verb: 'serve', inputs: {}, run: undefined, run_file: undefined, options: {...out, ...serviceSaid()}};
}

function corresponding() {
  const of = (key) => lastView.results.find((r) => r.key === key).value;
  const [co2e, energy] = [of('total_co2e') ?? of('operational_location'), of('facility_energy')];
  return co2e !== null ? {verb: 'equiv', arguments: [co2e + ' kg']} : energy !== null ? {verb: 'equiv', arguments: [energy + ' J']} : null;
}

// The runs of the first table by their CO2e, those without last.
function rank(answer, json) {
  const first = answer.blocks.find((b) => b.kind === 'table');
  const co2e = json.runs.map((r) => r.results.operational_location_kg ?? Infinity);
  if (!first || first.rows.length !== co2e.length) return;
  const order = co2e.map((_, i) => i).sort((a, b) => co2e[a] - co2e[b] || a - b);
  first.decisive = (first.decisive || []).map((row) => order.indexOf(row));
  first.rows = order.map((i) => first.rows[i]);
}

function fill(part) {
  const place = $('part-' + part.id);
  if (!place.open || !lastView) return;
  const asked = part.question($('all-' + part.id)?.checked ? {unavailable: true} : {});
  const answers = asked === null ? {errors: [{message: 'Neither energy nor CO2e of the run is known'}]} : JSON.parse(ask({...run(), ...asked,
    form: ['view', ...(part.drawn ? ['svg'] : []), ...(part.ranked ? ['json'] : [])], width: answerWidth(), id_prefix: part.id}));
  const shown = place.lastElementChild;
  if (answers.errors) {
    shown.replaceChildren(...faults(answers.errors));
    return;
  }
  const answer = JSON.parse(answers.view);
  if (part.ranked) rank(answer, JSON.parse(answers.json));
  const said = answer.warnings.filter((w) => !(w.hint || '').startsWith('--unavailable'));
  shown.replaceChildren(...said.map((w) => make('p', {class: 'note'}, linked(w.message + (w.hint ? ': ' + w.hint : '')))),
    ...(part.drawn ? figures(JSON.parse(answers.svg).charts) : []), ...blocks(answer.blocks, asked.verb === 'compare'));
}

function draw() {
  const v = JSON.parse(ask({...run(), form: 'svg', width: answerWidth(), id_prefix: 'run'}));
  const drawn = (v.charts || []).filter((c) => c.id !== 'time' && c.id !== 'drivers');  // lists with links say these
  $('chart-section').hidden = !drawn.length;
  $('charts').replaceChildren(...figures(drawn));
}

const charts_of_comparison = (charts) => make('details', {class: 'aside drawn'}, make('summary', {}, 'Charts of the comparison'), make('div', {}, figures(charts)));

const sides = () => {
  const one = run();
  return [{...one, name: 'as said'}, ...changes.map((c) => ({...one, inputs: {...one.inputs, [c.flag]: c.value}, name: inputs.get(c.flag).label + ' ' + c.value}))];
};

function compare() {
  $('changes').replaceChildren(...changes.map((c, i) => make('li', {}, make('button', {type: 'button', 'aria-label': 'Remove ' + c.flag + ' ' + c.value,
    onclick: () => { changes.splice(i, 1); update(); $('change-value').focus(); }}, inputs.get(c.flag).label + ' ' + c.value + ' ×'))));
  if (!changes.length) { $('comparison').replaceChildren(); return; }
  const was_open = $('comparison').querySelector('.drawn')?.open;
  const answers = JSON.parse(ask({verb: 'compare', files, runs: sides(), form: ['view', 'svg'], width: answerWidth(), id_prefix: 'compare'}));
  $('comparison').replaceChildren(...(answers.errors ? faults(answers.errors)
    : [...blocks(JSON.parse(answers.view).blocks, true), charts_of_comparison(JSON.parse(answers.svg).charts)]));
  if (was_open) $('comparison').querySelector('.drawn').open = true;
}

function remember() {
  const link = new URLSearchParams({tables: form.edition, ...said()});
  if (base.question && base.question.run) link.set('run', base.question.run);
  for (const c of changes) link.append('vs', c.flag + '=' + c.value);
  for (const [flag, value] of Object.entries(serviceSaid())) link.set('serve.' + flag, value);
  try { history.replaceState(null, '', '#' + link); } catch { location.hash = link; }
}

// The results at once; what is below them one after the other, so that typing never waits for it.
let later = 0;
function update() {
  const v = view({verb: 'estimate', ...run()});
  remember();
  clearTimeout(later);
  show_errors(v.errors || []);
  if (v.errors) return;
  lastView = v;
  $('bar').hidden = false;
  show(v);
  const rest = [compare, draw, ...parts.filter((p) => $('part-' + p.id).open).map((p) => () => fill(p))];
  const next = () => {
    rest.shift()();
    if (rest.length) later = setTimeout(next);
  };
  later = setTimeout(next);
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
  for (const {flag} of form.service) $('service-' + flag).value = link.get('serve.' + flag) || '';
  const id = link.get('run');
  if (id) stand_on({run: id}, 'The published run ' + id + '; fields say what differs.', values);
  else stand_on(undefined, edition && edition !== form.edition ? 'This link was made with tables ' + edition + '; the numbers here are of ' + form.edition + '.' : '',
    Object.keys(values).length ? values : example);
}

function report() {
  const options = {};
  for (const input of $('report-keys').querySelectorAll('input')) if (input.value.trim()) options[input.name] = input.value.trim();
  const text = ask({...run(), verb: 'report', options, form: $('report-form').value, ...(changes.length ? {runs: sides()} : {})});
  if (!text.startsWith('{"errors"')) return text;
  tell(JSON.parse(text).errors.map((e) => e.message + (e.help ? ': ' + e.help : '')).join('; '), 9000);
  return null;
}

function save() {
  const text = report();
  if (text === null) return;
  const chosen = form.report.forms.find((f) => f.form === $('report-form').value);
  const name = (lastView.title || 'training').replace(/[^A-Za-z0-9.]+/g, '-').slice(0, 60) + chosen.extension;
  const url = URL.createObjectURL(new Blob([text], {type: 'application/octet-stream'}));
  make('a', {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  tell('saved as ' + name);
}

let told = 0;
function tell(text, time = 3000) {
  clearTimeout(told);
  $('copied').textContent = text;
  told = setTimeout(() => ($('copied').textContent = ''), time);
}

async function copy(what) {
  let text, missing = '';
  if (what === 'link') {
    text = location.href;
    const left = [...Object.keys(files), ...(base.question && base.question.run_file ? ['the run file'] : [])];
    if (left.length) missing = '; it does not carry ' + left.join(', ');
  } else if (what === 'sentence') text = lastView ? lastView.sentence : '';
  else if (what === 'report') text = report();
  else text = JSON.parse(ask({verb: 'said', ...run()}))[what] || '';
  if (text === null) return;
  let done = false;
  try { await navigator.clipboard.writeText(text); done = true; } catch {
    const area = make('textarea', {class: 'visually-hidden'}, text);
    document.body.append(area);
    area.select();
    done = document.execCommand('copy');
    area.remove();
  }
  tell(done ? 'copied' + missing : 'this browser does not let pages copy', missing ? 9000 : 3000);
}

// Of many published runs the tables know facts, but nothing that could be computed: these are not offered.
function offer_published() {
  const list = $('names-run');
  for (const option of [...list.options]) {
    if (Object.keys(JSON.parse(ask({verb: 'said', run: option.value})).inputs || {}).length === 0) option.remove();
  }
}

function listen() {
  $('published').addEventListener('focus', offer_published, {once: true});
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(update, 30); };
  $('form').addEventListener('input', (e) => { if (e.target.name) soon(); });
  $('form').addEventListener('submit', (e) => e.preventDefault());
  $('reset').addEventListener('click', (e) => { e.preventDefault(); files = {}; changes = []; for (const {flag} of form.service) $('service-' + flag).value = ''; stand_on(undefined, ''); update(); });
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
  $('save').addEventListener('click', save);
  for (const service of document.querySelectorAll('form.service')) {
    service.addEventListener('input', soon);
    service.addEventListener('submit', (e) => e.preventDefault());
  }
  new IntersectionObserver(([seen]) => $('bar').classList.toggle('seen', seen.isIntersecting)).observe($('takes').parentElement);
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
  addEventListener('resize', () => { if (innerWidth !== width) { width = innerWidth; update(); } });
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
