import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uiTest } from '../support/ui-rig.ts';

/** Fails as long as no file of the repository says that it may succeed. */
const connector = {
  connector: '2.1',
  name: 'checks',
  task: 'Check the work.',
  models: { primary: 'shell' },
  pipeline: {
    phases: [
      {
        name: 'test',
        workers: [
          {
            name: 'unit',
            prompt:
              'test -e "$(git rev-parse --git-common-dir)/allowed" && exit 0; echo "src/title.js:2:3 - error: no string"; exit 3',
          },
        ],
      },
    ],
  },
};

uiTest(
  'a failing phase is a problem on its line, whose quick fix runs it again, and the problem goes when it succeeds',
  {
    files: {
      'src/title.js': 'export const title =\n  12;\n',
      'connector.json': JSON.stringify(connector, null, 2),
    },
    file: 'connector.json',
  },
  async rig => {
    const { workbench } = rig;
    await workbench.has(
      'the lenses',
      () => workbench.lenses(),
      lenses => lenses.some(text => text.includes('Run phase')),
    );
    await workbench.clickLens('Run phase');
    // Its terminal is opened meanwhile, in the same panel.
    await workbench.has(
      'the lens of failure',
      () => workbench.lenses(),
      lenses => lenses.some(text => text.startsWith('✗')),
    );
    await workbench.has(
      'the terminal',
      () => workbench.terminalText(),
      text => text.includes('exit code 3'),
    );
    await workbench.command('View: Focus Problems');
    await workbench.has(
      'the problem of the run',
      () => workbench.problems(),
      rows => rows.some(row => /unit.*exit code 3/s.test(row)),
    );
    await workbench.has(
      'a link into the file that the output names',
      () => workbench.problems(),
      rows => rows.some(row => row.includes('title.js')),
    );

    writeFileSync(join(rig.folder, '.git/allowed'), '');
    await workbench.fixProblem(/exit code 3/, /^Retry (?!with)/);
    await workbench.has(
      'no problem of a run',
      () => workbench.problems(),
      rows => rows.every(row => !row.includes('exit code 3')),
    );
    await workbench.has(
      'the lens of success',
      () => workbench.lenses(),
      lenses => lenses.some(text => text.startsWith('✓')),
    );
  },
);
