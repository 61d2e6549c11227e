import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import { systemClock, type Clock } from '../../services/kit/ports.ts';
import { backOffMs, supervise, type Life, type WorkloadState, type WorkloadStatus } from './workload.ts';

describe('backOffMs', () => {
  it('starts again at once after a first bad run, then ever later, up to five seconds', () => {
    assert.deepEqual([1, 2, 3, 4, 20].map(backOffMs), [0, 250, 500, 1_000, 5_000]);
  });
});

describe('supervise', () => {
  it('starts at once', async () => {
    const world = createWorld();
    assert.equal((await world.workload.started()).pid, 1);
    assert.equal(world.workload.status().state, 'running');
  });

  it('starts again what ends by itself, and counts it', async () => {
    const world = createWorld();
    await world.workload.started();
    world.die('odd ended with SIGKILL');
    await world.livesAs(2);
    assert.deepEqual(world.workload.status(), {
      state: 'running',
      pid: 2,
      restarts: 1,
      lastEnd: 'odd ended with SIGKILL',
    });
    assert.deepEqual(world.states, ['running', 'waiting', 'starting', 'running']);
  });

  it('waits longer each time a run is short, and starts anew after a long one', async () => {
    const world = createWorld();
    for (const pid of [1, 2, 3]) {
      await world.livesAs(pid);
      world.die('short');
    }
    await world.livesAs(4);
    world.passMs(10_000);
    world.die('long');
    await world.livesAs(5);
    assert.deepEqual(world.pausesMs, [0, 250, 500, 0]);
  });

  it('stays dead when killed, until it is healed', async () => {
    const world = createWorld();
    await world.workload.started();
    await world.workload.kill();
    assert.equal(world.workload.status().state, 'killed');
    assert.equal(world.workload.status().pid, undefined);
    await world.workload.heal();
    assert.equal(world.workload.status().pid, 2);
    assert.equal(world.workload.status().restarts, 0);
  });

  it('takes killing the dead and healing the living for done', async () => {
    const world = createWorld();
    await world.workload.heal();
    assert.equal(world.workload.status().pid, 1);
    await world.workload.kill();
    await world.workload.kill();
    assert.equal(world.workload.status().state, 'killed');
  });

  it('does kills and heals in the order in which they were asked for', async () => {
    const world = createWorld();
    const { workload } = world;
    await Promise.all([workload.kill(), workload.heal(), workload.kill(), workload.heal()]);
    assert.equal(workload.status().state, 'running');
    assert.equal(workload.status().pid, 3);
  });

  it('kills what was still starting', async () => {
    const starting = Promise.withResolvers<void>();
    const world = createWorld({ before: () => starting.promise });
    const killed = world.workload.kill();
    starting.resolve();
    await killed;
    assert.equal(world.workload.status().state, 'killed');
    assert.deepEqual(world.states, ['killed']);
  });

  it('kills what was waiting for its next start', async () => {
    const paused = Promise.withResolvers<void>();
    const world = createWorld({
      before: async () => {
        throw new ParityError('engine_failed', 'no');
      },
      clock: {
        ...systemClock,
        delay: (ms, signal) => {
          paused.resolve();
          return systemClock.delay(ms + 60_000, signal);
        },
      },
    });
    await paused.promise;
    assert.equal(world.workload.status().state, 'waiting');
    await world.workload.kill();
    assert.equal(world.workload.status().state, 'killed');
  });

  it('says why its first start failed', async () => {
    const world = createWorld({
      before: async () => {
        throw new ParityError('engine_missing', 'There is no RabbitMQ.');
      },
    });
    await assert.rejects(world.workload.started(), {
      code: 'engine_missing',
      message: 'There is no RabbitMQ.',
    });
    await world.workload.stop();
  });

  it('goes on running when it cannot be killed because it is somebody else’s', async () => {
    const refuse = async () => {
      throw new ParityError('engine_failed', 'RabbitMQ odd was given by URL.');
    };
    const world = createWorld({ life: { pid: undefined, kill: refuse, stop: async () => {} } });
    await world.workload.started();
    await assert.rejects(world.workload.kill(), { message: 'RabbitMQ odd was given by URL.' });
    assert.equal(world.workload.status().state, 'running');
    await world.workload.stop();
    assert.equal(world.workload.status().state, 'stopped');
  });

  it('lets go of what is somebody else’s when it is stopped while starting', async () => {
    const starting = Promise.withResolvers<void>();
    const world = createWorld({
      before: () => starting.promise,
      life: { pid: undefined, stop: async () => {} },
    });
    const stopped = world.workload.stop();
    starting.resolve();
    await stopped;
    assert.equal(world.workload.status().state, 'stopped');
  });

  it('is not healed once it has stopped', async () => {
    const world = createWorld();
    await world.workload.started();
    await world.workload.stop();
    assert.equal(world.workload.status().state, 'stopped');
    await assert.rejects(world.workload.heal(), { code: 'not_running', message: 'Parity is stopping.' });
  });
});

function createWorld(given: { before?: () => Promise<void>; life?: Partial<Life>; clock?: Clock } = {}) {
  let now = 0;
  let runs = 0;
  let die: (how: string) => void = () => {};
  const lives = new Map([1, 2, 3, 4, 5].map(pid => [pid, Promise.withResolvers<void>()]));
  const pausesMs: number[] = [];
  const states: WorkloadState[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    delay: async ms => void pausesMs.push(ms),
  };
  const start = async (): Promise<Life> => {
    await given.before?.();
    const { promise: exited, resolve } = Promise.withResolvers<string>();
    die = resolve;
    runs += 1;
    const end = async () => resolve('asked to');
    return { pid: runs, exited, stop: end, kill: end, ...given.life };
  };
  const onChange = ({ state, pid }: WorkloadStatus) => {
    states.push(state);
    if (state === 'running') lives.get(pid ?? 0)?.resolve();
  };
  const workload = supervise({ start, clock: given.clock ?? clock, onChange });
  return {
    workload,
    pausesMs,
    states,
    livesAs: (pid: number) => lives.get(pid)?.promise,
    die: (how: string) => die(how),
    passMs: (ms: number) => (now += ms),
  };
}
