import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../../..');
const manual = readFileSync(join(root, 'docs/vscode.md'), 'utf8');

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: {
      readonly properties: Readonly<Record<string, { readonly default: unknown }>>;
    };
  };
}

const { contributes }: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

test('the manual of the extension has every command', () => {
  const commands = contributes.commands.map(({ command }) => command);
  assert.deepEqual(
    commands.filter(command => !manual.includes(`\`${command}\``)),
    [],
  );
});

test('the manual of the extension has every setting, with its default where it has a table for it', () => {
  for (const [name, { default: value }] of Object.entries(contributes.configuration.properties)) {
    assert.ok(manual.includes(`\`${name}\``), name);
    const row = manual.split('\n').find(line => line.startsWith(`| \`${name}\` |`));
    const shown = row?.split('|')[2]?.trim().replaceAll('`', '');
    if (shown !== undefined) assert.equal(shown, String(value), name);
  }
});
