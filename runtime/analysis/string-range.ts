/** From an offset in the value of a JSON string to the offset in its source. */
import type { Range, StringNode } from './json-node.ts';

/** The place in the source of a range of the string's value; the whole string where that cannot be told. */
export function rangeInString(text: string, node: StringNode, range: Range): Range {
  return rangesInString(text, node)(range);
}

/** The same for many ranges of one string: what it takes to tell is found out once. */
export function rangesInString(text: string, node: StringNode): (range: Range) => Range {
  const start = node.range.start + 1;
  // Without escapes, which is nearly always, value and source run side by side.
  const source = text.slice(start, node.range.end);
  if (source.slice(0, node.value.length) === node.value) {
    return range => ({ start: start + range.start, end: start + range.end });
  }
  const offsets = sourceOffsets(source, node.value.length);
  return range => {
    const [from, to] = [offsets[range.start], offsets[range.end]];
    return from === undefined || to === undefined ? node.range : { start: start + from, end: start + to };
  };
}

/** For every code unit of the value (and its end) the offset in the source. */
function sourceOffsets(source: string, length: number): readonly number[] {
  const offsets: number[] = [];
  let at = 0;
  while (offsets.length <= length && at <= source.length) {
    offsets.push(at);
    if (source[at] !== '\\') at += 1;
    else at += source[at + 1] === 'u' ? 6 : 2;
  }
  return offsets;
}
