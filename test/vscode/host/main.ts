/**
 * The lane `extension`: mocha suites inside the extension host of the newest and of the oldest supported VS Code, on
 * the packed extension. `VSCODE_EXECUTABLE` names a desktop VS Code to run them in; without it, one is downloaded where
 * there is a display and a way to it; else code-server's VS Code stands in.
 */
import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { builtPackage } from '../support/built-package.ts';
import { awaitEnd, endRuns } from '../support/end-runs.ts';
import { type Edition, isInstallable } from '../support/installation.ts';
import { unpackExtension } from '../support/zip.ts';
import { type Counts, readWitness } from './witness.ts';

const root = join(import.meta.dirname, '../../..');
/** Inside the project, because the suites' packages are found from there. */
const bundles = join(root, 'test/.tmp/host');
const place = mkdtempSync(join(tmpdir(), 'host-'));
/** State of the runs of a desktop VS Code; the stand-in has a home of its own. */
const niiaHome = join(place, 'niia');

try {
  const extension = join(place, 'extension');
  unpackExtension(builtPackage(), extension);
  await bundleSuites();
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, executable] of await executables()) {
    console.log(`\n${name}`);
    const counts = await runSuites(name, executable, extension);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  if (process.env.COUNTS_FILE) writeFileSync(process.env.COUNTS_FILE, JSON.stringify(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
} finally {
  endRuns({ ...process.env, NIIA_HOME: niiaHome });
  await awaitEnd(niiaHome);
  rmSync(place, { recursive: true, force: true });
}

/** The VS Codes to run in, by name. */
async function executables(): Promise<readonly (readonly [string, string])[]> {
  const named = process.env.VSCODE_EXECUTABLE;
  if (named !== undefined) return [[named, named]];
  const hasDisplay = process.platform !== 'linux' || process.env.DISPLAY !== undefined;
  if (hasDisplay) {
    try {
      const versions = ['stable', '1.100.3'];
      return await Promise.all(
        versions.map(async each => [`VS Code ${each}`, await downloadAndUnzipVSCode(each)] as const),
      );
    } catch (error) {
      if (!isInstallable()) throw error;
      console.log(
        `no desktop VS Code (${error instanceof Error ? error.message : error}): code-server stands in`,
      );
    }
  }
  return (['latest', 'floor'] as const).map(edition => [
    `VS Code of code-server, ${edition}`,
    standIn(edition),
  ]);
}

/** A program that takes the arguments of desktop VS Code. */
function standIn(edition: Edition): string {
  const file = join(place, `vscode-${edition}`);
  writeFileSync(
    file,
    `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, 'stand-in.ts')}' ${edition} "$@"\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

/** VS Code says 0 when its extension host died in the middle: what counts is what the suites themselves have left. */
async function runSuites(name: string, vscodeExecutablePath: string, extension: string): Promise<Counts> {
  const witness = join(place, `${name.replaceAll(/\W+/g, '-')}.json`);
  const workspace = join(place, 'workspace');
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(workspace);
  writeFileSync(
    join(workspace, 'connector.json'),
    readFileSync(join(import.meta.dirname, 'workspace.connector.json')),
  );
  try {
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: extension,
      extensionTestsPath: join(bundles, 'entry.cjs'),
      launchArgs: [workspace, '--disable-extensions'],
      extensionTestsEnv: { TEST_WITNESS: witness, NIIA_HOME: niiaHome },
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  const counts = readWitness(witness);
  if (counts !== undefined) return counts;
  console.error('the extension host ended before its tests did');
  return { passed: 0, failed: 1, skipped: 0 };
}

/** Node 20, which the oldest VS Code has, reads no TypeScript. */
async function bundleSuites(): Promise<void> {
  rmSync(bundles, { recursive: true, force: true });
  await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: ['entry.ts', ...globSync('suites/*.suite.ts', { cwd: import.meta.dirname })],
    outdir: bundles,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}
