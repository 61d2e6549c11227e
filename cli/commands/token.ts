import type { Command } from 'commander';
import { roles, type Role } from '../../domain/claims.ts';
import { cohortStore } from '../../local/cohorts/cohort-store.ts';
import { signAccessToken } from '../../local/keys/sign-access-token.ts';
import { readTokenSigningKey } from '../../local/keys/token-signing-key.ts';
import type { Cli } from '../cli.ts';
import { repeatable, repeatableChoice } from '../repeatable.ts';

const examples = `
Examples:
  $ ./parity token anna                      a driver's token, good for 12 hours
  $ ./parity token otto --role admin         one that may see what is parked
  $ curl -H "Authorization: Bearer $(./parity token anna)" http://127.0.0.1:8080/v1/documents`;

/** `parity token <user>` */
export function addToken(program: Command, cli: Cli): void {
  const { paths, clock, show } = cli;
  program
    .command('token <user>')
    .description('an access token, signed by this laptop')
    .addOption(repeatableChoice('--role <role>', 'what the user may do; repeatable (default: driver)', roles))
    .addOption(repeatable('--cohort <name>', 'a cohort besides those the user is in (beta add); repeatable'))
    .addHelpText('after', examples)
    .action(async (user: string, given: { role?: Role[]; cohort?: string[] }) => {
      const cohorts = [...(await cohortStore(cli).cohortsOf(user)), ...(given.cohort ?? [])];
      const holder = { user, roles: given.role ?? (['driver'] as const), cohorts: [...new Set(cohorts)] };
      const key = await readTokenSigningKey(paths.keys);
      const token = await signAccessToken(holder, { key, clock });
      show({ text: token, json: { token } });
    });
}
