import type { Command } from 'commander';
import { parseRelease, type Release } from '../../domain/release.ts';
import { reprocessedSchema, type Reprocessed } from '../../domain/reprocessed.ts';
import type { Cli } from '../cli.ts';
import { openPairApi, type PairApi } from '../pair-api.ts';

const notes = `
What a candidate stored is kept in the spool too until it has settled, so that what it stored wrong can be stored again:
same document, same version, no second push. Asking again is safe.

Examples:
  $ ./parity ship 3 --fault wrong-bytes      a release that stores other bytes than it was sent
  $ ./parity rollback
  $ ./parity reprocess 3                     every document that it stored is looked at, and put right
Exit codes: 0 everything is right now; 1 some are not, and why.`;

/** A page may take some seconds, and a failover some more. */
const pageWithinMs = 60_000;

/** `parity reprocess <release>` */
export function addReprocess(program: Command, cli: Cli): void {
  program
    .command('reprocess <release>')
    .description('store again what a bad release stored wrong')
    .addHelpText('after', notes)
    .action(async (name: string) => {
      const release = parseRelease(name);
      const api = await openPairApi(cli, { user: 'parity-cli', roles: ['admin'] });
      const { redone, unchanged, impossible } = await reprocessAll(api, { release, clock: cli.clock });
      const done = `Documents that release ${release} stored: ${unchanged} right, ${redone} stored again, ${impossible.length} beyond repair.`;
      const failed = impossible.map(({ document, why }) => `  ${document} cannot be put right: ${why}`);
      cli.show({ text: [done, ...failed].join('\n'), json: { release, redone, unchanged, impossible } });
      if (impossible.length > 0) cli.endWith(1);
    });
}

/** Page by page, each of which the pair looks at in a few seconds. */
async function reprocessAll(
  api: PairApi,
  { release, clock }: { release: Release; clock: Cli['clock'] },
): Promise<Omit<Reprocessed, 'next'>> {
  const path = `/v1/admin/releases/${encodeURIComponent(release)}/reprocess`;
  const done = { redone: 0, unchanged: 0, impossible: [] as Reprocessed['impossible'] };
  for (let after = ''; ;) {
    const endsAt = clock.monotonic() + pageWithinMs;
    const { json } = await api.ask({ method: 'POST', path: `${path}${after}`, endsAt });
    const page = reprocessedSchema.parse(json);
    done.redone += page.redone;
    done.unchanged += page.unchanged;
    done.impossible.push(...page.impossible);
    if (page.next === undefined) return done;
    after = `?after=${encodeURIComponent(page.next)}`;
  }
}
