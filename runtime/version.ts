/** The version of this build: what `niia --version` prints and clients and daemon tell each other. */
import { readFileSync } from 'node:fs';

/** Replaced by esbuild with the version of package.json; not there when the sources run directly. */
declare const NIIA_VERSION: string | undefined;

/** The package's version, such as `0.1.0`. */
export const version: string = typeof NIIA_VERSION === 'string' ? NIIA_VERSION : versionOfSources();

function versionOfSources(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  return '0.0.0';
}
