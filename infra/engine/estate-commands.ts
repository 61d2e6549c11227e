import { join } from 'node:path';
import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { parities } from '../../domain/parity.ts';
import type { Configuration } from '../configuration.ts';
import { namesOf } from '../names.ts';
import { assembleContract, type Contract } from '../outputs.ts';
import { ordinarySettings, type EstateSettings } from '../stack.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { findsItsState, isBorn } from './find-state.ts';
import { presentPlan, summarizePlan, type PlanSummary } from './plan-summary.ts';
import { refuseLoss } from './refuse-loss.ts';
import { foundation, inParallel, stagesOf, type SynthesizedStack } from './stages.ts';
import { synthesize } from './synthesize.ts';
import type { TerraformProgram } from './terraform-program.ts';

/** What the commands work with. */
export interface Workshop {
  readonly configuration: Configuration;
  /** Where the stacks are synthesized. */
  readonly folder: string;
  readonly terraform: TerraformProgram;
  /** Takes a line of progress. */
  readonly tell: (line: string) => void;
  /** Stacks at once: each is a provider of half a gigabyte. */
  readonly width: number;
}

/** What may be lost, by name (see refuse-loss.ts). */
export interface Losses {
  readonly named: readonly string[];
}

/** The stacks as they are written now. */
export function synth(
  workshop: Workshop,
  settings: EstateSettings = ordinarySettings,
): Promise<SynthesizedStack[]> {
  return synthesize(workshop.folder, workshop.configuration, settings);
}

/**
 * Validates every stack with the real provider's schema, without an account.
 * @throws ParityError `engine_failed` that names every stack with an error or a warning.
 */
export async function check(workshop: Workshop): Promise<SynthesizedStack[]> {
  const stacks = await synth(workshop);
  await validate(workshop, stacks);
  return stacks;
}

/** As `check`, for stacks that are synthesized already. */
export async function validate(workshop: Workshop, stacks: readonly SynthesizedStack[]): Promise<void> {
  const { terraform, tell, width } = workshop;
  const faults: string[] = [];
  await inParallel(stacks, width, async ({ name, folder }) => {
    await terraform.initOffline(folder);
    const { stdout } = await terraform.run(folder, 'validate', '-json');
    const { diagnostics } = validation.parse(JSON.parse(stdout));
    for (const { summary, detail } of diagnostics) faults.push(`${name}: ${summary} ${detail}`.trim());
    tell(`${name}: ${diagnostics.length === 0 ? 'valid' : 'not valid'}`);
  });
  if (faults.length > 0) throw new ParityError('engine_failed', `Not valid:\n${faults.join('\n')}`);
}

const validation = z.looseObject({
  diagnostics: z.array(z.looseObject({ summary: z.string(), detail: z.string().default('') })),
});

/** Plans every stack that can be planned: one whose ground was never applied waits for it. */
export async function plan(workshop: Workshop): Promise<PlanSummary[]> {
  const summaries: PlanSummary[] = [];
  const unborn = new Set<string>();
  for (const stage of stagesOf(await synth(workshop))) {
    await inParallel(stage, workshop.width, async stack => {
      const waitsFor = stack.dependencies.filter(name => unborn.has(name));
      if (waitsFor.length > 0) {
        unborn.add(stack.name);
        const have = waitsFor.length > 1 ? 'have' : 'has';
        workshop.tell(`${stack.name}: can be planned when ${waitsFor.join(' and ')} ${have} been applied`);
        return;
      }
      const summary = await planStack(workshop, stack);
      if (!(await isBorn(workshop.terraform, stack.folder))) unborn.add(stack.name);
      summaries.push(summary);
      workshop.tell(presentPlan(summary));
    });
  }
  return summaries;
}

/**
 * Applies every stack in the order of their needs, the twins at once.
 * @throws ParityError `would_lose` before anything of that stack is touched, `engine_failed` with Terraform's words.
 */
export async function apply(workshop: Workshop, losses: Losses): Promise<Contract> {
  await applyAll(workshop, await synth(workshop), losses);
  return readContract(workshop, await synth(workshop));
}

/** The contract as the applied stacks give it. */
export async function readContract(
  { terraform, width }: Workshop,
  stacks: readonly SynthesizedStack[],
): Promise<Contract> {
  const parts: unknown[] = [];
  const telling = stacks.filter(({ name }) => name !== foundation);
  await inParallel(telling, width, async ({ folder }) => {
    parts.push(JSON.parse(await terraform.must(folder, 'output', '-json', 'contract')));
  });
  return assembleContract(parts);
}

/** Applies synthesized stacks as they are. */
export async function applyAll(
  workshop: Workshop,
  stacks: readonly SynthesizedStack[],
  losses: Losses,
): Promise<void> {
  const estate = namesOf(workshop.configuration).estate;
  for (const stage of stagesOf(stacks)) {
    await inParallel(stage, workshop.width, async stack => {
      const summary = await planStack(workshop, stack);
      workshop.tell(presentPlan(summary));
      refuseLoss(summary, { ...losses, estate });
      if (summary.changes.length === 0 && !summary.tellsOthers) return;
      await workshop.terraform.must(stack.folder, 'apply', '-no-color', planFile);
      workshop.tell(`${stack.name}: applied`);
    });
  }
}

