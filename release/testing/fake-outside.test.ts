import { metricsContract } from '../gates/metrics.contract.ts';
import { fakeMetrics, type Fleet } from './fake-outside.ts';

metricsContract('in memory', async () => {
  const fleet: Fleet = { errors: new Map(), ended: new Map(), away: false, apart: [] };
  return {
    metrics: fakeMetrics(fleet),
    meet: async (release, failing) => void fleet.errors.set(release, failing),
    end: async (release, times) => void fleet.ended.set(release, times),
    separate: async parity => {
      fleet.apart = [parity];
    },
    goAway: async () => {
      fleet.away = true;
    },
  };
});
