import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { perParity } from '../../domain/parity.ts';
import { parseRelease } from '../../domain/release.ts';
import { createClosing } from '../../local/pair/closing.ts';
import { statePaths } from '../../local/state/state-paths.ts';
import { testBrokerUrls } from '../../services/kit/broker/test-brokers.ts';
import { systemClock, systemRandom } from '../../services/kit/ports.ts';
import { testFolder } from '../../services/kit/test-folder.ts';
import { contestantNames } from './contestant.ts';
import { measureAccept } from './measure-accept.ts';

describe('measureAccept', () => {
  it('has all contestants take documents, and knows what each cost', { timeout: 60_000 }, async test => {
    const paths = statePaths(await testFolder(test));
    const closing = createClosing(error => test.diagnostic(String(error)));
    test.after(() => closing.close());
    const urls = testBrokerUrls();
    // Brokers are shared by a run's tests; a release's queues are its own.
    const release = parseRelease(String(100_000 + (systemRandom.bytes(4).readUInt32BE() % 900_000)));
    const { figures, verdicts, envoyVersion } = await measureAccept(
      {
        ...{ paths, release, closing },
        brokers: perParity(parity => ({ url: urls[parity], pid: undefined })),
        machine: { env: process.env, progress: line => test.diagnostic(line) },
      },
      {
        ...{ connections: 4, sizes: ['1 KB'], rounds: 1, turnMs: 500, warmUpMs: 100, syncMs: 100 },
        ...{ clock: systemClock, tell: line => test.diagnostic(line) },
      },
    );
    assert.match(envoyVersion, /^\d+\.\d+/);
    assert.deepEqual(
      figures.contestants.map(({ contestant }) => contestant),
      [...contestantNames],
    );
    for (const { contestant, requestsPerSecond, failed, p99Ms, cpuUs } of figures.contestants) {
      assert.equal(failed, 0, contestant);
      assert.ok(requestsPerSecond > 1, contestant);
      assert.ok(p99Ms > 0, contestant);
      assert.ok((cpuUs[contestant] ?? 0) > 0, contestant);
    }
    assert.equal(verdicts[0]?.outcome, 'met');
    assert.ok((figures.disk[0]?.p50Ms ?? 0) > 0);
    assert.ok((figures.disk[0]?.filesCpuUs ?? 0) > 0);
  });
});
