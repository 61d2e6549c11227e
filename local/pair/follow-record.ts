import { parities, type Parity } from '../../domain/parity.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { Clock } from '../../services/kit/ports.ts';
import type { Gateway } from '../gateway/gateway.ts';

const everyMs = 200;

/** Whoever follows the record, and has both gateways route by it. */
export interface Following {
  close(): Promise<void>;
}

/** Looks at the record again and again, and gives what is new to both gateways; what fails is tried again. */
export function followRecord(
  record: () => ReleaseRecord,
  gateways: Record<Parity, Gateway>,
  { clock, tell }: { clock: Clock; tell: (line: string) => void },
): Following {
  const stopping = new AbortController();
  const follow = async (parity: Parity) => {
    const gateway = gateways[parity];
    const newest = record();
    if (newest.version === gateway.version()) return;
    await gateway
      .applyRecord(newest)
      .catch((error: unknown) => tell(`gateway of ${parity}: ${String(error)}`));
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      await Promise.all(parities.map(follow));
      await clock.delay(everyMs, stopping.signal).catch(() => {});
    }
  };
  const running = run();
  return {
    close: () => {
      stopping.abort();
      return running;
    },
  };
}
