/** The language servers that `bench lsp` compares, each set up as an editor does. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientCapabilities } from 'vscode-languageserver';
import { LspProcess } from '../../support/lsp-process.ts';

const root = join(import.meta.dirname, '../../..');
const version = '4.10.0';

/** A language server that can be started as often as one likes. */
export interface Contender {
  readonly name: 'ours' | 'json';
  readonly argv: readonly string[];
  /** Introduces the client. */
  initialize(server: LspProcess, capabilities: ClientCapabilities): Promise<unknown>;
}

/** Ours with everything it can do, and VS Code's for JSON with our schema; the latter is installed on first use. */
export function contenders(): readonly [Contender, Contender] {
  const ours: Contender = {
    name: 'ours',
    argv: [process.execPath, join(root, 'dist/server.js'), '--stdio'],
    initialize: (server, capabilities) =>
      server.initialize({ capabilities, initializationOptions: { schemaFeatures: true } }),
  };
  const json: Contender = {
    name: 'json',
    argv: [process.execPath, installJsonServer(), '--stdio'],
    async initialize(server, capabilities) {
      await server.initialize({ capabilities, initializationOptions: { provideFormatter: true } });
      const schema = JSON.parse(readFileSync(join(root, 'schemas/connector.schema.json'), 'utf8'));
      const schemas = [{ fileMatch: ['*.connector.json'], url: 'niia:/connector.schema.json', schema }];
      const settings = { json: { schemas, validate: { enable: true } } };
      await server.notify('workspace/didChangeConfiguration', { settings });
    },
  };
  return [ours, json];
}

/** Starts a contender and introduces the client; the time until it has answered, in ms. */
export async function start(
  contender: Contender,
  capabilities: ClientCapabilities,
): Promise<{ readonly server: LspProcess; readonly tookMs: number }> {
  const started = performance.now();
  const server = new LspProcess(contender.argv);
  await contender.initialize(server, capabilities);
  return { server, tookMs: performance.now() - started };
}

function installJsonServer(): string {
  const folder = join(root, '.tools/json-server');
  const name = 'vscode-langservers-extracted';
  const file = join(folder, 'node_modules', name, 'bin/vscode-json-language-server');
  if (existsSync(file)) return file;
  console.error(`installing ${name}@${version} into .tools/ (once)…`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  execFileSync('npm', ['install', '--save-exact', '--ignore-scripts', `${name}@${version}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return file;
}
