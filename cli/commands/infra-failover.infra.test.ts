import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { after, before, describe, it } from 'node:test';
import { openAwsWorld, type AwsWorld } from '../../release/adapters/aws/testing/aws-world.ts';
import { makeGlobalDatabase, makeReplicatedVault } from '../../release/adapters/aws/testing/make-copies.ts';

const regions = { first: 'eu-central-1', replica: 'eu-west-1' };

describe('parity infra failover', { timeout: 300_000 }, () => {
  let world: AwsWorld;
  before(async () => {
    world = await openAwsWorld(process.env);
    await makeReplicatedVault(world.access, 'vault');
    await makeGlobalDatabase(world.access, 'acme-staging-rows', regions);
  });
  after(() => world.stop());

  /** The command line itself, with the SDK's own way to an address and to credentials. */
  async function failover(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const main = join(import.meta.dirname, '..', 'main.ts');
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: world.aws.url,
      AWS_ACCESS_KEY_ID: 'stand-in',
      AWS_SECRET_ACCESS_KEY: 'stand-in',
    };
    const child = spawn(execPath, [main, 'infra', 'failover', ...args], { env });
    const ended = once(child, 'close');
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code: child.exitCode, out, err };
  }

  it('changes nothing without --yes', async () => {
    const { code, out } = await failover();
    assert.equal(code, 0);
    assert.match(out, /^From eu-central-1 to eu-west-1:$/m);
    assert.match(out, /^Nothing was changed\. To do it: the same command with --yes\.$/m);
  });

  it('gives the first region up with --yes, tells each promotion, and is done when asked again', async () => {
    const { code, out, err } = await failover('--yes');
    assert.equal(code, 0, err);
    assert.match(err, /^vault: fs-\w+ in eu-west-1 is writable$/m);
    assert.match(err, /^rows: \S+:rows-second is written to$/m);
    assert.match(
      out,
      /^eu-west-1 has the papers now\. Go on at step 3 of docs\/operations\/regional-failure\.md\.$/m,
    );
    assert.match((await failover()).out, /rows   acme-staging-rows is written to in eu-west-1 already$/m);
  });

  it('says in one line that the control plane is dead', async () => {
    const heal = world.aws.inject({ kind: 'control plane down', befalls: () => true });
    const { code, err } = await failover('--json');
    heal();
    assert.equal(code, 1);
    assert.match(err, /control_plane_down/);
  });
});
