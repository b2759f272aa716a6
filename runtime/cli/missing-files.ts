/** Paths in a connector file that lead to no file. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Analysis } from '../analysis/analyze.ts';
import type { Diagnostic } from '../analysis/diagnostic.ts';
import { findFileReferences } from '../analysis/file-references.ts';
import { type FileGap, missingFile } from '../analysis/missing-file.ts';

/** The problems of a file's paths, which start at the file. `file` is absolute. */
export function missingFiles({ outline }: Analysis, file: string): readonly Diagnostic[] {
  return findFileReferences(outline).flatMap(reference => {
    const gap = gapAt(resolve(dirname(file), reference.path.replaceAll('\\', '/')));
    return gap === undefined ? [] : [missingFile(reference, gap)];
  });
}

/** What cannot be looked at (no permission) is not called missing. */
function gapAt(path: string): FileGap | undefined {
  try {
    const info = statSync(path, { throwIfNoEntry: false });
    if (info === undefined) return 'missing';
    return info.isDirectory() ? 'directory' : undefined;
  } catch {
    return undefined;
  }
}
