import { Option, type Command } from 'commander';
import type { Cli } from '../cli.ts';
import { repeatable } from '../repeatable.ts';
import type { InfraCommand } from '../run-infra.ts';

const examples = `
The environment is a file of infra/environments/, or the path of another one.

Examples:
  $ ./parity infra synth                        every stack as Terraform's JSON, without an account
  $ ./parity infra check                        validated with the provider's own schema, without an account
  $ ./parity infra bootstrap -e production      the state bucket, once
  $ ./parity infra plan -e production           what would be created, changed, replaced or destroyed
  $ ./parity infra apply -e production          that, the twins at once; refuses to lose what cannot be made again
  $ ./parity infra cost -e production           what it costs a month, and what each saving gives up
  $ ./parity infra failover -e production       what giving up the first region would do, and what is lost by it`;

/** What `parity infra` can do; `lose` marks those that take names of what may be lost. */
const commands = {
  bootstrap: { what: 'make the state bucket, once', lose: false },
  synth: { what: 'write every stack as Terraform’s JSON', lose: false },
  check: { what: 'validate every stack, without an account', lose: false },
  plan: { what: 'show what an apply would do', lose: false },
  apply: { what: 'make it so, stack by stack', lose: true },
  destroy: { what: 'take everything away, in stages', lose: true },
  cost: { what: 'what it costs a month', lose: false },
} as const satisfies Record<InfraCommand, { what: string; lose: boolean }>;

/** `parity infra bootstrap|synth|check|plan|apply|destroy|cost|failover` */
export function addInfra(program: Command, cli: Cli): void {
  const infra = program.command('infra').description('the estate on AWS').addHelpText('after', examples);
  for (const name of Object.keys(commands) as InfraCommand[]) {
    const { what, lose } = commands[name];
    const command = infra
      .command(name)
      .description(what)
      .addOption(whichConfiguration())
      .addHelpText('after', examples);
    if (lose) command.addOption(repeatable('--lose <address>', 'what may be lost; repeatable'));
    command.action(
      async ({ environment, lose: named = [] }: { environment: string; lose?: readonly string[] }) => {
        // cdktf is a second and a hundred megabytes: no other command shall pay for it.
        const { runInfra } = await import('../run-infra.ts');
        cli.show(await runInfra(name, { environment, named, cli }));
      },
    );
  }
  addFailover(infra, cli);
}

/** The SDK alone: it must work where the state, and the region that holds it, are gone. */
function addFailover(infra: Command, cli: Cli): void {
  infra
    .command('failover')
    .description('give up the first region: make the second one’s copies the ones that are written to')
    .addOption(whichConfiguration())
    .option('--planned', 'nothing is broken and nobody writes: wait for every row')
    .option('--yes', 'do it; without it nothing is changed')
    .addHelpText('after', examples)
    .action(async (asked: { environment: string; planned?: true; yes?: true }) => {
      const { runInfraFailover } = await import('../run-infra-failover.ts');
      const { environment, planned = false, yes = false } = asked;
      cli.show(await runInfraFailover({ environment, planned, yes, cli }));
    });
}

function whichConfiguration(): Option {
  return new Option('-e, --environment <name>', 'which configuration').default('staging');
}
