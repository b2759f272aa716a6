/**
 * Stands where the executable of desktop VS Code would: takes the arguments by which @vscode/test-electron starts a test
 * run, runs it in the extension host of code-server's VS Code, and exits with its code.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import { openBrowser } from '../support/browser.ts';
import { awaitEnd, endRuns } from '../support/end-runs.ts';
import { type Edition, ensureVsCode } from '../support/installation.ts';
import { VsCodeServer } from '../support/vscode-server.ts';

/** No test run takes this long; without it, a window that never starts its tests would wait for ever. */
const timeoutMs = 120_000;

/** What the workbench says of itself through the console of a test run. */
const chatter =
  /^(Resolv|Creating a socket|\[reconnection|Ignoring fetching|\[Account|\[AgentHost|\[Chat|Updating additional|\[Service Worker\]|Creation of workbench|Timed out waiting for authentication provider|Canceled: |Cannot read properties of undefined \(reading 'extensionHost'\)|Error: Could not locate the bindings file|.*\[IPC Library)/;

const [edition, ...argv] = process.argv.slice(2);
process.exitCode = await run(edition === 'floor' ? 'floor' : 'latest', argv);

async function run(wanted: Edition, args: readonly string[]): Promise<number> {
  const option = (name: string) => args.find(each => each.startsWith(`--${name}=`))?.slice(name.length + 3);
  const tests = option('extensionTestsPath');
  const developed = option('extensionDevelopmentPath');
  if (tests === undefined || developed === undefined) {
    console.error('stand-in: runs tests of an extension only');
    return 2;
  }
  await using ends = new AsyncDisposableStack();
  const server = await VsCodeServer.start({
    installation: ensureVsCode(wanted),
    hasDriver: true,
    env: { TEST_WITNESS: process.env.TEST_WITNESS ?? '' },
  });
  ends.defer(async () => {
    await awaitEnd(server.niiaHome);
    // Once more: what ended last may have written there.
    rmSync(server.folder, { recursive: true, force: true });
  });
  ends.use(server);
  ends.defer(() => endRuns(server.env));
  await using browser = await openBrowser();
  const ended = Promise.withResolvers<number>();
  // Before the page is opened: the workbench looks for them once.
  await browser.page.exposeFunction('codeAutomationLog', (_level: string, words: readonly unknown[]) => {
    const line = format(...words);
    if (!chatter.test(line)) console.log(line);
  });
  await browser.page.exposeFunction('codeAutomationExit', (code: number) => ended.resolve(code));
  browser.page.on('crash', () => ended.reject(new Error('the page crashed')));
  const folder = args.find(each => !each.startsWith('-') && existsSync(each)) ?? join(server.folder, 'home');
  const payload = { extensionDevelopmentPath: server.uri(developed), extensionTestsPath: server.uri(tests) };
  await browser.page.goto(server.windowUrl(folder, payload));
  const timer = setTimeout(() => ended.reject(new Error(`no end within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await ended.promise;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${server.log()}`);
    return 1;
  } finally {
    clearTimeout(timer);
  }
}
