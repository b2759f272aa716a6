/** Which node the arrow keys lead to. */

/** Middle of a node on the screen. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Keys that move. */
export type ArrowKey = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

/** What stands aside counts more than what stands further on. */
const SIDEWAYS = 2;

/** Index of the spot that lies next in the key's direction from a place; undefined where there is none. */
export function nearestSpot(from: Spot, spots: readonly Spot[], key: ArrowKey): number | undefined {
  let best: { readonly index: number; readonly cost: number } | undefined;
  for (const [index, spot] of spots.entries()) {
    const { ahead, aside } = offsets(from, spot, key);
    if (ahead < 1) continue;
    const cost = ahead + SIDEWAYS * aside;
    if (best === undefined || cost < best.cost) best = { index, cost };
  }
  return best?.index;
}

function offsets(from: Spot, to: Spot, key: ArrowKey): { readonly ahead: number; readonly aside: number } {
  const right = to.x - from.x;
  const down = to.y - from.y;
  switch (key) {
    case 'ArrowUp':
      return { ahead: -down, aside: Math.abs(right) };
    case 'ArrowDown':
      return { ahead: down, aside: Math.abs(right) };
    case 'ArrowLeft':
      return { ahead: -right, aside: Math.abs(down) };
    case 'ArrowRight':
      return { ahead: right, aside: Math.abs(down) };
  }
}
