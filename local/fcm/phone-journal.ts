import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseKept } from '../state/parse-kept.ts';
import type { Phone, PhoneEvent, Phones } from './phones.ts';
import { wholeLines } from './whole-lines.ts';

const push = z.object({
  messageId: z.string(),
  title: z.string(),
  body: z.string(),
  link: z.string(),
  document: z.string(),
  version: z.string(),
  tag: z.string(),
  at: z.number(),
});
const kind = z.enum(['token', 'fid']);
const shown = push.extend({
  key: z.string(),
  receivedCount: z.int(),
  state: z.enum(['on screen', 'dismissed', 'replaced']),
});
const phone = z.object({
  token: z.string(),
  kind,
  receivedCount: z.int(),
  shownCount: z.int(),
  shown: z.array(shown),
});
const phoneEvent: z.ZodType<PhoneEvent> = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('received'),
    push: push.extend({ recipient: z.object({ kind, value: z.string() }) }),
  }),
  z.object({ event: z.literal('dismissed'), token: z.string(), key: z.string() }),
  z.object({ event: z.literal('restored'), phone }),
]);

/** Phones that outlive the process: every event is in the journal before it counts. */
export interface KeptPhones {
  /** Writes the event down, then applies it. Resolves when the operating system has it. */
  record(event: PhoneEvent): Promise<void>;
  list(): Phone[];
  /** Calls back with each phone that changes, until the returned function is called. */
  onChange(listener: (phone: Phone) => void): () => void;
  close(): Promise<void>;
}

/**
 * Opens `phones.jsonl` in `folder` (made when missing), one event a line. On opening the journal is folded into
 * `phones` and rewritten as one line per phone, so that it never holds more than a session's events. A last line torn
 * by a kill is dropped: its sender never got an answer.
 */
export async function keepPhones(folder: string, phones: Phones): Promise<KeptPhones> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'phones.jsonl');
  for (const event of await readEvents(file)) phones.apply(event);
  await compact(file, phones);

  const handle = await open(file, 'a', 0o600);
  const journal = wholeLines(handle, (await handle.stat()).size);
  const listeners = new Set<(phone: Phone) => void>();

  return {
    async record(event) {
      await journal.append(JSON.stringify(event));
      const changed = phones.apply(event);
      if (changed) for (const listener of listeners) listener(changed);
    },
    list: () => phones.list(),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => journal.close(),
  };
}

const wayOut = 'delete it, and start Parity again: the phones forget what they were shown';

async function readEvents(file: string): Promise<PhoneEvent[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter(line => line !== '')
    .map(line => parseKept(line, phoneEvent, { path: file, wayOut }));
}

/** Links are bearer tokens, so the file is its owner's alone. */
async function compact(file: string, phones: Phones): Promise<void> {
  const oldestFirst = phones.list().reverse();
  const lines = oldestFirst.map(one => `${JSON.stringify({ event: 'restored', phone: one })}\n`);
  await writeFile(`${file}.new`, lines.join(''), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
