#!/usr/bin/env node
/** The language server as a program: `connector-language-server --stdio` (the default) or `--node-ipc`. */
import { Console } from 'node:console';
import { type Connection, createConnection, StreamMessageReader } from 'vscode-languageserver/node';
import { WholeMessageWriter } from './message-writer.ts';
import { createNodeFacts } from './node-facts.ts';
import { createServer } from './server.ts';

/** Set by the build; a server that runs from its sources has no version. */
declare const NIIA_VERSION: string | undefined;

/** Transports that the library finds in the arguments by itself. */
const otherTransports = ['--node-ipc', '--socket', '--pipe'];

const isOther = process.argv.some(argument => otherTransports.some(name => argument.startsWith(name)));
const connection = isOther ? createConnection() : connectStdio();
createServer(connection, {
  version: typeof NIIA_VERSION === 'string' ? NIIA_VERSION : '0.0.0-dev',
  isWarmedUp: true,
  createFacts: () => createNodeFacts(),
  rulesPage: new URL('../docs/rules.md', import.meta.url).href,
});
connection.listen();

function connectStdio(): Connection {
  // Standard output belongs to the protocol, whatever a library has to say.
  globalThis.console = new Console(process.stderr);
  // A client that leaves without `exit` has died.
  process.stdin.once('close', () => process.exit(1));
  return createConnection(new StreamMessageReader(process.stdin), new WholeMessageWriter(process.stdout));
}
