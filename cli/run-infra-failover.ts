import { namesOf } from '../infra/names.ts';
import { presentFailover } from '../release/adapters/aws/failover/present-failover.ts';
import {
  failOverRegion,
  planRegionalFailover,
  type RegionalFailoverOptions,
} from '../release/adapters/aws/failover/regional-failover.ts';
import type { Cli } from './cli.ts';
import { readConfiguration } from './read-configuration.ts';

/** What was asked for. */
export interface FailoverRequest {
  readonly environment: string;
  readonly planned: boolean;
  /** False: only say what would be done. */
  readonly yes: boolean;
  readonly cli: Cli;
}

/** Says what a regional failover would do; with `yes` does it and says what comes next. */
export async function runInfraFailover({ environment, planned, yes, cli }: FailoverRequest) {
  const configuration = await readConfiguration(environment);
  const { region, replicaRegion, database } = configuration;
  const options: RegionalFailoverOptions = {
    // Address and credentials are the SDK's own affair.
    access: {},
    regions: { first: region, replica: replicaRegion },
    globalCluster: database.kind === 'documentdb' ? namesOf(configuration).shared('rows') : undefined,
    planned,
    clock: cli.clock,
    tell: cli.mention,
  };
  const plan = await planRegionalFailover(options);
  const text = presentFailover(options, plan);
  if (!yes)
    return { text: `${text}\nNothing was changed. To do it: the same command with --yes.`, json: plan };
  cli.mention(text);
  await failOverRegion(options, plan);
  const done = `${replicaRegion} has the papers now. Go on at step 3 of docs/operations/regional-failure.md.`;
  return { text: done, json: { ...plan, done: true } };
}
