import { join } from 'node:path';
import { parities } from '../../domain/parity.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { makePrivateFolder, writePrivateFile } from '../state/private-file.ts';
import type { StatePaths } from '../state/state-paths.ts';
import type { KeeperProcess } from './launch-keepers.ts';
import type { PairServices } from './pair-services.ts';
import type { Parity } from '../../domain/parity.ts';

const lookEveryMs = 500;

/** Who has figures in this pair. */
export interface ScrapedPair {
  readonly keepers: Record<Parity, Pick<KeeperProcess, 'url'>>;
  readonly services: Pick<PairServices, 'of'>;
  /** Where the pair process itself answers. */
  readonly ownPort: number;
}

/** The file that tells Prometheus what to scrape. */
export function targetsFile({ prometheus }: Pick<StatePaths, 'prometheus'>): string {
  return join(prometheus, 'targets.json');
}

/** Keeps the file as the pair is, until the signal. */
export async function keepTargets(
  file: string,
  pair: ScrapedPair,
  { clock, tell, stop }: { clock: Clock; tell: (line: string) => void; stop: AbortSignal },
): Promise<void> {
  let written: string | undefined;
  while (!stop.aborted) {
    const text = JSON.stringify(targetsOf(pair), undefined, 1);
    if (text !== written) {
      try {
        await makePrivateFolder(join(file, '..'));
        await writePrivateFile(file, text);
        written = text;
      } catch (error) {
        tell(`what Prometheus scrapes: ${String(error)}`);
      }
    }
    await clock.delay(lookEveryMs, stop).catch(() => {});
  }
}

/** A group as file-based service discovery has it. Who is scraped says itself of which cluster and release it is. */
interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: { readonly job: string };
}

function targetsOf({ keepers, services, ownPort }: ScrapedPair): TargetGroup[] {
  const ports = parities.flatMap(parity =>
    services.of(parity).flatMap(({ processes }) => processes.map(({ port }) => port)),
  );
  return [
    { targets: parities.map(parity => new URL(keepers[parity].url).host), labels: { job: 'keeper' } },
    { targets: [`127.0.0.1:${ownPort}`], labels: { job: 'pair' } },
    { targets: ports.map(port => `127.0.0.1:${port}`), labels: { job: 'services' } },
  ];
}
