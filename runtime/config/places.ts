import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the product keeps what (design §5). Absolute paths; nothing is created by asking for them. */
export interface Places {
  /** Runs, journals, answers, recordings. */
  readonly stateDir: string;
  /** Sockets; whoever creates it makes it 0700 and checks its owner. */
  readonly runtimeDir: string;
  readonly configFile: string;
  /** One directory per run. */
  readonly runsDir: string;
}

/** What decides about the places besides the platform. */
export type PlacesEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * The places for this user: `NIIA_HOME` moves all of them, else XDG directories on Linux and the system's own on macOS and
 * Windows. Relative values of the variables are ignored, as XDG demands.
 */
export function findPlaces(
  env: PlacesEnvironment,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): Places {
  const moved = absolute(env.NIIA_HOME, platform);
  const stateDir = moved === undefined ? stateDirOf(env, platform, home) : join(moved, 'state');
  const runtimeDir = moved === undefined ? runtimeDirOf(env, platform) : join(moved, 'run');
  const configDir = moved ?? configDirOf(env, platform, home);
  return {
    stateDir,
    runtimeDir,
    configFile: join(configDir, 'config.json'),
    runsDir: join(stateDir, 'runs'),
  };
}

function stateDirOf(env: PlacesEnvironment, platform: NodeJS.Platform, home: string): string {
  if (platform === 'win32') {
    return join(absolute(env.LOCALAPPDATA, platform) ?? join(home, 'AppData', 'Local'), 'niia');
  }
  const xdg = absolute(env.XDG_STATE_HOME, platform);
  if (xdg !== undefined) return join(xdg, 'niia');
  return platform === 'darwin'
    ? join(home, 'Library', 'Application Support', 'niia')
    : join(home, '.local', 'state', 'niia');
}

/** Without XDG_RUNTIME_DIR, a directory under the temp dir that other users cannot take for theirs by its name. */
function runtimeDirOf(env: PlacesEnvironment, platform: NodeJS.Platform): string {
  const xdg = absolute(env.XDG_RUNTIME_DIR, platform);
  if (xdg !== undefined) return join(xdg, 'niia');
  const user = process.getuid?.() ?? env.USERNAME ?? 'user';
  return join(tmpdir(), `niia-${user}`);
}

function configDirOf(env: PlacesEnvironment, platform: NodeJS.Platform, home: string): string {
  const xdg = absolute(env.XDG_CONFIG_HOME, platform);
  if (xdg !== undefined) return join(xdg, 'niia');
  if (platform === 'win32')
    return join(absolute(env.APPDATA, platform) ?? join(home, 'AppData', 'Roaming'), 'niia');
  return join(home, '.config', 'niia');
}

function absolute(path: string | undefined, platform: NodeJS.Platform): string | undefined {
  if (path === undefined || path === '') return undefined;
  const isAbsolute = platform === 'win32' ? /^([a-z]:[\\/]|[\\/]{2})/i.test(path) : path.startsWith('/');
  return isAbsolute ? path : undefined;
}
