import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isParityError } from '../domain/errors.ts';
import { configurationSchema, parseConfiguration } from './configuration.ts';
import { exampleConfiguration } from './testing/synthesized.ts';

function messageOf(value: unknown): string {
  try {
    parseConfiguration(JSON.stringify(value), 'ours.json');
  } catch (error) {
    if (isParityError(error, 'invalid_configuration')) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('parseConfiguration', () => {
  it('takes both files of the repository', async () => {
    for (const environment of configurationSchema.shape.environment.options) {
      const text = await readFile(join(import.meta.dirname, 'environments', `${environment}.json`), 'utf8');
      assert.equal(parseConfiguration(text, environment).environment, environment);
    }
  });

  it('names every fault at once, each with its path', async () => {
    const good = await exampleConfiguration();
    const message = messageOf({
      ...good,
      account: '12345',
      replicaRegion: good.region,
      zones: ['a', 'a', 'b'],
      network: { ...good.network, nat: 'none' },
      nodes: { ...good.nodes, floor: 9, system: { min: 5, max: 2 } },
      surprise: true,
    });
    assert.deepEqual(message.split('\n').slice(1).sort(), [
      '  account: an AWS account number of 12 digits',
      '  network.nat: Invalid option: expected one of "one"|"per-zone"',
      '  nodes.floor: must not be above nodes.peak',
      '  nodes.system.min: must not be above nodes.system.max',
      '  replicaRegion: must be another region, or one disaster takes both',
      '  the file: Unrecognized key: "surprise"',
      '  zones: name three different ones',
    ]);
    assert.match(message, /^ours\.json cannot be used; put these right:/);
  });

  it('lets the clusters be one minor version apart, and not two', async () => {
    const good = await exampleConfiguration();
    const versions = (odd: string, even: string) => ({
      ...good,
      clusters: { odd: { kubernetes: odd }, even: { kubernetes: even } },
    });
    assert.equal(messageOf(versions('1.35', '1.36')), 'accepted');
    assert.match(messageOf(versions('1.34', '1.36')), /clusters: may be one minor version apart/);
  });

  it('refuses networks that overlap', async () => {
    const good = await exampleConfiguration();
    const network = { ...good.network, replicaCidr: good.network.cidr };
    assert.match(messageOf({ ...good, network }), /network\.replicaCidr: must not overlap network\.cidr/);
  });

  it('says what is not JSON', () => {
    assert.throws(
      () => parseConfiguration('{ "schema": 1,', 'ours.json'),
      (error: unknown) =>
        isParityError(error, 'invalid_configuration') && /ours\.json is not JSON/.test(error.message),
    );
  });
});
