/** Signs and colours of the states of runs, phases and workers, the same in every view of the command line. */
import { isMoving, stateSign } from '../../engine/state-sign.ts';
import type { Style } from '../style.ts';

/** Colour for the name of a state or outcome. */
export function stateColor(state: string, style: Style): (text: string) => string {
  switch (state) {
    case 'succeeded':
      return style.green;
    case 'failed':
    case 'no_model':
    case 'limited':
      return style.red;
    case 'waiting':
    case 'gated':
    case 'picking':
    case 'parked':
    case 'stopped':
    case 'unknown':
      return style.yellow;
    case 'running':
    case 'working':
      return style.cyan;
    default:
      return style.dim;
  }
}

/** One column wide sign of a state. `tick` moves the sign of what goes on by itself. */
export function movingSign(state: string, tick = 0): string {
  return isMoving(state) ? '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'.charAt(tick % 10) : stateSign(state);
}
