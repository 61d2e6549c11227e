import { catalogue, type ServiceName } from '../../domain/catalogue.ts';
import { ParityError } from '../../domain/errors.ts';
import type { Faults } from '../../domain/faults.ts';
import type { Answer, Call } from '../kit/http/exchange.ts';
import type { Clock, Random } from '../kit/ports.ts';

/** A process that crashes lives so long first: long enough to become ready, and to be given users. */
export const crashAfterMs = 3_000;

/** What handlers shall do wrong, and what they need for it. */
export interface FaultyWorld {
  readonly faults: Faults;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the process, as a bug would. */
  readonly crash: () => void;
  /** Told of every request, for whatever else shall go with their number. */
  readonly asked?: () => void;
}

type AnyHandler = (call: Call) => Answer | Promise<Answer>;

/** A service's handlers, of which those that users reach are late, fail, or end the process. */
export function faultyHandlers<H extends object>(
  service: ServiceName,
  handlers: H,
  { faults, clock, random, crash, asked }: FaultyWorld,
): H {
  const crashAtMs = faults.crash === undefined ? Infinity : clock.monotonic() + crashAfterMs;
  const faulty =
    (handle: AnyHandler): AnyHandler =>
    async call => {
      asked?.();
      if (clock.monotonic() >= crashAtMs) crash();
      if (faults.latencyMs !== undefined) await clock.delay(faults.latencyMs);
      if (happens(faults.errors, random)) {
        throw new ParityError('internal', 'This release demonstrates failing: PARITY_FAULT says so.');
      }
      return handle(call);
    };
  const isRoute = (name: string) => name in catalogue[service].routes;
  const entries = Object.entries(handlers).map(([name, handle]) => [
    name,
    isRoute(name) ? faulty(handle as AnyHandler) : (handle as AnyHandler),
  ]);
  return Object.fromEntries(entries) as H;
}

/** True in that share of all cases; undefined: never. */
export function happens(share: number | undefined, random: Random): boolean {
  return share !== undefined && random.bytes(4).readUInt32BE() / 2 ** 32 < share;
}
