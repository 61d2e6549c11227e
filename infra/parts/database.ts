import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js';
import type { Configuration } from '../configuration.ts';
import type { Estate } from '../stack.ts';
import { Fn, Token, type TerraformStack } from '../terraform.ts';
import type { Database, DatabaseGround } from './database-ground.ts';
import { documentDb } from './document-db.ts';

type Settings = Configuration['database'];

/** The rows, in both regions: Amazon DocumentDB, or the way to MongoDB Atlas. */
export function database(stack: TerraformStack, estate: Estate, ground: DatabaseGround): Database {
  const settings = estate.configuration.database;
  switch (settings.kind) {
    case 'documentdb':
      return documentDb(stack, estate, { ...ground, settings });
    case 'atlas':
      return atlas(stack, estate, { ...ground, settings });
  }
}

/** Atlas makes the cluster and its users; here are only the private ways to it, and a place for the credentials. */
function atlas(
  stack: TerraformStack,
  { names, settings: { guarded } }: Estate,
  {
    network,
    replica,
    second,
    secretsKeyArn,
    settings,
  }: DatabaseGround & { settings: Settings & { kind: 'atlas' } },
): Database {
  const endpoint = new VpcEndpoint(stack, 'atlas', {
    vpcId: network.vpcId,
    serviceName: settings.endpointService,
    vpcEndpointType: 'Interface',
    subnetIds: [...network.subnets.intra],
    securityGroupIds: [network.groups.database],
    tags: { Name: names.shared('atlas') },
  });
  new VpcEndpoint(stack, 'replica-atlas', {
    provider: replica,
    vpcId: second.vpcId,
    serviceName: settings.replicaEndpointService,
    vpcEndpointType: 'Interface',
    subnetIds: [...second.subnets],
    securityGroupIds: [second.groupId],
    tags: { Name: names.shared('replica-atlas') },
  });
  const secret = new SecretsmanagerSecret(stack, 'credentials', {
    name: names.shared('database'),
    description: 'user and password in Atlas; their value is put in by an operator',
    kmsKeyId: secretsKeyArn,
    recoveryWindowInDays: guarded ? 30 : 0,
  });
  const host = Token.asString(Fn.lookup(Fn.element(endpoint.dnsEntry, 0), 'dns_name'));
  return { secretArn: secret.arn, backedUp: [], contract: { kind: 'atlas', host, secretArn: secret.arn } };
}
