import { resume, takeKey } from './resume.js';

const base = document.body.dataset.base;
const find = (selector) => document.querySelector(selector);

// ------------------------------------------------------------------------------------ Live updates

let version = document.body.dataset.version;
let failures;
let refreshing = false;
let refreshAgain = false;

/** Makes `old` equal to `fresh`, except for what the user has opened, focused or typed. */
function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh.cloneNode(true));
    return;
  }
  if (old.hasAttribute('data-keep')) return;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== 'open' && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const byId = new Map();
  for (const child of old.children) if (child.id) byId.set(child.id, child);
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const known = child.id ? byId.get(child.id) : undefined;
    if (known) {
      if (known !== place) old.insertBefore(known, place);
      place = known.nextSibling;
      morph(known, child);
    } else if (place && !place.id && !child.id && place.nodeName === child.nodeName) {
      const next = place.nextSibling;
      morph(place, child);
      place = next;
    } else {
      old.insertBefore(child.cloneNode(true), place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/**
 * Throws if the connection to the stack was lost. From then on, another program may have the port.
 * That program must not get this page's data, and its responses must not be shown.
 */
function assertConnected() {
  if (isLost) throw new Error('the stack has stopped');
}

/** Requests a document from the stack. */
async function request(url, options) {
  assertConnected();
  const response = await fetch(url, options);
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  assertConnected();
  return { ok: response.ok, status: response.status, fresh };
}

/** Requests the page again, and replaces its live parts. */
async function refresh() {
  if (refreshing) {
    refreshAgain = true;
    return;
  }
  refreshing = true;
  try {
    const headers = { accept: 'text/html' };
    const { ok, status, fresh } = await request(location.href, { headers });
    if (!ok) throw new Error(`the page responded with ${status}`);
    for (const part of document.querySelectorAll('[data-live]')) {
      const other = fresh.getElementById(part.id);
      if (other) morph(part, other);
    }
    showTimes();
  } catch (error) {
    console.error(error);
  } finally {
    refreshing = false;
    if (refreshAgain) {
      refreshAgain = false;
      setTimeout(refresh, 200);
    }
  }
}

function showBanner(text) {
  const banner = find('#banner');
  // Screen readers announce every write to the banner, so it is written only if its text changes.
  if (banner.textContent === (text || '')) return;
  banner.hidden = !text;
  banner.textContent = text || '';
}

function showConnection(state, text) {
  const connection = find('#connection');
  connection.className = `connection ${state}`;
  connection.textContent = text;
}

function receive({ state, news }) {
  // Once the connection is lost, news may come from another program that has the port. So news is
  // ignored until `reconnect` has reached the stack again.
  if (isLost || state === 'waiting') return;
  if (state === 'lost') {
    isLost = true;
    showConnection('lost', 'Not connected');
    showBanner(STOPPED);
    reconnect();
    return;
  }
  showConnection('live', 'Live');
  showBanner(news.problem);
  const badge = find('#failures-badge');
  badge.hidden = !news.failures;
  badge.textContent = news.failures || '';
  const hasChanged = version !== String(news.version)
    || (failures !== undefined && failures !== news.failures);
  if (hasChanged) refresh();
  version = String(news.version);
  failures = news.failures;
}

// ------------------------------------------------------------------------------------- Reconnecting

const STOPPED = 'The stack has stopped. This page resumes when cargo local up runs again on the '
  + 'same port. If it does not, open the address that cargo local page prints.';
const STRANGER = 'The stack has stopped, and this page cannot resume: something else answers on its '
  + 'port. Open the address that cargo local page prints.';

let worker;
let isLost = false;
let reconnecting = false;

/**
 * Opens the same view of another run. If that run does not have what the view shows, such as an
 * execution, opens the list of executions.
 */
async function moveTo(run) {
  const view = location.href.replace(base, run);
  const { ok } = await fetch(view);
  location.replace(ok ? view : `${run}/executions`);
}

/** Tries to resume until that works. A hidden page waits until it is shown. */
async function reconnect() {
  if (reconnecting) return;
  reconnecting = true;
  for (let pause = 500; isLost && !document.hidden; pause = Math.min(2 * pause, 5000)) {
    try {
      const run = await resume();
      if (run && run !== base) {
        await moveTo(run);
        return;
      }
      if (run) {
        isLost = false;
        worker.port.postMessage('connect');
        refresh();
      } else {
        showBanner(STRANGER);
      }
    } catch {
      showBanner(STOPPED);
    }
    await new Promise((resolve) => { setTimeout(resolve, pause); });
  }
  reconnecting = false;
}

document.addEventListener('visibilitychange', () => { if (isLost) reconnect(); });

// While the connection is lost, links and forms that leave this page do nothing. They could lead to
// the browser's error page, or to a page of a program that has taken the port. Neither page could
// reconnect to the stack.
const LEAVING = { click: 'a:not([href^="#"])', submit: 'form:not([method=dialog])' };
for (const [kind, selector] of Object.entries(LEAVING)) {
  document.addEventListener(kind, (event) => {
    if (isLost && event.target.closest(selector)) event.preventDefault();
  });
}

function listen() {
  if (window.SharedWorker) {
    takeKey(base).catch(console.error);
    worker = new SharedWorker(`${base}/assets/worker.js`);
    worker.port.onmessage = ({ data }) => receive(data);
    addEventListener('pagehide', () => worker.port.postMessage('close'));
    addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
  } else {
    // This browser has no shared worker. A stream for each tab would use up the connections to the
    // server, so each tab polls.
    setInterval(() => { if (!document.hidden) refresh(); }, 3000);
    find('#connection').textContent = '';
  }
}

// ------------------------------------------------------------------------------------------- Times

function ago(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

function showTimes() {
  for (const time of document.querySelectorAll('time[data-time]')) {
    const at = Number(time.dataset.time);
    time.textContent = ago((Date.now() - at) / 1000);
    time.title = new Date(at).toLocaleString();
  }
}

// -------------------------------------------------------------------------------------------- Logs

/** Requests the log lines of an invocation when the user expands them. */
async function openLogs(details) {
  const place = details.querySelector('[data-keep]');
  place.textContent = 'Reading…';
  try {
    const { ok, fresh } = await request(details.dataset.source);
    place.replaceChildren(...(ok ? fresh.body : fresh.querySelector('main')).childNodes);
  } catch (error) {
    place.textContent = `The log could not be read: ${error.message}`;
  }
}

document.addEventListener('toggle', ({ target }) => {
  if (target.matches?.('details.logs[open]')) openLogs(target);
}, true);

/**
 * Opens the state that the fragment of the address names. Links in the graph and in the timeline
 * set the fragment.
 */
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.matches('details')) {
    target.open = true;
    target.querySelector('summary').focus({ preventScroll: true });
  }
}

// ----------------------------------------------------------------------------------------- Uploads

/** Returns the dropped files and the files in dropped folders, each with its path. */
async function filesOf(transfer) {
  const read = async (entry, path) => {
    if (entry.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      return [[path + file.name, file]];
    }
    const reader = entry.createReader();
    const files = [];
    for (;;) {
      const entries = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!entries.length) return files;
      for (const inner of entries) files.push(...await read(inner, `${path}${entry.name}/`));
    }
  };
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => [file.name, file]);
  return (await Promise.all(entries.map((entry) => read(entry, '')))).flat();
}

