/** The command that a CLI's hooks run: it stores what it is told on stdin as one file, whole or not at all. */

/** The script's text. `dir` is where the events go. */
export function hookScript(dir: string): string {
  // A file of its own per event, renamed when it is whole: hooks run at the same time, and lines in one file could mix.
  return `#!/bin/sh\nf=$(mktemp ${shellQuoted(`${dir}/.XXXXXXXXXX`)}) && cat >"$f" && mv "$f" "$f.json"\n`;
}

/** The command line that runs a script by a POSIX shell, whatever its path. */
export function hookCommand(script: string): string {
  return `sh ${shellQuoted(script)}`;
}

/** Where events and script lie in a session's folder. */
export function hookPlaces(folder: string): { readonly dir: string; readonly script: string } {
  return { dir: `${folder}/hooks`, script: `${folder}/hook.sh` };
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
