import { Argument, type Command } from 'commander';
import { ParityError } from '../../domain/errors.ts';
import { drillJson, presentDrill, isPassed } from '../../faults/drill/present-drill.ts';
import { runDrill, type DrillReport } from '../../faults/drill/run-drill.ts';
import { scenarioNames, type ScenarioName } from '../../faults/drill/scenarios.ts';
import { machineLine } from '../../faults/machine-line.ts';
import { laptopPolicy } from '../../release/policies.ts';
import type { Cli } from '../cli.ts';
import { drillWorld } from '../drill-world.ts';
import { holdingLock } from '../holding-lock.ts';
import { isAgreed } from '../is-agreed.ts';
import { mentionOperator } from '../mention-operator.ts';

const notes = `
live        all of the cluster that plays live is killed: the other one takes over, and DNS would move
idle        all of the idle cluster is killed: nobody notices
broker      the live cluster's broker is killed: its papers go to the peer's
peer-link   the clusters cannot reach each other
database    what both share is killed: papers are accepted all the same, and stored when it is back
engine      ./parity ship is killed in mid-shift: the keepers take users back when nobody judges any more
keeper      the live cluster's keeper is killed

Light traffic of its own finds out what drivers would notice, how soon the pair does, and how it recovers. Whatever
happens, Ctrl-C too, the pair is left as it was. Nobody else ships, shifts, turns or rehearses meanwhile.
Exit codes: 0 nothing lost, nothing shown twice, everything as before; 1 otherwise.

Example:
  $ ./parity drill broker --yes`;

/** `parity drill <scenario>` */
export function addDrill(program: Command, cli: Cli): void {
  program
    .command('drill')
    .description('rehearse a fault on the running pair')
    .addArgument(new Argument('<scenario>', 'what is rehearsed').choices(scenarioNames))
    .option('--yes', 'do not ask first')
    .addHelpText('after', notes)
    .action(async (scenario: ScenarioName, { yes }: { yes?: true }) => {
      if (yes !== true && !(await isAgreed(cli.terminal, `Rehearse ${scenario} on the running pair?`))) {
        cli.mention('Nothing was done.');
        return cli.endWith(1);
      }
      const report = await rehearse(cli, scenario);
      const machine = machineLine();
      cli.show({
        text: [...presentDrill(report), machine].join('\n'),
        json: { ...drillJson(report), machine },
      });
      if (!isPassed(report)) cli.endWith(1);
    });
}

async function rehearse(cli: Cli, scenario: ScenarioName): Promise<DrillReport> {
  const leaving = new AbortController();
  const forget = cli.onInterrupt(() => {
    cli.mention('Leaving in order (Ctrl-C again ends it at once, and leaves the pair as it is now) …');
    leaving.abort(new ParityError('release_stopped', 'The drill was broken off; what it did is undone.'));
  });
  try {
    const { world } = await cli.openReleases();
    if (!cli.json()) await mentionOperator(world, cli.mention);
    const { who, clock } = cli;
    const { leaseMs } = laptopPolicy;
    const onLost = (error: unknown) => leaving.abort(error);
    return await holdingLock(world, { who, leaseMs, clock, onLost }, lending =>
      runDrill(scenario, drillWorld(cli, { world, signal: leaving.signal, lending })),
    );
  } finally {
    forget();
  }
}
