import { z } from 'zod';
import type { Parity } from '../domain/parity.ts';
import { parseJson } from '../domain/parse-json.ts';

const entry = z.looseObject({ time: z.string(), level: z.string(), message: z.string() });

/** Told otherwise, or the same on every line of a laptop. */
const leftOut: ReadonlySet<string> = new Set(['time', 'level', 'message', 'cluster', 'release', 'service']);

/** A service's log line for people: time, cluster, level, message, then the other fields. Others stay as they are. */
export function presentLogLine(line: string, parity: Parity): string {
  const parsed = entry.safeParse(parseJson(line));
  if (!parsed.success) return `${parity.padEnd(4)} ${line}`;
  const { time, level, message } = parsed.data;
  const others = Object.entries(parsed.data).filter(([name]) => !leftOut.has(name));
  const fields = others.map(([name, value]) => ` ${name}=${presentValue(value)}`);
  return `${time.slice(11, 23)} ${parity.padEnd(4)} ${level.padEnd(5)} ${message}${fields.join('')}`;
}

function presentValue(value: unknown): string {
  if (isError(value)) return `"${value.message}"`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isError(value: unknown): value is { message: string } {
  return (
    typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'
  );
}
