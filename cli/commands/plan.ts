import type { Command } from 'commander';
import { parseRelease } from '../../domain/release.ts';
import { planRelease } from '../../release/plan.ts';
import { laptopPolicy } from '../../release/policies.ts';
import { presentPlan } from '../../release/present/plan.ts';
import type { Cli } from '../cli.ts';
import { openReleaseFiles } from '../release-files.ts';

/** `parity plan <release>` */
export function addPlan(program: Command, cli: Cli): void {
  program
    .command('plan <release>')
    .description(
      'what shipping a release would do, how long it takes, what going back would cost; changes nothing',
    )
    .action(async (name: string) => {
      const release = parseRelease(name);
      const plan = planRelease(await openReleaseFiles(cli).store.read(), release, laptopPolicy);
      cli.show({ text: presentPlan(plan), json: plan });
    });
}
