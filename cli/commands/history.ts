import type { Command } from 'commander';
import { parseRelease } from '../../domain/release.ts';
import { releaseStore } from '../../local/record/release-store.ts';
import { historyOf, presentHistory } from '../../release/present/history.ts';
import { shippedIn } from '../../release/take-back.ts';
import type { Cli } from '../cli.ts';

const examples = `
Of the release that is named, else of the one that is being shipped, else of the live one; with what was seen at each step.

Examples:
  $ ./parity history                   of the release that is being shipped, or of the live one
  $ ./parity history 2 --json          every write of release 2's story, for programs`;

/** `parity history [release]` */
export function addHistory(program: Command, cli: Cli): void {
  program
    .command('history [release]')
    .description('who did what with a release, when and why')
    .addHelpText('after', examples)
    .action(async (name: string | undefined) => {
      const { store, journal } = releaseStore(cli);
      const record = await store.read();
      const release = name === undefined ? shippedIn(record) : parseRelease(name);
      const entries = historyOf(release, await journal.read(release), record);
      cli.show({ text: presentHistory(release, entries), json: { release, entries } });
    });
}
