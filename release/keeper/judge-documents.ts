import {
  documentObjectives,
  isWellAfter,
  maxOutcomesAsked,
  type DocumentOutcomes,
  type PushOutcomes,
} from '../../domain/outcomes.ts';
import type { Release } from '../../domain/release.ts';
import type { Observation } from './window-figures.ts';

/** Asks the services of the keeper's cluster what became of documents. Each throws ParityError `unreachable`. */
export interface OutcomesPort {
  documents(ids: readonly string[]): Promise<DocumentOutcomes['documents']>;
  pushes(ids: readonly string[]): Promise<PushOutcomes['pushes']>;
}

/** A document that was accepted: whose it is, and which release works on it. */
export interface AcceptedDocument {
  readonly id: string;
  readonly user: string;
  readonly release: Release;
  readonly atMs: number;
}

/** Documents that wait to be judged. */
export interface DocumentJudge {
  follow(document: AcceptedDocument): void;
  /**
   * Judges whatever is due by `nowMs`; what cannot be asked for now stays due.
   * @throws ParityError `unreachable`
   */
  judgeDue(nowMs: number): Promise<void>;
}

/** Documents that are followed at once; of a longer backlog the newest are let go, and count for nobody. */
const maxFollowed = 20_000;

/**
 * Judges each accepted document twice, each time once, when its objective is due (`documentObjectives`): is it stored,
 * and then, have its pushes been sent?
 */
export function documentJudge(
  outcomes: OutcomesPort,
  observe: (observation: Observation) => void,
): DocumentJudge {
  const { storedWithinMs, pushedWithinMs } = documentObjectives;
  const untilStored: AcceptedDocument[] = [];
  const untilPushed: AcceptedDocument[] = [];
  const say = (measure: 'stuck' | 'pushes-failed', document: AcceptedDocument, bad: boolean) => {
    const { atMs, user, release } = document;
    observe({ atMs, user, release, measure, routeClass: undefined, bad });
  };
  const judgeStored = async (due: readonly AcceptedDocument[]) => {
    const states = await outcomes.documents(due.map(({ id }) => id));
    for (const document of due) {
      const state = states[document.id];
      say('stuck', document, state === undefined || !isWellAfter(state));
      if (state === 'stored' || state === 'notified') untilPushed.push(document);
    }
  };
  const judgePushed = async (due: readonly AcceptedDocument[]) => {
    const pushes = await outcomes.pushes(due.map(({ id }) => id));
    const untold = due.map(({ id }) => id).filter(id => pushes[id] === 'none');
    const states = untold.length === 0 ? {} : await outcomes.documents(untold);
    for (const document of due) {
      const outcome = pushes[document.id];
      const nobodyToTell = outcome === 'none' && states[document.id] !== 'stored';
      say('pushes-failed', document, outcome !== 'sent' && !nobodyToTell);
    }
  };
  return {
    follow: document => {
      if (untilStored.length + untilPushed.length < maxFollowed) untilStored.push(document);
    },
    judgeDue: async nowMs => {
      await inBatches(untilStored, nowMs - storedWithinMs, judgeStored);
      await inBatches(untilPushed, nowMs - pushedWithinMs, judgePushed);
    },
  };
}

/** Takes from the front what was accepted by then; a batch that fails stays where it was. */
async function inBatches(
  waiting: AcceptedDocument[],
  acceptedByMs: number,
  judge: (due: readonly AcceptedDocument[]) => Promise<void>,
): Promise<void> {
  for (;;) {
    const due = waiting.filter(({ atMs }) => atMs <= acceptedByMs).slice(0, maxOutcomesAsked);
    if (due.length === 0) return;
    await judge(due);
    const judged = new Set(due);
    waiting.splice(0, waiting.length, ...waiting.filter(document => !judged.has(document)));
  }
}
