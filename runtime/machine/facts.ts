import { dirname, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Places } from '../config/places.ts';
import { defaultWorktreesDir, readRepository } from '../git/repository.ts';
import { findServers } from '../mcp/find-servers.ts';
import type { FactsWanted, FileFact, PlanFacts, ProgramFact, RepositoryFacts } from '../plan/facts.ts';
import { checkOutput } from '../runner/output-schema.ts';
import { findProgram, type Variables } from './find-program.ts';
import { findSessions } from './find-sessions.ts';
import { programVersion } from './program-version.ts';
import { readText } from './read-text.ts';

/** What the collector has to know. */
export interface FactsRequest {
  /** Absolute path of the connector file, and its text's SHA-256 (hex). */
  readonly file: string;
  readonly fileHash: string;
  /** Absolute folder the user works in. */
  readonly workspace: string;
  readonly wanted: FactsWanted;
  /** The client's environment; only the names of its variables are passed on. */
  readonly env: Variables;
  readonly config: Config;
  readonly places: Places;
  /** Whether programs are asked for their version, which takes up to 3 s. */
  readonly askVersions: boolean;
  readonly signal?: AbortSignal;
}

/** Files and programs looked at side by side. */
const MAX_PARALLEL = 16;

/**
 * Collects the facts that the planner asks for, side by side. What is not there is a fact and no failure; nothing is
 * created or changed.
 */
export async function collectFacts(request: FactsRequest): Promise<PlanFacts> {
  const { wanted, config, workspace } = request;
  const [repository, programs, files] = await Promise.all([
    readRepositoryFacts(request),
    findPrograms(request),
    readFiles(request),
  ]);
  const worktreeBase = config.worktreeBase ?? repository.worktreeBase;
  const [schemaProblems, sessions] = await Promise.all([
    findSchemaProblems(wanted, files),
    findSessions(wanted.sessions, worktreeBase, request.places.runsDir),
  ]);
  return {
    platform: process.platform,
    file: request.file,
    fileHash: request.fileHash,
    workspace,
    repository: repository.facts,
    worktreeBase,
    programs,
    files,
    schemaProblems,
    sessions,
    envNames: Object.keys(request.env).filter(name => request.env[name] !== undefined),
    sessionPlugins: config.sessionPlugins,
    configuredAgents: config.agents,
    mcpServers: findMcpServers(request),
  };
}

interface FoundRepository {
  readonly facts: RepositoryFacts;
  readonly worktreeBase: string;
}

async function readRepositoryFacts({ workspace, env, signal }: FactsRequest): Promise<FoundRepository> {
  const read = await readRepository(workspace, { env, ...(signal === undefined ? {} : { signal }) });
  const nowhere = resolve(workspace, '..', `${workspace}.worktrees`);
  if (!read.ok) {
    const { command, stderrTail } = read.failure;
    const message = `the repository of ${workspace} cannot be read: ${command}: ${stderrTail.trim() || read.failure.reason}`;
    return { facts: { kind: 'unusable', message }, worktreeBase: nowhere };
  }
  const repository = read.value;
  if (repository.kind === 'no_repository') return { facts: { kind: 'none' }, worktreeBase: nowhere };
  const worktreeBase = defaultWorktreesDir(repository);
  const { root, commonDir, head, isDirty } = repository;
  if (repository.isBare) {
    const message = `${root} is a bare repository: run from a working tree of it`;
    return { facts: { kind: 'unusable', message }, worktreeBase };
  }
  if (head.kind === 'unborn') return { facts: { kind: 'unborn', root }, worktreeBase };
  const branch = head.kind === 'branch' ? { branch: head.branch } : {};
  return { facts: { kind: 'found', root, commonDir, head: head.commit, ...branch, isDirty }, worktreeBase };
}

/** Nothing is read where the file names no servers. */
function findMcpServers({ wanted, workspace, file, env }: FactsRequest): readonly string[] {
  if (wanted.mcpServers.length === 0) return [];
  const known = findServers({ folder: workspace, files: [file], env });
  const names = new Set(known.flatMap(server => (server.address === undefined ? [] : [server.name])));
  return wanted.mcpServers.filter(name => names.has(name));
}

async function findPrograms(request: FactsRequest): Promise<Readonly<Record<string, ProgramFact>>> {
  const { env, workspace, askVersions } = request;
  const found = await mapBounded(request.wanted.programs, async ({ name, versionArgs }) => {
    const path = await findProgram(name, env, workspace);
    if (path === undefined) return [];
    const isAsked = askVersions && versionArgs.length > 0;
    const version = isAsked ? await programVersion(path, versionArgs, env) : undefined;
    return [[name, version === undefined ? { path } : { path, version }] as const];
  });
  return Object.fromEntries(found.flat());
}

async function readFiles({ file, wanted }: FactsRequest): Promise<Readonly<Record<string, FileFact>>> {
  const folder = dirname(file);
  const texts = await mapBounded(wanted.files, async (name): Promise<readonly [string, FileFact]> => {
    const path = resolve(folder, name);
    const read = await readText(path);
    return [name, read.ok ? { kind: 'text', path, text: read.value } : failed(path, read.failure)];
  });
  // Of a sub-connector only the place is wanted; whoever runs it reads it.
  const connectors = wanted.connectors.map(
    name => [name, { kind: 'text', path: resolve(folder, name), text: '' }] as const,
  );
  return Object.fromEntries<FileFact>([...connectors, ...texts]);
}

function failed(path: string, message: string): FileFact {
  return { kind: 'failed', path, message: `${message} (${path})` };
}

async function findSchemaProblems(
  wanted: FactsWanted,
  files: Readonly<Record<string, FileFact>>,
): Promise<Readonly<Record<string, string>>> {
  const problems = await mapBounded(wanted.schemas, async ({ phase, output }) => {
    const problem =
      'schema' in output ? await schemaProblem(output.schema) : await fileProblem(files[output.schemaFile]);
    return problem === undefined ? [] : [[phase, problem] as const];
  });
  return Object.fromEntries(problems.flat());
}

async function fileProblem(file: FileFact | undefined): Promise<string | undefined> {
  if (file?.kind !== 'text') return undefined;
  try {
    return await schemaProblem(JSON.parse(file.text));
  } catch (error) {
    return `${file.path} is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A schema shows that it is unusable with the first answer; this one is as good as any. */
async function schemaProblem(schema: unknown): Promise<string | undefined> {
  const checked = await checkOutput(schema, 'null');
  return !checked.ok && checked.failure.kind === 'bad_schema' ? checked.failure.message : undefined;
}

async function mapBounded<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += MAX_PARALLEL) {
    results.push(...(await Promise.all(items.slice(start, start + MAX_PARALLEL).map(map))));
  }
  return results;
}
