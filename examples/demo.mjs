// `npm run demo`: installs and builds if needed, then runs examples/demo.connector.json in a throw-away git repository
// with the real program, on shell workers: no AI, no account, no network. Leaves the repository and the run for a look
// and says where; stops the daemon, so that no process is left.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { styleText } from 'node:util';
import { ensureNode, ensurePackages, root } from '../test/setup.mjs';

const isColored = process.stdout.isTTY && !process.env.NO_COLOR;
const style = (format, text) => (isColored ? styleText(format, text) : text);
const heading = text => console.log(`\n${style('bold', `── ${text} `.padEnd(72, '─'))}`);

/** A small repository with failing tests, as a user might have it. */
function makeRepository(directory) {
  cpSync(join(root, 'examples/demo/project'), directory, { recursive: true });
  cpSync(join(root, 'examples/demo.connector.json'), join(directory, 'demo.connector.json'));
  cpSync(join(root, 'examples/demo'), join(directory, 'demo'), {
    recursive: true,
    filter: source => !source.startsWith(join(root, 'examples/demo/project')),
  });
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=Demo', '-c', 'user.email=demo@localhost', ...args], {
      cwd: directory,
    });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'A small library, with tests for what it lacks');
}

function main() {
  ensurePackages();
  const node = ensureNode();
  execFileSync(node, ['esbuild.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });

  const place = mkdtempSync(join(tmpdir(), 'niia-demo-'));
  const repository = join(place, 'titles');
  makeRepository(repository);
  const env = { ...process.env, NIIA_HOME: join(place, 'niia-home'), GIT_PAGER: 'cat' };
  // The steps of the demo call `node`: the same one, also where the machine's own is older.
  env.PATH = `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`;
  const niia = (...args) =>
    spawnSync(node, [join(root, 'dist/niia.js'), ...args], { cwd: repository, env, stdio: 'inherit' });
  const niiaText = (...args) =>
    execFileSync(node, [join(root, 'dist/niia.js'), ...args], { cwd: repository, env, encoding: 'utf8' });

  heading('niia run demo.connector.json');
  const ended = niia('run', 'demo.connector.json');
  const run = JSON.parse(niiaText('ps', '--all', '--json'))[0]?.run;
  if (run === undefined) {
    console.error('The demo did not start a run; the message above says why.');
    return ended.status ?? 1;
  }

  heading(`niia diff ${run}`);
  niia('diff', run);

  heading('answers');
  const answers = join(JSON.parse(niiaText('show', run, '--json')).dir, 'answers');
  for (const phase of readdirSync(answers)) {
    for (const file of readdirSync(join(answers, phase)).filter(name => name.endsWith('.md'))) {
      console.log(style('cyan', `${phase}/${file.replace(/\.md$/, '')}`));
      console.log(
        readFileSync(join(answers, phase, file), 'utf8')
          .trimEnd()
          .replace(/^/gm, '  '),
      );
    }
  }

  heading('where everything is');
  console.log(`repository   ${repository}   (main is untouched)`);
  console.log(`run branch   niia/${run}/head   (git -C ${repository} log niia/${run}/head)`);
  console.log(`answers      ${answers}`);
  console.log(`the file     ${join(root, 'examples/demo.connector.json')}`);
  console.log(
    `next         NIIA_HOME=${env.NIIA_HOME} node ${join(root, 'dist/niia.js')} merge ${run}   (in the repository)`,
  );
  niia('daemon', 'stop');
  return ended.status ?? 1;
}

process.exitCode = main();
