import { ACMClient, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { BackupClient, CreateBackupSelectionCommand } from '@aws-sdk/client-backup';
import { CreateFileSystemCommand, CreateMountTargetCommand, EFSClient } from '@aws-sdk/client-efs';
import {
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateBrokerCommand, MqClient } from '@aws-sdk/client-mq';
import { parities, type Parity } from '../../../../domain/parity.ts';
import type { Contract } from '../../../../infra/outputs.ts';
import type { AwsAccess } from '../aws-access.ts';
import { defaultNetwork, type DefaultNetwork } from './default-network.ts';
import { replicate } from './make-copies.ts';
import { makeZone } from './make-zone.ts';

/** What a release stands on, made without Terraform, and the contract that names it as far as preflight asks. */
export async function makeGround(access: AwsAccess, live: Parity): Promise<Contract> {
  const network = await defaultNetwork(access);
  const edge = await makeEdge(access, { live, network });
  const ground = {
    regions: { first: access.region, replica: 'eu-west-1' },
    network: { vpcId: network.vpcId, zones: network.subnets.map(({ zone }) => zone) },
    data: await makeFileSystems(access, network),
    brokers: await makeBrokers(access),
    edge,
  };
  return ground as unknown as Contract;
}

async function makeFileSystems(access: AwsAccess, { subnets }: DefaultNetwork) {
  const client = new EFSClient(access);
  const make = async (name: string) => {
    const made = await client.send(new CreateFileSystemCommand({ CreationToken: name, Encrypted: true }));
    const { FileSystemId = '', FileSystemArn: arn = '' } = made;
    for (const { id: SubnetId } of subnets)
      await client.send(new CreateMountTargetCommand({ FileSystemId, SubnetId }));
    return { id: FileSystemId, arn };
  };
  const [spool, vault] = [await make('spool'), await make('vault')];
  await replicate(access, vault.id);
  const backup = new BackupClient(access);
  const BackupSelection = { SelectionName: 'papers', IamRoleArn: 'arn:aws:iam::123456789012:role/backup' };
  await backup.send(
    new CreateBackupSelectionCommand({
      BackupPlanId: 'papers',
      BackupSelection: { ...BackupSelection, Resources: [vault.arn] },
    }),
  );
  return { spool, vault, backupVault: 'acme-staging-backups' };
}

async function makeBrokers(access: AwsAccess) {
  const client = new MqClient(access);
  const made = parities.map(async parity => {
    const answer = await client.send(
      new CreateBrokerCommand({
        BrokerName: parity,
        EngineType: 'RABBITMQ',
        EngineVersion: '4.2',
        DeploymentMode: 'CLUSTER_MULTI_AZ',
        HostInstanceType: 'mq.m7g.large',
        PubliclyAccessible: false,
        Users: [{ Username: 'parity', Password: 'a-long-password' }],
      }),
    );
    return [parity, { id: answer.BrokerId }] as const;
  });
  return Object.fromEntries(await Promise.all(made));
}

interface Place {
  readonly live: Parity;
  readonly network: DefaultNetwork;
}

async function makeEdge(access: AwsAccess, { live, network }: Place) {
  const balancers = new ElasticLoadBalancingV2Client(access);
  const { healthCheckIds, ...zone } = await makeZone(access, live);
  const fronts = parities.map(async parity => {
    const { TargetGroups: [group] = [] } = await balancers.send(
      new CreateTargetGroupCommand({
        Name: `${parity}-kong`,
        Protocol: 'HTTPS',
        Port: 8443,
        VpcId: network.vpcId,
        TargetType: 'ip',
      }),
    );
    const TargetGroupArn = group?.TargetGroupArn ?? '';
    const Targets = [{ Id: '10.40.0.10', Port: 8443 }];
    await balancers.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
    return [parity, { targetGroupArn: TargetGroupArn, healthCheckId: healthCheckIds[parity] }] as const;
  });
  const certificates = new ACMClient(access);
  const { CertificateArn: certificateArn } = await certificates.send(
    new RequestCertificateCommand({ DomainName: 'api.acme.test', ValidationMethod: 'DNS' }),
  );
  return { ...zone, certificateArn, fronts: Object.fromEntries(await Promise.all(fronts)) };
}