const planFile = 'planned.tfplan';

async function planStack({ terraform }: Workshop, { name, folder }: SynthesizedStack): Promise<PlanSummary> {
  if (!(await findsItsState(terraform, folder)))
    throw new ParityError(
      'engine_failed',
      'There is no state bucket yet: ./parity infra bootstrap makes it.',
    );
  const { code, stdout, stderr } = await terraform.run(folder, 'plan', '-json', `-out=${planFile}`);
  if (code === 0) return summarizePlan(name, stdout);
  throw new ParityError('engine_failed', `${name} cannot be planned:\n${diagnosticsOf(stdout) || stderr}`);
}

/**
 * Makes the state bucket, with a state in a folder at first that then moves into the bucket. Does nothing new when
 * the state is there; where a run broke off before, it goes on with the state that lies on this machine.
 */
export async function bootstrap(workshop: Workshop): Promise<void> {
  const { terraform, tell, folder } = workshop;
  const inBucket = await foundationOf(workshop, ordinarySettings);
  const there = await findsItsState(terraform, inBucket.folder);
  if (!there || !(await isBorn(terraform, inBucket.folder))) {
    tell(
      `foundation: ${there ? 'nothing in the' : 'no'} state bucket yet; its state lies on this machine first`,
    );
    const settings: EstateSettings = {
      guarded: true,
      state: { kind: 'folder', folder: join(folder, 'first') },
    };
    await applyAll(workshop, [await foundationOf(workshop, settings)], { named: [] });
    await foundationOf(workshop, ordinarySettings);
    await terraform.moveState(inBucket.folder);
    tell('foundation: its state has moved into the bucket');
  }
  await applyAll(workshop, [inBucket], { named: [] });
}

/** Without what an earlier destroy, which broke off, has taken away: it is not made again to be taken away again. */
async function stillThere(workshop: Workshop, stacks: SynthesizedStack[]): Promise<SynthesizedStack[]> {
  const there = new Set<SynthesizedStack>();
  await inParallel(stacks, workshop.width, async stack => {
    await workshop.terraform.init(stack.folder);
    if (await isBorn(workshop.terraform, stack.folder)) there.add(stack);
  });
  return stacks.filter(stack => there.has(stack));
}

/** Their contracts refuse to be planned while they have nodes that Terraform does not know: before anything is touched. */
async function refuseWhatOutlivesClusters(
  workshop: Workshop,
  stacks: readonly SynthesizedStack[],
): Promise<void> {
  const names = new Set(parities.map(parity => `cluster-${parity}`));
  const clusters = stacks.filter(({ name }) => names.has(name));
  await inParallel(clusters, workshop.width, async stack => void (await planStack(workshop, stack)));
}

async function foundationOf(workshop: Workshop, settings: EstateSettings): Promise<SynthesizedStack> {
  const found = (await synth(workshop, settings)).find(({ name }) => name === foundation);
  if (found === undefined) throw new ParityError('internal', 'There is no foundation among the stacks.');
  return found;
}

/** The first stage has just looked at every object: the second does not look again. */
const goodbye = ['destroy', '-auto-approve', '-refresh=false', '-no-color'] as const;

/**
 * Takes the whole estate away, in stages: protections off, then stacks from the last to the first, the foundation at
 * the end with its state brought back to this machine.
 * @throws ParityError `would_lose` unless the estate's name is among `losses.named`.
 */
export async function destroy(workshop: Workshop, { named }: Losses): Promise<void> {
  const { terraform, tell, folder, width } = workshop;
  const { estate } = namesOf(workshop.configuration);
  if (!named.includes(estate)) {
    throw new ParityError(
      'would_lose',
      `Nothing is destroyed: papers, rows, keys and backups of ${estate} would be lost. If that is meant: --lose ${estate}.`,
    );
  }
  const open: EstateSettings = { state: { kind: 'bucket' }, guarded: false };
  const stacks = await stillThere(workshop, await synth(workshop, open));
  await refuseWhatOutlivesClusters(workshop, stacks);
  tell('stage 1: protections are taken off');
  await applyAll(workshop, stacks, { named: [estate] });
  tell('stage 2: stacks go, the last first');
  for (const stage of stagesOf(stacks).reverse()) {
    const going = stage.filter(({ name }) => name !== foundation);
    await inParallel(going, width, async stack => {
      await terraform.must(stack.folder, ...goodbye);
      tell(`${stack.name}: gone`);
    });
  }
  const last = await foundationOf(workshop, {
    guarded: false,
    state: { kind: 'folder', folder: join(folder, 'last') },
  });
  await terraform.moveState(last.folder);
  await terraform.must(last.folder, ...goodbye);
  tell('foundation: gone; nothing is left');
}
