import { atValue, type Diagnostic } from './diagnostic.ts';
import type { FileReference } from './file-references.ts';
import { machineRules } from './machine-rules.ts';
import { quote } from './wording.ts';

/** Why a path does not lead to a file. */
export type FileGap = 'missing' | 'directory';

/** The problem of a path that leads to no file (spec §1: references that cannot resolve are errors). */
export function missingFile({ path, node }: FileReference, gap: FileGap): Diagnostic {
  const { code, severity } = machineRules['missing-file'];
  const message =
    gap === 'directory'
      ? `${quote(path)} is a folder; a file is needed here.`
      : `There is no file ${quote(path)}.`;
  return { code, severity, message, ...atValue(node) };
}
