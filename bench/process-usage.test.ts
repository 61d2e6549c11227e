import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cpuMs, cpuMsOf, residentBytes, residentBytesOf } from './process-usage.ts';

describe('cpuMsOf', () => {
  it('adds user and system time, whatever the program is called', () => {
    const stat = '42 (a ) b) S 1 42 42 0 -1 4194560 9 0 0 0 150 25 7 7 20 0 1 0 100 0 0';
    assert.equal(cpuMsOf(stat), 1750);
  });

  it('reads what this machine writes', async () => {
    const before = await cpuMs(process.pid);
    const until = process.cpuUsage().user + 60_000;
    while (process.cpuUsage().user < until);
    const took = (await cpuMs(process.pid)) - before;
    assert.ok(took >= 40 && took < 1_000, `${took} ms`);
  });
});

describe('residentBytesOf', () => {
  it('reads the line in kB', () => {
    assert.equal(residentBytesOf('VmPeak:\t  9 kB\nVmRSS:\t    2048 kB\nRssAnon:\t 1 kB\n'), 2 * 1024 * 1024);
  });

  it('reads what this machine writes', async () => {
    const ours = process.memoryUsage().rss;
    const read = await residentBytes(process.pid);
    assert.ok(Math.abs(read - ours) < ours / 2, `${read}, and Node says ${ours}`);
  });
});
