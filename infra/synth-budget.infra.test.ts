import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

/** What everybody who edits a stack waits for; in processor time, so that a busy machine is no failure. */
const budget = { cpuMs: 3000, peakMb: 300 } as const;

describe('a synthesis of everything', () => {
  it(`takes at most ${budget.cpuMs} ms of a processor and ${budget.peakMb} MB, from a cold start`, async context => {
    const script = join(import.meta.dirname, 'testing', 'print-budget.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-deprecation', script]);
    const took = JSON.parse(stdout) as { cpuMs: number; peakMb: number };
    context.diagnostic(stdout);
    assert.ok(took.cpuMs <= budget.cpuMs, stdout);
    assert.ok(took.peakMb <= budget.peakMb, stdout);
  });
});
