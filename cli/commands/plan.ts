import type { Command } from 'commander';
import { parseRelease } from '../../domain/release.ts';
import { releaseStore } from '../../local/record/release-store.ts';
import { planRelease } from '../../release/plan.ts';
import { laptopPolicy } from '../../release/policies.ts';
import { presentPlan } from '../../release/present/plan.ts';
import type { Cli } from '../cli.ts';

const examples = `
Each step: what it does, how long it takes, how soon everybody is back on the release before while it runs.

Example:
  $ ./parity plan 2                    every step of shipping release 2, and the way back from each`;

/** `parity plan <release>` */
export function addPlan(program: Command, cli: Cli): void {
  program
    .command('plan <release>')
    .description('what shipping a release would do; changes nothing')
    .addHelpText('after', examples)
    .action(async (name: string) => {
      const release = parseRelease(name);
      const plan = planRelease(await releaseStore(cli).store.read(), release, laptopPolicy);
      cli.show({ text: presentPlan(plan), json: plan });
    });
}
