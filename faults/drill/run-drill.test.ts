import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import { recordIn } from '../../domain/record-in.ts';
import { wellStatus } from '../../local/control/fake-status.ts';
import { systemClock } from '../../services/kit/ports.ts';
import { runDrill, type DrillWorld } from './run-drill.ts';
import type { PairLook } from './scenario.ts';

const well: PairLook = { status: wellStatus, record: recordIn('settled') };

/** A pair that is well when a drill begins, and then looks as `later` says. */
function aWorld({
  later,
  inflict = async () => {},
}: {
  later: () => PairLook;
  inflict?: () => Promise<void>;
}) {
  const done: string[] = [];
  const leaving = new AbortController();
  let looks = 0;
  const unused = () => assert.fail('the scenario does not do this');
  const world: DrillWorld = {
    clock: { ...systemClock, delay: async (_ms, signal) => signal?.throwIfAborted() },
    signal: leaving.signal,
    tell: () => {},
    look: async () => (looks++ === 0 ? well : later()),
    startFleet: async () => ({
      ...{ senders: [], uploads: [], phonesUrl: '', setRate: unused },
      stop: async () => void done.push('the traffic has ended'),
    }),
    hands: {
      ...{ shipIntoShift: unused, killEngine: unused, forgetDrillRelease: unused },
      control: {
        kill: async () => {
          done.push('killed');
          await inflict();
          return wellStatus;
        },
        heal: async () => (done.push('healed'), wellStatus),
      },
    },
  };
  return { world, done, leave: (why: unknown) => leaving.abort(why) };
}

describe('runDrill', () => {
  const all = ['killed', 'healed', 'the traffic has ended'];

  it('undoes the fault and ends its traffic also when the pair cannot be looked at any more', async () => {
    const away = new ParityError('record_unavailable', 'The record is away.');
    const { world, done } = aWorld({
      later: () => {
        throw away;
      },
    });
    await assert.rejects(runDrill('database', world), away);
    assert.deepEqual(done, all);
  });

  it('does so when somebody leaves in the middle', async () => {
    const why = new ParityError('release_stopped', 'Somebody left.');
    const { world, done, leave } = aWorld({ later: () => (leave(why), well) });
    await assert.rejects(runDrill('database', world), why);
    assert.deepEqual(done, all);
  });

  it('rehearses nothing while anything of the pair does not run, and names it', async () => {
    const { clusters } = wellStatus;
    const keeper = { ...clusters.odd.keeper, state: 'waiting' } as const;
    const odd = { ...clusters.odd, keeper, peer: false };
    const { world, done } = aWorld({ later: () => well });
    const look = async () => ({ ...well, status: { ...wellStatus, clusters: { ...clusters, odd } } });
    await assert.rejects(runDrill('database', { ...world, look }), {
      code: 'release_refused',
      message:
        "Not well as it is: odd's way to its peer is shut, odd's keeper is waiting; see ./parity status.",
    });
    assert.deepEqual(done, []);
  });

  it('does not wait for what could not be inflicted', async () => {
    const why = new ParityError('engine_failed', 'The database was given by URL.');
    const { world, done } = aWorld({ later: () => well, inflict: () => Promise.reject(why) });
    await assert.rejects(runDrill('database', world), why);
    assert.deepEqual(done, all);
  });
});
