const SPACE = 32, QUOTE = 34, NEWLINE = 10, RETURN = 13;

/**
 * For files whose columns are separated by spaces: makes one space of each run between cells, and none of those at either end of a
 * line. Spaces inside double quotes stay. The function keeps its place from chunk to chunk; chunks are UTF-8.
 */
export function collapseSpaces(): (chunk: Buffer) => Buffer {
  let pending = false, atStart = true, quoted = false;
  return (chunk) => {
    // A space that was held back in the chunk before may come first.
    const out = Buffer.allocUnsafeSlow(chunk.length + 1);
    let length = 0;
    for (const byte of chunk) {
      if (byte === SPACE && !quoted) {
        pending = true;
        continue;
      }
      const endsLine = !quoted && (byte === NEWLINE || byte === RETURN);
      if (pending && !atStart && !endsLine) out[length++] = SPACE;
      pending = false;
      atStart = endsLine;
      if (byte === QUOTE) quoted = !quoted;
      out[length++] = byte;
    }
    return out.subarray(0, length);
  };
}