async function upload(drop, name, file) {
  const folder = find('#folder').value;
  const below = folder && !folder.endsWith('/') ? `${folder}/` : folder;
  const key = `${drop.dataset.prefix}${below}${name}`;
  const line = document.createElement('li');
  line.textContent = `${key}: uploading…`;
  find('#uploads').prepend(line);
  try {
    const address = `${drop.dataset.upload}?key=${encodeURIComponent(key)}`;
    const { ok, status, fresh } = await request(address, {
      method: 'PUT',
      body: file,
      headers: { 'content-type': file.type || 'application/octet-stream' },
    });
    if (!ok) throw new Error(fresh.querySelector('main p')?.textContent || `status ${status}`);
    const link = document.createElement('a');
    link.href = `${drop.dataset.executions}?key=${encodeURIComponent(key)}`;
    link.textContent = key;
    line.replaceChildren('Uploaded ', link);
  } catch (error) {
    line.className = 'bad';
    line.textContent = `${key}: not uploaded: ${error.message}`;
  }
}

/** Uploads files, three at a time. */
async function uploadAll(drop, files) {
  const waiting = files.slice();
  const work = async () => {
    while (waiting.length) await upload(drop, ...waiting.shift());
  };
  await Promise.all([work(), work(), work()]);
}

function acceptUploads(drop) {
  drop.addEventListener('submit', (event) => event.preventDefault());
  find('#files').addEventListener('change', ({ target }) => {
    uploadAll(drop, [...target.files].map((file) => [file.name, file]));
    target.value = '';
  });
  // The user can drop files anywhere on the page. By default, the browser would leave the page and
  // open the dropped file.
  addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  addEventListener('dragleave', () => drop.classList.remove('over'));
  addEventListener('drop', async (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    uploadAll(drop, await filesOf(event.dataTransfer));
  });
}

// ---------------------------------------------------------------------------------------- Keyboard

let after = '';

function move(step) {
  const rows = [...document.querySelectorAll('a.row, details.step > summary')];
  const at = rows.indexOf(document.activeElement);
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  next?.focus();
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches('input, select, textarea')) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  const before = after;
  after = '';
  if (before === 'g') {
    find(`nav a[data-key="${CSS.escape(event.key)}"]`)?.click();
    return;
  }
  const actions = {
    g: () => { after = 'g'; },
    j: () => move(1),
    k: () => move(-1),
    '/': () => find('[data-search]')?.focus(),
    '?': () => find('#help').showModal(),
  };
  const action = actions[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
});

// ------------------------------------------------------------------------------------------- Start

find('#help-button')?.addEventListener('click', () => find('#help').showModal());
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
});
addEventListener('hashchange', openTarget);
openTarget();
showTimes();
setInterval(() => {
  showTimes();
  // The server announces that an execution has started or ended, but not that it has entered
  // another state. So the script polls while the page shows a running execution.
  if (find('[data-running]') && !document.hidden && !isLost) refresh();
}, 1000);
if (find('#drop')) acceptUploads(find('#drop'));
listen();
