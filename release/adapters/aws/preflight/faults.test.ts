import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReplicationStatus } from '@aws-sdk/client-efs';
import { backupFault } from './backup-faults.ts';
import { lifeCycleFault, mountTargetFault, replicationFault } from './file-system-faults.ts';
import { brokerFault, certificateFault, healthCheckFault, targetFault } from './front-faults.ts';

const nowMs = Date.UTC(2026, 10, 22, 5);
const minutesAgo = (minutes: number) => new Date(nowMs - minutes * 60_000);
const days = (count: number) => new Date(nowMs + count * 24 * 60 * 60_000);

describe('lifeCycleFault', () => {
  const inState = (LifeCycleState: 'available' | 'updating') => ({
    FileSystems: [{ LifeCycleState }] as never,
  });
  it('is content with an available file system alone', () => {
    assert.equal(lifeCycleFault(inState('available')), undefined);
    assert.equal(lifeCycleFault(inState('updating')), 'it is updating: wait until it is available');
    assert.match(lifeCycleFault({ FileSystems: [] }) ?? '', /^it is not there/);
  });
});

describe('mountTargetFault', () => {
  const target = (AvailabilityZoneName: string, LifeCycleState = 'available') =>
    ({ AvailabilityZoneName, LifeCycleState }) as never;
  it('names each zone of the clusters that has none, or one that is not available', () => {
    const MountTargets = [target('eu-central-1a'), target('eu-central-1b', 'creating')];
    assert.equal(mountTargetFault({ MountTargets }, ['eu-central-1a']), undefined);
    assert.equal(
      mountTargetFault({ MountTargets }, ['eu-central-1a', 'eu-central-1b', 'eu-central-1c']),
      'no mount target is available in eu-central-1b and eu-central-1c, which both clusters use: ./parity infra apply makes it',
    );
  });
});

describe('replicationFault', () => {
  const replica = (Status: ReplicationStatus, LastReplicatedTimestamp?: Date) => [
    { Destinations: [{ Status, Region: 'eu-west-1', LastReplicatedTimestamp }] } as never,
  ];
  it('is content with a replica that is less than an hour behind', () => {
    assert.equal(replicationFault(replica('ENABLED', minutesAgo(59)), nowMs), undefined);
  });
  it('says what would be lost, or that nothing is carried', () => {
    assert.equal(
      replicationFault(replica('ENABLED', minutesAgo(75)), nowMs),
      'the last copy that reached eu-west-1 was made 75 minutes ago: look at its TimeSinceLastSync',
    );
    assert.match(replicationFault(replica('ENABLED'), nowMs) ?? '', /^nothing has reached eu-west-1 yet/);
    assert.match(
      replicationFault(replica('ERROR'), nowMs) ?? '',
      /^its replication to eu-west-1 is ERROR: put/,
    );
    assert.match(replicationFault([], nowMs) ?? '', /^it is not replicated/);
  });
});

describe('backupFault', () => {
  const point = (Status: 'COMPLETED' | 'PARTIAL', CreationDate: Date) => ({ Status, CreationDate });
  it('asks for a whole recovery point of the last five hours', () => {
    const fresh = point('COMPLETED', minutesAgo(300));
    const old = point('COMPLETED', minutesAgo(301));
    const torn = point('PARTIAL', minutesAgo(1));
    assert.equal(backupFault({ RecoveryPoints: [old, fresh] }, nowMs), undefined);
    assert.equal(
      backupFault({ RecoveryPoints: [old, torn] }, nowMs),
      'the newest recovery point was made 5 hours ago: look at the last backup jobs',
    );
    assert.match(backupFault({ RecoveryPoints: [torn] }, nowMs) ?? '', /^there is no whole recovery point/);
  });
});

describe('brokerFault', () => {
  it('is content with a running broker alone', () => {
    assert.equal(brokerFault({ BrokerState: 'RUNNING' }), undefined);
    assert.match(
      brokerFault({ BrokerState: 'CRITICAL_ACTION_REQUIRED' }) ?? '',
      /^it is CRITICAL_ACTION_REQUIRED/,
    );
  });
});

describe('targetFault', () => {
  const target = (Id: string, State: 'healthy' | 'unhealthy' | 'draining', Description?: string) => ({
    Target: { Id },
    TargetHealth: { State, Description },
  });
  it('asks for somebody healthy and nobody sick; whoever leaves does not count', () => {
    const targets = [target('10.0.0.1', 'healthy'), target('10.0.0.2', 'draining')];
    assert.equal(targetFault({ TargetHealthDescriptions: targets }), undefined);
    assert.equal(
      targetFault({ TargetHealthDescriptions: [...targets, target('10.0.0.3', 'unhealthy', 'timed out')] }),
      '10.0.0.3 is unhealthy (timed out): look at that pod',
    );
    assert.match(targetFault({ TargetHealthDescriptions: [] }) ?? '', /is healthy \(it has no targets\)/);
  });
});

describe('certificateFault', () => {
  it('asks for an issued one that lives for thirty days more', () => {
    assert.equal(certificateFault({ Status: 'ISSUED', NotAfter: days(30) }, nowMs), undefined);
    assert.equal(
      certificateFault({ Status: 'ISSUED', NotAfter: days(29) }, nowMs),
      'it ends on 2026-12-21 and ACM has not renewed it: look at its validation records in the zone',
    );
    assert.match(
      certificateFault({ Status: 'PENDING_VALIDATION' }, nowMs) ?? '',
      /^it is PENDING_VALIDATION/,
    );
    assert.match(certificateFault(undefined, nowMs) ?? '', /^it is not there/);
  });
});

describe('healthCheckFault', () => {
  const seen = (wells: number, others: number) => ({
    HealthCheckObservations: [
      ...Array.from({ length: wells }, () => ({
        StatusReport: { Status: 'Success: HTTP Status Code 200, OK' },
      })),
      ...Array.from({ length: others }, () => ({
        StatusReport: { Status: 'Failure: Connection timed out.' },
      })),
    ],
  });
  it('agrees with Route 53, which wants more than 18 % of its checkers', () => {
    assert.equal(healthCheckFault(seen(16, 0)), undefined);
    assert.equal(healthCheckFault(seen(3, 13)), undefined);
    assert.equal(
      healthCheckFault(seen(2, 14)),
      '2 of 16 checkers of Route 53 reach it (Failure: Connection timed out.): DNS would not move to it; ask for its liveness from outside',
    );
  });
  it('is not content with a check that nobody makes', () => {
    assert.match(healthCheckFault({ HealthCheckObservations: [] }) ?? '', /^0 of 0 checkers/);
  });
});
