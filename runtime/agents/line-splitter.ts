/** Splits a stream of text into lines, whatever its pieces. */
export interface LineSplitter {
  /** The lines completed by this piece, in order, without their line feeds. */
  feed(chunk: string): readonly string[];
  /** What came after the last line feed; empty if nothing did. */
  end(): string;
}

/**
 * Makes a splitter. A line longer than `maxLine` UTF-16 units comes out empty, and is not kept in memory: a tool result of
 * gigabytes must not take the daemon down.
 */
export function createLineSplitter(maxLine: number): LineSplitter {
  let pending: string[] = [];
  let length = 0;
  const take = (piece: string): void => {
    length += piece.length;
    if (length <= maxLine) pending.push(piece);
    else pending = [];
  };
  const finish = (): string => {
    const line = pending.join('');
    pending = [];
    length = 0;
    return line;
  };
  return {
    feed(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', from)) {
        take(chunk.slice(from, at));
        lines.push(finish());
        from = at + 1;
      }
      if (from < chunk.length) take(chunk.slice(from));
      return lines;
    },
    end: finish,
  };
}
