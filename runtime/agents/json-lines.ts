/** Splits a stream of JSON lines, whatever its pieces, and hands out each line that is a JSON value. */
export interface JsonLines {
  /** The values completed by this piece, in order. Lines that are no JSON are passed over. */
  feed(chunk: string): readonly unknown[];
  /** The value of a last line without line end, if it is whole. */
  end(): readonly unknown[];
}

/**
 * Makes a splitter. A line longer than `maxLine` UTF-16 units is dropped without being kept in memory: a tool result
 * of gigabytes must not take the daemon down.
 */
export function createJsonLines(maxLine: number): JsonLines {
  let pending: string[] = [];
  let length = 0;
  const take = (piece: string): void => {
    length += piece.length;
    if (length <= maxLine) pending.push(piece);
    else pending = [];
  };
  const finish = (): readonly unknown[] => {
    const line = length <= maxLine ? pending.join('') : '';
    pending = [];
    length = 0;
    return parseLine(line);
  };
  return {
    feed(chunk) {
      const values: unknown[] = [];
      let from = 0;
      for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', from)) {
        take(chunk.slice(from, at));
        values.push(...finish());
        from = at + 1;
      }
      if (from < chunk.length) take(chunk.slice(from));
      return values;
    },
    end: finish,
  };
}

function parseLine(line: string): readonly unknown[] {
  if (line.trim() === '') return [];
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
