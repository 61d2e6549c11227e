import { z } from 'zod';
import { serviceNames, type ServiceName } from '../../domain/catalogue.ts';
import { brokerVariable, dependencies, type Dependency } from '../../domain/dependencies.ts';
import { commonVariables, dependenciesOf, settings, type Variable } from '../../domain/environment.ts';
import { isParityError, ParityError } from '../../domain/errors.ts';
import { faultForms, parseFaults, type Faults } from '../../domain/faults.ts';
import { isParity, parities, perParity, type Parity } from '../../domain/parity.ts';
import { parseRelease } from '../../domain/release.ts';
import { routeClasses } from '../../domain/route-classes.ts';
import type { Identity } from './identity.ts';
import { secret, type Secret } from './secret.ts';

/** How a process of the services is configured. Folders and files are paths; URLs that may hold a password, secrets. */
export interface Config extends Identity {
  /** The services that this process runs. */
  readonly services: readonly ServiceName[];
  readonly listen: { readonly host: string; readonly port: number };
  /** Of the front door, without a slash at the end; links begin with it. */
  readonly publicUrl: string;
  /** `keysFile` is a JWK set of public RS256 keys. */
  readonly tokens: { readonly keysFile: string; readonly issuer: string };
  /** Where that is which the services use (`domain/catalogue.ts`); what none of them uses is not there. */
  readonly uses: Partial<Places>;
  readonly maxDocumentBytes: number;
  /** How long a document may lie in the spool before the sweeper looks at it. */
  readonly sweepAfterMs: number;
  /** How old a vault file that no row names must be before it is reaped. */
  readonly orphanAfterMs: number;
  /** True when a link opens only for the signed-in owner, or for an agent or an admin. */
  readonly linkSignIn: boolean;
  /** For fault tests alone; see `crashAtFile`. */
  readonly crashFile: string | undefined;
  /** What the services shall do wrong; only where nobody but this machine is served. */
  readonly faults: Faults | undefined;
}

/** Where each dependency is found. */
export interface Places {
  readonly spool: { readonly folder: string };
  /** `masterKey` is a master key file, or in the cloud a KMS key's ARN. */
  readonly vault: { readonly folder: string; readonly masterKey: string };
  readonly broker: { readonly urls: Readonly<Record<Parity, Secret>> };
  readonly database: { readonly url: Secret };
  readonly links: { readonly keysFile: string };
  readonly push: { readonly url: string; readonly credentialsFile: string };
  readonly keeper: { readonly url: string };
}

/** Who signs tokens when nobody else is named: the laptop. */
export const defaultTokenIssuer = 'parity-laptop';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment: what is common, and the places of what the services use.
 * @throws ParityError `invalid_configuration` that names every fault by its variable.
 */
export function readConfig(env: Environment): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const base = common.safeParse(given);
  const wanted = dependenciesOf(variables.PARITY_SERVICES.safeParse(given['PARITY_SERVICES']).data ?? []);
  const found = wanted.map(name => ({ name, place: places[name].safeParse(given) }));
  const errors = [base.error, ...found.map(({ place }) => place.error)];
  const faults = errors.flatMap(error => error?.issues ?? []);
  if (base.data === undefined || faults.length > 0) throw invalid(faults);
  return { ...base.data, uses: Object.fromEntries(found.map(({ name, place }) => [name, place.data])) };
}

