import type { Clock, Random } from '../../services/kit/ports.ts';
import { createLinkKeySet } from '../../services/kit/link.ts';
import { createServiceAccount, publicAccount, type StandInAccount } from '../fcm/service-account.ts';
import { keepPrivateFile, makePrivateFolder, writePrivateFile } from '../state/private-file.ts';
import type { StatePaths } from '../state/state-paths.ts';
import { keepTokenSigningKey } from './token-signing-key.ts';

/** The laptop's project at the FCM stand-in. */
const projectId = 'parity-laptop';

const masterKeyBytes = 32;

/**
 * Makes every key that a pair needs and does not have yet; the public half of the account that sends pushes.
 * @param tokenUri where the FCM stand-in hands out its access tokens; it moves with PARITY_PORT.
 */
export async function prepareKeys(
  keys: StatePaths['keys'],
  { tokenUri, clock, random }: { tokenUri: string; clock: Clock; random: Random },
): Promise<StandInAccount> {
  await makePrivateFolder(keys.folder);
  const [account] = await Promise.all([
    keepServiceAccount(keys.fcmAccount, tokenUri),
    keepTokenSigningKey(keys, clock),
    keepPrivateFile(keys.links, () => JSON.stringify(createLinkKeySet(random))),
    keepPrivateFile(keys.master, () => JSON.stringify(newMasterKeys(random))),
  ]);
  return account;
}

/** In the form that services/storage/vault/master-key.ts reads. */
function newMasterKeys(random: Random) {
  return { keys: [{ id: '1', key: random.bytes(masterKeyBytes).toString('base64url') }] };
}

async function keepServiceAccount(path: string, tokenUri: string): Promise<StandInAccount> {
  const make = async () => JSON.stringify(await createServiceAccount({ projectId, tokenUri }));
  const account = JSON.parse(await keepPrivateFile(path, make)) as Awaited<
    ReturnType<typeof createServiceAccount>
  >;
  if (account.token_uri !== tokenUri) {
    await writePrivateFile(path, JSON.stringify({ ...account, token_uri: tokenUri }));
  }
  return publicAccount(account);
}
