/** Every string that the extension shows, as its sources have it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';

const root = join(import.meta.dirname, '../..');

/** Keys of a translation bundle: the strings themselves, and where there is a comment, it too. */
export async function usedStrings(): Promise<readonly string[]> {
  const contents = sources()
    .map(file => readFileSync(join(root, file), 'utf8'))
    .filter(text => text.includes("from '@vscode/l10n'"))
    .map(withNamespace);
  return Object.keys(
    await getL10nJson(contents.map(text => ({ extension: '.ts' as const, contents: text }))),
  );
}

/** Calls of `t` whose string is not written there, so that no tool finds it: `file: call`. */
export function unreadableCalls(): readonly string[] {
  return sources().flatMap(file => {
    const text = readFileSync(join(root, file), 'utf8');
    if (!text.includes("from '@vscode/l10n'")) return [];
    return [...text.matchAll(/(?<![\w.$])(?:l10n\.)?t\(\s*(?!['"`{\s?])[^)]*/g)].map(
      ([call]) => `${file}: ${call}`,
    );
  });
}

function sources(): readonly string[] {
  return globSync('{client,runtime/graph,runtime/cli/report}/**/*.ts', { cwd: root }).sort();
}

/** The tool knows calls through a namespace only; we import the function. */
function withNamespace(text: string): string {
  return text
    .replace(/import \{[^}]*\bt\b[^}]*\} from '@vscode\/l10n'/, "import * as l10n from '@vscode/l10n'")
    .replaceAll(/(?<![\w.$])t\(/g, 'l10n.t(');
}
