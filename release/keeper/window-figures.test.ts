import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import type { Measure } from '../ports.ts';
import { windowFigures, type Observation, type WindowFigures } from './window-figures.ts';

const [r41, r42] = [parseRelease('41'), parseRelease('42')];

function anError(atMs: number, changes: Partial<Observation> = {}): Observation {
  return { atMs, user: 'anna', measure: 'errors', release: r42, routeClass: 'upload', bad: true, ...changes };
}

interface Asked {
  readonly fromMs: number;
  readonly measure?: Measure;
  readonly release?: string;
  readonly routeClass?: string;
}

function usersIn(kept: WindowFigures, asked: Asked): number | undefined {
  const { fromMs, measure = 'errors', release = r42, routeClass } = asked;
  const found = kept
    .figures()
    .find(
      figure =>
        figure.fromMs === fromMs &&
        figure.measure === measure &&
        figure.release === release &&
        figure.routeClass === routeClass,
    );
  return found?.sample.users;
}

describe('windowFigures', () => {
  it('keeps windows, releases, measures and route classes apart, and all classes together besides', () => {
    const kept = windowFigures({ rememberMs: 60_000 });
    kept.judge([
      { fromMs: 1_000, toMs: 2_000 },
      { fromMs: 2_000, toMs: undefined },
    ]);
    kept.observe(anError(999));
    kept.observe(anError(1_000));
    kept.observe(anError(2_000, { user: 'otto', release: r41, routeClass: 'read' }));
    kept.observe(anError(2_500, { measure: 'slow' }));
    assert.equal(usersIn(kept, { fromMs: 1_000, routeClass: 'upload' }), 1);
    assert.equal(usersIn(kept, { fromMs: 1_000 }), 1);
    assert.equal(usersIn(kept, { fromMs: 2_000 }), undefined);
    assert.equal(usersIn(kept, { fromMs: 2_000, release: r41 }), 1);
    assert.equal(usersIn(kept, { fromMs: 2_000, release: r41, routeClass: 'upload' }), undefined);
    assert.equal(usersIn(kept, { fromMs: 2_000, measure: 'slow' }), 1);
  });

  it('goes on with a window that ends, and takes what comes late for it', () => {
    const kept = windowFigures({ rememberMs: 60_000 });
    kept.judge([{ fromMs: 1_000, toMs: undefined }]);
    kept.observe(anError(1_500));
    kept.judge([
      { fromMs: 1_000, toMs: 2_000 },
      { fromMs: 2_000, toMs: undefined },
    ]);
    kept.observe(anError(1_999, { user: 'otto' }));
    assert.equal(usersIn(kept, { fromMs: 1_000 }), 2);
    kept.judge([]);
    assert.deepEqual(kept.figures(), []);
  });

  it('remembers what was before anybody judged, and no more than that', () => {
    const kept = windowFigures({ rememberMs: 12_000 });
    for (let second = 0; second < 60; second += 1) {
      kept.observe(anError(second * 1_000 + 500, { user: `user ${second}` }));
    }
    kept.judge([{ fromMs: 50_000, toMs: 60_000 }]);
    assert.equal(usersIn(kept, { fromMs: 50_000 }), 10);
    kept.judge([{ fromMs: 0, toMs: 60_000 }]);
    assert.ok((usersIn(kept, { fromMs: 0 }) ?? 0) <= 13);
  });
});
