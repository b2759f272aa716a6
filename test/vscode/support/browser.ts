/** Chromium without a head, which sees nothing but this machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { pathOf } from '../../support/debian-program.ts';
import { ensureChromium } from './installation.ts';

/** A browser with one page. */
export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Addresses off this machine that the page asked for, and did not get. */
  readonly refused: ReadonlySet<string>;
}

/** Starts a browser with a profile of its own, which goes with it. */
export async function openBrowser(size = { width: 1280, height: 800 }): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: pathOf(ensureChromium()),
    headless: true,
    viewport: size,
    // It writes crash reports below HOME, whatever its profile, and may leave a temporary folder behind.
    env: {
      ...definedEnv(),
      HOME: profile,
      TMPDIR: profile,
      XDG_CONFIG_HOME: profile,
      XDG_CACHE_HOME: profile,
    },
    permissions: ['clipboard-read', 'clipboard-write'],
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
    ],
  });
  const refused = new Set<string>();
  await context.route(isElsewhere, route => {
    refused.add(route.request().url());
    return route.abort();
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { context, page, refused, [Symbol.asyncDispose]: close };
}

function isElsewhere({ hostname, protocol }: URL): boolean {
  return /^(https?|wss?):$/.test(protocol) && !['127.0.0.1', 'localhost'].includes(hostname);
}

function definedEnv(): Record<string, string> {
  const entries = Object.entries(process.env).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return Object.fromEntries(entries);
}
