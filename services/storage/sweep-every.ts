import type { Kit } from '../kit/kit.ts';
import { parities } from '../../domain/parity.ts';
import type { SweepCounts } from './sweep.ts';

/** Rounds are short where there is nothing to do; the time before anything is swept is `sweepAfterMs`. */
const roundEveryMs = 1_000;

const kinds = [
  'republished',
  'renotified',
  'orphansReaped',
  'incomingReaped',
] as const satisfies readonly (keyof SweepCounts)[];

/** Runs the sweeper's rounds until it is stopped, and counts what they did. */
export function sweepEvery(
  kit: Pick<Kit<'storage'>, 'log' | 'metrics' | 'clock' | 'broker'>,
  sweep: { round(): Promise<SweepCounts | undefined> },
) {
  const stopping = new AbortController();
  const swept = kit.metrics.counter({
    name: 'parity_swept_total',
    help: 'What the sweeper had to do, by kind.',
    labels: { kind: kinds },
  });
  const depth = kit.metrics.gauge({
    name: 'parity_queue_ready',
    help: "Messages that wait in this release's accepted queue, by each broker that answers.",
    labels: { broker: parities },
  });
  const sweepOnce = async () => {
    try {
      const counts = await sweep.round();
      for (const kind of kinds) swept({ kind }, counts?.[kind] ?? 0);
    } catch (error) {
      kit.log.warn({ error }, 'a round of the sweeper failed; the next one follows');
    }
  };
  const rounds = async () => {
    while (!stopping.signal.aborted) {
      await sweepOnce();
      for (const broker of parities) {
        depth({ broker }, (await kit.broker.depth('document.accepted', broker))?.ready);
      }
      await kit.clock.delay(roundEveryMs, stopping.signal).catch(() => {});
    }
  };
  let running: Promise<void> = Promise.resolve();
  return {
    start: () => {
      running = rounds();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
