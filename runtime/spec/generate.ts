// Script: writes what is generated from the schema (`node runtime/spec/generate.ts`, Node 24).
// biome-ignore-start lint/style/noRestrictedImports: a build script, never part of a bundle
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
// biome-ignore-end lint/style/noRestrictedImports: a build script, never part of a bundle
import { buildSpecArtifacts } from './artifacts.ts';

const root = join(import.meta.dirname, '../..');
for (const artifact of buildSpecArtifacts()) {
  const file = join(root, artifact.path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, artifact.text);
}
