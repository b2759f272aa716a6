/** Golden files: expected text beside its input. `UPDATE_GOLDEN=1` accepts what the program says. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const isUpdating = process.env.UPDATE_GOLDEN === '1';

/** Folder of the connector fixtures. */
export const fixtures = join(import.meta.dirname, '../../fixtures/connector');

/** The project's folder. */
export const projectRoot = join(import.meta.dirname, '../../..');

/** The connector files of a folder, by name. */
export function connectorFiles(folder: string): readonly string[] {
  return readdirSync(folder).filter(name => name.endsWith('.json') && !name.endsWith('.workflow.json'));
}

/** Compares a text with its golden file. */
export function assertGolden(file: string, actual: string): void {
  if (isUpdating) writeFileSync(file, actual);
  assert.ok(existsSync(file), `${file} is missing: accept it with UPDATE_GOLDEN=1`);
  assert.equal(
    actual,
    readFileSync(file, 'utf8'),
    `${file} differs: if that is right, UPDATE_GOLDEN=1 accepts it`,
  );
}

/** Fails for golden files whose input is gone. */
export function assertNoStale(folder: string, extension: string): void {
  const inputs = new Set(connectorFiles(folder).map(name => name.replace(/\.json$/, extension)));
  const stale = readdirSync(folder).filter(name => name.endsWith(extension) && !inputs.has(name));
  if (isUpdating) for (const name of stale) rmSync(join(folder, name));
  else assert.deepEqual(stale, [], `golden files without an input in ${folder}`);
}
