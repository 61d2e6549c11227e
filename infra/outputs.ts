import { z } from 'zod';
import { ParityError } from '../domain/errors.ts';
import { perParity } from '../domain/parity.ts';
import { serviceNames } from '../domain/catalogue.ts';

const text = z.string().min(1);
const perService = <T extends z.ZodType>(value: T) => z.record(z.enum(serviceNames), value);

/** Where the pair lives, and where its replicas do. */
const regions = z.strictObject({ first: text, replica: text });

/** The network, for clusters/ (Karpenter's node class names the subnets and the group). Both clusters use all zones. */
const network = z.strictObject({
  vpcId: text,
  privateSubnets: z.array(text).length(3),
  zones: z.array(text).length(3),
});

/** One cluster: how to reach it, and what its inside refers to by name. */
const cluster = z.strictObject({
  name: text,
  endpoint: text,
  /** Base64, as a kubeconfig has it. */
  certificateAuthority: text,
  kubernetes: text,
  /** The instance profile of Karpenter's nodes; their role has its access entry from the managed group's. */
  nodeProfile: text,
  nodeGroupId: text,
  /** Karpenter's interruption queue. */
  interruptionQueue: text,
});

/** One cluster's broker. The credentials are in the secret, never here. */
const broker = z.strictObject({ id: text, arn: text, url: text, consoleUrl: text, secretArn: text });

const fileSystem = z.strictObject({ id: text, accessPoints: z.partialRecord(z.enum(serviceNames), text) });

/** What both clusters keep their papers in. */
const data = z.strictObject({
  spool: fileSystem,
  vault: fileSystem,
  /** Wraps the documents' own keys; multi-Region. */
  documentsKeyArn: text,
  database: z.strictObject({ kind: z.enum(['documentdb', 'atlas']), host: text, secretArn: text }),
  cache: z.strictObject({ host: text, user: text }),
  /** Where the keys lie that links are minted and opened with. */
  linksSecretArn: text,
  pushSecretArn: text,
  backupVault: text,
  replicaFileSystemId: text,
});

const front = z.strictObject({
  /** Kong's pods are bound to it by a TargetGroupBinding. */
  targetGroupArn: text,
  entryArn: text,
  firewallArn: text,
  healthCheckId: text,
});

/** Names, and what the release engine needs to move weights. */
const edge = z.strictObject({
  zoneId: text,
  certificateArn: text,
  hosts: z.strictObject({ api: text, regional: text, beta: text, ops: text }),
  fronts: z.strictObject(perParity(() => front)),
});

const delivery = z.strictObject({
  /** Where the release record and its journal lie. */
  recordBucket: text,
  repositories: perService(text),
  runner: text,
  pipelineRoleArn: text,
});

/**
 * The contract between infra/ and its readers, clusters/ and release/: everything that they may know of the estate.
 * `schema` is raised when a reader would have to change.
 */
export const contractSchema = z.strictObject({
  schema: z.literal(1),
  regions,
  network,
  data,
  edge,
  delivery,
  clusters: z.strictObject(perParity(() => cluster)),
  brokers: z.strictObject(perParity(() => broker)),
});

/** The contract, whole. */
export type Contract = z.infer<typeof contractSchema>;

/** One stack's part of it. A twin's stack gives its own cluster's half. */
export type ContractPart = Partial<Omit<Contract, 'schema' | 'clusters' | 'brokers'>> & {
  readonly [twins in 'clusters' | 'brokers']?: Partial<Contract[twins]>;
};

/**
 * Puts the parts together that the stacks gave (`terraform output -json contract`).
 * @throws ParityError `invalid_configuration` naming what is missing: a stack that is not applied yet, or another version.
 */
export function assembleContract(parts: readonly unknown[]): Contract {
  const whole: Record<string, unknown> = { schema: 1 };
  for (const part of parts) {
    for (const [name, value] of Object.entries(z.looseObject({}).parse(part))) {
      const before = whole[name];
      whole[name] = isObject(before) && isObject(value) ? { ...before, ...value } : value;
    }
  }
  const parsed = contractSchema.safeParse(whole);
  if (parsed.success) return parsed.data;
  throw new ParityError(
    'invalid_configuration',
    `The stacks do not give the whole contract; apply what is missing:\n${z.prettifyError(parsed.error)}`,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
