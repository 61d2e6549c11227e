import { Route53Zone } from '@cdktf/provider-aws/lib/route53-zone/index.js';
import { perParity } from '../../domain/parity.ts';
import { certificate } from '../parts/certificate.ts';
import { contractOutput } from '../parts/contract-output.ts';
import { firewallRules } from '../parts/firewall-rules.ts';
import { frontDoor } from '../parts/front-door.ts';
import { dnsRecords } from '../parts/dns-records.ts';
import { openStack, type Estate } from '../stack.ts';
import type { Foundation } from './foundation.ts';
import type { Network } from './network.ts';

/** What the edge stands upon. */
export interface EdgeGround {
  readonly foundation: Foundation;
  readonly network: Network;
}

/** Where clients come in: zone, certificate, firewall rules, a front door per cluster, and the names. */
export function edgeStack(estate: Estate, { foundation, network }: EdgeGround): void {
  const stack = openStack(estate, 'edge');
  const zone = new Route53Zone(stack, 'zone', {
    name: estate.configuration.domain,
    comment: `clients of ${estate.names.estate}`,
    forceDestroy: !estate.settings.guarded,
  });
  const certificateArn = certificate(stack, estate, zone);
  const rulesArn = firewallRules(stack, estate, network.logsKeyArn);
  const doors = perParity(parity =>
    frontDoor(stack, estate, {
      parity,
      network,
      certificateArn,
      rulesArn,
      logsBucket: foundation.logsBucket,
    }),
  );
  dnsRecords(stack, estate, { zone, doors });
  const { api, regional, beta, ops } = estate.names.hosts;
  contractOutput(stack, {
    edge: {
      zoneId: zone.zoneId,
      certificateArn,
      hosts: { api, regional, beta, ops },
      fronts: perParity(parity => doors[parity].contract),
    },
  });
}
