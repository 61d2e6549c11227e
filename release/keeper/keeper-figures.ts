import type { Parity } from '../../domain/parity.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { Release } from '../../domain/release.ts';
import { figureNames, seesPeerName, type FigureSource } from './figure-names.ts';
import { judgedWindows } from '../gates/windows.ts';
import type { Policy } from '../policy.ts';
import { documentJudge, type OutcomesPort } from './judge-documents.ts';
import { hasFailed, observeRequest, type EnteredRequest } from './observe-request.ts';
import { unsureRequests } from './unsure-requests.ts';
import { windowFigures, type Figure } from './window-figures.ts';

/** What a keeper counts of its gateway's users, for the windows that its record is judged by. */
export interface KeeperFigures {
  /** The windows of this record are judged from now on. */
  judge(record: ReleaseRecord): void;
  enter(request: EnteredRequest, nowMs: number): void;
  /** Whether the gateway reaches its peer now. */
  seesPeer(sees: boolean, nowMs: number): void;
  /** Says that everything which the gateway finished by `atMs` has been entered. */
  enteredUntil(atMs: number): void;
  /** Asks what became of documents that are due. @throws ParityError `unreachable` */
  judgeDocuments(nowMs: number): Promise<void>;
  /** In Prometheus' text format. */
  text(): string;
}

/** Nothing is known yet. */
export function keeperFigures(parts: {
  readonly cluster: Parity;
  readonly policy: Policy;
  readonly outcomes: OutcomesPort;
}): KeeperFigures {
  const { cluster, policy } = parts;
  const kept = windowFigures({ rememberMs: policy.baselineMs });
  const documents = documentJudge(parts.outcomes, kept.observe);
  const untilMs = new Map<FigureSource, number>();
  const unsure = unsureRequests();
  let runHere: readonly Release[] = [];
  let peerSeen: boolean | undefined;
  return {
    judge: record => {
      runHere = record.runs[cluster];
      kept.judge(judgedWindows(record, policy));
    },
    enter: (request, nowMs) => {
      const wayIsUnsure = hasFailed(request) && request.answeredBy !== request.decided;
      if (wayIsUnsure && !runHere.includes(request.decided)) unsure.add(request, nowMs);
      else observeRequest(request).forEach(kept.observe);
      const { document: id, user, answeredBy: release, atMs } = request;
      if (id !== undefined && release !== undefined) documents.follow({ id, user, release, atMs });
    },
    seesPeer: (sees, nowMs) => {
      peerSeen = sees;
      if (!sees) unsure.unseen(nowMs);
    },
    enteredUntil: atMs => {
      unsure.known(atMs).flatMap(observeRequest).forEach(kept.observe);
      untilMs.set('requests', unsure.sinceMs() ?? atMs);
    },
    judgeDocuments: async nowMs => {
      await documents.judgeDue(nowMs);
      untilMs.set('outcomes', nowMs);
    },
    text: () => {
      const windows = kept.windows().map(({ fromMs }) => fromMs);
      return [
        ...figuresText(cluster, kept.figures()),
        ...untilText(cluster, windows, untilMs),
        ...(peerSeen === undefined ? [] : peerText(cluster, peerSeen)),
        '',
      ].join('\n');
    },
  };
}

type Labels = Readonly<Record<string, string | number>>;

function figuresText(cluster: Parity, figures: readonly Figure[]): string[] {
  const stats = [
    ['users', 'Distinct users of a judged window.'],
    ['sum', 'Sum of the share, per user, that was bad.'],
    ['sumOfSquares', 'Sum of the squares of that share.'],
  ] as const;
  return stats.flatMap(([stat, help]) => [
    ...heading(figureNames[stat], help),
    ...figures.map(({ fromMs, measure, release, routeClass = '', sample }) =>
      line(
        figureNames[stat],
        { cluster, from: fromMs, measure, release, route_class: routeClass },
        sample[stat],
      ),
    ),
  ]);
}

function untilText(
  cluster: Parity,
  windows: readonly number[],
  untilMs: ReadonlyMap<FigureSource, number>,
): string[] {
  const name = figureNames.until;
  return [
    ...heading(name, 'Until when the figures of a judged window are complete, epoch seconds.'),
    ...windows.flatMap(from =>
      [...untilMs].map(([source, atMs]) => line(name, { cluster, from, source }, atMs / 1000)),
    ),
  ];
}

function peerText(cluster: Parity, seen: boolean): string[] {
  const help = 'Whether the gateway reaches its peer.';
  return [...heading(seesPeerName, help), line(seesPeerName, { cluster }, seen ? 1 : 0)];
}

function heading(name: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`];
}

/** No label here can hold what would have to be escaped. */
function line(name: string, labels: Labels, value: number): string {
  const list = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
  return `${name}{${list.join(',')}} ${value}`;
}
