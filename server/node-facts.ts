/** Facts about this machine, for a server that runs on one. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findPlaces } from '../runtime/config/places.ts';
import { findProgram } from '../runtime/machine/find-program.ts';
import { programVersion } from '../runtime/machine/program-version.ts';
import { readText } from '../runtime/machine/read-text.ts';
import { findConnectorFiles } from './connector-files.ts';
import type { DirectoryEntry, FactsSource, McpServerPlace, ProgramState, UserFacts } from './facts.ts';
import { Lookups } from './lookups.ts';
import { findServers, findTomlServers } from './mcp-servers.ts';
import { findRepository } from './repository-place.ts';
import { findHosts, findIncludes } from './ssh-hosts.ts';
import { canonicalUri } from './uris.ts';

/** What the machine is asked through; tests give their own. */
export interface NodeFactsOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
}

/** How long facts are good for, in ms: the client reports changes only of some of them, and only in the workspace. */
const maxAge = {
  folder: 2000,
  file: 2000,
  configuration: 10_000,
  program: 30_000,
  never: Number.POSITIVE_INFINITY,
};

const noUserFacts: UserFacts = { agents: {}, machines: [] };

/** Facts of the machine this process runs on. Nothing is looked up before it is asked for. */
export function createNodeFacts({ env = process.env, home = homedir() }: NodeFactsOptions = {}): FactsSource {
  const lookups = new Lookups();
  let folders: readonly string[] = [];
  return {
    platform: process.platform,
    get pending() {
      return lookups.pending;
    },
    settled: timeoutMs => lookups.settled(timeoutMs),
    onDidChange: listener => lookups.onDidChange(listener),
    invalidate: uris => lookups.invalidate(key => isTouched(key, uris)),
    setFolders: uris => {
      folders = uris.flatMap(uri => pathOf(uri) ?? []);
      lookups.invalidate(key => key === 'connectors' || key.startsWith('mcp:'));
    },
    program: name =>
      lookups.get<ProgramState>(`program:${name}`, maxAge.program, () => lookUpProgram(name, env), notFound),
    programVersion: (name, args) => {
      const key = `version:${JSON.stringify([name, args])}`;
      return lookups.get<string>(key, maxAge.program, () => lookUpVersion(name, args, env), 'unknown');
    },
    user: () => lookups.get('user', maxAge.configuration, () => readUserFacts(env, home), noUserFacts),
    sshHosts: () => lookups.get('ssh', maxAge.configuration, () => readHosts(home), []),
    mcpServers: uri => lookups.get(`mcp:${uri}`, maxAge.configuration, () => readServers(uri, folders), []),
    userMcpServers: () => lookups.get('user-mcp', maxAge.configuration, () => readUserServers(home), []),
    directory: uri => lookups.get(`dir:${uri}`, maxAge.folder, () => readFolder(uri), []),
    fileState: uri => lookups.get(`file:${uri}`, maxAge.file, () => readState(uri), 'file'),
    repository: uri =>
      lookups.get(`repo:${uri}`, maxAge.configuration, () => lookUpRepository(uri), { kind: 'none' }),
    connectorFiles: () => lookups.get('connectors', maxAge.never, () => findConnectorFiles(folders), []),
  };
}

const notFound: ProgramState = { kind: 'not-found' };

/** What a change of these files can have changed. */
function isTouched(key: string, uris: readonly string[]): boolean {
  if (key === 'connectors') return uris.some(uri => /connector\.jsonc?$/i.test(uri));
  if (key.startsWith('mcp:')) return uris.some(uri => /mcp\.json$/i.test(uri));
  return key.startsWith('dir:') || key.startsWith('file:');
}

/** Undefined for anything that is no file of this machine. */
function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

async function lookUpProgram(name: string, env: NodeFactsOptions['env'] = {}): Promise<ProgramState> {
  const path = await findProgram(name, env, homedir());
  return path === undefined ? notFound : { kind: 'found', path };
}

async function lookUpVersion(
  name: string,
  args: readonly string[],
  env: NodeFactsOptions['env'] = {},
): Promise<string> {
  const program = await findProgram(name, env, homedir());
  return (program && (await programVersion(program, args, env))) ?? 'unknown';
}

