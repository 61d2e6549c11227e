import type { Command } from 'commander';
import { isParityError } from '../../domain/errors.ts';
import { controlOf } from '../../local/control/control-client.ts';
import type { Cli } from '../cli.ts';
import { presentPair } from '../present-pair.ts';

const watchEveryMs = 1_000;

const examples = `
"by record 7" says which version of the release record a gateway or keeper works by: both work by the newest one within
about a second. Queues are counted at the cluster's own broker.

Examples:
  $ ./parity status --watch            while a release is shipped
  $ ./parity status --json             for programs`;

/** `parity status` */
export function addStatus(program: Command, cli: Cli): void {
  program
    .command('status')
    .description('both clusters and what is shipped, on one screen')
    .option('--watch', 'again every second, until Ctrl-C; without a screen only when something has changed')
    .addHelpText('after', examples)
    .action(async ({ watch }: { watch?: true }) => {
      if (watch === true) await watchStatus(cli);
      else cli.show(await showPair(cli));
    });
}

/** The running pair for people and for programs. */
export async function showPair(cli: Cli): Promise<{ text: string; json: unknown }> {
  const look = await controlOf(cli.paths).look();
  const { status, ...releases } = look;
  return { text: presentPair(look, cli.clock.now()), json: { ...status, ...releases } };
}

async function watchStatus(cli: Cli): Promise<void> {
  const leaving = new AbortController();
  const forget = cli.onInterrupt(() => leaving.abort());
  let shown = '';
  while (!leaving.signal.aborted) {
    const now = await showPair(cli).catch((error: unknown) => {
      if (!isParityError(error)) throw error;
      return { text: error.message, json: { error: { code: error.code, message: error.message } } };
    });
    if (cli.terminal.isScreen && !cli.json()) cli.terminal.replace(now.text.split('\n'));
    else if (now.text !== shown) cli.show(now);
    shown = now.text;
    await cli.clock.delay(watchEveryMs, leaving.signal).catch(() => {});
  }
  forget();
}
