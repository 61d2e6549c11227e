import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { BackupClient, ListRecoveryPointsByBackupVaultCommand } from '@aws-sdk/client-backup';
import { DescribeFileSystemsCommand, DescribeMountTargetsCommand, EFSClient } from '@aws-sdk/client-efs';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeBrokerCommand, MqClient } from '@aws-sdk/client-mq';
import { GetHealthCheckStatusCommand, Route53Client } from '@aws-sdk/client-route-53';
import { parities, type Parity } from '../../../../domain/parity.ts';
import type { Contract } from '../../../../infra/outputs.ts';
import type { Check, Clock } from '../../../ports.ts';
import { clientConfig, type AwsAccess } from '../aws-access.ts';
import { describeReplications } from '../describe-replications.ts';
import { backupFault } from './backup-faults.ts';
import { lifeCycleFault, mountTargetFault, replicationFault } from './file-system-faults.ts';
import { brokerFault, certificateFault, healthCheckFault, targetFault } from './front-faults.ts';
import { look } from './look.ts';

/** What preflight is given; regions are the contract's. */
export interface AwsPreflightOptions {
  readonly contract: Contract;
  readonly access: Omit<AwsAccess, 'region'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Looks at what a release stands on in AWS, all at once, and changes nothing: file systems and their mount targets,
 * replication, backups, brokers, balancers, the health checks that DNS goes by, the certificate. A control plane that is
 * down is a check that failed.
 */
export async function awsPreflight({ contract, access, clock }: AwsPreflightOptions): Promise<Check[]> {
  const config = clientConfig({ ...access, region: contract.regions.first });
  const nowMs = clock.now();
  const clients = [
    new EFSClient(config),
    new BackupClient(config),
    new MqClient(config),
    new ElasticLoadBalancingV2Client(config),
    new Route53Client(config),
    new ACMClient(config),
  ] as const;
  const [files, backup, brokers, balancers, names, certificates] = clients;
  try {
    return await Promise.all([
      ...fileSystemChecks(files, contract),
      replication(files, contract, nowMs),
      backups(backup, contract, nowMs),
      ...parities.map(parity => broker(brokers, contract, parity)),
      ...parities.map(parity => targets(balancers, contract, parity)),
      ...parities.map(parity => healthCheck(names, contract, parity)),
      certificate(certificates, contract, nowMs),
    ]);
  } finally {
    for (const client of clients) client.destroy();
  }
}

function fileSystemChecks(client: EFSClient, { data, network }: Contract): Promise<Check>[] {
  return (['spool', 'vault'] as const).flatMap(name => {
    const FileSystemId = data[name].id;
    return [
      look({
        name: `file system ${name}`,
        doing: `look at the ${name} ${FileSystemId}`,
        ask: options => client.send(new DescribeFileSystemsCommand({ FileSystemId }), options),
        fault: lifeCycleFault,
      }),
      look({
        name: `mount targets of the ${name}`,
        doing: `look at the mount targets of the ${name} ${FileSystemId}`,
        ask: options => client.send(new DescribeMountTargetsCommand({ FileSystemId }), options),
        fault: answer => mountTargetFault(answer, network.zones),
      }),
    ];
  });
}

function replication(client: EFSClient, { data }: Contract, nowMs: number): Promise<Check> {
  return look({
    name: 'replica of the vault',
    doing: `look at the replication of the vault ${data.vault.id}`,
    ask: options => describeReplications(client, { FileSystemId: data.vault.id }, options),
    fault: answer => replicationFault(answer, nowMs),
  });
}

function backups(client: BackupClient, { data }: Contract, nowMs: number): Promise<Check> {
  const command = new ListRecoveryPointsByBackupVaultCommand({
    BackupVaultName: data.backupVault,
    ByResourceType: 'EFS',
    ByCreatedAfter: new Date(nowMs - 24 * 60 * 60 * 1_000),
  });
  return look({
    name: 'backups of the vault',
    doing: `list the recovery points in ${data.backupVault}`,
    ask: options => client.send(command, options),
    fault: answer => backupFault(answer, nowMs),
  });
}

function broker(client: MqClient, { brokers }: Contract, parity: Parity): Promise<Check> {
  const command = new DescribeBrokerCommand({ BrokerId: brokers[parity].id });
  return look({
    name: `broker of ${parity}`,
    doing: `look at the broker of ${parity}`,
    ask: options => client.send(command, options),
    fault: brokerFault,
  });
}

function targets(client: ElasticLoadBalancingV2Client, { edge }: Contract, parity: Parity): Promise<Check> {
  const command = new DescribeTargetHealthCommand({ TargetGroupArn: edge.fronts[parity].targetGroupArn });
  return look({
    name: `front door of ${parity}`,
    doing: `look at what is behind the balancer of ${parity}`,
    ask: options => client.send(command, options),
    fault: targetFault,
  });
}

function healthCheck(client: Route53Client, { edge }: Contract, parity: Parity): Promise<Check> {
  const command = new GetHealthCheckStatusCommand({ HealthCheckId: edge.fronts[parity].healthCheckId });
  return look({
    name: `health check of ${parity}`,
    doing: `look at the health check of ${parity}`,
    ask: options => client.send(command, options),
    fault: healthCheckFault,
  });
}

function certificate(client: ACMClient, { edge }: Contract, nowMs: number): Promise<Check> {
  const command = new DescribeCertificateCommand({ CertificateArn: edge.certificateArn });
  return look({
    name: 'certificate',
    doing: `look at the certificate of ${edge.hosts.api}`,
    ask: options => client.send(command, options),
    fault: ({ Certificate }) => certificateFault(Certificate, nowMs),
  });
}
