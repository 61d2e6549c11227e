import { DataAwsSecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret-version/index.js';
import { MqBroker } from '@cdktf/provider-aws/lib/mq-broker/index.js';
import { MqConfiguration } from '@cdktf/provider-aws/lib/mq-configuration/index.js';
import { parities, type Parity } from '../../domain/parity.ts';
import { contractOutput } from '../parts/contract-output.ts';
import { encryptionKey } from '../parts/encryption-key.ts';
import { generatedSecret, type GeneratedSecret } from '../parts/generated-secret.ts';
import { rotation } from '../parts/rotation.ts';
import { servicesUsers } from '../rotation/rotate-secret.ts';
import { openStack, type Estate } from '../stack.ts';
import { Fn, Token, type TerraformStack } from '../terraform.ts';
import type { Network } from './network.ts';

/**
 * RabbitMQ's own settings. A consumer that has not acknowledged for half an hour is stuck, whatever it is doing.
 * Source: Amazon MQ Developer Guide, "RabbitMQ configurations".
 */
const rabbitMqSettings = 'consumer_timeout = 1800000\n';

/** Of each cluster in the order of `parities`: never both brokers in one night. */
const maintenanceDays = ['TUESDAY', 'THURSDAY'] as const;

/** One cluster's broker: three nodes in three zones, private, reachable from both clusters. */
export function brokerStack(estate: Estate, parity: Parity, network: Network): void {
  const stack = openStack(estate, `broker-${parity}`);
  const name = estate.names.cluster(parity);
  const key = encryptionKey(stack, estate, {
    purpose: `${parity}-broker`,
    why: `queues and credentials of ${name}`,
  });
  const administrator = generatedSecret(stack, estate, {
    id: 'administrator',
    username: 'parity-administrator',
    // Services may read what begins with `broker-`: not this one.
    name: `${name}/administrator-of-broker`,
    why: `the administrator of the broker of ${name}; only its rotation uses it`,
    keyArn: key.arn,
  });
  const services = generatedSecret(stack, estate, {
    id: 'services',
    username: servicesUsers[0],
    name: `${name}/broker`,
    why: `services at the broker of ${name}`,
    keyArn: key.arn,
  });
  const broker = rabbitMq(stack, estate, { name, keyArn: key.arn, network, parity, administrator });
  rotation(stack, estate, {
    ...{ name, network, keyArn: key.arn, administrator, services },
    whose: `the broker of ${name}`,
    logGroup: `/${estate.names.estate}/rotation-${parity}`,
    group: `rotation-${parity}`,
    entry: 'infra/rotation/main.ts',
    packages: [],
    environment: { BROKER_CONSOLE: broker.instances.get(0).consoleUrl },
    after: [],
  });
  contractOutput(stack, {
    brokers: {
      [parity]: {
        id: broker.id,
        arn: broker.arn,
        url: Token.asString(Fn.element(broker.instances.get(0).endpoints, 0)),
        consoleUrl: broker.instances.get(0).consoleUrl,
        secretArn: services.secret.arn,
      },
    },
  });
}

interface Place {
  readonly name: string;
  readonly keyArn: string;
  readonly network: Network;
  readonly parity: Parity;
  readonly administrator: GeneratedSecret;
}

function rabbitMq(stack: TerraformStack, { configuration }: Estate, place: Place): MqBroker {
  const { instanceType, version } = configuration.broker;
  const settings = new MqConfiguration(stack, 'settings', {
    name: place.name,
    description: `RabbitMQ settings of ${place.name}`,
    engineType: 'RabbitMQ',
    engineVersion: version,
    data: rabbitMqSettings,
  });
  return new MqBroker(stack, 'broker', {
    brokerName: place.name,
    engineType: 'RabbitMQ',
    engineVersion: version,
    hostInstanceType: instanceType,
    deploymentMode: 'CLUSTER_MULTI_AZ',
    publiclyAccessible: false,
    autoMinorVersionUpgrade: true,
    subnetIds: [...place.network.subnets.intra],
    securityGroups: [place.network.groups[`broker-${place.parity}`]],
    encryptionOptions: { kmsKeyId: place.keyArn, useAwsOwnedKey: false },
    configuration: { id: settings.id, revision: settings.latestRevision },
    logs: { general: true },
    maintenanceWindowStartTime: {
      dayOfWeek: maintenanceDays[parities.indexOf(place.parity)] ?? 'SUNDAY',
      timeOfDay: '03:00',
      timeZone: 'UTC',
    },
    user: [firstUser(stack, place.administrator)],
    // The rotation owns the password from the first minute on (parts/rotation.ts).
    lifecycle: { ignoreChanges: ['user'] },
  });
}

/**
 * The provider has no write-only password here, so the first one is in the (encrypted) state, and good for nothing once
 * it has been rotated. It is read by its version, for what replaces it must never get there.
 */
function firstUser(stack: TerraformStack, { secret, version, username }: GeneratedSecret) {
  const first = new DataAwsSecretsmanagerSecretVersion(stack, 'first', {
    secretId: secret.id,
    versionId: version.versionId,
  });
  return { username, password: Token.asString(Fn.lookup(Fn.jsondecode(first.secretString), 'password')) };
}
