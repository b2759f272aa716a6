import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');

const refused: readonly (readonly [string, string])[] = [
  ['runtime/spec', 'node:fs'],
  ['runtime/spec', '../analysis/analyze.ts'],
  ['runtime/analysis', 'node:path'],
  ['runtime/analysis', '../engine/state.ts'],
  ['runtime/plan', '../daemon/daemon.ts'],
  ['runtime/topology', '../git/merge.ts'],
  ['runtime/engine', '../daemon/daemon.ts'],
  ['runtime/engine', 'node-pty'],
  ['runtime/pty', '../engine/state.ts'],
  ['runtime/daemon', 'node-pty'],
  ['runtime/daemon', 'vscode'],
  ['runtime/git', '../../client/extension.ts'],
  ['runtime/cli', 'vscode-languageserver/node.js'],
  ['runtime/graph', 'node:fs'],
  ['runtime/graph', '../cli/style.ts'],
  ['runtime/mcp', '../cli/verb.ts'],
  ['server', '../runtime/daemon/daemon.ts'],
  ['client', '../runtime/plan/make-plan.ts'],
];

const allowed: readonly (readonly [string, string])[] = [
  ['runtime/engine', '../plan/plan.ts'],
  ['runtime/pty', 'node-pty'],
  ['runtime/graph', '../engine/projections.ts'],
  ['runtime/mcp', '@modelcontextprotocol/sdk/server/mcp.js'],
  ['server', '../runtime/analysis/analyze.ts'],
  ['client', '../runtime/protocol.ts'],
];

/** Lints a made-up file for every import under the project's own configuration; the files that were refused. */
function refusedFiles(folder: string, imports: typeof refused): readonly string[] {
  copyFileSync(join(root, '.biome.json'), join(folder, '.biome.json'));
  imports.forEach(([place, specifier], index) => {
    mkdirSync(join(folder, place), { recursive: true });
    writeFileSync(join(folder, place, `file-${index}.ts`), `import { x } from '${specifier}';\n\nx();\n`);
  });
  const { stdout } = spawnSync(
    process.execPath,
    [
      biome,
      'lint',
      '--vcs-enabled=false',
      '--only=style/noRestrictedImports',
      '--reporter=json',
      '--max-diagnostics=none',
      folder,
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  return imports.flatMap(([place, specifier], index) =>
    stdout.includes(`${place}/file-${index}.ts`) ? [`${place} → ${specifier}`] : [],
  );
}

test('lint refuses every import against the architecture, and no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'niia-lint-'));
  try {
    assert.deepEqual(
      refusedFiles(folder, [...refused, ...allowed]),
      refused.map(([place, specifier]) => `${place} → ${specifier}`),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
