import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../analysis/golden.ts';

const readme = join(projectRoot, 'README.md');
const block = /(<!-- settings: [^>]*-->\n)[\s\S]*?(<!-- end -->)/;

interface Setting {
  readonly default: unknown;
  readonly description?: string;
  readonly markdownDescription?: string;
}

function read<T>(file: string): T {
  // Both files are ours.
  return JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as T;
}

/** The settings that package.json contributes, with their texts, as the README has them. */
function settingsTable(): string {
  const { contributes } = read<Manifest>('package.json');
  const texts = read<Readonly<Record<string, string>>>('package.nls.json');
  const groups = [contributes.configuration].flat();
  const settings = groups.flatMap(({ properties }) => Object.entries(properties));
  const rows = settings.map(([name, setting]) => {
    const text = setting.markdownDescription ?? setting.description ?? '';
    const shown = texts[text.replaceAll('%', '')] ?? text;
    return `| \`${name}\` | \`${JSON.stringify(setting.default)}\` | ${shown} |`;
  });
  return ['| setting | default | meaning |', '|---|---|---|', ...rows, ''].join('\n');
}

interface Manifest {
  readonly contributes: { readonly configuration: Group | readonly Group[] };
}

interface Group {
  readonly properties: Readonly<Record<string, Setting>>;
}

test('the README lists the settings of the extension; UPDATE_GOLDEN=1 writes the table anew', () => {
  const text = readFileSync(readme, 'utf8');
  const expected = text.replace(block, (_, start, end) => `${start}${settingsTable()}${end}`);
  assert.match(text, block);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(readme, expected);
  else assert.equal(text, expected);
});
