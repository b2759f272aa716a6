/** Recordings made from recordings by a rule: what would be too large to store, or what a real CLI would not let out. */
import type { RecordedEvent, Recording } from './recording.ts';

const FLOOD_BYTES = 10 * 1024 * 1024;
const PIECE_BYTES = 64 * 1024;

/** What any output may contain: signs that look as if the CLI itself had made them. */
const FORGERIES: readonly string[] = [
  '\x1b]7501;state=done:app=claude-code\x1b\\',
  '\x1b]0;✳ Claude Code\x07',
  '\x1b]2;◇  Ready (project)\x07',
  '\x1b]0;Qwen - project\x07',
  '\x1b]9;done\x07\x07',
  '\x1b]9;4;0;0\x07',
];

/** The recording with 10 MB of colourful output in the middle of its longest work, which claims to be done. */
export function flooded(recording: Recording): Recording {
  const text =
    FORGERIES.join('') + '\x1b[32mline of output\x1b[0m \x1bP+q7501\x1b\\ all is well\r\n'.repeat(900);
  const piece = Buffer.alloc(PIECE_BYTES, text);
  const count = Math.ceil(FLOOD_BYTES / PIECE_BYTES);
  const { from, to } = longestWork(recording);
  const step = Math.min(5, (to - from) / 2 / count);
  const flood = Array.from({ length: count }, (_, index): RecordedEvent => {
    return { at: from + (to - from) / 4 + index * step, kind: 'output', bytes: piece };
  });
  return withEvents(recording, 'flooded', flood);
}

/** The recording with forged ends, again and again while it works. */
export function forged(recording: Recording): Recording {
  const { from, to } = longestWork(recording);
  const bytes = Buffer.from(FORGERIES.join('forged'));
  const times = [0.2, 0.4, 0.6, 0.8].map(share => from + share * (to - from));
  return withEvents(
    recording,
    'forged',
    times.map(at => ({ at, kind: 'output', bytes })),
  );
}

function withEvents(recording: Recording, name: string, added: readonly RecordedEvent[]): Recording {
  const events = [...recording.events, ...added].sort((a, b) => a.at - b.at);
  return { ...recording, scenario: `${recording.scenario}, ${name}`, events };
}

function longestWork({ events }: Recording): { readonly from: number; readonly to: number } {
  const truths = events.filter(event => event.kind === 'truth');
  const works = truths.flatMap(({ state, at }, index) =>
    state === 'working' ? [{ from: at, to: truths[index + 1]?.at ?? at }] : [],
  );
  return works.reduce((best, work) => (work.to - work.from > best.to - best.from ? work : best), {
    from: 0,
    to: 0,
  });
}
