import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { Credentials, Secrets } from './ports.ts';

/** A secret with a current value, and the beginning of its rotation, which Secrets Manager itself makes. */
export interface RotatableSecrets {
  readonly secrets: Secrets;
  /** Gives the secret's name. */
  make(value: Credentials): Promise<string>;
  /** A version without a value stands in AWSPENDING from then on. */
  begin(secret: string, version: string): Promise<void>;
}

/** What every Secrets must do: Secrets Manager's, and the fake that stands for it. */
export function secretsContract(open: () => RotatableSecrets): void {
  const first = { username: 'parity-a', password: 'first' };
  const next = { username: 'parity-b', password: 'next' };

  it('reads what is current, and nothing where nothing is pending', async () => {
    const { secrets, make } = open();
    const secret = await make(first);
    assert.deepEqual(await secrets.read(secret, 'AWSCURRENT'), first);
    assert.equal(await secrets.read(secret, 'AWSPENDING'), undefined);
  });

  it('knows a rotation that has begun, whose version has no value yet', async () => {
    const { secrets, make, begin } = open();
    const secret = await make(first);
    const version = randomUUID();
    await begin(secret, version);
    assert.deepEqual((await secrets.stages(secret)).get(version), ['AWSPENDING']);
    assert.equal(await secrets.read(secret, 'AWSPENDING'), undefined);
  });

  it('keeps a pending value, once, and makes it current', async () => {
    const { secrets, make, begin } = open();
    const secret = await make(first);
    const version = randomUUID();
    await begin(secret, version);
    await secrets.keepPending(secret, version, next);
    await secrets.keepPending(secret, version, next);
    assert.deepEqual(await secrets.read(secret, 'AWSPENDING'), next);
    assert.deepEqual(await secrets.read(secret, 'AWSCURRENT'), first);
    const [from = ''] =
      [...(await secrets.stages(secret))].find(([, all]) => all.includes('AWSCURRENT')) ?? [];
    await secrets.makeCurrent(secret, { from, to: version });
    assert.deepEqual(await secrets.read(secret, 'AWSCURRENT'), next);
    assert.ok((await secrets.stages(secret)).get(version)?.includes('AWSCURRENT'));
  });
}
