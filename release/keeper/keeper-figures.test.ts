import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentObjectives } from '../../domain/outcomes.ts';
import { recordIn, recordTime } from '../../domain/record-in.ts';
import { parseRelease } from '../../domain/release.ts';
import { laptopPolicy } from '../policies.ts';
import { keeperFigures } from './keeper-figures.ts';
import type { EnteredRequest } from './observe-request.ts';

const [r41, r42] = [parseRelease('41'), parseRelease('42')];
const { nowMs } = recordTime;

const aRequest: EnteredRequest = {
  ...{ atMs: nowMs + 10, user: 'anna', decided: r42, answeredBy: r42, routeClass: 'upload' },
  ...{ status: 202, abandoned: false, tookMs: 10, document: 'a' },
};

function figuresOfOdd() {
  const outcomes = { documents: async () => ({}), pushes: async () => ({}) };
  return keeperFigures({ cluster: 'odd', policy: laptopPolicy, outcomes });
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
}

describe('keeperFigures', () => {
  it('tells the figures of every judged window, without ids', async () => {
    const kept = figuresOfOdd();
    kept.judge(recordIn('shifted', 500));
    kept.enter(aRequest, nowMs);
    kept.enter(
      { ...aRequest, user: 'otto', decided: r41, answeredBy: r41, status: 503, document: undefined },
      nowMs,
    );
    kept.enteredUntil(nowMs + 1_000);
    await kept.judgeDocuments(nowMs + documentObjectives.pushedWithinMs + 1_000);
    const lines = linesOf(kept.text());
    const of = (release: string, measure: string, routeClass: string) =>
      `{cluster="odd",from="${nowMs}",measure="${measure}",release="${release}",route_class="${routeClass}"}`;
    for (const line of [
      `parity_figures_users${of('42', 'errors', '')} 1`,
      `parity_figures_share_sum${of('42', 'errors', 'upload')} 0`,
      `parity_figures_share_sum${of('41', 'errors', '')} 1`,
      `parity_figures_share_squares${of('42', 'stuck', '')} 1`,
      `parity_figures_until_seconds{cluster="odd",from="${nowMs}",source="requests"} ${nowMs / 1_000 + 1}`,
      `parity_figures_until_seconds{cluster="odd",from="${nowMs - laptopPolicy.baselineMs}",source="requests"} ${nowMs / 1_000 + 1}`,
    ])
      assert.ok(lines.includes(line), line);
    assert.doesNotMatch(kept.text(), /anna|otto/);
  });

  /** What is known of 42 on odd, where it can be had from the peer alone: users, failed, and until when. */
  function knownOf42(kept: ReturnType<typeof figuresOfOdd>): (number | undefined)[] {
    const valueOf = (name: string) => {
      const found = linesOf(kept.text()).find(line => line.startsWith(name));
      return found === undefined ? undefined : Number(found.split(' ').at(-1));
    };
    const of42 = `{cluster="odd",from="${nowMs}",measure="errors",release="42",route_class=""}`;
    return [
      valueOf(`parity_figures_users${of42}`),
      valueOf(`parity_figures_share_sum${of42}`),
      valueOf(`parity_figures_until_seconds{cluster="odd",from="${nowMs}",source="requests"}`),
    ];
  }
  const afterMs = (ms: number) => nowMs + ms;

  it('counts what another release answered when it is known that the way was there, and says so until then', () => {
    const kept = figuresOfOdd();
    kept.judge(recordIn('shifted', 500));
    kept.seesPeer(true, afterMs(0));
    kept.enter({ ...aRequest, answeredBy: r41 }, afterMs(100));
    kept.enter({ ...aRequest, user: 'emma' }, afterMs(100));
    kept.enteredUntil(afterMs(2_000));
    assert.deepEqual(knownOf42(kept), [1, 0, afterMs(100) / 1_000]);
    kept.enteredUntil(afterMs(3_100));
    assert.deepEqual(knownOf42(kept), [2, 1, afterMs(3_100) / 1_000]);
  });

  it('does not blame a release for a way that was gone, from before the gateway noticed until after it came back', () => {
    const kept = figuresOfOdd();
    kept.judge(recordIn('shifted', 500));
    kept.enter({ ...aRequest, answeredBy: r41 }, afterMs(100));
    kept.enter({ ...aRequest, user: 'emma', answeredBy: undefined, status: 503 }, afterMs(100));
    kept.seesPeer(false, afterMs(1_600));
    kept.enter({ ...aRequest, atMs: afterMs(2_000), answeredBy: r41 }, afterMs(2_100));
    kept.seesPeer(true, afterMs(2_100));
    kept.enter({ ...aRequest, atMs: afterMs(2_500), answeredBy: r41 }, afterMs(2_600));
    kept.enteredUntil(afterMs(9_000));
    assert.deepEqual(knownOf42(kept), [undefined, undefined, afterMs(9_000) / 1_000]);
    assert.match(kept.text(), /^parity_gateway_sees_peer\{cluster="odd"\} 1$/m);
    kept.seesPeer(false, afterMs(9_000));
    assert.match(kept.text(), /^parity_gateway_sees_peer\{cluster="odd"\} 0$/m);
  });

  it('counts at once what the release itself got wrong, and what is had here', () => {
    const kept = figuresOfOdd();
    const record = recordIn('shifted', 500);
    kept.judge(record);
    kept.seesPeer(false, afterMs(0));
    kept.enter({ ...aRequest, status: 500 }, afterMs(100));
    kept.enteredUntil(afterMs(100));
    assert.deepEqual(knownOf42(kept), [1, 1, afterMs(100) / 1_000]);
    kept.judge({ ...record, runs: { odd: [r41, r42], even: [r41, r42] } });
    kept.enter({ ...aRequest, user: 'emma', answeredBy: r41 }, afterMs(200));
    kept.enteredUntil(afterMs(200));
    assert.deepEqual(knownOf42(kept), [2, 2, afterMs(200) / 1_000]);
  });

  it('says nothing of what it has not looked at, and nothing when nothing is judged', () => {
    const kept = figuresOfOdd();
    kept.enter(aRequest, nowMs);
    assert.deepEqual(linesOf(kept.text()), []);
    kept.judge(recordIn('shifted'));
    assert.doesNotMatch(kept.text(), /until_seconds\{/);
  });
});
