import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { builtPackage } from '../support/built-package.ts';
import { type ZipEntry, zipEntries } from '../support/zip.ts';

const root = join(import.meta.dirname, '../../..');
const maxClientBytes = 250_000;
const maxServerBytes = 900_000;
const maxPackageBytes = 4_000_000;

describe('the packed extension', () => {
  let entries: readonly ZipEntry[] = [];
  const paths = () => entries.map(entry => entry.path);
  const read = (path: string): string => {
    const entry = entries.find(each => each.path === `extension/${path}`);
    assert.ok(entry !== undefined, `${path} is not in the package`);
    return entry.read().toString();
  };

  before(() => {
    execFileSync(process.execPath, [join(root, 'client/package.mjs')], { cwd: root });
    entries = zipEntries(builtPackage());
  });

  it('has no sources, no source maps, no tests and nothing of the package manager', () => {
    const unwanted =
      /\.(ts|map|pdb)$|node_modules\/(?!node-pty\/)|extension\/test\/|tsconfig|package-lock|\.tools/;
    assert.deepEqual(
      paths().filter(path => unwanted.test(path)),
      [],
    );
  });

  it('has the terminals of six platforms, executable where they are programs', () => {
    const prebuilds = paths().flatMap(
      path => /prebuilds\/([^/]+)\/(?:pty|conpty)\.node$/.exec(path)?.[1] ?? [],
    );
    assert.deepEqual(prebuilds.sort(), [
      'darwin-arm64',
      'darwin-x64',
      'linux-arm64',
      'linux-x64',
      'win32-arm64',
      'win32-x64',
    ]);
    const programs = entries.filter(({ path }) => /\/spawn-helper$|dist\/(niia|server)\.js$/.test(path));
    assert.ok(programs.length >= 4);
    assert.deepEqual(
      programs.filter(({ mode }) => (mode & 0o111) !== 0o111).map(({ path }) => path),
      [],
    );
  });

  it('has every file that its manifest names', () => {
    const named = [
      ...JSON.stringify(JSON.parse(read('package.json'))).matchAll(
        /"\.?\/?((?:dist|schemas|syntaxes|docs|client|images|media|l10n)\/[^"]+?)"/g,
      ),
    ];
    const missing = named.map(match => match[1]).filter(path => !paths().includes(`extension/${path}`));
    assert.ok(named.length > 4);
    assert.deepEqual(missing, []);
  });

  it('has a page, a list of changes, a license, an icon and translations', () => {
    const manifest: { icon?: string; l10n?: string } = JSON.parse(read('package.json'));
    assert.match(read('readme.md'), /connector\.json/);
    assert.match(read('changelog.md'), /0\.1\.0/);
    assert.match(read('LICENSE.txt'), /MIT/);
    assert.equal(read(manifest.icon ?? '').slice(1, 4), 'PNG');
    for (const file of ['package.nls.json', 'package.nls.de.json', 'l10n/bundle.l10n.de.json'])
      assert.ok(Object.keys(JSON.parse(read(file))).length > 0, file);
  });

  it('asks for no proposed API and starts for connector files and its own views only', () => {
    const manifest: { enabledApiProposals?: unknown; activationEvents: readonly string[]; type?: string } =
      JSON.parse(read('package.json'));
    assert.equal(manifest.enabledApiProposals, undefined);
    assert.ok(!manifest.activationEvents.includes('*'));
    // In a package of ES modules the host of web extensions loads no script called .js.
    assert.equal(manifest.type, undefined);
  });

  it('reports nothing to anybody: no telemetry library, no way to another host', () => {
    const libraries =
      /applicationinsights|extension-telemetry|1ds-(core|post)|createTelemetryLogger|sentry\.|mixpanel|posthog|amplitude|opentelemetry/i;
    const bundles = paths().filter(path => /^extension\/dist\/[^/]+\.c?js$/.test(path));
    const texts = bundles.map(path => [path, read(path.slice('extension/'.length))] as const);
    assert.ok(bundles.length > 5);
    assert.deepEqual(
      texts.filter(([, text]) => libraries.test(text)).map(([path]) => path),
      [],
    );
    // What runs in the editor names no host (the names of JSON Schema's versions are none), and loads nothing that speaks HTTP.
    const ways =
      /\b(?:https?|wss?):\/\/(?!json-schema\.org)[\w.]+|\b(?:node:|require\(")(?:https?|http2|tls|dns)\b/g;
    const editor = texts.filter(([path]) => /\.cjs$|client-browser|graph-page/.test(path));
    assert.ok(editor.length >= 5);
    assert.deepEqual(
      editor.flatMap(([path, text]) => (text.match(ways) ?? []).map(way => `${path}: ${way}`)),
      [],
    );
  });

  it('is small', t => {
    const sizes = { 'niia.vsix': statSync(builtPackage()).size, ...bundleSizes() };
    for (const [name, bytes] of Object.entries(sizes))
      t.diagnostic(`${name}: ${(bytes / 1000).toFixed(0)} KB`);
    assert.ok(sizes['niia.vsix'] < maxPackageBytes);
    assert.ok(sizes['client.cjs'] < maxClientBytes);
    assert.ok(sizes['server.js'] < maxServerBytes);
  });
});

function bundleSizes() {
  const size = (file: string) => statSync(join(root, 'dist', file)).size;
  return { 'client.cjs': size('client.cjs'), 'server.js': size('server.js') };
}
