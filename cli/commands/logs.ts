import { Argument, InvalidArgumentError, type Command } from 'commander';
import { parities, type Parity } from '../../domain/parity.ts';
import type { Cli } from '../cli.ts';
import { followLog, lastLines } from '../log-lines.ts';
import { presentLogLine } from '../present-log-line.ts';

const examples = `
Examples:
  $ ./parity logs                  the last lines of both clusters
  $ ./parity logs odd -f           odd's, and every new one until Ctrl-C
  $ ./parity logs --json | jq .    as the services wrote them`;

/** `parity logs [cluster]` */
export function addLogs(program: Command, cli: Cli): void {
  program
    .command('logs')
    .description("what the clusters' services say")
    .addArgument(new Argument('[cluster]', 'one cluster only').choices(parities))
    .option('-f, --follow', 'go on with new lines until Ctrl-C')
    .option('-n, --lines <count>', 'how many of the last lines', lineCount, 40)
    .addHelpText('after', examples)
    .action(async (cluster: Parity | undefined, given: { follow?: true; lines: number }) => {
      const asked = cluster === undefined ? parities : [cluster];
      await Promise.all(asked.map(parity => showLog(cli, parity, given)));
    });
}

async function showLog(cli: Cli, parity: Parity, given: { follow?: true; lines: number }): Promise<void> {
  const path = cli.paths.logs[parity];
  const show = (line: string) => cli.print(cli.json() ? line : presentLogLine(line, parity));
  for (const line of await lastLines(path, given.lines)) show(line);
  if (given.follow) await followLog(path, { clock: cli.clock, onLine: show });
}

function lineCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}
