import { Option, type Command } from 'commander';
import { dnsFailover } from '../../domain/dns-failover.ts';
import { serviceNames, type ServiceName } from '../../domain/catalogue.ts';
import { parities } from '../../domain/parity.ts';
import type { PairStatus } from '../../local/control/control-api.ts';
import { pairPorts } from '../../local/pair/pair-ports.ts';
import { dnsLike, quick } from '../../local/front-door/front-door-mode.ts';
import type { Pair } from '../../local/pair/start-pair.ts';
import type { Cli } from '../cli.ts';
import { stopFailed } from '../stop-failed.ts';
import { endAtOnceAfter, untilAskedToStop } from '../stop-signals.ts';

const notes = `
Addresses: the front door on PARITY_PORT (8080), odd's gateway on the next port, even's after it, then the phones' page.
State lies in .parity/ (PARITY_STATE moves it); a restart keeps it, --fresh forgets it. Ctrl-C stops everything in
order, a second one at once. Engines of your own are given by PARITY_RABBITMQ_ODD_URL, PARITY_RABBITMQ_EVEN_URL
(AMQP), PARITY_MONGODB_URL and PARITY_PROMETHEUS_URL.
With --dns-like this machine is one client, whose answer lives ${dnsFailover.ttlS} s. To be one that never asks again, come from one of
the last 50 of each thousand addresses: curl --interface 127.0.3.230 http://127.0.0.1:8080/…

Examples:
  $ npm start                                    both clusters, as they were left
  $ npm start -- --split storage                 storage in a process of its own
  $ PARITY_PORT=9080 npm start -- --fresh        a new pair on other ports`;

/** Stopping in order takes about two seconds; what is only starting is not worth waiting for. */
const orderlyStopMs = { up: 15_000, starting: 3_000, failed: 15_000 } as const;
/** Time to say why, before what did not end is ended by force. */
const reportMs = 1_000;

interface StartFlags {
  readonly fresh?: boolean;
  readonly split: readonly ServiceName[];
  readonly dnsLike?: boolean;
}

/** `parity start`, which is what `npm start` runs */
export function addStart(program: Command, cli: Cli): void {
  program
    .command('start')
    .description('start two clusters (the same as npm start)')
    .addOption(
      new Option('--split <service...>', 'give each of these services a process of its own')
        .choices(serviceNames)
        .default([]),
    )
    .option('--fresh', 'forget every document, queue and key of before')
    .option('--dns-like', 'a front door as slow as DNS (docs/decisions/0003)')
    .addHelpText('after', notes)
    .action(async ({ fresh = false, split, dnsLike: isDnsLike }: StartFlags) => {
      const began = cli.clock.monotonic();
      // Loaded here alone: every other command starts in half the time without it.
      const { startPair } = await import('../../local/pair/start-pair.ts');
      const pair = startPair({
        ...cli,
        ports: pairPorts(cli.env['PARITY_PORT']),
        split: serviceNames.filter(name => split.includes(name)),
        frontDoor: isDnsLike === true ? dnsLike : quick,
        fresh,
        process: { node: process.execPath, pid: process.pid },
        tell: cli.mention,
      });
      const stopping = untilAskedToStop(cli.env);
      let phase: 'starting' | 'up' = 'starting';
      const onUp = (status: PairStatus) => {
        phase = 'up';
        const seconds = ((cli.clock.monotonic() - began) / 1000).toFixed(1);
        cli.show({ text: welcome(status, seconds), json: status });
      };
      await running(cli, pair, { stopping, onUp });
      await stopping;
      cli.mention('Stopping … (Ctrl-C again ends everything at once)');
      endAtOnceAfter(orderlyStopMs[phase]);
      await pair.stop();
      cli.mention('Parity has stopped; its state is kept.');
    });
}

/** Whatever keeps the pair from coming up, nothing of it is left running. */
async function running(
  { clock }: Cli,
  pair: Pair,
  { stopping, onUp }: { stopping: Promise<void>; onUp: (status: PairStatus) => void },
): Promise<void> {
  try {
    await Promise.race([pair.up.then(onUp), stopping]);
  } catch (error) {
    const withinMs = orderlyStopMs.failed;
    endAtOnceAfter(withinMs + reportMs);
    throw await stopFailed(pair, error, { clock, ms: withinMs });
  }
  pair.up.catch(() => {});
}

function welcome({ url, phonesUrl, clusters }: PairStatus, seconds: string): string {
  return [
    '',
    `Parity is up (${seconds} s)`,
    `  front door  ${url}`,
    ...parities.map(parity => `  ${parity.padEnd(10)}  ${clusters[parity].url}  (${clusters[parity].role})`),
    `  phones      ${phonesUrl}  (open it in a browser)`,
    '',
    'Next, in another terminal: ./parity send samples/licence.jpg     Ctrl-C stops everything.',
  ].join('\n');
}
