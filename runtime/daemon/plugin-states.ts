/** What the user's session plugins want back at cleanup: kept on disk, so that a restart forgets nothing. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SessionConfig } from '../session/session-plugin.ts';
import { safeNamesOf } from './plan-names.ts';
import { isErrno, readIfThere, writeWhole } from './run-dir.ts';
import type { RunServices, WorkerCase } from './run-services.ts';

/** A session whose user plugins are to be called for cleanup. */
export interface KeptSession {
  readonly key: string;
  readonly cwd: string;
  readonly pluginStates: Readonly<Record<string, unknown>>;
}

/** Keeps the states of a worker's plugins. Nothing is written where there are no user plugins. */
export async function keepPluginStates(
  services: RunServices,
  { planned }: WorkerCase,
  session: SessionConfig,
): Promise<void> {
  if (services.plan.sessionPlugins.length === 0) return;
  const kept: KeptSession = { key: planned.key, cwd: session.cwd, pluginStates: session.pluginStates };
  await writeWhole(fileOf(services, planned.key), JSON.stringify(kept));
}

/** The states of a worker's plugins; empty if none were kept. */
export async function readPluginStates(
  services: RunServices,
  { planned }: WorkerCase,
): Promise<SessionConfig['pluginStates']> {
  return (await readKept(fileOf(services, planned.key)))?.pluginStates ?? {};
}

/** Every session whose plugins were applied. */
export async function listKeptSessions(services: RunServices): Promise<readonly KeptSession[]> {
  try {
    const names = await readdir(folderOf(services));
    const kept = await Promise.all(names.map(name => readKept(join(folderOf(services), basename(name)))));
    return kept.filter(session => session !== undefined);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function folderOf(services: RunServices): string {
  return join(services.dir.root, 'plugin-states');
}

function fileOf(services: RunServices, key: string): string {
  const { phase, worker } = safeNamesOf(services.plan, key);
  return join(folderOf(services), `${phase}.${worker}.json`);
}

async function readKept(file: string): Promise<KeptSession | undefined> {
  const text = await readIfThere(file);
  // Written by keepPluginStates, in our own folder.
  return text === undefined ? undefined : (JSON.parse(text) as KeptSession);
}
