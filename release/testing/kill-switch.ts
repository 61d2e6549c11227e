import type { ObjectStore, ReleaseWorld } from '../ports.ts';
import { objectJournal } from '../store/object-journal.ts';
import { objectRecordStore } from '../store/record-store.ts';
import { perParity } from '../../domain/parity.ts';

/** What is thrown into a process that dies: nobody may catch it, and nothing that it does afterwards has an effect. */
// eslint-disable-next-line no-restricted-syntax -- what nobody may answer has no code
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** Where a process dies: before or after its n-th call of any port, counted from 1. */
export interface Death {
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** A process's view of the world, and the calls that it has made. */
export interface MortalWorld {
  readonly world: ReleaseWorld;
  readonly calls: string[];
  kill(): void;
}

type World = Omit<ReleaseWorld, 'store' | 'journal'>;

/** The world as one process sees it: every call of every port is recorded, and it dies at `death` or when killed. */
export function mortal(outside: World, death?: Death): MortalWorld {
  const calls: string[] = [];
  let dead = false;
  const dieIf = (now: boolean) => {
    dead ||= now;
    if (dead) throw new Killed('killed');
  };
  const wrap = <Port extends object>(name: string, port: Port): Port =>
    new Proxy(port, {
      get: (target, key) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function' || key === 'now' || key === 'monotonic') return method;
        return async (...args: unknown[]): Promise<unknown> => {
          const call = calls.push(`${name}.${String(key)}`);
          dieIf(death?.call === call && death.when === 'before');
          try {
            return await Reflect.apply(method, target, args);
          } finally {
            dieIf(death?.call === call && death.when === 'after');
          }
        };
      },
    });
  const objects: ObjectStore = wrap('objects', outside.objects);
  const clock = wrap('clock', outside.clock);
  const journal = objectJournal({ objects, clock });
  const world: ReleaseWorld = {
    objects,
    clock,
    journal,
    store: objectRecordStore({ objects, journal, clock, random: outside.random }),
    clusters: perParity(parity => wrap(parity, outside.clusters[parity])),
    dns: wrap('dns', outside.dns),
    metrics: wrap('metrics', outside.metrics),
    checks: wrap('checks', outside.checks),
    random: outside.random,
  };
  return { world, calls, kill: () => void (dead = true) };
}
