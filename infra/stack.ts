import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import type { Configuration } from './configuration.ts';
import { namesOf, type Names } from './names.ts';
import { App, LocalBackend, S3Backend, TerraformStack } from './terraform.ts';

/**
 * Of one call. The provider's default is 25, each wait up to twice the one before and at most five minutes: with a dead
 * control plane a plan would hang for hours instead of saying so. Six outlast any throttling and end within a minute.
 */
const maxRetries = 6;

/** What every stack is made from. */
export interface Estate {
  readonly app: App;
  readonly configuration: Configuration;
  readonly names: Names;
  readonly settings: EstateSettings;
}

/** How this synthesis differs from the ordinary one. */
export interface EstateSettings {
  /** Where the states lie: the state bucket, or (first bootstrap, tests) a folder. */
  readonly state: { readonly kind: 'bucket' } | { readonly kind: 'folder'; readonly folder: string };
  /**
   * False only in the first stage of `destroy`: deletion protection off, final snapshots and non-empty buckets given up.
   */
  readonly guarded: boolean;
}

/** The ordinary way: states in the bucket, everything guarded. */
export const ordinarySettings: EstateSettings = { state: { kind: 'bucket' }, guarded: true };

/** An estate without stacks yet. `outdir` is where `app.synth()` writes. */
export function openEstate(
  outdir: string,
  configuration: Configuration,
  settings: EstateSettings = ordinarySettings,
): Estate {
  const app = new App({ outdir, skipValidation: true });
  app.node.setContext('excludeStackIdFromLogicalIds', 'true');
  return { app, configuration, names: namesOf(configuration), settings };
}

/** Opens a stack: its provider, its state, and the tags that every object in it carries. */
export function openStack({ app, configuration, names, settings }: Estate, name: string): TerraformStack {
  const stack = new TerraformStack(app, name);
  const { account, region, environment } = configuration;
  const tags = { estate: names.estate, environment, stack: name, 'managed-by': 'parity' };
  new AwsProvider(stack, 'aws', {
    region,
    allowedAccountIds: [account],
    defaultTags: [{ tags }],
    maxRetries,
  });
  // Ephemeral values and write-only arguments: docs/decisions/0022.
  stack.addOverride('terraform.required_version', '>= 1.11');
  if (settings.state.kind === 'folder') {
    new LocalBackend(stack, { path: `${settings.state.folder}/${name}.tfstate` });
  } else {
    new S3Backend(stack, { bucket: names.bucket('state'), key: `${name}.tfstate`, region, encrypt: true });
    // Locks are objects beside the state (conditional writes): no table is needed.
    stack.addOverride('terraform.backend.s3.use_lockfile', true);
  }
  return stack;
}

/** The provider of the second region, for a stack that has objects there too. */
export function openReplicaRegion(stack: TerraformStack, { configuration, names }: Estate): AwsProvider {
  const { account, replicaRegion, environment } = configuration;
  const tags = { estate: names.estate, environment, stack: stack.node.id, 'managed-by': 'parity' };
  return new AwsProvider(stack, 'replica', {
    alias: 'replica',
    region: replicaRegion,
    allowedAccountIds: [account],
    defaultTags: [{ tags }],
    maxRetries,
  });
}
