/** What all inlay hints have in common. */
import { type InlayHint, InlayHintKind } from 'vscode-languageserver';
import type { Snapshot } from '../snapshot.ts';

/** One hint after a value, with everything in it when the pointer rests on it. */
export function hintAfter(snapshot: Snapshot, end: number, label: string, tooltip?: string): InlayHint {
  return {
    position: snapshot.positions.positionAt(end),
    label,
    kind: InlayHintKind.Type,
    paddingLeft: true,
    ...(tooltip === undefined || tooltip === label ? {} : { tooltip }),
  };
}
