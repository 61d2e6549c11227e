import { z } from 'zod';
import { serviceNames, type ServiceName } from '../../domain/catalogue.ts';
import { isParityError, ParityError } from '../../domain/errors.ts';
import { isParity, parities, perParity, type Parity } from '../../domain/parity.ts';
import { parseRelease, type Release } from '../../domain/release.ts';
import type { Identity } from './identity.ts';
import { secret, type Secret } from './secret.ts';

/** How a process of the services is configured. Folders and files are paths; URLs that may hold a password, secrets. */
export interface Config extends Identity {
  /** The services that this process runs. */
  readonly services: readonly ServiceName[];
  readonly listen: { readonly host: string; readonly port: number };
  /** Of the front door, without a slash at the end; links begin with it. */
  readonly publicUrl: string;
  readonly spoolFolder: string;
  readonly vaultFolder: string;
  readonly brokerUrls: Readonly<Record<Parity, Secret>>;
  readonly databaseUrl: Secret;
  /** `keysFile` is a JWK set of public RS256 keys. */
  readonly tokens: { readonly keysFile: string; readonly issuer: string };
  readonly linkKeysFile: string;
  readonly masterKeyFile: string;
  readonly push: { readonly url: string; readonly credentialsFile: string };
  readonly keeperUrl: string;
  readonly maxDocumentBytes: number;
  /** How long a document may lie in the spool before the sweeper looks at it. */
  readonly sweepAfterMs: number;
  /** How old a vault file that no row names must be before it is reaped. */
  readonly orphanAfterMs: number;
  /** For fault tests alone; see `crashAtFile`. */
  readonly crashFile: string | undefined;
}

/** Who signs tokens when nobody else is named: the laptop. */
export const defaultTokenIssuer = 'parity-laptop';

/** Reads the environment. @throws ParityError `invalid_configuration` that names every fault by its variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')} ${message}.`);
    const message = `The environment does not configure this process:\n${faults.join('\n')}`;
    throw new ParityError('invalid_configuration', message);
  }
  return configOf(parsed.data);
}

/** A variable whose value must be `form`. A fault never shows the value: it may be a secret. */
function variable<T>(form: string, read: (text: string) => T | undefined) {
  return z.string(`is missing: give ${form}`).transform((text, context): T => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `must be ${form}` });
    return z.NEVER;
  });
}

function url(...protocols: string[]) {
  const form = `a URL that begins with ${protocols.map(protocol => `${protocol}//`).join(' or ')}`;
  return variable(form, text =>
    protocols.includes(URL.parse(text)?.protocol ?? '') ? text.replace(/\/+$/, '') : undefined,
  );
}

const httpUrl = url('http:', 'https:');
const brokerUrl = url('amqp:', 'amqps:').transform(secret);
const file = variable('a file', text => text);
const folder = variable('a folder', text => text);
const positive = variable('a whole number above 0', text =>
  /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined,
);

const listen = variable('host:port, such as 127.0.0.1:7100', text => {
  const { host, port } = /^(?<host>[^:]+|\[[\da-f:]+\]):(?<port>\d{1,5})$/i.exec(text)?.groups ?? {};
  if (host === undefined || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
});

const services = variable(`a list of ${serviceNames.join(', ')}`, text => {
  const names = text.split(',').map(name => name.trim());
  return names.every(isServiceName) ? serviceNames.filter(name => names.includes(name)) : undefined;
});

function isServiceName(text: string): text is ServiceName {
  return (serviceNames as readonly string[]).includes(text);
}

function releaseNamed(text: string): Release | undefined {
  try {
    return parseRelease(text);
  } catch (error) {
    if (isParityError(error)) return undefined;
    throw error;
  }
}

type BrokerVariable = `PARITY_BROKER_${Uppercase<Parity>}_URL`;

function brokerVariable(parity: Parity): BrokerVariable {
  return `PARITY_BROKER_${parity.toUpperCase() as Uppercase<Parity>}_URL`;
}

const brokers = Object.fromEntries(parities.map(parity => [brokerVariable(parity), brokerUrl])) as Record<
  BrokerVariable,
  typeof brokerUrl
>;

const variables = z.object({
  PARITY_CLUSTER: variable(parities.join(' or '), text => (isParity(text) ? text : undefined)),
  PARITY_RELEASE: variable('a release such as 42 or 42.1', releaseNamed),
  PARITY_SERVICES: services.default([...serviceNames]),
  PARITY_LISTEN: listen,
  PARITY_PUBLIC_URL: httpUrl,
  PARITY_SPOOL: folder,
  PARITY_VAULT: folder,
  ...brokers,
  PARITY_MONGODB_URL: url('mongodb:', 'mongodb+srv:').transform(secret),
  PARITY_TOKEN_KEYS: file,
  PARITY_TOKEN_ISSUER: z.string().default(defaultTokenIssuer),
  PARITY_LINK_KEYS: file,
  PARITY_MASTER_KEY: file,
  PARITY_FCM_URL: httpUrl,
  PARITY_FCM_CREDENTIALS: file,
  PARITY_KEEPER_URL: httpUrl,
  PARITY_MAX_DOCUMENT_BYTES: positive.default(2 * 1024 ** 3),
  PARITY_SWEEP_AFTER_MS: positive.default(10_000),
  PARITY_ORPHAN_AFTER_MS: positive.default(600_000),
  PARITY_CRASH_FILE: file.optional(),
});

function configOf(env: z.infer<typeof variables>): Config {
  return {
    cluster: env.PARITY_CLUSTER,
    release: env.PARITY_RELEASE,
    services: env.PARITY_SERVICES,
    listen: env.PARITY_LISTEN,
    publicUrl: env.PARITY_PUBLIC_URL,
    spoolFolder: env.PARITY_SPOOL,
    vaultFolder: env.PARITY_VAULT,
    brokerUrls: perParity(parity => env[brokerVariable(parity)]),
    databaseUrl: env.PARITY_MONGODB_URL,
    tokens: { keysFile: env.PARITY_TOKEN_KEYS, issuer: env.PARITY_TOKEN_ISSUER },
    linkKeysFile: env.PARITY_LINK_KEYS,
    masterKeyFile: env.PARITY_MASTER_KEY,
    push: { url: env.PARITY_FCM_URL, credentialsFile: env.PARITY_FCM_CREDENTIALS },
    keeperUrl: env.PARITY_KEEPER_URL,
    maxDocumentBytes: env.PARITY_MAX_DOCUMENT_BYTES,
    sweepAfterMs: env.PARITY_SWEEP_AFTER_MS,
    orphanAfterMs: env.PARITY_ORPHAN_AFTER_MS,
    crashFile: env.PARITY_CRASH_FILE,
  };
}
