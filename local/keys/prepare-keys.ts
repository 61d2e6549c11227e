import type { Clock, Random } from '../../services/kit/ports.ts';
import { linkKeySet } from '../../domain/link-key-set.ts';
import { createLinkKeySet } from '../../services/kit/link.ts';
import {
  createServiceAccount,
  publicAccount,
  serviceAccountFile,
  type StandInAccount,
} from '../fcm/service-account.ts';
import { parseKept } from '../state/parse-kept.ts';
import { keepPrivateFile, makePrivateFolder, writePrivateFile } from '../state/private-file.ts';
import type { StatePaths } from '../state/state-paths.ts';
import { masterKeyFile } from '../../services/storage/vault/master-key.ts';
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
  const [account, , links, master] = await Promise.all([
    keepServiceAccount(keys.fcmAccount, tokenUri),
    keepTokenSigningKey(keys, clock),
    keepPrivateFile(keys.links, () => JSON.stringify(createLinkKeySet(random))),
    keepPrivateFile(keys.master, () => JSON.stringify(newMasterKeys(random))),
  ]);
  // Services that cannot read theirs would be started again and again, and only their logs would say why.
  parseKept(links, linkKeySet, { path: keys.links, wayOut: linksWayOut });
  parseKept(master, masterKeyFile, { path: keys.master, wayOut: masterWayOut });
  return account;
}

const accountWayOut =
  'delete it, and start Parity again: a new account is made, and nothing is lost with the old one';
const linksWayOut =
  'put back a copy; or delete it, and start Parity again: a new key is made, and every link of before is refused';
const masterWayOut =
  'put back a copy, for what the vault holds opens with it alone (npm start -- --fresh gives all of that up)';

/** In the form that services/storage/vault/master-key.ts reads. */
function newMasterKeys(random: Random) {
  return { keys: [{ id: '1', key: random.bytes(masterKeyBytes).toString('base64url') }] };
}

async function keepServiceAccount(path: string, tokenUri: string): Promise<StandInAccount> {
  const make = async () => JSON.stringify(await createServiceAccount({ projectId, tokenUri }));
  const text = await keepPrivateFile(path, make);
  const account = parseKept(text, serviceAccountFile, { path, wayOut: accountWayOut });
  if (account.token_uri !== tokenUri) {
    await writePrivateFile(path, JSON.stringify({ ...account, token_uri: tokenUri }));
  }
  return publicAccount(account);
}
