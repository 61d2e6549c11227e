import { join } from 'node:path';
import type { Configuration } from '../infra/configuration.ts';
import { countObjects } from '../infra/cost/count-objects.ts';
import { estimateCost, presentCost } from '../infra/cost/estimate-cost.ts';
import { readPriceTable } from '../infra/cost/price-table.ts';
import { apply, bootstrap, check, destroy, plan, type Workshop } from '../infra/engine/estate-commands.ts';
import { runProgram } from '../infra/engine/run-program.ts';
import type { SynthesizedStack } from '../infra/engine/stages.ts';
import { synthesize } from '../infra/engine/synthesize.ts';
import { openTerraform } from '../infra/engine/terraform-program.ts';
import type { Cli } from './cli.ts';
import { readConfiguration } from './read-configuration.ts';

/** What `parity infra` can do. */
export type InfraCommand = 'bootstrap' | 'synth' | 'check' | 'plan' | 'apply' | 'destroy' | 'cost';

/** What was asked for. */
export interface InfraRequest {
  readonly environment: string;
  /** What may be lost, by name. */
  readonly named: readonly string[];
  readonly cli: Cli;
}

type Shown = Parameters<Cli['show']>[0];

/** A provider takes half a gigabyte: two at once fit every machine, and are the twins. */
const stacksAtOnce = 2;

/** Runs one of the infra commands and gives what to show. */
export async function runInfra(command: InfraCommand, request: InfraRequest): Promise<Shown> {
  const configuration = await readConfiguration(request.environment);
  // These two need neither Terraform nor an account.
  if (command === 'cost') return showCost(configuration, request);
  if (command === 'synth') return showStacks(await synthesize(folderOf(request), configuration));
  const workshop = await openWorkshop(configuration, request);
  switch (command) {
    case 'check': {
      const stacks = await check(workshop);
      return { text: `${stacks.length} stacks are valid.`, json: { valid: stacks.map(({ name }) => name) } };
    }
    case 'plan':
      return { text: 'Nothing was changed.', json: { plans: await plan(workshop) } };
    case 'bootstrap':
      await bootstrap(workshop);
      return { text: 'The state bucket is there. Next: ./parity infra apply', json: { done: true } };
    case 'apply': {
      const contract = await apply(workshop, request);
      return { text: 'Everything is as the configuration says.', json: contract };
    }
    case 'destroy':
      await destroy(workshop, request);
      return { text: 'Nothing is left.', json: { done: true } };
  }
}

async function openWorkshop(configuration: Configuration, request: InfraRequest): Promise<Workshop> {
  const { cli } = request;
  const folder = folderOf(request);
  const place = { env: cli.env, folder, run: runProgram, mirrorOnly: false };
  return {
    configuration,
    folder,
    terraform: await openTerraform(place),
    // Progress goes beside the result, so that --json stays one line.
    tell: cli.mention,
    width: stacksAtOnce,
  };
}

/** Each environment is synthesized beside the others, out of the checkout when the state is. */
function folderOf({ environment, cli }: InfraRequest): string {
  return join(cli.paths.root, 'infra', environment.replaceAll(/[^a-z0-9-]+/gi, '-'));
}

function showStacks(stacks: readonly SynthesizedStack[]): Shown {
  const text = stacks.map(({ name, folder }) => `${name.padEnd(14)} ${folder}`).join('\n');
  return { text, json: { stacks } };
}

async function showCost(configuration: Configuration, request: InfraRequest): Promise<Shown> {
  const objects = await countObjects(await synthesize(folderOf(request), configuration));
  const estimate = estimateCost(configuration, objects, await readPriceTable());
  return { text: presentCost(estimate), json: estimate };
}
