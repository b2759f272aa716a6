/** One setting of git's configuration. A setting without a value is `true` to git. */
export interface GitSetting {
  /** As git prints it: section and last part in lower case, the part between them as written. */
  readonly name: string;
  readonly value: string | undefined;
}

/** Reads `git config --list --null`. */
export function parseSettings(text: string): readonly GitSetting[] {
  return text
    .split('\0')
    .filter(entry => entry !== '')
    .map(entry => {
      const newline = entry.indexOf('\n');
      if (newline < 0) return { name: entry, value: undefined };
      return { name: entry.slice(0, newline), value: entry.slice(newline + 1) };
    });
}

/** Writes settings as a configuration file, in the same order. */
export function formatSettings(settings: readonly GitSetting[]): string {
  return settings.map(formatSetting).join('');
}

/**
 * Whether a setting makes git start a program of somebody's choice while it handles files or history. These are what
 * a worker could plant in the configuration that all worktrees share.
 */
export function isProgramSetting(name: string): boolean {
  return PROGRAM_SETTINGS.some(pattern => pattern.test(name));
}

/**
 * Whether a setting has a place in the configuration that git sees in a worker's tree. Left out is what would run a
 * program we never want there (hooks, drivers for diff and merge), and what describes the place itself.
 */
export function belongsInGuard(name: string): boolean {
  return !LEFT_OUT.some(pattern => pattern.test(name));
}

const FILTER = /^filter\..+\.(clean|smudge|process|required)$/s;

const PROGRAM_SETTINGS: readonly RegExp[] = [
  FILTER,
  /^merge\..+\.driver$/s,
  /^diff\..+\.(command|textconv)$/s,
  /^diff\.external$/,
  /^core\.(fsmonitor|hookspath|sshcommand|gitproxy|alternaterefscommand|editor|pager|askpass)$/,
  /^(gpg|gpg\..+)\.program$/s,
  /^hook\..+\.command$/s,
  /^credential(\..+)?\.helper$/s,
];

const LEFT_OUT: readonly RegExp[] = [
  /^merge\..+\.(driver|recursive)$/s,
  /^diff\..+\.(command|textconv)$/s,
  /^diff\.external$/,
  /^core\.(fsmonitor|hookspath|worktree|bare|splitindex|untrackedcache|alternaterefscommand)$/,
  /^hook\./,
  /^include(if)?\./,
  /^alias\./,
  // Both would send git to files beside the stand-in's own.
  /^extensions\.(worktreeconfig|refstorage)$/,
];

function formatSetting({ name, value }: GitSetting): string {
  const first = name.indexOf('.');
  const last = name.lastIndexOf('.');
  const section = name.slice(0, first);
  const subsection = first === last ? '' : ` "${name.slice(first + 1, last).replace(/["\\]/g, '\\$&')}"`;
  const assignment = value === undefined ? '' : ` = "${escapeValue(value)}"`;
  return `[${section}${subsection}]\n\t${name.slice(last + 1)}${assignment}\n`;
}

function escapeValue(value: string): string {
  return value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t').replace(/[\b]/g, '\\b');
}
