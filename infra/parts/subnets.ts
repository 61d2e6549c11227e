import { Eip } from '@cdktf/provider-aws/lib/eip/index.js';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js';
import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js';
import type { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import type { ZonePlan } from '../network-plan.ts';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';

const kinds = ['private', 'intra', 'public'] as const;
type Kind = (typeof kinds)[number];

/** Subnet ids of each kind in the order of the zones, and the route tables that gateway endpoints join. */
export interface Subnets extends Readonly<Record<Kind, readonly string[]>> {
  readonly routeTables: readonly string[];
}

interface Plan {
  readonly vpc: Vpc;
  readonly plan: readonly [ZonePlan, ZonePlan, ZonePlan];
}

/** Three subnets in each zone and their ways out: private through NAT, intra none, public the internet gateway. */
export function subnets(stack: TerraformStack, estate: Estate, { vpc, plan }: Plan): Subnets {
  const { configuration, names } = estate;
  const ids: Record<Kind, string[]> = { private: [], intra: [], public: [] };
  const tables: string[] = [];
  const internet = new InternetGateway(stack, 'internet', { vpcId: vpc.id, tags: { Name: names.estate } });
  const gateways: NatGateway[] = [];
  for (const [at, zone] of plan.entries()) {
    for (const kind of [...kinds].reverse()) {
      const id = `${kind}-${configuration.zones[at]}`;
      const subnet = new Subnet(stack, id, {
        vpcId: vpc.id,
        availabilityZone: names.zones[at],
        cidrBlock: zone[kind],
        mapPublicIpOnLaunch: false,
        tags: {
          Name: names.shared(id),
          ...(kind === 'private' && { 'karpenter.sh/discovery': names.estate }),
        },
      });
      ids[kind].push(subnet.id);
      const table = new RouteTable(stack, `${id}-routes`, {
        vpcId: vpc.id,
        tags: { Name: names.shared(id) },
      });
      new RouteTableAssociation(stack, `${id}-routes-of`, { subnetId: subnet.id, routeTableId: table.id });
      tables.push(table.id);
      const way = { routeTableId: table.id, destinationCidrBlock: '0.0.0.0/0' };
      if (kind === 'public') {
        new Route(stack, `${id}-out`, { ...way, gatewayId: internet.id });
        if (at === 0 || configuration.network.nat === 'per-zone')
          gateways.push(nat(stack, estate, { subnet, internet }));
      }
      if (kind === 'private') new Route(stack, `${id}-out`, { ...way, natGatewayId: gateways.at(-1)?.id });
    }
  }
  return { ...ids, routeTables: tables };
}

function nat(
  stack: TerraformStack,
  { names }: Estate,
  at: { subnet: Subnet; internet: InternetGateway },
): NatGateway {
  const id = at.subnet.node.id.replace('public', 'nat');
  const tags = { Name: names.shared(id) };
  const address = new Eip(stack, `${id}-address`, { domain: 'vpc', tags });
  return new NatGateway(stack, id, {
    allocationId: address.id,
    subnetId: at.subnet.id,
    dependsOn: [at.internet],
    tags,
  });
}
