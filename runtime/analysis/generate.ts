// Script: writes docs/rules.md (`node runtime/analysis/generate.ts`, Node 24).
// biome-ignore-start lint/style/noRestrictedImports: a build script, never part of a bundle
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
// biome-ignore-end lint/style/noRestrictedImports: a build script, never part of a bundle
import { renderRulesPage } from './rules-page.ts';

writeFileSync(join(import.meta.dirname, '../../docs/rules.md'), renderRulesPage());
