import { directNeeds } from '../graph/direct-needs.ts';
import { pad, widthOf } from './text-width.ts';

/** A phase as the map shows it. */
export interface MapPhase {
  readonly name: string;
  /** What stands in the map: the name, shortened, and how many workers. */
  readonly text: string;
  readonly needs: readonly string[];
}

/**
 * Draws which phase waits for which: from left to right where every layer waits for the whole layer before it and the
 * drawing fits the width, else as a list with the phases each one waits for.
 */
export function drawPhaseMap(phases: readonly MapPhase[], width: number): readonly string[] {
  const needs = directNeeds(phases);
  const layers = layersOf(phases, needs);
  const isLayered = layers.every((layer, index) =>
    layer.every(phase => (needs.get(phase.name) ?? []).length === (layers[index - 1]?.length ?? 0)),
  );
  const drawing = isLayered ? drawLayers(layers) : [];
  const fits =
    drawing.length > 0 && drawing.length <= MAX_ROWS && drawing.every(line => widthOf(line) <= width);
  return fits ? drawing : drawList(phases, needs);
}

/** A taller drawing is less clear than a list. */
const MAX_ROWS = 12;

/** Phases by the length of the longest way to them. */
function layersOf(
  phases: readonly MapPhase[],
  needs: ReadonlyMap<string, readonly string[]>,
): readonly (readonly MapPhase[])[] {
  const depths = new Map<string, number>();
  const layers: MapPhase[][] = [];
  for (const phase of phases) {
    const before = (needs.get(phase.name) ?? []).map(need => depths.get(need) ?? 0);
    const depth = before.reduce((deepest, other) => Math.max(deepest, other + 1), 0);
    depths.set(phase.name, depth);
    const layer = layers[depth] ?? [];
    layer.push(phase);
    layers[depth] = layer;
  }
  return layers;
}

function drawLayers(layers: readonly (readonly MapPhase[])[]): readonly string[] {
  const height = layers.reduce((most, layer) => Math.max(most, layer.length), 0);
  let lines: readonly string[] = Array.from({ length: height }, () => '');
  layers.forEach((layer, index) => {
    const rows = rowsOf(layer, height);
    const next = layers[index + 1];
    const width = layer.reduce((most, phase) => Math.max(most, widthOf(phase.text)), 0);
    const after = next === undefined ? undefined : rowsOf(next, height);
    lines = lines.map((line, row) => {
      const isNode = row >= rows.start && row < rows.end;
      const text = isNode ? (layer[row - rows.start]?.text ?? '') : '';
      if (after === undefined) return line + text;
      const filled = isNode ? `${text} ${'─'.repeat(width - widthOf(text))}` : ' '.repeat(width + 1);
      return line + filled + drawJoint(row, rows, after);
    });
  });
  return lines.map(line => line.trimEnd());
}

interface Rows {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

function rowsOf(layer: readonly MapPhase[], height: number): Rows {
  const start = Math.floor((height - layer.length) / 2);
  return { start, end: start + layer.length };
}

/** The piece between two layers in one row: every phase on the left leads to every phase on the right. */
function drawJoint(row: number, left: Rows, right: Rows): string {
  const isFrom = row >= left.start && row < left.end;
  const isTo = row >= right.start && row < right.end;
  const first = Math.min(left.start, right.start);
  const last = Math.max(left.end, right.end) - 1;
  if (row < first || row > last) return '      ';
  const up = row > first ? 1 : 0;
  const down = row < last ? 2 : 0;
  const corner = corners[up + down + (isFrom ? 4 : 0) + (isTo ? 8 : 0)] ?? ' ';
  return `${isFrom ? '──' : '  '}${corner}${isTo ? '─▶ ' : '   '}`;
}

/** By what leads away from a point: 1 up, 2 down, 4 left, 8 right. */
const corners = [' ', '│', '│', '│', '─', '┘', '┐', '┤', '─', '└', '┌', '├', '─', '┴', '┬', '┼'];

function drawList(
  phases: readonly MapPhase[],
  needs: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const width = phases.reduce((most, phase) => Math.max(most, widthOf(phase.text)), 0);
  const digits = String(phases.length).length;
  return phases.map((phase, index) => {
    const before = needs.get(phase.name) ?? [];
    const number = String(index + 1).padStart(digits);
    const line = `${number}  ${pad(phase.text, width)}`;
    return (before.length === 0 ? line : `${line}  ◀─ ${before.join(', ')}`).trimEnd();
  });
}
