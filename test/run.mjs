// The test command. `npm test` = every lane; `npm run check` = types, lint and the pure lane; `node test/run.mjs LANE…`
// = those lanes. Brings what it needs (test/setup.mjs), gives every lane a budget, and fails a lane that leaves a
// process or a temporary file behind. No dependencies of its own: it runs on the machine's Node, the lanes on Node 24.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureNode, ensurePackages, root } from './setup.mjs';

/** Seconds a lane may take on 2 cores before it is stopped: several times what it takes. */
const lanes = {
  types: { budgetS: 60, command: node => [node, 'node_modules/typescript/bin/tsc', '--noEmit'] },
  lint: {
    budgetS: 60,
    command: node => [
      node,
      'node_modules/@biomejs/biome/bin/biome',
      'ci',
      '--colors=off',
      '--error-on-warnings',
      '.',
    ],
  },
  unit: { budgetS: 120, tests: 'test/unit', concurrency: 2 },
  build: { budgetS: 60, command: node => [node, 'esbuild.mjs'] },
  integration: { budgetS: 420, tests: 'test/integration', concurrency: 2 },
  built: { budgetS: 480, tests: 'test/built', concurrency: 1 },
  agents: { budgetS: 720, wholeBudgetS: 1800, tests: 'test/agents', concurrency: 1 },
  package: { budgetS: 60, tests: 'test/vscode/package', concurrency: 1 },
  extension: { budgetS: 180, command: node => [node, 'test/vscode/host/main.ts'] },
  ui: { budgetS: 900, tests: 'test/vscode/ui', concurrency: 1 },
};

const groups = {
  check: ['types', 'lint', 'unit'],
  all: Object.keys(lanes),
};

/** What is no lane: run on Node 24 after a build, with the arguments that follow. */
const scripts = {
  bench: ['test/bench/main.ts'],
  fuzz: ['test/fuzz/server/main.ts'],
  generate: ['runtime/spec/generate.ts', 'runtime/analysis/generate.ts'],
  pictures: ['test/pictures/main.ts', 'client/package.mjs', 'test/pictures/editor/main.ts'],
  package: ['client/package.mjs'],
};

/** What other programs leave in a temporary directory that is theirs to keep. */
const foreignTemporaryFiles = [/^node-compile-cache$/, /^\.?com\.apple/, /^claude-/];

async function main() {
  const names = process.argv.slice(2);
  ensurePackages();
  const node = ensureNode();
  const script = scripts[names[0]];
  if (script !== undefined) {
    process.exitCode = await runScripts(node, script, names.slice(1));
    return;
  }
  // `agents --all`: with every CLI that npm has, instead of the first few.
  const isWhole = names.includes('--all');
  const asked = names.filter(name => name !== '--all');
  const wanted = (asked.length > 0 ? asked : ['all']).flatMap(name => groups[name] ?? [name]);
  const unknown = wanted.filter(name => !(name in lanes));
  if (unknown.length > 0) {
    console.error(
      `no such lane: ${unknown.join(', ')}. Lanes: ${Object.keys(lanes).join(', ')}; groups: ${Object.keys(groups).join(', ')}`,
    );
    process.exitCode = 2;
    return;
  }
  const results = [];
  for (const name of wanted) results.push(await runLane(name, lanes[name], node, isWhole));
  report(results);
}

/** Runs scripts of the project, one after the other, on what is built from this tree. */
async function runScripts(node, files, args) {
  const build = await runProcess([node, 'esbuild.mjs'], process.env, 60);
  if (build.code !== 0) return 1;
  for (const file of files) {
    const ended = await runProcess([node, file, ...args], process.env, 3600);
    if (ended.code !== 0) return ended.code ?? 1;
  }
  return 0;
}

