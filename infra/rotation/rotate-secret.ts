import { ParityError } from '../../domain/errors.ts';
import type { ServerRole, ServerUsers, Credentials, Secrets } from './ports.ts';

/** What Secrets Manager calls a rotation function with, four times. */
export interface RotationStep {
  readonly Step: string;
  /** The secret's ARN. */
  readonly SecretId: string;
  /** The version that will be current at the end. */
  readonly ClientRequestToken: string;
}

/** A broker or a database, whose two secrets are rotated. */
export interface RotatedServer {
  /** As errors name it. */
  readonly kind: 'broker' | 'database';
  /** The administrator's, which this function alone uses. */
  readonly administratorSecret: string;
  /** The services'. */
  readonly servicesSecret: string;
  readonly secrets: Secrets;
  readonly users: ServerUsers;
  readonly newPassword: () => string;
}

/**
 * The services' users. They take turns: what a service was given stays good until the rotation after the next one, so
 * nobody is locked out by a rotation (docs/decisions/0060).
 */
export const servicesUsers = ['parity-a', 'parity-b'] as const;

/**
 * One step of a rotation. Every step may be repeated, and each begins where the one before was broken off.
 * @throws ParityError `not_found` for another secret or version, `forbidden` when no administrator's password is good,
 * `broker_unavailable` or `database_unavailable`, `internal` for a step that does not exist.
 */
export async function rotateSecret(step: RotationStep, server: RotatedServer): Promise<void> {
  const { SecretId: secret, ClientRequestToken: version } = step;
  if (secret !== server.administratorSecret && secret !== server.servicesSecret) {
    throw new ParityError(
      'not_found',
      `${secret} is not a secret of this ${server.kind}; rotate it by its own function.`,
    );
  }
  const stages = (await server.secrets.stages(secret)).get(version);
  if (stages === undefined) {
    throw new ParityError('not_found', `${secret} has no version ${version}: start its rotation again.`);
  }
  if (stages.includes('AWSCURRENT')) return;
  await actionOf(step)(server, step);
}

type Action = (server: RotatedServer, step: RotationStep) => Promise<void>;

function actionOf({ Step }: RotationStep): Action {
  const action = actions.get(Step);
  if (action !== undefined) return action;
  throw new ParityError('internal', `Secrets Manager asks for a step that nobody knows: ${Step}.`);
}

const actions = new Map<string, Action>([
  ['createSecret', createSecret],
  ['setSecret', setSecret],
  ['testSecret', testSecret],
  ['finishSecret', finishSecret],
]);

async function createSecret(
  { secrets, servicesSecret, newPassword }: RotatedServer,
  { SecretId: secret, ClientRequestToken: version }: RotationStep,
): Promise<void> {
  // A second password for the same version would be refused, and the first may be the server's already.
  if ((await secrets.read(secret, 'AWSPENDING')) !== undefined) return;
  const { username } = await mustRead(secrets, secret, 'AWSCURRENT');
  const next = secret === servicesSecret ? otherUser(username) : username;
  await secrets.keepPending(secret, version, { username: next, password: newPassword() });
}

function otherUser(username: string): string {
  const [first, second] = servicesUsers;
  return username === first ? second : first;
}

async function setSecret(server: RotatedServer, { SecretId: secret }: RotationStep): Promise<void> {
  const wanted = await mustRead(server.secrets, secret, 'AWSPENDING');
  await server.users.put(await administrator(server), wanted, roleIn(server, secret));
}

/** The administrator's own rotation may stand between the server and the secret: then the pending password is the good one. */
async function administrator({
  kind,
  secrets,
  users,
  administratorSecret,
}: RotatedServer): Promise<Credentials> {
  for (const stage of ['AWSCURRENT', 'AWSPENDING'] as const) {
    const credentials = await secrets.read(administratorSecret, stage);
    if (credentials === undefined) continue;
    if ((await users.roleOf(credentials)) === 'administrator') return credentials;
  }
  throw new ParityError(
    'forbidden',
    `The ${kind} takes no password of ${administratorSecret}: set its administrator's to the secret's current value.`,
  );
}

async function testSecret(server: RotatedServer, { SecretId: secret }: RotationStep): Promise<void> {
  const pending = await mustRead(server.secrets, secret, 'AWSPENDING');
  const [is, shouldBe] = [await server.users.roleOf(pending), roleIn(server, secret)];
  if (is === shouldBe) return;
  throw new ParityError(
    'forbidden',
    `The ${server.kind} knows ${pending.username} as ${is ?? 'nobody'} and not as ${shouldBe}: the rotation stops before anybody is given it.`,
  );
}

async function finishSecret(
  { secrets }: RotatedServer,
  { SecretId: secret, ClientRequestToken: to }: RotationStep,
): Promise<void> {
  const current = [...(await secrets.stages(secret))].find(([, stages]) => stages.includes('AWSCURRENT'));
  if (current === undefined) {
    throw new ParityError('not_found', `${secret} has no current version: put one in and rotate it again.`);
  }
  await secrets.makeCurrent(secret, { from: current[0], to });
}

function roleIn({ administratorSecret }: RotatedServer, secret: string): ServerRole {
  return secret === administratorSecret ? 'administrator' : 'service';
}

async function mustRead(secrets: Secrets, secret: string, stage: 'AWSCURRENT' | 'AWSPENDING') {
  const found = await secrets.read(secret, stage);
  if (found !== undefined) return found;
  throw new ParityError('not_found', `${secret} has no value in ${stage}: start its rotation again.`);
}
