import { parities, type Parity } from '../../domain/parity.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import { renderAt } from '../../release/keeper/render.ts';
import type { Clock } from '../../services/kit/ports.ts';
import type { Gateway } from '../gateway/gateway.ts';

const everyMs = 200;

/** The same record again: a refusal costs a validation, and rarely goes away by itself. */
const afterFailureMs = 2_000;

/** Whoever follows the record, and has both gateways route by it. */
export interface Following {
  close(): Promise<void>;
}

/**
 * Looks at the record again and again, and gives what is new to each gateway; what fails is tried again. Gateways do not
 * wait for each other: one that hangs must not keep the other from a shift.
 */
export function followRecord(
  record: () => ReleaseRecord,
  gateways: Record<Parity, Pick<Gateway, 'rendered' | 'applyRouting'>>,
  { clock, tell }: { clock: Clock; tell: (line: string) => void },
): Following {
  const stopping = new AbortController();
  const follow = async (parity: Parity) => {
    const gateway = gateways[parity];
    let failed: Failure | undefined;
    while (!stopping.signal.aborted) {
      const newest = record();
      const again = failed?.version !== newest.version || clock.monotonic() - failed.at >= afterFailureMs;
      if (newest.version !== gateway.rendered().recordVersion && again) {
        const why = await failureOf(gateway, newest, clock.now());
        if (why !== undefined && why !== failed?.why) tell(`gateway of ${parity}: ${why}`);
        failed = why === undefined ? undefined : { version: newest.version, why, at: clock.monotonic() };
      }
      await clock.delay(everyMs, stopping.signal).catch(() => {});
    }
  };
  const running = parities.map(follow);
  return {
    close: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

interface Failure {
  readonly version: number;
  readonly why: string;
  readonly at: number;
}

async function failureOf(
  gateway: Pick<Gateway, 'rendered' | 'applyRouting'>,
  record: ReleaseRecord,
  nowMs: number,
): Promise<string | undefined> {
  try {
    await gateway.applyRouting(renderAt(record, nowMs, gateway.rendered()));
    return undefined;
  } catch (error) {
    return String(error);
  }
}