async function runLane(name, lane, node, isWhole) {
  console.log(`\n── ${name} ──`);
  const files = lane.tests ? testFiles(lane.tests) : [];
  if (lane.tests && files.length === 0)
    return { name, seconds: 0, passed: 0, failed: 1, skipped: 0, problems: ['no test files'] };
  const temporary = mkdtempSync(join(tmpdir(), 'niia-t-'));
  const marker = `NIIA_TEST_RUN=${process.pid}.${name}`;
  const countsFile = join(temporary, '..', `${temporary.split('/').pop()}.counts.json`);
  const argv = lane.tests ? testCommand(node, files, lane, countsFile) : lane.command(node);
  const started = performance.now();
  const env = {
    ...cleanEnvironment(),
    NIIA_TEST_RUN: marker.split('=')[1],
    TMPDIR: temporary,
    COUNTS_FILE: countsFile,
    ...(isWhole ? { NIIA_TEST_ALL: '1' } : {}),
  };
  const budgetS = (isWhole && lane.wholeBudgetS) || lane.budgetS;
  const ended = await runProcess(argv, env, budgetS);
  const seconds = (performance.now() - started) / 1000;
  const counts = readCounts(countsFile) ?? {
    passed: ended.code === 0 ? 1 : 0,
    failed: ended.code === 0 ? 0 : 1,
    skipped: 0,
  };
  const problems = [
    ...(ended.isOverBudget ? [`over its budget of ${budgetS} s`] : []),
    ...(ended.code !== 0 && counts.failed === 0 ? [`exit ${ended.code ?? ended.signal}`] : []),
    ...survivors(marker).map(found => `left a process behind: ${found}`),
    ...leftFiles(temporary).map(found => `left in the temporary directory: ${found}`),
  ];
  rmSync(temporary, { recursive: true, force: true });
  rmSync(countsFile, { force: true });
  return { name, seconds, ...counts, problems };
}

function testFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter(file => file.endsWith('.test.ts'))
    .map(file => join(folder, file))
    .sort();
}

function testCommand(node, files, lane, countsFile) {
  return [
    node,
    '--test',
    `--test-concurrency=${lane.concurrency}`,
    '--test-timeout=180000',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=./test/counts-reporter.mjs',
    `--test-reporter-destination=${countsFile}`,
    ...files,
  ];
}

/** The environment of the tests: the caller's, without what would point our programs at the caller's own state. */
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([key]) => !/^(NIIA_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|GIT_)/.test(key),
    ),
  );
}

/** Runs a process in a group of its own, so that the whole group ends when the budget does. */
function runProcess(argv, env, budgetS) {
  return new Promise(resolve => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd: root,
      env,
      stdio: 'inherit',
      detached: process.platform !== 'win32',
    });
    let isOverBudget = false;
    const timer = setTimeout(() => {
      isOverBudget = true;
      try {
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
      } catch {}
    }, budgetS * 1000);
    const stop = () => child.kill('SIGTERM');
    process.once('SIGINT', stop);
    child.on('error', error => console.error(`${argv[0]}: ${error.message}`));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      process.off('SIGINT', stop);
      resolve({ code, signal, isOverBudget });
    });
  });
}

function readCounts(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Processes that carry the lane's marker in their environment and still live (Linux; elsewhere none is found). */
function survivors(marker) {
  if (process.platform !== 'linux') return [];
  const found = [];
  for (const pid of readdirSync('/proc').filter(entry => /^\d+$/.test(entry))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(marker)) continue;
      found.push(`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()}`);
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended while we looked, or is not ours to read.
    }
  }
  return found;
}

function leftFiles(directory) {
  return readdirSync(directory).filter(name => !foreignTemporaryFiles.some(pattern => pattern.test(name)));
}

function report(results) {
  console.log('\n── lanes ──');
  for (const { name, seconds, passed, failed, skipped, problems } of results) {
    const mark = failed > 0 || problems.length > 0 ? '✗' : '✓';
    const budget = lanes[name].budgetS;
    console.log(
      `${mark} ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s of ${budget} · ${passed} passed · ${failed} failed · ${skipped} skipped`,
    );
    for (const problem of problems) console.log(`    ${problem}`);
  }
  const sum = key => results.reduce((total, result) => total + result[key], 0);
  const laneProblems = results.filter(result => result.problems.length > 0 && result.failed === 0).length;
  console.log(`\n${sum('passed')} passed, ${sum('failed') + laneProblems} failed, ${sum('skipped')} skipped`);
  process.exitCode = sum('failed') + laneProblems > 0 ? 1 : 0;
}

await main();
