import { parities, peerOf, type Parity } from '../domain/parity.ts';

/** Groups that exist once per cluster, and groups that the pair shares. */
export const clusterGroups = ['entry', 'firewall', 'nodes', 'control-plane', 'broker', 'rotation'] as const;
export const sharedGroups = [
  'spool',
  'vault',
  'database',
  'database-rotation',
  'cache',
  'endpoints',
  'runner',
] as const;
export type ClusterGroup = (typeof clusterGroups)[number];
export type SharedGroup = (typeof sharedGroups)[number];

/** A security group by name: `nodes-odd`, `vault`. */
export type GroupName = `${ClusterGroup}-${Parity}` | SharedGroup;

/** Every security group of the estate. */
export const groupNames: readonly GroupName[] = [
  ...parities.flatMap(parity => clusterGroups.map(group => `${group}-${parity}` as const)),
  ...sharedGroups,
];

/** One permitted way: it becomes a rule out of `from` and a rule into `to`, both with `why` in their description. */
export interface Flow {
  readonly from: GroupName | 'world';
  readonly to: GroupName | 'world';
  /** A TCP port, or everything. */
  readonly port: number | 'all';
  readonly why: string;
}

/** The ports that two sides must agree on. */
export const ports = {
  https: 443,
  amqps: 5671,
  nfs: 2049,
  mongodb: 27017,
  valkey: 6379,
  /** Kong's TLS listener in the pod. */
  kong: 8443,
  /** Istio's gateway for the peer cluster, mutual TLS. */
  peerGateway: 15443,
  kubelet: 10250,
  /** Where the metrics-server add-on listens, so that it never meets the kubelet. */
  podMetrics: 10251,
  /** Admission webhooks: istiod, Kong's ingress controller, Karpenter. */
  webhooks: [15017, 8080, 9443],
} as const;

/** Everything that may speak to anything. What is not here is not possible. */
export const flows: readonly Flow[] = [
  ...parities.flatMap(flowsOf),
  {
    from: 'database-rotation',
    to: 'database',
    port: ports.mongodb,
    why: 'passwords of the database are changed as its administrator',
  },
  {
    from: 'database-rotation',
    to: 'endpoints',
    port: ports.https,
    why: 'the rotation reads and writes its secrets without leaving the VPC',
  },
  {
    from: 'runner',
    to: 'endpoints',
    port: ports.https,
    why: 'jobs use the AWS APIs without leaving the VPC',
  },
  { from: 'runner', to: 'world', port: ports.https, why: 'jobs fetch providers and packages' },
];

function flowsOf(parity: Parity): Flow[] {
  const nodes = `nodes-${parity}` as const;
  return [
    ...flowsOfTheFrontDoor(parity),
    ...flowsOfTheControlPlane(parity),
    ...flowsOfTheRotation(parity),
    {
      from: nodes,
      to: nodes,
      port: 'all',
      why: 'pods of one cluster speak to each other; the mesh decides who may',
    },
    {
      from: nodes,
      to: `nodes-${peerOf(parity)}`,
      port: ports.peerGateway,
      why: 'a release that is not here is served by the peer, over mutual TLS',
    },
    ...parities.flatMap((broker): Flow[] => [
      {
        from: nodes,
        to: `broker-${broker}`,
        port: ports.amqps,
        why: 'publish to the own broker, consume from both: either cluster may do any work',
      },
      {
        from: nodes,
        to: `broker-${broker}`,
        port: ports.https,
        why: 'queue depths come from the management API',
      },
    ]),
    { from: nodes, to: 'spool', port: ports.nfs, why: 'accepted documents are fsynced here' },
    { from: nodes, to: 'vault', port: ports.nfs, why: 'stored documents' },
    { from: nodes, to: 'database', port: ports.mongodb, why: 'rows of documents, users and the ledger' },
    { from: nodes, to: 'cache', port: ports.valkey, why: 'the user cache' },
    { from: nodes, to: 'endpoints', port: ports.https, why: 'AWS APIs without leaving the VPC' },
    {
      from: nodes,
      to: 'world',
      port: ports.https,
      why: 'push messages to FCM; images that no endpoint serves',
    },
  ];
}

function flowsOfTheFrontDoor(parity: Parity): Flow[] {
  return [
    { from: 'world', to: `entry-${parity}`, port: ports.https, why: 'drivers and agents, over TLS only' },
    {
      from: `entry-${parity}`,
      to: `firewall-${parity}`,
      port: ports.https,
      why: 'the NLB passes on to the ALB',
    },
    {
      from: `firewall-${parity}`,
      to: `nodes-${parity}`,
      port: ports.kong,
      why: 'the ALB speaks to Kong in its pods',
    },
  ];
}

function flowsOfTheRotation(parity: Parity): Flow[] {
  const rotation = `rotation-${parity}` as const;
  return [
    {
      from: rotation,
      to: `broker-${parity}`,
      port: ports.https,
      why: 'passwords of the broker are changed by its management API',
    },
    {
      from: rotation,
      to: 'endpoints',
      port: ports.https,
      why: 'the rotation reads and writes its secrets without leaving the VPC',
    },
  ];
}

function flowsOfTheControlPlane(parity: Parity): Flow[] {
  const nodes = `nodes-${parity}` as const;
  const plane = `control-plane-${parity}` as const;
  return [
    { from: nodes, to: plane, port: ports.https, why: 'kubelets and controllers use the API' },
    {
      from: 'runner',
      to: plane,
      port: ports.https,
      why: 'jobs deploy from inside the VPC: the API has no public end',
    },
    { from: plane, to: nodes, port: ports.kubelet, why: 'logs, exec and metrics' },
    { from: plane, to: nodes, port: ports.podMetrics, why: 'the metrics API is served by pods' },
    ...ports.webhooks.map((port): Flow => ({ from: plane, to: nodes, port, why: 'admission webhooks' })),
  ];
}
