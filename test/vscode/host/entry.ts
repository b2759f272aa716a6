/** Runs every suite inside the extension host; VS Code calls `run`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { leaveWitness } from './witness.ts';

/** Settles when all tests have run; rejects if one failed. */
export async function run(): Promise<void> {
  // An ES module, which this file is not.
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false });
  const suites = join(__dirname, 'suites');
  for (const file of readdirSync(suites).sort()) mocha.addFile(join(suites, file));
  await mocha.loadFilesAsync();
  let skipped = 0;
  let passed = 0;
  const failed = await new Promise<number>(resolve => {
    mocha
      .run(resolve)
      .on('pass', () => {
        passed++;
      })
      .on('pending', () => {
        skipped++;
      });
  });
  leaveWitness({ passed, failed, skipped });
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
