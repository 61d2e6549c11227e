import { join } from 'node:path';
import { perParity, type Parity } from '../../domain/parity.ts';

/** Where everything lies that a pair on this machine keeps; all below one folder, readable by its owner alone. */
export interface StatePaths {
  readonly root: string;
  readonly keys: {
    readonly folder: string;
    /** The private key that signs access tokens, as a JWK. */
    readonly tokenSigning: string;
    /** Its public half, as the JWK set that services read. */
    readonly tokenVerifying: string;
    readonly links: string;
    readonly master: string;
    /** The gateways' own authorities and certificates. */
    readonly gateways: string;
    /** The service account with which pushes are sent to the FCM stand-in. */
    readonly fcmAccount: string;
  };
  /** Who is in which cohort, and until when. */
  readonly cohorts: string;
  /** Who is live, and which release: the record, and the journals beside it. */
  readonly releases: string;
  /** Where DNS points. */
  readonly dns: string;
  /** What releases are made of: registrations, exported sources, installed packages. */
  readonly builds: string;
  readonly spool: string;
  readonly vault: string;
  readonly brokers: Record<Parity, string>;
  readonly gateways: Record<Parity, string>;
  /** The newest record that each cluster's keeper has met: a file. */
  readonly keepers: Record<Parity, string>;
  readonly prometheus: string;
  readonly database: string;
  readonly phones: string;
  readonly logFolder: string;
  readonly logs: Record<Parity, string>;
  /** What the running pair says of itself; there only while it runs. */
  readonly run: string;
  readonly controlSocket: string;
}

/** The paths of the pair whose state lies in `root`. */
export function statePaths(root: string): StatePaths {
  const keys = join(root, 'keys');
  const logFolder = join(root, 'logs');
  return {
    root,
    keys: {
      folder: keys,
      tokenSigning: join(keys, 'token-signing.json'),
      tokenVerifying: join(keys, 'token-verifying.json'),
      links: join(keys, 'links.json'),
      master: join(keys, 'master.json'),
      gateways: join(keys, 'gateways.json'),
      fcmAccount: join(keys, 'fcm-account.json'),
    },
    cohorts: join(root, 'cohorts'),
    releases: join(root, 'releases'),
    dns: join(root, 'dns.json'),
    builds: join(root, 'builds'),
    spool: join(root, 'spool'),
    vault: join(root, 'vault'),
    gateways: perParity(parity => join(root, 'gateways', parity)),
    keepers: perParity(parity => join(root, 'keepers', `${parity}.json`)),
    prometheus: join(root, 'prometheus'),
    brokers: perParity(parity => join(root, 'brokers', parity)),
    database: join(root, 'database'),
    phones: join(root, 'phones'),
    logFolder,
    logs: perParity(parity => join(logFolder, `${parity}.log`)),
    run: join(root, 'run.json'),
    controlSocket: 'control.sock',
  };
}
