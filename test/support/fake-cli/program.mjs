// The fake CLI itself: a program that does what a test tells it over a socket, and nothing by itself.
// Started by a shim under any name (see fake-cli.ts). Plain JavaScript without imports of ours: it must start fast.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [name, ...argv] = process.argv.slice(2);
const socket = connect(process.env.FAKE_CLI_SOCKET);
const send = message => socket.write(`${JSON.stringify(message)}\n`);
// The test is over: so is its CLI.
socket.on('close', () => process.exit(99));
socket.on('error', () => process.exit(98));

const written = (stream, text) => new Promise(resolve => stream.write(text, resolve));

const actions = {
  print: ({ text }) => written(process.stdout, text),
  printError: ({ text }) => written(process.stderr, text),
  async flood({ bytes, line }) {
    const piece = line.repeat(Math.max(1, Math.floor(65536 / line.length)));
    for (let left = bytes; left > 0; left -= piece.length)
      await written(process.stdout, piece.slice(0, left));
  },
  write: ({ path, content }) => writeFileSync(path, content),
  // A child in a session of its own, which a kill of our process group does not reach.
  spawn({ argv: [program, ...args], isDetached }) {
    const child = spawn(program, args, { detached: isDetached, stdio: 'ignore' });
    child.unref();
    return child.pid;
  },
  async stdin() {
    let text = '';
    for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
    return text;
  },
  ignore({ signals }) {
    for (const signal of signals) process.on(signal, () => send({ signal }));
  },
  exit({ code }) {
    process.exitCode = code;
    process.exit();
  },
  crash: ({ signal }) => process.kill(process.pid, signal),
};

createInterface({ input: socket }).on('line', async line => {
  const { id, action, ...parameters } = JSON.parse(line);
  try {
    send({ id, value: (await actions[action](parameters)) ?? null });
  } catch (error) {
    send({ id, error: String(error) });
  }
});
send({ hello: { name, argv, pid: process.pid, cwd: process.cwd(), env: process.env } });
