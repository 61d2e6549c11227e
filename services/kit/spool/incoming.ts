import { createHash } from 'node:crypto';
import type { DocumentId } from '../../../domain/document-id.ts';
import { fileErrorCode, type FileSystem, type WritableFile } from '../file-system.ts';
import { encodeTail, type Manifest } from './manifest.ts';
import { spoolErrors } from './spool-errors.ts';

/** Bytes gathered before they are written: a document up to here is made in one go. */
const gatherBytes = 256 * 1024;
/** Chunks gathered at the most: as many as one `writev` takes (IOV_MAX), so that tiny ones cannot fill the memory. */
const gatherChunks = 1024;
/** What all uploads together may gather: ten thousand slow ones would have more than a process may (failures.md 7). */
export const mostGatheredBytes = 128 * 1024 * 1024;
/** About what a chunk takes besides its bytes. */
const chunkBytes = 256;
/** Looks at a name that is taken and yet cannot be found, before the file system is called broken. */
const publishTries = 3;

/** An upload on its way into the spool: nobody sees it before it is published. */
export interface Incoming {
  readonly bytes: number;
  /** Takes the chunk's memory over, as `WritableFile.write` does. */
  write(chunk: Uint8Array): Promise<void>;
  /** SHA-256 of what was written, hex; nothing can be written after it. */
  digest(): string;
  /** Makes payload and manifest durable, still without a name that anybody looks for. */
  seal(manifest: Manifest): Promise<void>;
  /** Gives the sealed file its final name if that is free: `published`, or the manifest of the file that has it. */
  publish(): Promise<'published' | Manifest>;
  /** Deletes the temporary file; a published name stays. Never rejects. */
  discard(): Promise<void>;
}

/** Where an upload is written first, and what it becomes. */
export interface Receiving {
  readonly files: FileSystem;
  readonly temporary: string;
  readonly pathOf: (id: DocumentId) => string;
  readonly find: (id: DocumentId) => Promise<Manifest | undefined>;
  readonly gathering: Gathering;
}

/** What all uploads of a spool have gathered and not written yet. */
export interface Gathering {
  bytes: number;
}

/** Begins an upload, in a temporary file of its own once there is something to write. */
export function receive({ files, temporary, pathOf, find, gathering }: Receiving): Incoming {
  const hash = createHash('sha256');
  const file = gatheredFile(files, temporary, gathering);
  let bytes = 0;
  let sealed: Manifest | undefined;
  return {
    get bytes() {
      return bytes;
    },
    write: async chunk => {
      hash.update(chunk);
      bytes += chunk.length;
      await spoolErrors(() => file.add(chunk));
    },
    digest: () => hash.digest('hex'),
    seal: manifest =>
      spoolErrors(async () => {
        await file.finish(encodeTail(manifest));
        sealed = manifest;
      }),
    publish: () =>
      spoolErrors(async () => {
        if (sealed === undefined) throw new TypeError('publish before seal');
        const { id } = sealed;
        return linkOrFind({ files, from: temporary, to: pathOf(id), find: () => find(id) });
      }),
    discard: async () => {
      // What cannot be closed or removed now is reaped later.
      await file.close().catch(() => {});
      await files.remove(temporary).catch(() => {});
    },
  };
}

/**
 * An NFS server that got the same `link` twice answers EEXIST for our own file; its entry then hashes to what we
 * sent, and the caller goes on as the second of two equal uploads does, which is right for both (failures.md 35).
 */
async function linkOrFind(step: {
  files: FileSystem;
  from: string;
  to: string;
  find: () => Promise<Manifest | undefined>;
}): Promise<'published' | Manifest> {
  for (let tries = 1; ; tries++) {
    try {
      await step.files.link(step.from, step.to);
      return 'published';
    } catch (error) {
      if (fileErrorCode(error) !== 'EEXIST') throw error;
      const winner = await step.find();
      if (winner !== undefined) return winner;
      // Nothing found: the key's life ended in this very moment, and the name is free again.
      if (tries === publishTries) throw error;
    }
  }
}

/** A file that is opened when more has been gathered than is made in one go, or than there is room for. */
function gatheredFile(files: FileSystem, path: string, gathering: Gathering) {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  let held = 0;
  let opened: WritableFile | undefined;
  const flush = async (...last: Uint8Array[]) => {
    const chunks = [...gathered, ...last];
    const written = held;
    gathered = [];
    bytes = 0;
    held = 0;
    try {
      opened ??= await files.create(path);
      await opened.write(chunks);
    } finally {
      gathering.bytes -= written;
    }
  };
  const close = async () => {
    const closing = opened;
    opened = undefined;
    gathering.bytes -= held;
    held = 0;
    await closing?.close();
  };
  return {
    add: async (chunk: Uint8Array) => {
      gathered.push(chunk);
      bytes += chunk.length;
      held += chunk.length + chunkBytes;
      gathering.bytes += chunk.length + chunkBytes;
      const isMuch = bytes >= gatherBytes || gathered.length >= gatherChunks;
      if (isMuch || gathering.bytes > mostGatheredBytes) await flush();
    },
    /** Durable when it resolves; nothing may be added any more. */
    finish: async (last: Uint8Array) => {
      if (opened === undefined) return files.createWhole(path, [...gathered, last]);
      await flush(last);
      await opened.sync();
      await close();
    },
    close,
  };
}
