import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resourcesOf, synthesized } from '../testing/synthesized.ts';

/** They answer for the whole world from one region, and have no end in ours. */
const elsewhere = ['iam', 'pricing'];

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[] }[];
}

const servicesOf = (policy: unknown) =>
  (JSON.parse(String(policy)) as Policy).Statement.flatMap(({ Action }) =>
    Action.map(action => action.replace(/:.*$/, '')),
  );

describe('endpoints', () => {
  it('reach every service that pods may call: a cluster without a way out still starts and serves', async () => {
    const stacks = await synthesized();
    const ofPods = new Set(
      resourcesOf(stacks, 'aws_iam_role')
        .filter(({ block }) => String(block['assume_role_policy']).includes('pods.eks.amazonaws.com'))
        .map(({ stack, name }) => `${stack} ${name}-policy`),
    );
    assert.ok(ofPods.size >= 8, [...ofPods].join(', '));
    const called = resourcesOf(stacks, 'aws_iam_role_policy')
      .filter(({ stack, name }) => ofPods.has(`${stack} ${name}`))
      .flatMap(({ block }) => servicesOf(block['policy']));
    const reached = resourcesOf(stacks, 'aws_vpc_endpoint').flatMap(({ block }) =>
      servicesOf(block['policy']),
    );
    const away = [...new Set(called)].filter(service => !reached.includes(service)).sort();
    assert.deepEqual(away, elsewhere);
  });
});
