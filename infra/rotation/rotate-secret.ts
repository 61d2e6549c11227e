import { ParityError } from '../../domain/errors.ts';
import type { BrokerRole, BrokerUsers, Credentials, Secrets } from './ports.ts';

/** What Secrets Manager calls a rotation function with, four times. */
export interface RotationStep {
  readonly Step: string;
  /** The secret's ARN. */
  readonly SecretId: string;
  /** The version that will be current at the end. */
  readonly ClientRequestToken: string;
}

/** A broker whose two secrets are rotated. */
export interface RotatedBroker {
  /** The administrator's, which this function alone uses. */
  readonly administratorSecret: string;
  /** The services'. */
  readonly servicesSecret: string;
  readonly secrets: Secrets;
  readonly users: BrokerUsers;
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
 * `broker_unavailable`, `internal` for a step that does not exist.
 */
export async function rotateSecret(step: RotationStep, broker: RotatedBroker): Promise<void> {
  const { SecretId: secret, ClientRequestToken: version } = step;
  if (secret !== broker.administratorSecret && secret !== broker.servicesSecret) {
    throw new ParityError(
      'not_found',
      `${secret} is not a secret of this broker; rotate it by its own function.`,
    );
  }
  const stages = (await broker.secrets.stages(secret)).get(version);
  if (stages === undefined) {
    throw new ParityError('not_found', `${secret} has no version ${version}: start its rotation again.`);
  }
  if (stages.includes('AWSCURRENT')) return;
  await actionOf(step)(broker, step);
}

type Action = (broker: RotatedBroker, step: RotationStep) => Promise<void>;

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
  { secrets, servicesSecret, newPassword }: RotatedBroker,
  { SecretId: secret, ClientRequestToken: version }: RotationStep,
): Promise<void> {
  // A second password for the same version would be refused, and the first may be the broker's already.
  if ((await secrets.read(secret, 'AWSPENDING')) !== undefined) return;
  const { username } = await mustRead(secrets, secret, 'AWSCURRENT');
  const next = secret === servicesSecret ? otherUser(username) : username;
  await secrets.keepPending(secret, version, { username: next, password: newPassword() });
}

function otherUser(username: string): string {
  const [first, second] = servicesUsers;
  return username === first ? second : first;
}

async function setSecret(broker: RotatedBroker, { SecretId: secret }: RotationStep): Promise<void> {
  const wanted = await mustRead(broker.secrets, secret, 'AWSPENDING');
  await broker.users.put(await administrator(broker), wanted, roleIn(broker, secret));
}

/** The administrator's own rotation may stand between the broker and the secret: then the pending password is the good one. */
async function administrator({ secrets, users, administratorSecret }: RotatedBroker): Promise<Credentials> {
  for (const stage of ['AWSCURRENT', 'AWSPENDING'] as const) {
    const credentials = await secrets.read(administratorSecret, stage);
    if (credentials === undefined) continue;
    if ((await users.roleOf(credentials)) === 'administrator') return credentials;
  }
  throw new ParityError(
    'forbidden',
    `The broker takes no password of ${administratorSecret}: set it in the broker's management page to the secret's current value.`,
  );
}

async function testSecret(broker: RotatedBroker, { SecretId: secret }: RotationStep): Promise<void> {
  const pending = await mustRead(broker.secrets, secret, 'AWSPENDING');
  const [is, shouldBe] = [await broker.users.roleOf(pending), roleIn(broker, secret)];
  if (is === shouldBe) return;
  throw new ParityError(
    'forbidden',
    `The broker knows ${pending.username} as ${is ?? 'nobody'} and not as ${shouldBe}: the rotation stops before anybody is given it.`,
  );
}

async function finishSecret(
  { secrets }: RotatedBroker,
  { SecretId: secret, ClientRequestToken: to }: RotationStep,
): Promise<void> {
  const current = [...(await secrets.stages(secret))].find(([, stages]) => stages.includes('AWSCURRENT'));
  if (current === undefined) {
    throw new ParityError('not_found', `${secret} has no current version: put one in and rotate it again.`);
  }
  await secrets.makeCurrent(secret, { from: current[0], to });
}

function roleIn({ administratorSecret }: RotatedBroker, secret: string): BrokerRole {
  return secret === administratorSecret ? 'administrator' : 'service';
}

async function mustRead(secrets: Secrets, secret: string, stage: 'AWSCURRENT' | 'AWSPENDING') {
  const found = await secrets.read(secret, stage);
  if (found !== undefined) return found;
  throw new ParityError('not_found', `${secret} has no value in ${stage}: start its rotation again.`);
}
