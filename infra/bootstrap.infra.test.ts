import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isParityError } from '../domain/errors.ts';
import { bootstrap, plan, type Workshop } from './engine/estate-commands.ts';
import { openStandInWorld, type StandInWorld } from './testing/stand-in-workshop.ts';

describe('bootstrap', { timeout: 600_000 }, () => {
  let world: StandInWorld;
  let workshop: Workshop;
  before(async () => {
    world = await openStandInWorld(process.env);
    workshop = await world.workshop();
  });
  after(() => world.stop());
  const made = (operation: string) => world.aws.calls.filter(call => call.operation === operation).length;

  it('is what the other commands ask for while there is no state bucket', async () => {
    await assert.rejects(
      plan(workshop),
      (error: unknown) =>
        isParityError(error, 'engine_failed') &&
        /^There is no state bucket yet: \.\/parity infra bootstrap makes it\./.test(error.message),
    );
  });

  it('makes nothing when it was not answered whether there is a bucket', async () => {
    const heal = world.aws.inject({ kind: 'control plane down', befalls: ({ service }) => service === 's3' });
    await assert.rejects(bootstrap(workshop), (error: unknown) => isParityError(error, 'engine_failed'));
    heal();
    assert.equal(made('CreateKey'), 0);
  });

  it('goes on where a run broke off that had made the bucket and not yet moved its state', async () => {
    const { terraform } = workshop;
    const moveState = () => Promise.reject(new Error('the machine was switched off'));
    await assert.rejects(bootstrap({ ...workshop, terraform: { ...terraform, moveState } }), /switched off/);
    assert.equal(made('CreateKey'), 1);
    await bootstrap(workshop);
    assert.equal(made('CreateKey'), 1);
  });
});
