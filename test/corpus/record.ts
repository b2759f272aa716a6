/**
 * Records what real CLIs do into test/corpus/data/: `node test/corpus/record.ts [CLI…] [scenario…]`. Offline, in private
 * homes, with dummy keys. The benchmark of the state detector and its tests replay these files.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOffline, offlineCommand, startModelApi } from '../agents/model-api.ts';
import { ensureCli } from '../agents/real-clis.ts';
import { Driver } from './driver.ts';
import { type RealProgram, realPrograms } from './real-programs.ts';
import { RealTerminal, SIZE } from './real-terminal.ts';
import { writeRecording } from './recording.ts';
import { type Scenario, scenarios } from './scenarios.ts';

// Not in the system's temporary folder: codex and gemini refuse one that others may write to. The path shows in what is
// recorded: NIIA_RECORDING_DIR can name one that tells nothing.
const workFolder =
  process.env.NIIA_RECORDING_DIR ?? fileURLToPath(new URL('../../.tools/recording', import.meta.url));

async function record(program: RealProgram, scenario: Scenario): Promise<void> {
  const cli = ensureCli(program.name);
  if (cli.kind === 'missing') throw new Error(cli.why);
  mkdirSync(workFolder, { recursive: true });
  const folder = mkdtempSync(join(workFolder, `${program.name}-`));
  const project = join(folder, 'project');
  mkdirSync(project);
  execFileSync('git', ['init', '-q', project]);
  await using api = await startModelApi();
  try {
    const { mode, hasDialogs = false } = scenario;
    const pathVariable = `${cli.binDir}:${dirname(process.execPath)}:/usr/bin:/bin`;
    using terminal = await RealTerminal.start({
      ...{ program, path: cli.program, folder, apiUrl: api.url, mode, hasDialogs, pathVariable },
    });
    await scenario.play(new Driver(terminal, program, api.url, project));
    terminal.end();
    const events = [...terminal.events].sort((a, b) => a.at - b.at);
    writeRecording({ cli: program.name, version: cli.version, scenario: scenario.name, ...SIZE, events });
    console.log(
      `${program.name} ${scenario.name}: ${events.length} events, ${Math.round(terminal.now() / 1000)} s`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const wanted = process.argv.slice(2);
const picks = (names: readonly string[]): readonly string[] => wanted.filter(name => names.includes(name));
const cliNames = picks(realPrograms.map(({ name }) => name));
const scenarioNames = picks(scenarios.map(({ name }) => name));

async function recordAll(): Promise<void> {
  for (const program of realPrograms) {
    if (cliNames.length > 0 && !cliNames.includes(program.name)) continue;
    for (const scenario of scenarios) {
      if (scenarioNames.length > 0 && !scenarioNames.includes(scenario.name)) continue;
      if (scenario.only?.includes(program.name) === false) continue;
      await record(program, scenario).catch(error => {
        process.exitCode = 1;
        console.error(`${program.name} ${scenario.name} FAILED: ${error}`);
      });
    }
  }
}

const self = fileURLToPath(import.meta.url);
const offline = isOffline ? undefined : offlineCommand([process.execPath, self, ...wanted]);
if (offline === undefined) {
  await recordAll();
} else {
  const env = { ...process.env, NIIA_TEST_OFFLINE: '1' };
  const { status } = spawnSync(offline[0] ?? '', offline.slice(1), { env, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
