// The page's part of the exchange by which an open page resumes when the stack runs again: see
// resume.rs.

/** The resume key. It is only in this page's memory, and no script can read its bytes. */
let key;

const digits = (bytes) => Array.from(
  new Uint8Array(bytes),
  (byte) => byte.toString(16).padStart(2, '0'),
).join('');

/** Gets the resume key from the run that has rendered this page. */
export async function takeKey(base) {
  const response = await fetch(`${base}/resume-key`, { method: 'POST' });
  if (!response.ok) return;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const bytes = await response.arrayBuffer();
  key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']);
}

async function proof(...lines) {
  return digits(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(lines.join('\n'))));
}

function post(path, parameters) {
  const [body, signal] = [new URLSearchParams(parameters), AbortSignal.timeout(5000)];
  return fetch(path, { method: 'POST', body, signal, redirect: 'error' });
}

/**
 * Exchanges proofs with the server, which then gives the session to the browser. Returns the first
 * segment of the paths that need the session. Returns nothing if the server's proof is wrong, or if
 * the server refuses the page's proof. Throws if no server answers, or if this page has no key.
 */
export async function resume() {
  if (!key) throw new Error('this page has no key');
  const page = digits(crypto.getRandomValues(new Uint8Array(32)));
  const { headers } = await post('/resume/challenge', { nonce: page });
  const nonce = headers.get('resume-nonce');
  const expected = await proof('server', location.origin, page, nonce);
  // A program that has the page's proof can get the session. So the page sends its proof only to a
  // server that has proved that it has the key.
  if (headers.get('resume-proof') !== expected) return undefined;
  const answer = { nonce, proof: await proof('client', location.origin, nonce, page) };
  const response = await post('/resume', answer);
  const run = await response.text();
  return response.ok && /^\/\w+$/.test(run) ? run : undefined;
}
