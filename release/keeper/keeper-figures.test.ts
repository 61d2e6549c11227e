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
    kept.enter(aRequest);
    kept.enter({
      ...aRequest,
      user: 'otto',
      decided: r41,
      answeredBy: r41,
      status: 503,
      document: undefined,
    });
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

  it('says nothing of what it has not looked at, and nothing when nothing is judged', () => {
    const kept = figuresOfOdd();
    kept.enter(aRequest);
    assert.deepEqual(linesOf(kept.text()), []);
    kept.judge(recordIn('shifted'));
    assert.doesNotMatch(kept.text(), /until_seconds\{/);
  });
});
