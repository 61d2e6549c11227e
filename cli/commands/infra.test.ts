import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeCli } from '../fake-world.ts';

describe('parity infra', () => {
  it('says what the estate costs, as text and as one line of JSON', async context => {
    const cli = await fakeCli(context);
    const text = await cli.run('infra', 'cost');
    assert.equal(text.code, 0);
    assert.match(
      text.out,
      /cover floor .*: serves after 80 s, at full speed after \d+ s; slow until Karpenter has brought nodes/,
    );
    const { profiles } = JSON.parse((await cli.run('infra', 'cost', '--json')).out) as {
      profiles: Record<string, { monthly: number }>;
    };
    const monthly = (name: string) => profiles[name]?.monthly ?? NaN;
    assert.ok(monthly('peak') > monthly('floor') && monthly('floor') > monthly('none'));
  });

  it('names the configuration that is not there', async context => {
    const cli = await fakeCli(context);
    const { code, err } = await cli.run('infra', 'cost', '-e', 'nowhere');
    assert.equal(code, 2);
    assert.match(err, /There is no configuration .*nowhere\.json; name one with -e\./);
  });

  it('says what it needs when neither terraform nor tofu is there', async context => {
    const cli = await fakeCli(context);
    const { code, err } = await cli.run('infra', 'check');
    assert.equal(code, 1);
    assert.match(err, /Neither terraform nor tofu is on PATH/);
  });
});
