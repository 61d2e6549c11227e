import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CreateKeyCommand, KMSClient, ReplicateKeyCommand } from '@aws-sdk/client-kms';
import { nodeFileSystem } from '../../../../services/kit/file-system.ts';
import { systemRandom } from '../../../../services/kit/ports.ts';
import { kmsKeyWrapper } from '../../../../services/storage/vault/kms-key.ts';
import { openVault, type VaultEntry, type VaultOwner } from '../../../../services/storage/vault/vault.ts';
import { buildOwner, inChunks, readAll } from '../../../../services/storage/vault/vault-world.ts';
import { openAwsWorld, type AwsWorld } from '../testing/aws-world.ts';
import { makeGlobalDatabase, makeReplicatedVault } from '../testing/make-copies.ts';
import { systemClock } from '../testing/system-ports.ts';
import { failOverRegion, planRegionalFailover } from './regional-failover.ts';

const regions = { first: 'eu-central-1', replica: 'eu-west-1' };
const globalCluster = 'acme-staging-rows';
const paper = Buffer.from('a delivery note, signed');

describe('a document', { timeout: 300_000 }, () => {
  let world: AwsWorld;
  let folder: string;
  let keyId: string;
  const clients: KMSClient[] = [];
  before(async () => {
    world = await openAwsWorld(process.env);
    folder = await mkdtemp(join(tmpdir(), 'parity-survives-'));
    const here = kms(regions.first);
    const { KeyMetadata: made } = await here.send(new CreateKeyCommand({ MultiRegion: true }));
    keyId = made?.KeyId ?? '';
    await here.send(new ReplicateKeyCommand({ KeyId: keyId, ReplicaRegion: regions.replica }));
  });
  after(async () => {
    for (const client of clients) client.destroy();
    await world.stop();
    await rm(folder, { recursive: true });
  });

  function kms(region: string): KMSClient {
    const client = new KMSClient({ ...world.access, region });
    clients.push(client);
    return client;
  }
  /** A file system's vault, with the documents' key as its region has it. */
  const vaultOn = (fileSystem: string, region: string) =>
    openVault({
      folder: join(folder, fileSystem),
      files: nodeFileSystem(),
      random: systemRandom,
      keys: kmsKeyWrapper(`arn:aws:kms:${region}:123456789012:key/${keyId}`, kms(region)),
    });
  /** Stored in the first region; what its row holds. */
  const store = async (fileSystem: string, of: VaultOwner): Promise<VaultEntry> => {
    const vault = await vaultOn(fileSystem, regions.first);
    return vault.write(of, { bytes: inChunks(paper), url: `http://parity/v1/documents/${of.document}` });
  };
  const copy = (from: string, to: string) => cp(join(folder, from), join(folder, to), { recursive: true });

  it('is decrypted in the second region after a regional failover, with the first one gone', async () => {
    await makeReplicatedVault(world.access, 'survives');
    await makeGlobalDatabase(world.access, globalCluster, regions);
    const of = buildOwner();
    const row = await store('vault', of);
    await copy('vault', 'replica');
    await rm(join(folder, 'vault'), { recursive: true });
    const heal = world.aws.inject({
      kind: 'control plane down',
      befalls: ({ region }) => region === regions.first,
    });
    const options = { ...world, regions, globalCluster, planned: false, clock: systemClock, tell: () => {} };
    await failOverRegion(options, await planRegionalFailover(options));
    const mark = world.aws.calls.length;
    const { bytes, error } = await readAll((await vaultOn('replica', regions.replica)).read(of, row));
    heal();
    assert.equal(error, undefined);
    assert.deepEqual(bytes, paper);
    // One call: the key's replica opened it.
    assert.deepEqual(
      world.aws.calls.slice(mark).map(({ service, operation, status }) => [service, operation, status]),
      [['kms', 'Decrypt', 200]],
    );
  });

  it('is decrypted out of a restored backup, with its row of the same minute', async () => {
    const of = buildOwner();
    const row = await store('spoilt', of);
    await copy('spoilt', 'restored');
    await rm(join(folder, 'spoilt'), { recursive: true });
    const { bytes, error } = await readAll((await vaultOn('restored', regions.first)).read(of, row));
    assert.equal(error, undefined);
    assert.deepEqual(bytes, paper);
    const lost = await readAll((await vaultOn('spoilt', regions.first)).read(of, row));
    assert.notEqual(lost.error, undefined);
  });
});
