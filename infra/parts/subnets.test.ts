import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exampleConfiguration, resourcesOf, synthesized } from '../testing/synthesized.ts';

/** The ways out of each kind of subnet, by zone. */
async function waysOut(nat: 'one' | 'per-zone'): Promise<Record<string, string>> {
  const { network } = await exampleConfiguration();
  const stacks = await synthesized({ network: { ...network, nat } });
  return Object.fromEntries(
    resourcesOf(stacks, 'aws_route').map(({ name, block }) => [
      name,
      String(block['nat_gateway_id'] ?? block['gateway_id']).replace(/^\$\{aws_(.*)\.id\}$/, '$1'),
    ]),
  );
}

const internet = 'internet_gateway.internet';
const byInternet = { 'public-a-out': internet, 'public-b-out': internet, 'public-c-out': internet };

describe('subnets', () => {
  it('give each zone its own way out, and a lost one takes no other with it', async () => {
    assert.deepEqual(await waysOut('per-zone'), {
      ...byInternet,
      'private-a-out': 'nat_gateway.nat-a',
      'private-b-out': 'nat_gateway.nat-b',
      'private-c-out': 'nat_gateway.nat-c',
    });
  });

  it('give all zones one way out where that was asked for, and intra subnets none', async () => {
    assert.deepEqual(await waysOut('one'), {
      ...byInternet,
      'private-a-out': 'nat_gateway.nat-a',
      'private-b-out': 'nat_gateway.nat-a',
      'private-c-out': 'nat_gateway.nat-a',
    });
  });
});
