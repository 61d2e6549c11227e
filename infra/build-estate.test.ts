import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { parities, peerOf, type Parity } from '../domain/parity.ts';
import { resourcesOf, synthesized, type SynthesizedStack } from './testing/synthesized.ts';

/** What may differ between the twins, and why. A path that is not here is a fault. */
const mayDiffer = {
  version: 'the idle cluster is upgraded first',
  maintenance: 'never both brokers in one night',
} as const;

function stackOf(stacks: ReadonlyMap<string, SynthesizedStack>, name: string): SynthesizedStack {
  const stack = stacks.get(name);
  assert.ok(stack !== undefined, `no stack ${name}`);
  return stack;
}

/** cdktf runs the word into what follows it (`oddid`); `event` is no parity. */
const swapped = (value: unknown, parity: Parity): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(new RegExp(`(?<![a-z])${parity}(?!t)`, 'g'), peerOf(parity)));

/** The twins' stacks with the words swapped, and with what may differ taken out. */
function comparable(stack: SynthesizedStack, parity?: Parity): unknown {
  const copy = structuredClone(parity === undefined ? stack : swapped(stack, parity)) as SynthesizedStack;
  for (const cluster of Object.values(copy.resource['aws_eks_cluster'] ?? {})) delete cluster['version'];
  for (const broker of Object.values(copy.resource['aws_mq_broker'] ?? {})) {
    delete broker['maintenance_window_start_time'];
  }
  return copy;
}

describe('buildEstate', () => {
  let stacks: ReadonlyMap<string, SynthesizedStack>;
  before(async () => {
    stacks = await synthesized();
  });

  it('makes every stack that is promised', () => {
    const twins = parities.flatMap(parity => [`broker-${parity}`, `cluster-${parity}`]);
    assert.deepEqual(
      [...stacks.keys()].sort(),
      [...twins, 'data', 'delivery', 'edge', 'foundation', 'network'].sort(),
    );
  });

  it(`makes twins: equal but for ${Object.keys(mayDiffer).join(' and ')}`, () => {
    const [one, other] = parities;
    for (const twin of ['broker', 'cluster']) {
      const a = comparable(stackOf(stacks, `${twin}-${one}`), one);
      assert.deepEqual(a, comparable(stackOf(stacks, `${twin}-${other}`)), twin);
    }
  });

  it('changes one cluster alone when its version is raised', async () => {
    const clusters = { odd: { kubernetes: '1.35' }, even: { kubernetes: '1.36' } } as const;
    const after = await synthesized({ clusters });
    const changed = [...after].filter(
      ([name, stack]) => JSON.stringify(stack) !== JSON.stringify(stacks.get(name)),
    );
    assert.deepEqual(
      changed.map(([name]) => name),
      ['cluster-even'],
    );
  });

  it('names nothing after a role', () => {
    for (const { stack, type, name } of resourcesOf(stacks)) {
      assert.doesNotMatch(
        name,
        /(^|-)(live|idle|blue|green|active|passive|primary|standby)(-|$)/,
        `${stack} ${type}`,
      );
    }
  });

  it('says who and what made each object: every provider carries the tags', () => {
    for (const [name, stack] of stacks) {
      const providers = JSON.stringify(stack['provider']);
      assert.match(providers, new RegExp(`"stack":"${name}"`));
      assert.match(providers, /"allowed_account_ids":\["123456789012"\]/);
    }
  });
});
