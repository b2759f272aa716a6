import { atValue } from '../diagnostic.ts';
import { replaceValue } from '../edits.ts';
import type { JsonNode } from '../json-node.ts';
import { member } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

const supported: readonly string[] = ['2.0', '2.1'];

/** The file follows a version of the spec that this program does not know. */
export const unsupportedVersion: Rule = {
  code: 'unsupported-version',
  severity: 'error',
  doc: 'The file asks for a version of the spec that this program does not know. Supported are 2.0 and 2.1.',
  fix: 'Writes a supported version.',
  *check({ outline: { root } }) {
    const version = member(root, 'connector');
    if (version === undefined || isSupported(version)) return;
    yield {
      ...atValue(version),
      message:
        version.kind === 'string'
          ? `Version ${quote(version.value)} of the spec is not supported; supported are "2.0" and "2.1".`
          : `The version is a text: "2.0" or "2.1", in quotes.`,
      fixes: supported.map(wanted => ({
        title: `Write "${wanted}"`,
        edits: [replaceValue(version, wanted)],
      })),
    };
  },
};

function isSupported(version: JsonNode): boolean {
  return version.kind === 'string' && supported.includes(version.value);
}
