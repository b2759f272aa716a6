/**
 * Files whose `$schema` names our schema that judges: there the editor's own JSON support goes by it, not by the one that
 * package.json contributes, and says what we say too. This is what it says, so that nothing is said twice. Loaded only then.
 */
import schema from '../schemas/connector.schema.json' with { type: 'json' };
import { createJsonService } from './json-service.ts';
import type { Snapshot } from './snapshot.ts';

/** Labels that it completes with at an offset, without quotes. */
export async function completedBesides(snapshot: Snapshot, offset: number): Promise<ReadonlySet<string>> {
  const { document } = snapshot;
  const tree = service.parseJSONDocument(document);
  const found = await service.doComplete(document, document.positionAt(offset), tree);
  return new Set(found?.items.map(({ label }) => label.replace(/^"(.*)"$/, '$1')));
}

/** Where the values begin that it finds fault with, as offsets. */
export async function faultsBesides({ document }: Snapshot): Promise<ReadonlySet<number>> {
  const faults = await service.doValidation(document, service.parseJSONDocument(document));
  return new Set(faults.map(({ range }) => document.offsetAt(range.start)));
}

const service = createJsonService(schema);
