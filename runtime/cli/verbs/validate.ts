/** `niia validate FILE…` */

import { ok } from '../../result.ts';
import { type CheckedFile, checkFile, renderFile } from '../connector-file.ts';
import { exitCodes } from '../exit-codes.ts';
import { renderFailure } from '../failure.ts';
import { toJson } from '../validation-json.ts';
import type { Verb } from '../verb.ts';

/** Checks files, like a compiler. Exit 0 with warnings only, 2 with errors. */
export const verb: Verb = {
  spec: {
    name: 'validate',
    usage: 'FILE… [--json]',
    description:
      'Checks connector files and prints what is wrong, where, and how to mend it. Exit 0 if there are only warnings,\n' +
      '2 if a file has errors or cannot be read. Nothing is started and nothing is looked up on this machine.',
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
      if (file.ok) checked.push(file.value);
      else terminal.stderr.write(renderFailure(file.failure, terminal.stderr.style));
      hasFailed ||= !file.ok || file.value.analysis.diagnostics.some(each => each.severity === 'error');
    }
    if (isJson) terminal.stdout.write(`${JSON.stringify(checked.map(toJson))}\n`);
    else for (const file of checked) terminal.stdout.write(renderFile(file, terminal.stdout.style));
    return ok(hasFailed ? exitCodes.usage : exitCodes.succeeded);
  },
};
