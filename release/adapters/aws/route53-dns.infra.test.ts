import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import type { Clock, DnsPort } from '../../ports.ts';
import { clientConfig } from './aws-access.ts';
import { route53Dns } from './route53-dns.ts';
import { openAwsWorld, silentAws, type AwsWorld } from './testing/aws-world.ts';
import { makeZone, type ZoneContract } from './testing/make-zone.ts';

/** A clock on which a delay is over at once. */
function quickClock(): Clock {
  let passedMs = 0;
  const monotonic = () => passedMs;
  return { now: monotonic, monotonic, delay: async ms => void (passedMs += ms) };
}

const clock = quickClock();

describe('route53Dns', { timeout: 300_000 }, () => {
  let world: AwsWorld;
  let zone: ZoneContract;
  let dns: DnsPort;
  before(async () => {
    world = await openAwsWorld(process.env);
    zone = await makeZone(world.access, 'odd');
    dns = route53Dns({ ...world.access, ...zone, clock });
  });
  after(() => world.stop());

  /** Every weighted record set of the zone: name, set, weight, and whether it kept its alias and its health check. */
  async function recordSets(): Promise<string[]> {
    const client = new Route53Client(clientConfig(world.access));
    const list = new ListResourceRecordSetsCommand({ HostedZoneId: zone.zoneId });
    const { ResourceRecordSets: sets = [] } = await client.send(list);
    return sets
      .filter(({ Weight }) => Weight !== undefined)
      .map(({ Name, SetIdentifier, Weight, AliasTarget, HealthCheckId }) =>
        [Name, SetIdentifier, Weight, AliasTarget?.DNSName !== undefined, HealthCheckId !== undefined].join(
          ' ',
        ),
      )
      .sort();
  }

  it('reads the weights that are there', async () => {
    assert.deepEqual(await dns.weights(), { odd: 255, even: 0 });
  });

  it('sets both weights in one change, beta the other way round, and nothing else of the records', async () => {
    const before = world.aws.calls.length;
    await dns.setWeights({ odd: 127, even: 128 });
    assert.deepEqual(await dns.weights(), { odd: 127, even: 128 });
    assert.deepEqual(await recordSets(), [
      'api-eu-central-1.acme.test. even 128 true true',
      'api-eu-central-1.acme.test. odd 127 true true',
      'beta.acme.test. even 127 true true',
      'beta.acme.test. odd 128 true true',
    ]);
    const changes = world.aws.calls.slice(before).filter(({ operation }) => operation.startsWith('POST'));
    assert.equal(changes.length, 1);
  });

  it('waits until every name server has the change', async () => {
    const heal = world.aws.inject({
      kind: 'change pending',
      befalls: ({ path }) => path.includes('/change/'),
      times: 3,
    });
    const before = world.aws.calls.length;
    await dns.setWeights({ odd: 0, even: 255 });
    heal();
    const looks = world.aws.calls.slice(before).filter(({ operation }) => operation.includes('/change/'));
    assert.equal(looks.length, 4);
  });

  it('says so when a change does not spread', async () => {
    const heal = world.aws.inject({
      kind: 'change pending',
      befalls: ({ path }) => path.includes('/change/'),
    });
    await assert.rejects(dns.setWeights({ odd: 0, even: 255 }), {
      code: 'control_plane_down',
      message:
        /^Route 53 took the change \/change\/\w+ and has not spread it for 180 s\. It will; look again later\.$/,
    });
    heal();
  });

  it('refuses weights that are all zero before it asks anybody', async () => {
    const before = world.aws.calls.length;
    await assert.rejects(dns.setWeights({ odd: 0, even: 0 }), {
      code: 'release_refused',
      message: /^Both clusters at weight 0 would mean half the users for each/,
    });
    assert.equal(world.aws.calls.length, before);
  });

  it('goes on through throttling', async () => {
    const heal = world.aws.inject({ kind: 'throttling', befalls: () => true, times: 2 });
    await dns.setWeights({ odd: 255, even: 0 });
    heal();
    assert.deepEqual(await dns.weights(), { odd: 255, even: 0 });
  });

  it('tells a control plane that is down from one that refuses', async context => {
    const heal = world.aws.inject({ kind: 'control plane down', befalls: () => true });
    const before = world.aws.calls.length;
    await assert.rejects(dns.weights(), {
      code: 'control_plane_down',
      message:
        /^AWS does not answer to look at the weights of api-eu-central-1\.acme\.test \(ServiceUnavailable/,
    });
    heal();
    assert.equal(world.aws.calls.length - before, 3);
    const elsewhere = route53Dns({ ...world.access, ...zone, zoneId: 'ZNOBODY', clock });
    await assert.rejects(elsewhere.weights(), { code: 'control_plane_refused', message: /NoSuchHostedZone/ });
    const silent = route53Dns({ ...(await silentAws(context)), ...zone, clock });
    await assert.rejects(silent.weights(), { code: 'control_plane_down', message: /TimeoutError/ });
  });

  it('names the record that is missing', async () => {
    const hosts = { ...zone.hosts, regional: 'api-nowhere.acme.test' };
    await assert.rejects(route53Dns({ ...world.access, zoneId: zone.zoneId, hosts, clock }).weights(), {
      code: 'control_plane_refused',
      message:
        /has no weighted record of api-nowhere\.acme\.test for odd: \.\/parity infra apply makes it\.$/,
    });
  });
});
