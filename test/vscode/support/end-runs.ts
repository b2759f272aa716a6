/** Ends what runs in a VS Code have left: the daemon, its runs, and every process of theirs. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { processesWith } from '../../support/cli-rig.ts';
import { eventually } from '../../support/wait.ts';

const program = join(import.meta.dirname, '../../../dist/niia.js');

/** Ends them, by the `NIIA_HOME` in the environment that VS Code was started with. */
export function endRuns(env: NodeJS.ProcessEnv): void {
  // Fails where there is none, or where it was killed.
  spawnSync(process.execPath, [program, 'daemon', 'stop', '--runs'], { env });
}

/** Waits for the end of all processes of a `NIIA_HOME`. The PTY host ends once no daemon is connected; what does not is told to. */
export async function awaitEnd(niiaHome: string): Promise<void> {
  const running = () => processesWith(`NIIA_HOME=${niiaHome}`);
  const told = () => {
    for (const { pid } of running()) {
      try {
        process.kill(pid, 'SIGTERM');
      } catch {
        // It has ended.
      }
    }
    return running().length === 0;
  };
  await eventually(told, { what: 'the end of every process of the rig', seen: running });
}
