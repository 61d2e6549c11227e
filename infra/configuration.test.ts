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

  it('refuses what AWS would refuse halfway through an apply', async () => {
    const good = await exampleConfiguration();
    const message = messageOf({
      ...good,
      network: { ...good.network, cidr: '10.999.0.0/16' },
      nodes: { ...good.nodes, instanceType: 'm7g.large' },
      database: { kind: 'documentdb', instanceType: 'db.t4g.medium', instances: 2 },
      operators: [...good.operators, ...good.operators],
      region: 'eu-south-1',
      replicaRegion: 'cn-north-1',
      replicaZones: ['a', 'c', 'c'],
    });
    assert.deepEqual(message.split('\n').slice(1).sort(), [
      '  database.instanceType: a class that a global cluster takes: no t3, t4g or r4',
      '  network.cidr: a private /16, such as 10.40.0.0/16',
      '  nodes.instanceType: an instance type with an x86 processor, such as m7i.large',
      '  operators: name each role once',
      '  region: Amazon DocumentDB has no global clusters in eu-south-1; use another, or Atlas',
      '  replicaRegion: a region of the ordinary partition, such as eu-central-1',
      '  replicaZones: name three different ones',
    ]);
  });

  it('asks for three zones, no more and no fewer', async () => {
    const good = await exampleConfiguration();
    for (const zones of [
      ['a', 'b'],
      ['a', 'b', 'c', 'd'],
    ])
      assert.match(messageOf({ ...good, zones }), /^ {2}zones: name three by their letters$/m);
  });

  it('takes what looks alike and is right', async () => {
    const good = await exampleConfiguration();
    for (const instanceType of ['g4dn.xlarge', 'm7i-flex.large', 'm7a.2xlarge', 't3.large'])
      assert.equal(messageOf({ ...good, nodes: { ...good.nodes, instanceType } }), 'accepted', instanceType);
    for (const instanceType of [
      't4g.large',
      'c7gn.large',
      'r8gd.large',
      'im4gn.large',
      'is4gen.large',
      'a1.large',
    ])
      assert.match(messageOf({ ...good, nodes: { ...good.nodes, instanceType } }), /x86/, instanceType);
    const atlas = { endpointService: 'com.amazonaws.vpce.x', replicaEndpointService: 'com.amazonaws.vpce.y' };
    const database = { kind: 'atlas', ...atlas };
    assert.equal(messageOf({ ...good, region: 'sa-east-1', database }), 'accepted');
  });

  it('puts the second region into its first three zones when nobody says otherwise', async () => {
    assert.deepEqual((await exampleConfiguration()).replicaZones, ['a', 'b', 'c']);
  });

  it('says what is not JSON', () => {
    assert.throws(
      () => parseConfiguration('{ "schema": 1,', 'ours.json'),
      (error: unknown) =>
        isParityError(error, 'invalid_configuration') && /ours\.json is not JSON/.test(error.message),
    );
  });
});
