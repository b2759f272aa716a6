/** Environment variables of a process or of the client that started a run. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a call needs beside its arguments. The environment is the client's: its PATH finds git and the filters of the
 * user's configuration, its HOME finds that configuration.
 */
export interface GitAccess {
  readonly env: Environment;
  readonly signal?: AbortSignal;
}

/** `GIT_*` variables of the user that say how git reaches the world, not which repository it works in. */
const KEPT_VARIABLES = new Set([
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CONFIG_SYSTEM',
  'GIT_CEILING_DIRECTORIES',
  'GIT_EXEC_PATH',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
]);

/** Settings that hold for every call we make, in whatever place. */
const FIXED_SETTINGS = [
  // The user's hooks are for the user's own commits, and a worker could have written one.
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  // A background gc would collide with the next call.
  'gc.auto=0',
  'maintenance.auto=false',
  'submodule.recurse=false',
  'core.safecrlf=false',
  'advice.detachedHead=false',
] as const;

/** The `-c` arguments every call starts with. */
export const FIXED_ARGUMENTS: readonly string[] = FIXED_SETTINGS.flatMap(setting => ['-c', setting]);

/**
 * The environment of a git process: the client's without the variables that would point git at another repository
 * (niia may itself run inside a hook), never asking, never taking locks for reading, speaking English.
 */
export function gitEnvironment(env: Environment): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (name.startsWith('GIT_') && !KEPT_VARIABLES.has(name)) continue;
    if (name === 'LANGUAGE' || name === 'LANG' || name.startsWith('LC_')) continue;
    result[name] = value;
  }
  return {
    ...result,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_EDITOR: 'true',
    GIT_PAGER: 'cat',
    // A replace reference made by a worker would show us another history than everybody else sees.
    GIT_NO_REPLACE_OBJECTS: '1',
  };
}

/** Variables that bind git to one repository; `git rev-parse --local-env-vars` lists them. */
const REPOSITORY_VARIABLES = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_PARAMETERS',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
]);

/** The client's environment for a worker: without what would send the worker's git to another repository. */
export function workerEnvironment(env: Environment): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !REPOSITORY_VARIABLES.has(name)) result[name] = value;
  }
  return result;
}
