#!/usr/bin/env node
/** The language server as a program: `connector-language-server --stdio` (the default) or `--node-ipc`. */
import { createConnection } from 'vscode-languageserver/node';
import { createNodeFacts } from './node-facts.ts';
import { createServer } from './server.ts';

/** Set by the build; a server that runs from its sources has no version. */
declare const NIIA_VERSION: string | undefined;

const transports = ['--stdio', '--node-ipc', '--socket', '--pipe'];
const hasTransport = process.argv.some(argument => transports.some(name => argument.startsWith(name)));
if (!hasTransport) process.argv.push('--stdio');

const connection = createConnection();
createServer(connection, {
  version: typeof NIIA_VERSION === 'string' ? NIIA_VERSION : '0.0.0-dev',
  isWarmedUp: true,
  createFacts: () => createNodeFacts(),
  rulesPage: new URL('../docs/rules.md', import.meta.url).href,
});
connection.listen();
