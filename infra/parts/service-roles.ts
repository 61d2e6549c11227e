import { serviceNames, type ServiceName } from '../../domain/catalogue.ts';
import { parities } from '../../domain/parity.ts';
import { accessOf, type SecretName, type ServiceAccess } from '../service-access.ts';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';
import { trustPods, type Statement } from './policy-document.ts';
import { role } from './role.ts';

interface Reach {
  readonly documentsKeyArn: string;
  /** ARNs of the secrets that are the pair's, and of the key that they lie under. */
  readonly secrets: Readonly<Record<'keyArn' | Exclude<SecretName, 'brokers'>, string>>;
}

/** A role for each service, the same in both clusters: what service-access.ts says, and nothing else. */
export function serviceRoles(
  stack: TerraformStack,
  estate: Estate,
  reach: Reach,
): Record<ServiceName, string> {
  const made = serviceNames.map(service => {
    const { arn } = role(stack, `${service}-role`, {
      name: estate.names.shared(service),
      why: `the ${service} service, in both clusters`,
      trust: trustPods(estate.configuration.account),
      statements: statementsOf(accessOf(service), estate, reach),
    });
    return [service, arn] as const;
  });
  return Object.fromEntries(made) as Record<ServiceName, string>;
}

function statementsOf(access: ServiceAccess, estate: Estate, reach: Reach): Statement[] {
  const { documentsKeyArn } = reach;
  const statements = [...secretStatements(access.secrets, estate, reach)];
  if (access.documentsKey) {
    statements.push({
      sid: 'WrapKeysOfDocuments',
      actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
      resources: [documentsKeyArn],
    });
  }
  return statements;
}

/** Brokers are made after this stack, so their secrets and keys are named by what is derived for both. */
function secretStatements(secrets: readonly SecretName[], estate: Estate, reach: Reach): Statement[] {
  const {
    names,
    configuration: { region, account },
  } = estate;
  const own = secrets.filter(name => name !== 'brokers');
  const statements: Statement[] = [];
  if (own.length > 0) {
    statements.push(
      {
        sid: 'ReadOwnSecrets',
        actions: ['secretsmanager:GetSecretValue'],
        resources: own.map(name => reach.secrets[name]),
      },
      { sid: 'OpenOwnSecrets', actions: ['kms:Decrypt'], resources: [reach.secrets.keyArn] },
    );
  }
  if (!secrets.includes('brokers')) return statements;
  return [
    ...statements,
    {
      sid: 'ReadBrokerSecrets',
      actions: ['secretsmanager:GetSecretValue'],
      resources: parities.map(
        // Secrets Manager ends each ARN with six letters of its own.
        parity => `arn:aws:secretsmanager:${region}:${account}:secret:${names.cluster(parity)}/broker-??????`,
      ),
    },
    {
      sid: 'OpenBrokerSecrets',
      actions: ['kms:Decrypt'],
      resources: [`arn:aws:kms:${region}:${account}:key/*`],
      conditions: {
        'ForAnyValue:StringEquals': {
          'kms:ResourceAliases': parities.map(parity => `alias/${names.shared(`${parity}-broker`)}`),
        },
      },
    },
  ];
}
