/** Every string that the extension shows, as its sources have it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A call of `t`, from `@vscode/l10n`, and what it is given first. */
const call = /(?<![\w.$])(?:l10n\.)?t\(\s*(?<first>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^?)][^,)]*)/g;

/** What the extension's sources say. */
export interface UsedStrings {
  readonly strings: ReadonlySet<string>;
  /** Calls whose string is not written there, so that nobody can translate it: `file: argument`. */
  readonly unreadable: readonly string[];
}

/** Reads all sources of the extension. */
export function usedStrings(): UsedStrings {
  const strings = new Set<string>();
  const unreadable: string[] = [];
  for (const file of globSync('{client,server,runtime/{engine,graph,cli/report}}/**/*.ts', {
    cwd: root,
  }).sort()) {
    const text = readFileSync(join(root, file), 'utf8');
    if (!text.includes("from '@vscode/l10n'")) continue;
    for (const { groups } of text.matchAll(call)) {
      const first = groups?.first ?? '';
      if (/^['"]/.test(first)) strings.add(unquoted(first));
      else unreadable.push(`${file}: ${first}`);
    }
  }
  return { strings, unreadable };
}

function unquoted(literal: string): string {
  return literal
    .slice(1, -1)
    .replaceAll(/\\(['"\\])/g, '$1')
    .replaceAll('\\n', '\n');
}
