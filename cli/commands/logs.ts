import { Argument, InvalidArgumentError, type Command } from 'commander';
import { parities, type Parity } from '../../domain/parity.ts';
import { tailLog } from '../../local/keeper/tail-log.ts';
import type { Cli } from '../cli.ts';
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

/** How often a log is looked at for new lines. */
const lookEveryMs = 250;

async function showLog(
  cli: Cli,
  parity: Parity,
  { follow, lines: count }: { follow?: true; lines: number },
): Promise<void> {
  const tail = tailLog(cli.paths.logs[parity]);
  const show = (line: string) => cli.print(cli.json() ? line : presentLogLine(line, parity));
  try {
    const lines: string[] = [];
    await tail.read(line => void lines.push(line));
    lines.slice(Math.max(0, lines.length - count)).forEach(show);
    while (follow === true) {
      await cli.clock.delay(lookEveryMs);
      await tail.read(show);
    }
  } finally {
    await tail.close();
  }
}

function lineCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}
