/** The language server as a web worker: language features work in the browser, facts about a machine are absent there. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { emptyFacts } from './facts.ts';
import { createServer } from './server.ts';

/** Set by the build. */
declare const NIIA_VERSION: string | undefined;

// The types of a worker's global scope would bring those of the whole DOM with them.
const scope = globalThis as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
const connection = createConnection(new BrowserMessageReader(scope), new BrowserMessageWriter(scope));
createServer(connection, {
  version: typeof NIIA_VERSION === 'string' ? NIIA_VERSION : '0.0.0-dev',
  createFacts: emptyFacts,
});
connection.listen();
