import { open, stat } from 'node:fs/promises';
import type { Clock } from '../services/kit/ports.ts';

/** What is read of a log's end at the most. */
const tailBytes = 512 * 1024;
const pollMs = 250;

/** The last `count` whole lines of a log; none when there is no log. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  const size = await sizeOf(path);
  const { lines } = await readLines(path, Math.max(0, size - tailBytes));
  return count > 0 ? lines.slice(-count) : [];
}

/** Hands on every new line of a log, also after it was put aside for a new one, until the process ends. */
export async function followLog(
  path: string,
  { clock, onLine }: { clock: Clock; onLine: (line: string) => void },
): Promise<never> {
  let position = await sizeOf(path);
  for (;;) {
    if ((await sizeOf(path)) < position) position = 0;
    const { lines, end } = await readLines(path, position);
    lines.forEach(onLine);
    position = end;
    await clock.delay(pollMs);
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** The whole lines from a position on, and where they end. */
async function readLines(path: string, position: number): Promise<{ lines: string[]; end: number }> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return { lines: [], end: position };
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.max(0, size - position));
    const { bytesRead } = await file.read({ buffer, position });
    const whole = buffer.subarray(0, buffer.lastIndexOf('\n', bytesRead) + 1);
    const lines = whole
      .toString('utf8')
      .split('\n')
      .filter(line => line !== '');
    return { lines, end: position + whole.length };
  } finally {
    await file.close();
  }
}
