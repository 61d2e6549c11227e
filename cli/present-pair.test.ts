import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordIn, recordTime, type ReleasePhase } from '../domain/record-in.ts';
import { settle } from '../domain/record-changes.ts';
import { parseRelease } from '../domain/release.ts';
import type { PairLook } from '../local/control/control-api.ts';
import { fakeStatus } from '../local/control/fake-status.ts';
import type { KeeperReport } from '../release/ports.ts';
import { noSample } from '../release/gates/sample.ts';
import { presentPair } from './present-pair.ts';

const { nowMs } = recordTime;
const operator = { who: 'anna', since: '2026-11-22T05:00:01.000Z' };
const released = parseRelease('41');
const shipped = parseRelease('42');

function lookAt(phase: ReleasePhase, more: Partial<PairLook> = {}): PairLook {
  const nothing = { keeper: undefined, queued: {} };
  const releases = { odd: nothing, even: nothing };
  return {
    status: fakeStatus,
    record: recordIn(phase),
    operator: undefined,
    releases,
    dns: { odd: 255, even: 0 },
    ...more,
  };
}

const head = (look: PairLook) => presentPair(look, nowMs).split('\n\n')[0];
const line = (look: PairLook, name: string) =>
  presentPair(look, nowMs)
    .split('\n')
    .find(each => each.startsWith(name));

describe('presentPair', () => {
  it('says first what is shipped, how far it is, who is at it, and what happens if nobody is', () => {
    assert.equal(head(lookAt('settled')), 'Release 41 is live on odd; nothing is being shipped.');
    assert.equal(
      head(lookAt('settled', { operator })),
      'Release 41 is live on odd; nothing is being shipped.\n' +
        'anna took the lock at 05:00:01 and has not given it back: who ships next finds out whether he is there.',
    );
    const atBeta = { ...recordIn('beta'), step: 'beta' as const };
    assert.equal(
      head(lookAt('beta', { record: atBeta })),
      'Release 41 is live on odd; release 42 is at beta: nobody is at it.\n' +
        'Cohort beta is on 42, and everybody goes back in 1 min unless somebody goes on: ./parity resume.',
    );
    const inShift = { ...recordIn('shifted', 100), step: 'shift 10%' as const };
    assert.equal(
      head(lookAt('shifted', { record: inShift, operator })),
      'Release 41 is live on odd; release 42 is at shift 10%: anna ships it since 05:00:01.\n' +
        '10 % of the users and cohort beta are on 42, and everybody goes back in 1 min unless it is judged again.',
    );
    const baking = { ...recordIn('baking'), step: 'bake' as const };
    assert.match(
      head(lookAt('baking', { record: baking })) ?? '',
      /\nEverybody is on 42, and keepers watch: \.\/parity resume settles it\.$/,
    );
    assert.match(
      head(lookAt('baking', { record: baking, operator })) ?? '',
      /\nEverybody is on 42, and keepers watch\.$/,
    );
    const deploying = { ...recordIn('begun'), step: 'deploy' as const };
    assert.match(head(lookAt('begun', { record: deploying })) ?? '', /\nNo user has met it\.$/);
    assert.match(
      head(lookAt('deployed')) ?? '',
      /release 42 was taken back, and everybody is on 41\.\nLook at it, then ship a repair \(42\.1\)/,
    );
  });

  it('tells where DNS points while that is not where it is to be, and not otherwise', () => {
    assert.equal(line(lookAt('settled'), 'dns'), undefined);
    assert.match(line(lookAt('settled', { dns: undefined }), 'dns') ?? '', /does not answer$/);
    assert.match(
      line(lookAt('baking', { dns: { odd: 128, even: 127 } }), 'dns') ?? '',
      /^dns +odd 128, even 127; it becomes odd 0, even 255, by whoever ships, resumes or rolls back next$/,
    );
  });

  it('says so when nobody judged in time', () => {
    const late = presentPair(
      lookAt('shifted', { record: { ...recordIn('shifted'), step: 'shift 100%' } }),
      nowMs + 61_000,
    );
    assert.match(late, /\nEverybody is on 42; nobody judged in time: keepers take them back\.\n/);
  });

  it('has both clusters side by side, one word for what is well, and whatever is not', () => {
    const look = lookAt('settled');
    assert.match(line(look, 'health') ?? '', /unhealthy, not ready, does not see its peer +healthy$/);
    assert.match(
      line(look, 'release 41') ?? '',
      /live, storage killed, processor\+notification running, queues unknown +cover, running, queues unknown$/,
    );
    assert.match(line(look, 'broker') ?? '', /running \(restarts: 2\) +running$/);
    assert.match(line(look, 'keeper') ?? '', /running, does not answer/);
  });

  it('tells one waiting message from none', () => {
    const keeper = undefined;
    const releases = {
      odd: { keeper, queued: { [released]: 0 } },
      even: { keeper, queued: { [released]: 1, [shipped]: 0 } },
    };
    const look = lookAt('deployed', { releases });
    assert.match(line(look, 'release 41') ?? '', /queues empty +cover, running, 1 queued$/);
    assert.match(line(look, 'release 42') ?? '', /^release 42 +– +–$/);
  });

  it('calls the release before previous while the new one is judged on', () => {
    const { record } = lookAt('baking');
    assert.match(line(lookAt('baking'), 'release 41') ?? '', / previous, .* previous, /);
    const settled = lookAt('baking', { record: settle(record, recordTime) });
    assert.match(line(settled, 'release 41') ?? '', / retiring, /);
  });

  it('shows the gates once where both keepers say the same, and by whose eyes where not', () => {
    const sides = { candidate: noSample, live: noSample, baseline: noSample, together: true };
    const seeing = (why: string): KeeperReport => ({
      recordVersion: 7,
      rendered: { live: recordIn('settled').live, candidate: undefined, threshold: 0, cohorts: [] },
      readBack: true,
      judgement: {
        verdict: 'not-enough-evidence',
        why,
        readings: [{ gate: 'errors', verdict: 'pass', why, sides }],
      },
    });
    const queued = {};
    const [few, none] = [seeing('few users'), seeing('no users')];
    const alike = lookAt('shifted', {
      releases: { odd: { keeper: few, queued }, even: { keeper: few, queued } },
    });
    assert.match(
      presentPair(alike, nowMs),
      /\nthe keepers see\n {2}verdict: not enough evidence: few users\n\n/,
    );
    const apart = lookAt('shifted', {
      releases: { odd: { keeper: few, queued }, even: { keeper: none, queued } },
    });
    assert.match(
      presentPair(apart, nowMs),
      /\nthe keeper of even sees\n {2}verdict: not enough evidence: no users\n\n/,
    );
    assert.match(line(alike, 'keeper') ?? '', /running, by record 7 +running, by record 7$/);
  });

  it('ends with what both clusters share, the last write and where the state lies', () => {
    const text = presentPair(lookAt('settled'), nowMs);
    assert.match(text, /^front door {2}http:\/\/pair\.test$/m);
    assert.match(text, /^engines {5}Envoy 1\.40\.0 \(registries\), RabbitMQ 4\.3\.6 \(registries\)$/m);
    assert.match(text, /^record {6}1: a test, begin: a new pair$/m);
    assert.match(text, /^state {7}\/state \(process 4711, since 2026-11-22 06:28:44\)$/m);
  });
});
