import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { suppressions, type Suppression } from './assertions/scanner-suppressions.ts';
import { openScanners, type Finding, type Scanners } from './testing/scanners.ts';
import { openTrivy } from './testing/trivy.ts';
import { resourcesOf, synthesized, type SynthesizedStack } from './testing/synthesized.ts';

const covers = ({ check, resource }: Suppression, finding: Finding) =>
  check === finding.check && finding.resource.startsWith(resource);

describe('the scanners', { timeout: 600_000 }, () => {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'parity', 'scanners');
  let scanners: Scanners;
  let stacks: ReadonlyMap<string, SynthesizedStack>;
  before(async () => {
    scanners = await openScanners(cache, process.env);
    stacks = await synthesized();
  });

  it('find nothing but what is accepted, and what is accepted is still found', async () => {
    const texts = new Map([...stacks].map(([name, stack]) => [name, JSON.stringify(stack)]));
    const trivy = await openTrivy(cache, process.env);
    const findings = [...(await scanners.checkov(texts)), ...(await trivy.grave(texts))];
    const open = findings.filter(finding => !suppressions.some(each => covers(each, finding)));
    assert.deepEqual(open, []);
    const idle = suppressions.filter(each => !findings.some(finding => covers(each, finding)));
    assert.deepEqual(idle, [], 'a suppression that is not needed any more');
  });

  it('are put off by reasons that have not expired', () => {
    const today = new Date().toISOString().slice(0, 10);
    for (const { check, reason, expires } of suppressions) {
      assert.ok(reason.length > 20, `${check} says why`);
      assert.ok(expires > today, `${check} has expired: put it right, or think again`);
    }
  });

  it('see no policy that lets its holder become more than it says', async () => {
    const policies = resourcesOf(stacks, 'aws_iam_role_policy').map(
      ({ stack, name, block }) => [`${stack}/${name}`, String(block['policy'])] as const,
    );
    assert.ok(policies.length >= 10);
    const grave = new Set(['privilege escalation', 'resource exposure', 'service wildcard']);
    const found = await scanners.cloudsplaining(new Map(policies));
    assert.deepEqual(
      found.filter(({ kind }) => grave.has(kind)),
      [],
    );
  });
});
