import { join } from 'node:path';
import { prometheusMetrics } from '../../release/adapters/prometheus-metrics.ts';
import { keeperFigures, type KeeperFigures } from '../../release/keeper/keeper-figures.ts';
import { createKeeper, type Keeper } from '../../release/keeper/keeper.ts';
import { serveKeeper, type ServedKeeper } from '../../release/keeper/serve-keeper.ts';
import { laptopPolicy } from '../../release/policies.ts';
import type { Clock, Random } from '../../services/kit/ports.ts';
import type { PeerChecks } from '../control/control-api.ts';
import { controlOf } from '../control/control-client.ts';
import { enteredRequest } from '../gateway/access-log-line.ts';
import { accessLogFile } from '../gateway/render-gateway.ts';
import { releaseStore } from '../record/release-store.ts';
import { statePaths } from '../state/state-paths.ts';
import { askServices } from './ask-services.ts';
import { controlGateway } from './control-gateway.ts';
import { fileMemory } from './file-memory.ts';
import type { KeeperSettings } from './keeper-environment.ts';
import { peerSight } from './peer-sight.ts';
import { tailLog } from './tail-log.ts';

const countEveryMs = 200;
const judgeDocumentsEveryMs = 1_000;
/** `release/keeper/unsure-requests.ts` counts on it. */
const lookAtPeerEveryMs = 500;

/** The world of a keeper's process. */
export interface KeeperSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  /** Takes a line about what does not work. */
  readonly tell: (line: string) => void;
}

/** The keeper of a cluster on this machine: it follows, judges and answers from here on. */
export async function openKeeper(
  settings: KeeperSettings,
  around: KeeperSurroundings,
): Promise<ServedKeeper> {
  const { cluster, port, prometheusUrl } = settings;
  const { clock, random, tell } = around;
  const paths = statePaths(settings.stateFolder);
  const control = controlOf(paths);
  const keeper = createKeeper({
    who: `keeper ${cluster}`,
    store: releaseStore({ paths, clock, random }).store,
    memory: fileMemory(paths.keepers[cluster], tell),
    gateway: controlGateway(control, { cluster, clock }),
    metrics: prometheusMetrics({ url: prometheusUrl, clock }),
    policy: laptopPolicy,
    clock,
  });
  const outcomes = askServices({
    workloads: () => control.workloadsOf({ cluster }),
    proven: () => keeper.record()?.previous ?? keeper.record()?.live.release,
  });
  const figures = keeperFigures({ cluster, policy: laptopPolicy, outcomes });
  const log = join(paths.gateways[cluster], accessLogFile);
  const judgeEveryMs = laptopPolicy.gateIntervalMs;
  const served = await serveKeeper({ keeper, judgeEveryMs, metrics: figures.text, port, clock, tell });
  // What the gateway has finished is counted by the windows of a record, so that one has to be known.
  await keeper.follow().catch(() => {});
  void countForEver({ keeper, figures, log, ...around });
  void judgeDocumentsForEver({ figures, ...around });
  void lookAtPeerForEver({ figures, look: () => control.peerChecks({ cluster }), ...around });
  return served;
}

/** The gateway's requests, from the beginning of what its log still has. */
async function countForEver(
  counting: { keeper: Keeper; figures: KeeperFigures; log: string } & KeeperSurroundings,
): Promise<never> {
  const { keeper, figures, log, clock, tell } = counting;
  const tail = tailLog(log);
  for (;;) {
    const record = keeper.record();
    if (record !== undefined) {
      figures.judge(record);
      await countOnce({ figures, clock, read: tail.read }).catch((error: unknown) => tell(String(error)));
    }
    await clock.delay(countEveryMs);
  }
}

async function countOnce({
  figures,
  clock,
  read,
}: Pick<KeeperSurroundings, 'clock'> & {
  figures: KeeperFigures;
  read: ReturnType<typeof tailLog>['read'];
}): Promise<void> {
  const untilMs = clock.now();
  await read(line => {
    const request = enteredRequest(line);
    if (request !== undefined) figures.enter(request, untilMs);
  });
  figures.enteredUntil(untilMs);
}

/** While nobody can be asked, what was seen last is believed. */
async function lookAtPeerForEver({
  figures,
  look,
  clock,
}: { figures: KeeperFigures; look: () => Promise<PeerChecks> } & KeeperSurroundings): Promise<never> {
  const sight = peerSight();
  for (;;) {
    const checks = await look().catch(() => undefined);
    const seen = checks && sight(checks);
    if (seen !== undefined) figures.seesPeer(seen, clock.now());
    await clock.delay(lookAtPeerEveryMs);
  }
}

/** Documents whose fate nobody tells stay due; the figures then say how long ago they were complete. */
async function judgeDocumentsForEver({
  figures,
  clock,
}: { figures: KeeperFigures } & KeeperSurroundings): Promise<never> {
  for (;;) {
    await figures.judgeDocuments(clock.now()).catch(() => {});
    await clock.delay(judgeDocumentsEveryMs);
  }
}
