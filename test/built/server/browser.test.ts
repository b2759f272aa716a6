import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import type {
  CompletionItem,
  CompletionList,
  Diagnostic,
  Location,
  LocationLink,
  ServerCapabilities,
} from 'vscode-languageserver';
import { pathOf, skipWithout, systemProgram } from '../../support/debian-program.ts';
import { pulling } from '../../support/lsp-process.ts';
import { askEverything, dist, edited, marked, uri, withPhase } from './built-server.ts';

const program = systemProgram('chromium');

describe('the browser bundle in a web worker', { skip: skipWithout(program) }, () => {
  const place = mkdtempSync(join(tmpdir(), 'niia-browser-'));
  let web: Server;
  let browser: Browser;
  let page: Page;

  before(async () => {
    web = await serveBundle();
    browser = await chromium.launch({
      executablePath: pathOf(program),
      // Nothing but this machine is reachable, and nothing is written outside of the test's folder.
      args: ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'],
      env: { ...definedEnvironment(), HOME: place, TMPDIR: place, XDG_CONFIG_HOME: place },
    });
  });

  after(async () => {
    await browser?.close();
    web?.close();
    rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  });

  test('completes, jumps and diagnoses as the node bundle does', async () => {
    page = await openPage(browser, web);
    const { capabilities } = await request<{ readonly capabilities: ServerCapabilities }>(
      page,
      'initialize',
      {
        processId: null,
        rootUri: null,
        capabilities: pulling(),
      },
    );
    assert.ok(capabilities.hoverProvider);
    const { text, at, position } = marked(withPhase('{ "prompt": "Go", "model": "sm|" }'));
    await notify(page, 'initialized', {});
    await notify(page, 'textDocument/didOpen', {
      textDocument: { uri, languageId: 'json', version: 1, text },
    });
    const found = await request<CompletionList | CompletionItem[]>(page, 'textDocument/completion', at);
    const item = [found].flat().flatMap(each => ('items' in each ? each.items : each));
    const edit = item.find(({ label }) => label === 'smart')?.textEdit;
    assert.ok(edit && 'range' in edit);
    assert.equal(edited(text, [edit]), withPhase('{ "prompt": "Go", "model": "smart" }'));

    const report = await request<{ readonly items: readonly Diagnostic[] }>(page, 'textDocument/diagnostic', {
      textDocument: { uri },
    });
    assert.deepEqual(
      report.items.filter(({ severity }) => severity === 1).map(({ code }) => code),
      ['unknown-alias'],
    );

    const alias = { line: 2, character: text.split('\n')[2]?.lastIndexOf('smart') ?? 0 };
    const target = await request<Location | (Location | LocationLink)[]>(page, 'textDocument/definition', {
      textDocument: { uri },
      position: alias,
    });
    assert.equal([target].flat().length, 1);

    const server = { request: <T>(method: string, params: unknown) => request<T>(page, method, params) };
    assert.ok((await askEverything(server, capabilities, position)) > 10);
  });

  test('has no module of Node in it', () => {
    const bundle = readFileSync(join(dist, 'server-browser.js'), 'utf8');
    // A classic script can get one by a call alone. Not the whole bundle in the message of a failure.
    const found = /\b(?:require|import)\s*\(\s*["'`](?:node:|fs|path|os|child_process).{0,60}/.exec(
      bundle,
    )?.[0];
    assert.equal(found, undefined);
  });
});

/** Serves the bundle and an empty page, on this machine only. */
async function serveBundle(): Promise<Server> {
  const server = createServer((request, response) => {
    const isBundle = request.url === '/server-browser.js';
    response.setHeader('content-type', isBundle ? 'text/javascript' : 'text/html');
    response.end(isBundle ? readFileSync(join(dist, 'server-browser.js')) : '<!doctype html>');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A page with the server in a worker; `ask` and `tell` in its global scope speak JSON-RPC with it. */
async function openPage(browser: Browser, web: Server): Promise<Page> {
  const page = await browser.newPage();
  const address = web.address();
  if (address === null || typeof address === 'string') throw new Error('the web server has no port');
  await page.goto(`http://127.0.0.1:${address.port}/`);
  await page.addScriptTag({
    content: `
      const worker = new Worker('/server-browser.js');
      const waiting = new Map();
      let last = 0;
      worker.onerror = event => { for (const { reject } of waiting.values()) reject(new Error(event.message)); };
      worker.onmessage = ({ data }) => {
        if ('method' in data) {
          if ('id' in data) worker.postMessage({ jsonrpc: '2.0', id: data.id, result: null });
          return;
        }
        const { resolve, reject } = waiting.get(data.id);
        waiting.delete(data.id);
        if (data.error) reject(Object.assign(new Error(data.error.message), { code: data.error.code }));
        else resolve(data.result);
      };
      globalThis.tell = (method, params) => worker.postMessage({ jsonrpc: '2.0', method, params });
      globalThis.ask = (method, params) => new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ jsonrpc: '2.0', id, method, params });
      });`,
  });
  return page;
}

async function request<T>(page: Page, method: string, params: unknown): Promise<T> {
  // An error's code does not survive the way out of the page.
  const call = `ask(${JSON.stringify(method)}, ${JSON.stringify(params)})
    .then(result => ({ result }), ({ message, code }) => ({ message, code }))`;
  const answer: { result?: T; message?: string; code?: number } = await page.evaluate(call);
  if ('code' in answer) throw Object.assign(new Error(answer.message), { code: answer.code });
  // Not checked: what it is follows from the method.
  return answer.result as T;
}

async function notify(page: Page, method: string, params: unknown): Promise<void> {
  await page.evaluate(`tell(${JSON.stringify(method)}, ${JSON.stringify(params)})`);
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
