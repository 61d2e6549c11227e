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
  $ ./parity infra cost -e production           what it costs a month, and what each saving gives up`;

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

/** `parity infra bootstrap|synth|check|plan|apply|destroy|cost` */
export function addInfra(program: Command, cli: Cli): void {
  const infra = program.command('infra').description('the estate on AWS').addHelpText('after', examples);
  for (const name of Object.keys(commands) as InfraCommand[]) {
    const { what, lose } = commands[name];
    const command = infra
      .command(name)
      .description(what)
      .addOption(new Option('-e, --environment <name>', 'which configuration').default('staging'))
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
}
