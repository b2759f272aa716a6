import { atValue } from '../diagnostic.ts';
import { replaceValue } from '../edits.ts';
import { elements, member } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** A host that is none. */
export const invalidHost: Rule = {
  code: 'invalid-host',
  severity: 'error',
  doc: 'Hosts in `trust.domains` and `sandbox.network` are names like `example.com` or `*.example.com`, without scheme, port or path.',
  fix: 'Writes the host name alone.',
  *check({ outline }) {
    const lists = [
      member(member(outline.root, 'trust'), 'domains'),
      ...outline.sessions.map(session => member(member(session, 'sandbox'), 'network')),
    ];
    for (const node of lists.flatMap(elements)) {
      if (node.kind !== 'string' || isHost(node.value)) continue;
      const host = hostIn(node.value);
      yield {
        ...atValue(node),
        message: `${quote(node.value)} is no host name. Write it like "example.com" or "*.example.com".`,
        fixes: host ? [{ title: `Write "${host}"`, edits: [replaceValue(node, host)] }] : [],
      };
    }
  },
};

const label = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}_-]{0,61}[\\p{L}\\p{N}])?';
const hostName = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*$`, 'u');
const ipv6 = /^\[[0-9a-fA-F:.]+\]$/;

function isHost(text: string): boolean {
  return text.length <= 253 && (hostName.test(text) || ipv6.test(text));
}

/** The host of a URL, of `host:port`, or of a name with blanks around it. */
function hostIn(text: string): string | undefined {
  const host = text
    .slice(0, 400)
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[:/?#].*$/s, '');
  return isHost(host) ? host : undefined;
}
