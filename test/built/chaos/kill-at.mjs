// Preloaded into the built daemon (`NODE_OPTIONS=--import=…`): ends it with SIGKILL at one exact moment of a run's journal.
// NIIA_TEST_KILL=<when>:<seq>, when = before (the event is not written), torn (half of its line is), after (it is on disk).
import { open } from 'node:fs/promises';

const [when, seq] = (process.env.NIIA_TEST_KILL ?? '').split(':');
const needle = `"seq":${seq},`;

if (seq !== undefined) {
  const probe = await open(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(probe);
  await probe.close();
  const { write, datasync } = prototype;
  let isDue = false;
  prototype.write = function (buffer, offset, length, position) {
    const text = Buffer.isBuffer(buffer) ? buffer.toString('utf8', offset, offset + length) : '';
    const at = text.startsWith('{"v":1,') ? text.indexOf(needle) : -1;
    if (at < 0) return write.call(this, buffer, offset, length, position);
    if (when === 'before') die();
    if (when === 'after') {
      isDue = true;
      return write.call(this, buffer, offset, length, position);
    }
    const cut = Buffer.byteLength(text.slice(0, at)) + 4;
    return write.call(this, buffer, offset, cut, position).then(die);
  };
  prototype.datasync = function () {
    return datasync.call(this).then(() => {
      if (isDue) die();
    });
  };
}

function die() {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way: nothing more may happen.
  for (;;);
}
