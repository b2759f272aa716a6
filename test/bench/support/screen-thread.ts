/** A thread that rebuilds screens from recordings. */
import { parentPort } from 'node:worker_threads';
import { Screens } from '../../../runtime/pty/screen.ts';

const screens = new Screens();

parentPort?.on('message', ({ session, file }: { readonly session: string; readonly file: string }) => {
  void screens.screen(file).then(screen => {
    parentPort?.postMessage({ session, screen: screen.ok ? screen.value : undefined });
  });
});
