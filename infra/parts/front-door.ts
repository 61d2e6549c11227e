import { LbListener } from '@cdktf/provider-aws/lib/lb-listener/index.js';
import { LbTargetGroupAttachment } from '@cdktf/provider-aws/lib/lb-target-group-attachment/index.js';
import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group/index.js';
import { Lb } from '@cdktf/provider-aws/lib/lb/index.js';
import { Route53HealthCheck } from '@cdktf/provider-aws/lib/route53-health-check/index.js';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js';
import { probes } from '../../domain/catalogue.ts';
import { dnsFailover } from '../../domain/dns-failover.ts';
import type { Parity } from '../../domain/parity.ts';
import type { Contract } from '../outputs.ts';
import type { Estate } from '../stack.ts';
import type { Network } from '../stacks/network.ts';
import type { TerraformStack } from '../terraform.ts';
import { ports } from '../traffic.ts';

/** What one cluster's front door is made of. */
export interface DoorPlace {
  readonly parity: Parity;
  readonly network: Network;
  readonly certificateArn: string;
  readonly rulesArn: string;
  readonly logsBucket: string;
}

/** One cluster's front door, as DNS sees it and as the contract names it. */
export interface FrontDoor {
  readonly entry: Lb;
  readonly healthCheck: Route53HealthCheck;
  readonly contract: Contract['edge']['fronts'][Parity];
}

/** NLB (the address that names point to) → ALB (TLS, firewall rules) → Kong's pods (docs/decisions/0021). */
export function frontDoor(stack: TerraformStack, estate: Estate, place: DoorPlace): FrontDoor {
  const kong = kongTargets(stack, estate, place);
  const firewall = firewallBalancer(stack, estate, { ...place, kong });
  const entry = entryBalancer(stack, estate, { ...place, firewall });
  const check = new Route53HealthCheck(stack, `${place.parity}-health`, {
    type: 'HTTPS',
    fqdn: estate.names.hosts.cluster(place.parity),
    port: ports.https,
    // Liveness: a shared database that is down would fail both clusters, and moving would help nobody.
    resourcePath: probes.liveness,
    requestInterval: dnsFailover.intervalS,
    failureThreshold: dnsFailover.failures,
    enableSni: true,
    tags: { Name: estate.names.cluster(place.parity) },
  });
  const contract = {
    targetGroupArn: kong.arn,
    entryArn: entry.arn,
    firewallArn: firewall.balancer.arn,
    healthCheckId: check.id,
  };
  return { entry, healthCheck: check, contract };
}

function kongTargets(
  stack: TerraformStack,
  { names }: Estate,
  { parity, network }: DoorPlace,
): LbTargetGroup {
  return new LbTargetGroup(stack, `${parity}-kong`, {
    name: `${names.cluster(parity)}-kong`,
    vpcId: network.vpcId,
    targetType: 'ip',
    protocol: 'HTTPS',
    port: ports.kong,
    // As long as the longest upload may take: a pod that leaves finishes what it has begun.
    deregistrationDelay: '300',
    healthCheck: {
      protocol: 'HTTPS',
      path: probes.liveness,
      interval: 5,
      timeout: 4,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: '200',
    },
  });
}

interface Firewall {
  readonly balancer: Lb;
  readonly listener: LbListener;
}

function firewallBalancer(
  stack: TerraformStack,
  { names, settings }: Estate,
  { parity, network, certificateArn, rulesArn, logsBucket, kong }: DoorPlace & { kong: LbTargetGroup },
): Firewall {
  const balancer = new Lb(stack, `${parity}-firewall`, {
    name: `${names.cluster(parity)}-alb`,
    loadBalancerType: 'application',
    internal: true,
    subnets: [...network.subnets.private],
    securityGroups: [network.groups[`firewall-${parity}`]],
    enableDeletionProtection: settings.guarded,
    dropInvalidHeaderFields: true,
    desyncMitigationMode: 'strictest',
    // The default is an hour: connections would outlive a flip by that much.
    clientKeepAlive: 60,
    idleTimeout: 120,
    accessLogs: { bucket: logsBucket, prefix: `firewall/${parity}`, enabled: true },
  });
  const listener = new LbListener(stack, `${parity}-firewall-https`, {
    loadBalancerArn: balancer.arn,
    port: ports.https,
    protocol: 'HTTPS',
    sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    certificateArn,
    defaultAction: [{ type: 'forward', targetGroupArn: kong.arn }],
  });
  new Wafv2WebAclAssociation(stack, `${parity}-firewall-rules-of`, {
    resourceArn: balancer.arn,
    webAclArn: rulesArn,
  });
  return { balancer, listener };
}

function entryBalancer(
  stack: TerraformStack,
  { names, settings }: Estate,
  { parity, network, logsBucket, firewall }: DoorPlace & { firewall: Firewall },
): Lb {
  const entry = new Lb(stack, `${parity}-entry`, {
    name: `${names.cluster(parity)}-nlb`,
    loadBalancerType: 'network',
    internal: false,
    subnets: [...network.subnets.public],
    securityGroups: [network.groups[`entry-${parity}`]],
    enableCrossZoneLoadBalancing: true,
    enableDeletionProtection: settings.guarded,
    // An NLB logs what it ends TLS of, and so nothing of ours: who came in stands in the ALB's log and the flow log.
    accessLogs: { bucket: logsBucket, prefix: `entry/${parity}`, enabled: true },
  });
  const targets = new LbTargetGroup(stack, `${parity}-firewalls`, {
    name: `${names.cluster(parity)}-alb`,
    vpcId: network.vpcId,
    targetType: 'alb',
    protocol: 'TCP',
    port: ports.https,
    healthCheck: { protocol: 'HTTPS', path: probes.liveness, matcher: '200-399' },
  });
  new LbTargetGroupAttachment(stack, `${parity}-firewall-of`, {
    targetGroupArn: targets.arn,
    targetId: firewall.balancer.arn,
    port: ports.https,
    dependsOn: [firewall.listener],
  });
  new LbListener(stack, `${parity}-entry-tcp`, {
    loadBalancerArn: entry.arn,
    port: ports.https,
    protocol: 'TCP',
    defaultAction: [{ type: 'forward', targetGroupArn: targets.arn }],
  });
  return entry;
}