function invalid(issues: readonly z.core.$ZodIssue[]): ParityError {
  const faults = issues.map(({ path, message }) => `  ${path.join('.')} ${message}.`);
  const message = `The environment does not configure this process:\n${faults.join('\n')}`;
  return new ParityError('invalid_configuration', message);
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

const yesOrNo = variable('yes or no', text => ({ yes: true, no: false })[text]);

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

/** What `parse` makes of a text; undefined where it refuses. */
function readBy<T>(parse: (text: string) => T) {
  return (text: string): T | undefined => {
    try {
      return parse(text);
    } catch (error) {
      if (isParityError(error)) return undefined;
      throw error;
    }
  };
}

const variables = {
  PARITY_CLUSTER: variable(parities.join(' or '), text => (isParity(text) ? text : undefined)),
  PARITY_RELEASE: variable('a release such as 42 or 42.1', readBy(parseRelease)),
  PARITY_SERVICES: services.default([...serviceNames]),
  PARITY_LISTEN: listen,
  PARITY_PUBLIC_URL: httpUrl,
  PARITY_SPOOL: folder,
  PARITY_VAULT: folder,
  ...(Object.fromEntries(parities.map(parity => [brokerVariable(parity), brokerUrl])) as Record<
    ReturnType<typeof brokerVariable>,
    typeof brokerUrl
  >),
  PARITY_MONGODB_URL: url('mongodb:', 'mongodb+srv:').transform(secret),
  PARITY_TOKEN_KEYS: file,
  PARITY_TOKEN_ISSUER: z.string().default(defaultTokenIssuer),
  PARITY_LINK_KEYS: file,
  PARITY_MASTER_KEY: variable('a master key file, or the ARN of a KMS key', text => text),
  PARITY_FCM_URL: httpUrl,
  PARITY_FCM_CREDENTIALS: file,
  PARITY_KEEPER_URL: httpUrl,
  PARITY_MAX_DOCUMENT_BYTES: positive.default(routeClasses.upload.bodyBytes),
  PARITY_SWEEP_AFTER_MS: positive.default(10_000),
  PARITY_ORPHAN_AFTER_MS: positive.default(600_000),
  PARITY_LINK_SIGN_IN: yesOrNo.default(false),
  PARITY_CRASH_FILE: file.optional(),
  PARITY_FAULT: variable(`one or several of ${faultForms.join(', ')}`, readBy(parseFaults)).optional(),
} satisfies Record<Variable, z.ZodType>;

/** Whether only this machine can come by `url`. */
function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);
}

/** What makes services fail on purpose, and what for. */
const laptopOnly = { PARITY_FAULT: 'demonstrations', PARITY_CRASH_FILE: 'fault tests' } as const;

/** The form of an environment with the variables that the catalogue names. */
function environment<V extends Variable>(names: readonly V[]) {
  return z.object(
    Object.fromEntries(names.map(name => [name, variables[name]])) as Pick<typeof variables, V>,
  );
}

const common = environment([
  ...commonVariables.required,
  ...commonVariables.optional,
  ...serviceNames.flatMap(name => settings[name]),
])
  .superRefine((env, context) => {
    if (isLoopback(env.PARITY_PUBLIC_URL)) return;
    for (const [name, what] of Object.entries(laptopOnly)) {
      if (env[name as keyof typeof laptopOnly] === undefined) continue;
      const message = `is for ${what} on a laptop alone: remove it, for PARITY_PUBLIC_URL is not on this machine`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
  })
  .transform(env => ({
    cluster: env.PARITY_CLUSTER,
    release: env.PARITY_RELEASE,
    services: env.PARITY_SERVICES,
    listen: env.PARITY_LISTEN,
    publicUrl: env.PARITY_PUBLIC_URL,
    tokens: { keysFile: env.PARITY_TOKEN_KEYS, issuer: env.PARITY_TOKEN_ISSUER },
    maxDocumentBytes: env.PARITY_MAX_DOCUMENT_BYTES,
    sweepAfterMs: env.PARITY_SWEEP_AFTER_MS,
    orphanAfterMs: env.PARITY_ORPHAN_AFTER_MS,
    linkSignIn: env.PARITY_LINK_SIGN_IN,
    crashFile: env.PARITY_CRASH_FILE,
    faults: env.PARITY_FAULT,
  }));

const places = {
  spool: environment(dependencies.spool).transform(env => ({ folder: env.PARITY_SPOOL })),
  vault: environment(dependencies.vault).transform(env => ({
    folder: env.PARITY_VAULT,
    masterKey: env.PARITY_MASTER_KEY,
  })),
  broker: environment(dependencies.broker).transform(env => ({
    urls: perParity(parity => env[brokerVariable(parity)]),
  })),
  database: environment(dependencies.database).transform(env => ({ url: env.PARITY_MONGODB_URL })),
  links: environment(dependencies.links).transform(env => ({ keysFile: env.PARITY_LINK_KEYS })),
  push: environment(dependencies.push).transform(env => ({
    url: env.PARITY_FCM_URL,
    credentialsFile: env.PARITY_FCM_CREDENTIALS,
  })),
  keeper: environment(dependencies.keeper).transform(env => ({ url: env.PARITY_KEEPER_URL })),
} satisfies { [D in Dependency]: z.ZodType<Places[D]> };
