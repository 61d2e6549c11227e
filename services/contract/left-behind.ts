import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * The list of what a release left in a folder. Of the contract itself this is all that must not change within two
 * sprints, but for fields that are added.
 */
export const leftBehindSchema = z.object({
  release: z.string(),
  /** One of every fate that a document can have. */
  documents: z.record(
    z.string(),
    z.object({
      id: z.string(),
      owner: z.string(),
      key: z.string(),
      /** Its bytes, in base64. */
      bytes: z.base64(),
      /** What the writer sees of it. */
      facts: z.record(z.string(), z.union([z.string(), z.number()])),
      /** Payloads of messages about it, as they travelled. */
      messages: z.array(z.string()),
    }),
  ),
  /** A link that opens a document. */
  link: z.object({ token: z.string(), id: z.string() }),
  names: z.object({
    sources: z.object({
      owner: z.string(),
      key: z.string(),
      sha256: z.string(),
      release: z.string(),
      acceptedAt: z.string(),
    }),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  /** Rows by collection; a time is `{ "$date": … }`, as in MongoDB's extended JSON. */
  rows: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});
export type LeftBehind = z.infer<typeof leftBehindSchema>;

const fileIn = (folder: string) => join(folder, 'left-behind.json');

/** Writes the list. */
export async function writeLeftBehind(folder: string, left: LeftBehind): Promise<void> {
  await writeFile(fileIn(folder), JSON.stringify(withDates(left), undefined, 2));
}

/** Reads the list, whichever release wrote it. Rejects with what is wrong with it. */
export async function readLeftBehind(folder: string): Promise<LeftBehind> {
  const text = await readFile(fileIn(folder), 'utf8');
  const value: unknown = JSON.parse(text, (_, found: unknown) => {
    const date = dateSchema.safeParse(found);
    return date.success ? new Date(date.data.$date) : found;
  });
  return leftBehindSchema.parse(value);
}

const dateSchema = z.strictObject({ $date: z.string() });

/** JSON would write a time as a text, which comes back as one. */
function withDates(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.toISOString() };
  if (Array.isArray(value)) return value.map(withDates);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withDates(part)]));
}
