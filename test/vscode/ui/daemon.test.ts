import { uiTest } from '../support/ui-rig.ts';

const connector = {
  connector: '2.1',
  name: 'lasting',
  task: 'Last longer than the daemon.',
  models: { primary: 'shell' },
  pipeline: {
    phases: [
      {
        name: 'wait',
        workers: [{ name: 'patient', prompt: 'echo ready; read -r word; echo "heard $word"' }],
      },
    ],
  },
};

uiTest(
  'a daemon that is killed comes back, with the run and the terminal it left behind',
  {
    files: { 'connector.json': JSON.stringify(connector, null, 2) },
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
    await workbench.has(
      'the worker',
      () => workbench.terminalText(),
      text => text.includes('ready'),
    );

    const daemon = () => {
      try {
        return Number(JSON.parse(rig.niia('daemon', 'status', '--json')).pid);
      } catch {
        return 0;
      }
    };
    const killed = daemon();
    process.kill(killed, 'SIGKILL');
    await workbench.has(
      'another daemon',
      async () => daemon(),
      pid => pid > 0 && pid !== killed,
    );

    await workbench.typeIntoTerminal('me\n');
    await workbench.has(
      'the worker’s answer',
      () => workbench.terminalText(),
      text => text.includes('heard me'),
    );
    await workbench.has(
      'the lens of success',
      () => workbench.lenses(),
      lenses => lenses.some(text => text.startsWith('✓')),
    );
  },
);
