import { checkArrowMessage } from './arrow-message-check.ts';
import { isSchemaMessage, schemaFromFooter } from './arrow-footer.ts';
import { ByteQueue } from './byte-queue.ts';
import { damagedErrors } from './damaged-error.ts';
import type { Source } from './source.ts';

const MAGIC = 'ARROW1';
/** The magic bytes of a file, filled up to eight. */
const FILE_HEAD = 8;
/** Stands before the length of a message; files older than Arrow 0.15 lack it. */
const CONTINUATION = -1;
const MAXIMUM_METADATA = 64 * 1024 * 1024;

/**
 * The messages of an Arrow IPC stream, or of the one that an Arrow file holds between its magic bytes and its directory, each looked
 * through before it is passed on: the library trusts the counts in them.
 * @throws ReaderError `truncated`, `damaged`
 */
export async function* arrowMessages(source: Source): AsyncGenerator<Uint8Array> {
  const queue = new ByteQueue(source.chunks());
  try {
    const head = await queue.take(FILE_HEAD), isFile = head.toString('latin1').startsWith(MAGIC);
    if (!isFile) queue.putBack(head);
    yield* messagesOf(source, queue, isFile);
    if (isFile && !await endsWithMagic(queue)) throw damagedErrors.truncated(source.name, 'Arrow', 'it does not end with ARROW1');
  } finally {
    await queue.close();
  }
}

async function* messagesOf(source: Source, queue: ByteQueue, isFile: boolean): AsyncGenerator<Uint8Array> {
  const file = source.name, truncated = (detail: string): Error => damagedErrors.truncated(file, 'Arrow', detail);
  for (let number = 0; ; number++) {
    const first = await queue.take(4);
    // A stream may end without a mark; a file may not.
    if (first.length === 0 && number > 0 && !isFile) return;
    if (first.length < 4) throw truncated(`it ends after ${number} messages, before its end mark`);
    const isNew = first.readInt32LE() === CONTINUATION, second = isNew ? await queue.take(4) : Buffer.alloc(0);
    if (isNew && second.length < 4) throw truncated(`it ends before message ${number}`);
    const length = !isNew ? first.readInt32LE() : second.readInt32LE();
    if (length < 0 || length > MAXIMUM_METADATA) throw damagedErrors.damaged(file, 'Arrow', `message ${number} says that it is ${length} bytes long`);
    if (length === 0) {
      yield Buffer.concat([first, second]);
      return;
    }
    const metadata = await queue.take(length);
    if (metadata.length < length) throw truncated(`it ends within message ${number}`);
    const body = checkArrowMessage(file, metadata, number);
    if (isFile && number === 0 && !isSchemaMessage(metadata)) yield await schemaFromFooter(source);
    yield Buffer.concat([first, second, metadata]);
    for (let missing = body; missing > 0;) {
      const part = await queue.takeSome(missing);
      if (part.length === 0) throw truncated(`it ends ${missing} bytes before the end of message ${number}`);
      missing -= part.length;
      yield part;
    }
  }
}

async function endsWithMagic(queue: ByteQueue): Promise<boolean> {
  let tail = '';
  for (let part = await queue.takeSome(65_536); part.length > 0; part = await queue.takeSome(65_536)) {
    tail = (tail + part.subarray(-MAGIC.length).toString('latin1')).slice(-MAGIC.length);
  }
  return tail === MAGIC;
}
