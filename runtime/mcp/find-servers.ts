/** The MCP servers that a folder can reach, in the order of spec §7: the first file that has a name wins. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ConfiguredServer, serversOf } from './configured-servers.ts';

/** Where servers are looked for. */
export interface ServerPlaces {
  /** Absolute; its parents up to the repository's root count too. */
  readonly folder: string;
  /** Connector files, absolute; absent = those in the folder. */
  readonly files?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The servers by name. Files that cannot be read define none. */
export function findServers(places: ServerPlaces): readonly ConfiguredServer[] {
  const found = new Map<string, ConfiguredServer>();
  for (const file of candidates(places)) {
    const text = read(file);
    if (text === undefined) continue;
    for (const server of serversOf(file, text)) if (!found.has(server.name)) found.set(server.name, server);
  }
  return [...found.values()];
}

function candidates({ folder, files, env }: ServerPlaces): readonly string[] {
  const folders = [...foldersUp(folder)];
  const home = env.HOME || env.USERPROFILE || homedir();
  return [
    ...(files ?? connectorFiles(folder)),
    ...folders.map(each => join(each, '.mcp.json')),
    ...folders.map(each => join(each, '.vscode', 'mcp.json')),
    join(home, '.claude.json'),
    join(env.CODEX_HOME || join(home, '.codex'), 'config.toml'),
    join(home, '.gemini', 'settings.json'),
    join(home, '.cursor', 'mcp.json'),
  ];
}

/** The folder and its parents, up to the root of its repository; without a repository only the folder. */
function foldersUp(folder: string): readonly string[] {
  const folders: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    folders.push(at);
    if (exists(join(at, '.git'))) return folders;
    if (dirname(at) === at) return [folder];
  }
}

function connectorFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter(name => /(^|\.)connector\.jsonc?$/.test(name))
      .sort()
      .map(name => join(folder, name));
  } catch {
    return [];
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Most of the places are empty.
    return undefined;
  }
}
