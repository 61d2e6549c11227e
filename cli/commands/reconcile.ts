import type { Command } from 'commander';
import { reconciledSchema, type NamedPaper, type Reconciled } from '../../domain/reconciled.ts';
import type { Cli } from '../cli.ts';
import { openPairApi, type PairApi } from '../pair-api.ts';

const examples = `
After a region or a file system was lost: replication carries the vault and its rows apart. Each paper whose file is
gone says so, and is stored anew when its owner's app sends it again. Running it again is safe.

Example:
  $ ./parity reconcile --since 2026-11-27T02:00:00Z    what ./parity infra failover said was the last copy`;

/** What came of all pages. */
type Total = Omit<Reconciled, 'next'>;

/** `parity reconcile --since <time>` */
export function addReconcile(program: Command, cli: Cli): void {
  program
    .command('reconcile')
    .description('after a loss: which papers are gone, one by one')
    .requiredOption('--since <time>', 'the last instant that is in the copy for certain')
    .addHelpText('after', examples)
    .action(async ({ since }: { since: string }) => {
      const api = await openPairApi(cli, { user: 'parity-cli', roles: ['admin'] });
      const total = await reconcile(api, since);
      cli.show({ text: presentTotal(total, since), json: total });
    });
}

async function reconcile(api: PairApi, since: string): Promise<Total> {
  const total: Total = { looked: 0, lost: [], found: [], withoutRow: [] };
  const query = new URLSearchParams({ since });
  for (;;) {
    const { json } = await api.ask({ method: 'POST', path: `/v1/admin/vault/reconcile?${query.toString()}` });
    const { looked, lost, found, withoutRow, next } = reconciledSchema.parse(json);
    total.looked += looked;
    total.lost.push(...lost);
    total.found.push(...found);
    total.withoutRow.push(...withoutRow);
    if (next === undefined) return total;
    query.set('after', next);
  }
}

function presentTotal({ looked, lost, found, withoutRow }: Total, since: string): string {
  const line = ({ id, owner, name, acceptedAt }: NamedPaper) => `  ${id}  ${acceptedAt}  ${owner}  ${name}`;
  const sections = [
    [`${lost.length} lost: their files did not survive`, lost.map(line)],
    [`${found.length} found again`, found.map(line)],
    [`${withoutRow.length} vault files without a row: nobody can read them`, withoutRow.map(id => `  ${id}`)],
  ] as const;
  const told = sections
    .filter(([, lines]) => lines.length > 0)
    .flatMap(([title, lines]) => [title, ...lines]);
  const sum = `${looked} papers stored since ${since} were looked at.`;
  return told.length === 0 ? `${sum} Vault and rows agree.` : [sum, ...told].join('\n');
}
