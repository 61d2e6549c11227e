import { InvalidArgumentError, type Command } from 'commander';
import { bucketOf, cohortsClaim } from '../../domain/claims.ts';
import { ParityError } from '../../domain/errors.ts';
import { decide } from '../../domain/routing.ts';
import { cohortStore } from '../../local/cohorts/cohort-store.ts';
import { releaseStore } from '../../local/record/release-store.ts';
import { inColumns } from '../../release/present/columns.ts';
import type { Cli } from '../cli.ts';

const cohort = 'beta';
const dayMs = 86_400_000;
/** A sprint: whoever tests this one is asked again for the next. */
const usualDays = 14;

const notes = `
A beta tester meets next sprint's release with the ordinary app, as soon as it is in beta. The cohort stands in the
token: it counts from the user's next token on (a token is good for 12 hours).

Examples:
  $ ./parity beta add anna otto                     for a sprint (${usualDays} days)
  $ ./parity beta add carla --until 2027-01-31
  $ ./parity beta list
  $ ./parity beta remove otto`;

/** `parity beta add|remove|list` */
export function addBeta(program: Command, cli: Cli): void {
  const cohorts = cohortStore(cli);
  const beta = program
    .command('beta')
    .description('who meets the next release first')
    .addHelpText('afterAll', notes);
  beta
    .command('add <user...>')
    .description('put users into the beta cohort')
    .option('--until <date>', 'the last day, such as 2027-01-31', lastInstantOf)
    .action(async (users: string[], { until }: { until?: string }) => {
      const end = until ?? new Date(cli.clock.now() + usualDays * dayMs).toISOString();
      if (Date.parse(end) < cli.clock.now()) {
        const why = `${end.slice(0, 10)} is over: give the last day in beta, such as tomorrow's date.`;
        throw new ParityError('invalid_request', why);
      }
      await cohorts.add(cohort, users, end);
      cli.show({
        text: `In beta until ${end.slice(0, 10)}, from the next token on: ${users.join(', ')}`,
        json: { cohort, users, until: end },
      });
    });
  beta
    .command('remove <user...>')
    .description('take users out of the beta cohort')
    .action(async (users: string[]) => {
      await cohorts.remove(cohort, users);
      cli.show({
        text: `Not in beta any more, from the next token on: ${users.join(', ')}`,
        json: { cohort, users },
      });
    });
  beta
    .command('list')
    .description('who is in it, until when, and on which release now')
    .action(() => list(cli));
}

async function list(cli: Cli): Promise<void> {
  const members = (await cohortStore(cli).list()).filter(member => member.cohort === cohort);
  const record = await releaseStore(cli).store.read();
  const claims = { cohorts: cohortsClaim([cohort]) };
  const testers = members.map(({ user, until }) => ({
    ...{ user, until, bucket: bucketOf(user) },
    release: decide(record, { ...claims, bucket: bucketOf(user) }),
  }));
  const rows = testers.map(({ user, until, release }) => [
    user,
    `until ${until.slice(0, 10)}`,
    `on ${release}`,
  ]);
  const text = rows.length === 0 ? 'Nobody is in beta: ./parity beta add <user>' : inColumns(rows).join('\n');
  cli.show({ text, json: { cohort, testers } });
}

function lastInstantOf(text: string): string {
  const end = new Date(`${text}T23:59:59.999Z`);
  // A day that no month has would be one of the next month.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(end.getTime()) || !end.toISOString().startsWith(text))
    throw new InvalidArgumentError('Give a day such as 2027-01-31.');
  return end.toISOString();
}
