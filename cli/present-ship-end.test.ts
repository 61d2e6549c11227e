import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordIn, recordTime } from '../domain/record-in.ts';
import { parseRelease } from '../domain/release.ts';
import { presentShipEnd } from './present-ship-end.ts';

const left = { outcome: 'waiting', why: 'anna left', seen: [] } as const;
const at = { release: parseRelease('42'), nowMs: recordTime.nowMs, tookMs: 1 };

describe('presentShipEnd', () => {
  it('names promote only where a word lets the release leave its step', () => {
    const told = (phase: 'begun' | 'beta', step: 'deploy' | 'beta') =>
      presentShipEnd({ ...left, step }, { ...at, record: { ...recordIn(phase), step } });
    const goesOn = '\n  ./parity resume goes on,';
    assert.ok(told('begun', 'deploy').endsWith(`${goesOn} rollback takes everybody back.`));
    assert.ok(
      told('beta', 'beta').endsWith(
        `${goesOn} promote lets it leave the step, rollback takes everybody back.`,
      ),
    );
  });
});
