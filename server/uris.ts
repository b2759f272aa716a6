/** URIs as the protocol uses them, without any file system: the browser has none. */

/** The URI that a path in a file means, seen from that file; undefined where the file lies nowhere (`untitled:`). */
export function resolveUri(base: string, path: string): string | undefined {
  const encoded = path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  // A drive letter at the start would read as a scheme; behind a slash it replaces the one of the base.
  const relative = encoded.replace(/^([a-zA-Z])%3A(?=\/|$)/, '/$1:');
  try {
    return canonicalUri(new URL(relative.startsWith('/') ? relative : `./${relative}`, base).href);
  } catch {
    return undefined;
  }
}

/** Spellings known already: every message names its document, and is about one of few. */
const canonical = new Map<string, string>();
const maxCanonical = 1000;

/** One spelling for all URIs of a file: editors differ in what they escape (`file:///c%3A/…`, `file:///C:/…`). */
export function canonicalUri(uri: string): string {
  const known = canonical.get(uri);
  if (known !== undefined) return known;
  if (canonical.size >= maxCanonical) canonical.clear();
  const found = findCanonical(uri);
  canonical.set(uri, found);
  return found;
}

function findCanonical(uri: string): string {
  try {
    const { protocol, host, pathname, search, hash } = new URL(uri);
    if (protocol !== 'file:') return uri;
    const path = pathname
      .split('/')
      .map(part => encodeURIComponent(safeDecode(part)))
      .join('/');
    const withDrive = path.replace(
      /^\/([A-Za-z])(?:%3A|:)/,
      (_, drive: string) => `/${drive.toLowerCase()}:`,
    );
    return `file://${host}${withDrive}${search}${hash}`;
  } catch {
    return uri;
  }
}

/** The folder of a file. */
export function parentUri(uri: string): string {
  return uri.slice(0, Math.max(uri.lastIndexOf('/'), 0));
}

/** The last part of a URI's path, for people. */
export function baseNameOf(uri: string): string {
  return safeDecode(uri.split(/[?#]/)[0]?.split('/').at(-1) ?? uri);
}

function safeDecode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The path by which a file is written in another one; undefined if there is none (another host or scheme). */
export function relativePath(from: string, to: string): string | undefined {
  const [base, target] = [from, to].map(uri => canonicalUri(uri).split('/'));
  if (!base || !target || base[0] !== target[0] || base[2] !== target[2]) return undefined;
  const folders = base.slice(0, -1);
  let shared = 0;
  while (shared < folders.length && shared < target.length - 1 && folders[shared] === target[shared])
    shared += 1;
  const up = folders.slice(shared).map(() => '..');
  return [...up, ...target.slice(shared).map(safeDecode)].join('/');
}
