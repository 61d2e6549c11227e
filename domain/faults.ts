import { ParityError } from './errors.ts';

/** What a release is made to do wrong, so that people see what is done about it. For demonstrations on a laptop. */
export interface Faults {
  /** Share (0–1) of requests that are answered 500. */
  readonly errors?: number;
  /** What every request waits before anything is done for it. */
  readonly latencyMs?: number;
  /** Storage takes messages and, but for a process's first few, never finishes them. */
  readonly stuck?: true;
  /** The process ends by itself every few seconds while it has requests. */
  readonly crash?: true;
  /** Share (0–1) of pushes that are refused for good. */
  readonly pushErrors?: number;
  /** Storage stores altered bytes, but for a process's first few documents, and finds them right. */
  readonly wrongBytes?: true;
  /** The shared database is kept so busy that everybody gets slow. */
  readonly chokesDatabase?: true;
}

/** Each fault as it is written. */
export const faultForms = [
  'errors=5%',
  'latency=+300ms',
  'stuck',
  'crash',
  'push-errors=20%',
  'wrong-bytes',
  'chokes-db',
] as const;

/**
 * Reads faults as they are given to `ship --fault` and, as `PARITY_FAULT`, to a process: one or several, with commas.
 * @throws ParityError `invalid_request` that names what is none
 */
export function parseFaults(text: string): Faults {
  const faults: Faults = {};
  for (const part of text.split(',')) Object.assign(faults, once(faults, faultIn(part.trim())));
  return faults;
}

function faultIn(text: string): Faults {
  const { name = '', amount } = /^(?<name>[a-z-]+)(?:=(?<amount>.+))?$/.exec(text)?.groups ?? {};
  const fault = amount === undefined ? plainFaults.get(name) : measuredFaults.get(name)?.(amount);
  if (fault !== undefined) return fault;
  throw new ParityError(
    'invalid_request',
    `${JSON.stringify(text)} is no fault: give ${faultForms.join(', ')}.`,
  );
}

const plainFaults: ReadonlyMap<string, Faults> = new Map([
  ['stuck', { stuck: true }],
  ['crash', { crash: true }],
  ['wrong-bytes', { wrongBytes: true }],
  ['chokes-db', { chokesDatabase: true }],
]);

const measuredFaults: ReadonlyMap<string, (amount: string) => Faults | undefined> = new Map([
  ['errors', amount => withShare(amount, errors => ({ errors }))],
  ['push-errors', amount => withShare(amount, pushErrors => ({ pushErrors }))],
  ['latency', withLatency],
]);

function withLatency(amount: string): Faults | undefined {
  const latencyMs = /^\+(?<ms>[1-9]\d{0,4})ms$/.exec(amount)?.groups?.ms;
  return latencyMs === undefined ? undefined : { latencyMs: Number(latencyMs) };
}

function withShare(amount: string, make: (share: number) => Faults): Faults | undefined {
  const percent = Number(/^(?<percent>\d{1,3}(?:\.\d{1,2})?)%$/.exec(amount)?.groups?.percent);
  return percent > 0 && percent <= 100 ? make(percent / 100) : undefined;
}

function once(known: Faults, fault: Faults): Faults {
  const [twice] = Object.keys(fault).filter(name => name in known);
  if (twice === undefined) return fault;
  throw new ParityError('invalid_request', `A fault is given twice (${twice}): give each once.`);
}
