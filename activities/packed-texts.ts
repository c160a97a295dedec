const UTF8 = new TextDecoder();

/** Texts by position, held as bytes: a list of short texts takes several times as much. */
export class PackedTexts {
  readonly #blocks: { readonly start: number; readonly bytes: Uint8Array; readonly ends: Uint32Array }[] = [];
  #length = 0;

  add(texts: readonly string[]): void {
    const ends = new Uint32Array(texts.length), encoded = texts.map((text) => new TextEncoder().encode(text));
    let end = 0;
    for (const [i, bytes] of encoded.entries()) {
      end += bytes.length;
      ends[i] = end;
    }
    const bytes = new Uint8Array(end);
    for (const [i, each] of encoded.entries()) bytes.set(each, i === 0 ? 0 : ends[i - 1]!);
    this.#blocks.push({ start: this.#length, bytes, ends });
    this.#length += texts.length;
  }

  at(position: number): string | undefined {
    let low = 0, high = this.#blocks.length;
    if (position < 0 || position >= this.#length) return undefined;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#blocks[middle]!.start <= position) low = middle;
      else high = middle;
    }
    const { start, bytes, ends } = this.#blocks[low]!, i = position - start;
    return UTF8.decode(bytes.subarray(i === 0 ? 0 : ends[i - 1]!, ends[i]!));
  }
}
