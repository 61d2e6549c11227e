import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ParityError } from '../../domain/errors.ts';
import { recordIn } from '../../domain/record-in.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { KeeperReport } from '../ports.ts';
import { askKeeper } from './ask-keeper.ts';
import type { Keeper } from './keeper.ts';
import { serveKeeper } from './serve-keeper.ts';

const clock = {
  now: () => 0,
  monotonic: () => 0,
  delay: (ms: number, signal?: AbortSignal) => pause(ms, undefined, { signal }),
};

/** A served keeper that does what `given` says, and what it told. */
async function served(test: TestContext, given: Partial<Keeper> = {}) {
  const told: string[] = [];
  const calls = { follow: 0, judge: 0 };
  const keeper: Keeper = {
    render: async () => {},
    follow: async () => void calls.follow++,
    judge: async () => void calls.judge++,
    report: () => undefined,
    record: () => undefined,
    ...given,
  };
  const tell = (line: string) => void told.push(line);
  const metrics = () => 'parity_figures 1\n';
  const server = await serveKeeper({ keeper, judgeEveryMs: 5, metrics, port: 0, clock, tell });
  test.after(() => server.close());
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`${server.url}${path}`, { method });
    return { status: answer.status, text: await answer.text() };
  };
  return { url: server.url, told, calls, get };
}

function reportOf(record: ReleaseRecord): KeeperReport {
  const { live, candidate, threshold, cohorts } = record;
  const judgement = { verdict: 'pass', readings: [], why: 'all gates pass' } as const;
  return {
    recordVersion: record.version,
    rendered: { live, candidate, threshold, cohorts },
    readBack: true,
    judgement,
  };
}

describe('serveKeeper', () => {
  it('tells services the role of every release that the record names', async test => {
    const { get } = await served(test, { record: () => recordIn('baking') });
    const { status, text } = await get('/roles');
    assert.deepEqual(
      [status, JSON.parse(text)],
      [200, { recordVersion: 1, roles: { 41: 'retiring', 42: 'live' }, proven: '41' }],
    );
  });

  it('says that it knows nothing before it has met a record', async test => {
    const { get, url } = await served(test);
    for (const path of ['/roles', '/report']) assert.equal((await get(path)).status, 503);
    await assert.rejects(askKeeper(url).keeper(), {
      code: 'unreachable',
      message: /has not met a record yet/,
    });
  });

  it('follows when it is nudged, and has done so when it answers', async test => {
    const record = recordIn('shifted');
    let rendered: KeeperReport | undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    const { url } = await served(test, {
      follow: () => promise.then(() => void (rendered = reportOf(record))),
      report: () => rendered,
    });
    const nudged = askKeeper(url).nudge();
    resolve();
    await nudged;
    assert.deepEqual(await askKeeper(url).keeper(), reportOf(record));
  });

  it('answers and follows while it judges for long', async test => {
    const { get, calls } = await served(test, { judge: () => new Promise(() => {}) });
    const before = calls.follow;
    await get('/nudge', 'POST');
    assert.equal(calls.follow, before + 1);
  });

  it('shows its figures, that it lives, and nothing else', async test => {
    const { get } = await served(test);
    assert.deepEqual(await get('/metrics'), { status: 200, text: 'parity_figures 1\n' });
    assert.equal((await get('/healthz')).status, 200);
    assert.equal((await get('/record')).status, 404);
    assert.equal((await get('/roles', 'POST')).status, 404);
  });

  it('goes on after what fails, and tells it once', async test => {
    let judged = 0;
    const { promise: thrice, resolve } = Promise.withResolvers<void>();
    const { told } = await served(test, {
      judge: async () => {
        if (++judged === 3) resolve();
        throw new ParityError('unreachable', 'Nobody answers.');
      },
    });
    await thrice;
    assert.deepEqual(told, ['judging: ParityError: Nobody answers.']);
  });
});
