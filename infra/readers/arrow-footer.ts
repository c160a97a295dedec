import { MessageHeader } from 'apache-arrow';
import { Footer } from 'apache-arrow/ipc/metadata/file';
import { Message } from 'apache-arrow/ipc/metadata/message';
import { damagedErrors } from './damaged-error.ts';
import type { Source } from './source.ts';

/** Length of the directory and the magic bytes behind it. */
const TAIL_BYTES = 10;
const LENGTH_BYTES = 4;

export function isSchemaMessage(metadata: Uint8Array): boolean {
  return Message.decode(metadata).headerType === MessageHeader.Schema;
}

/**
 * The schema of an Arrow file as the message that should stand first in it: Arrow's own library for JavaScript writes it into the file's
 * directory alone. @throws ReaderError `truncated`, `damaged`
 */
export async function schemaFromFooter(source: Source): Promise<Uint8Array> {
  // What is compressed has its length only when it has been read.
  await source.read(0, 1);
  const { bytes } = source, tail = Buffer.from(await source.read(Math.max(0, bytes - TAIL_BYTES), bytes));
  const length = tail.length === TAIL_BYTES && tail.subarray(LENGTH_BYTES).toString('latin1') === 'ARROW1' ? tail.readInt32LE() : -1;
  if (length <= 0 || length > bytes - TAIL_BYTES) throw damagedErrors.truncated(source.name, 'Arrow', 'it does not end with a directory and ARROW1');
  const footer = Footer.decode(await source.read(bytes - TAIL_BYTES - length, bytes - TAIL_BYTES));
  const message = Message.encode(Message.from(footer.schema)), padded = Buffer.alloc(8 * Math.ceil((message.length + 8) / 8));
  padded.writeInt32LE(-1, 0);
  padded.writeInt32LE(padded.length - 8, 4);
  padded.set(message, 8);
  return padded;
}