async function readUserFacts(env: NodeFactsOptions['env'] = {}, home: string): Promise<UserFacts> {
  const { configFile } = findPlaces(env, process.platform, home);
  if (!existsSync(configFile)) return noUserFacts;
  // Brings zod, which few users need.
  const { readConfig } = await import('../runtime/config/config.ts');
  const read = await readConfig(configFile);
  if (!read.ok) return noUserFacts;
  const { agents, machines, worktreeBase } = read.value.config;
  return { agents, machines: Object.keys(machines), ...(worktreeBase === undefined ? {} : { worktreeBase }) };
}

/** The user's ssh configuration and what it includes, one level deep. */
async function readHosts(home: string): Promise<readonly string[]> {
  const folder = join(home, '.ssh');
  const own = await textOf(join(folder, 'config'));
  const paths = findIncludes(own).map(path => path.replace(/^~(?=\/)/, home));
  const files = await Promise.all(
    paths.map(path => expandLast(isAbsolute(path) ? path : join(folder, path))),
  );
  const included = await Promise.all(files.flat().map(textOf));
  return [...new Set([own, ...included].flatMap(findHosts))];
}

/** `conf.d/*`: a star in the last part, which is where people put it. */
async function expandLast(path: string): Promise<readonly string[]> {
  if (!path.includes('*')) return [path];
  const wanted = new RegExp(
    `^${basename(path)
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')}$`,
  );
  const names = await readdir(dirname(path)).catch(() => []);
  return names.filter(name => wanted.test(name)).map(name => join(dirname(path), name));
}

/** From the file's folder up to its workspace folder, and no further: nearest first. */
async function readServers(uri: string, folders: readonly string[]): Promise<readonly McpServerPlace[]> {
  const path = pathOf(uri);
  if (path === undefined) return [];
  const places = foldersUpTo(dirname(path), folders);
  const files = places.flatMap(folder => [join(folder, '.mcp.json'), join(folder, '.vscode', 'mcp.json')]);
  const texts = await Promise.all(files.map(async file => ({ file, text: await textOf(file) })));
  return texts.flatMap(({ file, text }) => findServers(canonicalUri(pathToFileURL(file).href), text));
}

function foldersUpTo(start: string, roots: readonly string[]): readonly string[] {
  const root = roots.find(folder => start === folder || start.startsWith(join(folder, '/')));
  const folders = [start];
  for (let at = start; root !== undefined && at !== root && dirname(at) !== at; ) {
    at = dirname(at);
    folders.push(at);
  }
  return folders;
}

/** Names only: what else stands in these files is none of an editor's business. */
async function readUserServers(
  home: string,
): Promise<readonly { readonly name: string; readonly file: string }[]> {
  const json = ['.claude.json', '.gemini/settings.json', '.cursor/mcp.json'];
  const found = await Promise.all(
    json.map(async file =>
      findServers('', await textOf(join(home, file))).map(({ name }) => ({ name, file: `~/${file}` })),
    ),
  );
  const codex = '.codex/config.toml';
  const toml = findTomlServers(await textOf(join(home, codex))).map(name => ({ name, file: `~/${codex}` }));
  return [...found.flat(), ...toml];
}

async function readFolder(uri: string): Promise<readonly DirectoryEntry[]> {
  const path = pathOf(uri);
  if (path === undefined) return [];
  const entries = await readdir(path, { withFileTypes: true });
  return entries.map(entry => ({ name: entry.name, isDirectory: entry.isDirectory() }));
}

/** Only what is surely not there is missing: a file in a folder we may not read may well exist. */
async function readState(uri: string): Promise<'file' | 'directory' | 'missing'> {
  const path = pathOf(uri);
  if (path === undefined) return 'file';
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    // Whatever else stat throws is a NodeJS.ErrnoException.
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'file';
  }
}

async function lookUpRepository(uri: string) {
  const path = pathOf(uri);
  return path === undefined ? ({ kind: 'none' } as const) : await findRepository(dirname(path));
}

/** Empty for a file that is not there or cannot be read. */
async function textOf(file: string): Promise<string> {
  const read = await readText(file);
  return read.ok ? read.value : '';
}
