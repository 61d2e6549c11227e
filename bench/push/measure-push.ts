import { percentile } from '../../faults/open-load.ts';
import { poll, type RunningPair } from '../../faults/running-pair.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { longDocument } from '../stream/long-document.ts';
import { judge, type Verdict } from '../verdict.ts';

/** How long it took, in milliseconds, from the first byte of an upload until its push was on the phone. */
export interface PushFigures {
  readonly documents: number;
  readonly bytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From the first byte to the 202 alone. */
  readonly acceptedP50Ms: number;
}

const user = 'push-driver';

/** Sends documents one after the other, each when the push of the one before has come: the pair has nothing else to do. */
export async function measurePush(
  pair: RunningPair,
  { documents, bytes, clock }: { documents: number; bytes: number; clock: Clock },
): Promise<PushFigures> {
  const driver = await pair.driver(user);
  const { sha256, pieces } = longDocument(bytes);
  const paper = { mediaType: 'application/pdf', bytes: Buffer.concat([...pieces()]), sha256 } as const;
  const pushedMs: number[] = [];
  const acceptedMs: number[] = [];
  for (let sent = 0; sent <= documents; sent++) {
    // The phone says when a push came by the wall clock, so everything is told by it.
    const began = clock.now();
    const { id, at } = await driver.send({ ...paper, name: `paper-${sent}.pdf` });
    const pushedAt = await untilPushed(pair, { installation: driver.installation, id });
    // The first one opens connections and warms the caches of a process that has done nothing yet.
    if (sent === 0) continue;
    acceptedMs.push(at - began);
    pushedMs.push(pushedAt - began);
  }
  return {
    ...{ documents, bytes },
    p50Ms: percentile(pushedMs, 0.5),
    p99Ms: percentile(pushedMs, 0.99),
    acceptedP50Ms: percentile(acceptedMs, 0.5),
  };
}

async function untilPushed(
  pair: RunningPair,
  { installation, id }: { installation: string; id: string },
): Promise<number> {
  let at: number | undefined;
  await poll(async () => {
    at = (await pair.phone(installation)).find(push => push.document === id)?.at;
    return at !== undefined;
  });
  return at ?? Number.NaN;
}

/** Holds the time against what we want on an idle pair. */
export function judgePush({ p50Ms }: PushFigures): Verdict[] {
  return [judge({ what: 'upload to push, p50', unit: ' ms', kind: 'goal', bound: { atMost: 100 } }, p50Ms)];
}
