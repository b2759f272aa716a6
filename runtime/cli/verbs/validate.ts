/** `niia validate FILE…` */

import { ok } from '../../result.ts';
import { type CheckedFile, checkFile, renderFile } from '../connector-file.ts';
import { exitCodes } from '../exit-codes.ts';
import { renderFailure } from '../failure.ts';
import { missingFiles } from '../missing-files.ts';
import { toJson } from '../validation-json.ts';
import type { Verb } from '../verb.ts';

/** Checks files, like a compiler. Exit 0 with warnings only, 2 with errors. */
export const verb: Verb = {
  spec: {
    name: 'validate',
    usage: 'FILE… [--json]',
    description:
      'Checks connector files and prints what is wrong, where, and how to mend it. Exit 0 if there are only warnings,\n' +
      '2 if a file has errors or cannot be read. Files that it names must be there; nothing else is looked up on this\n' +
      'machine, and nothing is started.',
    positionals: { min: 1, max: Number.POSITIVE_INFINITY },
    options: {
      json: {
        type: 'flag',
        help: 'a JSON array: file, diagnostics with code, severity, message, range, fixes',
      },
    },
    examples: [['validate *.connector.json', 'all of them']],
  },
  run: async context => {
    const { args, terminal } = context;
    const isJson = args.flag('json');
    const checked: CheckedFile[] = [];
    let hasFailed = false;
    for (const name of args.positionals) {
      const file = await checkFile(context, name);
      if (file.ok) checked.push(withMissingFiles(file.value));
      else terminal.stderr.write(renderFailure(file.failure, terminal.stderr.style));
      hasFailed ||= !file.ok;
    }
    hasFailed ||= checked.some(hasError);
    if (isJson) terminal.stdout.write(`${JSON.stringify(checked.map(toJson))}\n`);
    else for (const file of checked) terminal.stdout.write(renderFile(file, terminal.stdout.style));
    return ok(hasFailed ? exitCodes.usage : exitCodes.succeeded);
  },
};

function withMissingFiles(file: CheckedFile): CheckedFile {
  const { analysis } = file;
  const missing = missingFiles(analysis, file.path);
  if (missing.length === 0) return file;
  const diagnostics = [...analysis.diagnostics, ...missing].sort((a, b) => a.range.start - b.range.start);
  const { document, outline, names } = analysis;
  // A file whose references lead nowhere cannot run.
  return { ...file, analysis: { document, outline, names, diagnostics, workflow: undefined } };
}

function hasError({ analysis }: CheckedFile): boolean {
  return analysis.diagnostics.some(({ severity }) => severity === 'error');
}
