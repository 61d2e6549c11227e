import { z } from 'zod';
import { ParityError } from '../domain/errors.ts';
import { perParity } from '../domain/parity.ts';
import { configurationRules } from './configuration-rules.ts';

/** Every ARN that is written here begins with `arn:aws:`. */
const region = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region, such as eu-central-1')
  .regex(/^(?!cn-|[a-z]{2}-(gov|isob?)-)/, 'a region of the ordinary partition, such as eu-central-1');
const privateRange = z
  .string()
  .regex(
    /^(10\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)|172\.(1[6-9]|2\d|3[01])|192\.168)\.0\.0\/16$/,
    'a private /16, such as 10.40.0.0/16',
  );
const roleArn = z.string().regex(/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'the ARN of an IAM role');
const nodes = z.int().min(1).max(100);
const zone = z.enum(['a', 'b', 'c', 'd', 'e', 'f']);
const threeZones = z.tuple([zone, zone, zone], 'name three by their letters');

/** One cluster's settings. The two may differ for the time of an upgrade; the idle one goes first. */
const cluster = z.strictObject({
  /** Kubernetes' minor version, one that EKS has in standard support. */
  kubernetes: z.enum(['1.34', '1.35', '1.36']),
});

/** Amazon DocumentDB with a global cluster, or MongoDB Atlas in both regions behind private endpoints. */
const database = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('documentdb'),
    instanceType: z
      .string()
      .regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'a DocumentDB class, such as db.r6g.large')
      // Amazon DocumentDB Developer Guide, "Overview of global clusters": its limits.
      .regex(/^db\.(?!(t3|t4g|r4)\.)/, 'a class that a global cluster takes: no t3, t4g or r4'),
    /** Instances in the first region, spread over its zones. */
    instances: z.int().min(2).max(6),
  }),
  z.strictObject({
    kind: z.literal('atlas'),
    /** The endpoint services that Atlas offers in the two regions. */
    endpointService: atlasEndpoint(),
    replicaEndpointService: atlasEndpoint(),
  }),
]);

/** The one reviewed file: what differs between installations. Everything else is derived or decided in the code. */
export const configurationSchema = z.strictObject({
  schema: z.literal(1),
  /** First part of every name; short, because load balancers' names end at 32 characters. */
  organisation: z.string().regex(/^[a-z][a-z0-9]{1,9}$/, '2 to 10 small letters and digits'),
  environment: z.enum(['staging', 'production']),
  account: z.string().regex(/^\d{12}$/, 'an AWS account number of 12 digits'),
  region,
  /** Where backups, the vault's replica and the database's second half live. */
  replicaRegion: region,
  /** The three zones' letters: not every account has all of a region's. */
  zones: threeZones,
  /** The letters of the three in the second region. @default a, b and c */
  replicaZones: threeZones.default(['a', 'b', 'c']),
  /** The zone that Route 53 shall serve; clients use `api.` below it. */
  domain: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a domain name'),
  /** Whose workflows may use the pipeline's role. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'owner/name'),
  /** Roles of people who administer the clusters. */
  operators: z.array(roleArn).min(1),
  /** The sprint that is live first: it says which cluster DNS points to on the first day. */
  firstSprint: z.int().positive(),
  network: z.strictObject({
    cidr: privateRange,
    replicaCidr: privateRange,
    /** One NAT gateway, or one per zone: dearer, and a lost zone takes nobody else's way out. */
    nat: z.enum(['one', 'per-zone']),
  }),
  clusters: z.strictObject(perParity(() => cluster)),
  nodes: z.strictObject({
    instanceType: z
      .string()
      .regex(/^[a-z0-9-]+\.[a-z0-9]+$/, 'an instance type, such as m7i.large')
      // Nodes start from an x86 image (parts/system-nodes.ts); Graviton's families have a g behind their generation.
      .regex(/^(?!a1\.|[a-z]+\d+g)/, 'an instance type with an x86 processor, such as m7i.large'),
    /** The managed group that carries what Karpenter itself needs. */
    system: z.strictObject({ min: nodes, max: nodes }),
    /** Nodes of one cluster at the day's peak, and the fewest that still serve everybody slowly. */
    peak: nodes,
    floor: nodes,
  }),
  broker: z.strictObject({
    instanceType: z.enum(['mq.m7g.large', 'mq.m7g.xlarge', 'mq.m7g.2xlarge', 'mq.m7g.4xlarge']),
    version: z.enum(['4.2', '4.3']),
  }),
  database,
  cache: z.strictObject({
    nodeType: z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'a node type, such as cache.t4g.small'),
  }),
});

function atlasEndpoint() {
  return z.string().regex(/^com\.amazonaws\.vpce\..+$/, 'an endpoint service name');
}

/** A checked configuration. */
export type Configuration = z.infer<typeof configurationSchema>;

/**
 * Reads the configuration file's text.
 * @throws ParityError `invalid_configuration` that names every fault with its path, not only the first.
 */
export function parseConfiguration(text: string, file: string): Configuration {
  const value = parseJson(text, file);
  const parsed = configurationSchema.safeParse(value);
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`),
    ...configurationRules.flatMap(rule => rule(value)),
  ];
  if (parsed.success && faults.length === 0) return parsed.data;
  throw new ParityError(
    'invalid_configuration',
    `${file} cannot be used; put these right:\n${faults.map(fault => `  ${fault}`).join('\n')}`,
  );
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParityError('invalid_configuration', `${file} is not JSON: ${String(cause)}`, { cause });
  }
}
