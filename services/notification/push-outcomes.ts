import type { DocumentId } from '../../domain/document-id.ts';
import { pushOutcomeStates, type PushOutcome, type PushOutcomes } from '../../domain/outcomes.ts';
import type { PushState } from './ledger.ts';
import { maxDevices } from './notify-owner.ts';
import type { Notifying } from './notifying.ts';

/** What a push's state says about its document. An app that is gone wants to be told nothing. */
const outcomeOf: Readonly<Record<PushState, PushOutcome>> = {
  pending: 'pending',
  sent: 'sent',
  unregistered: 'none',
  expired: 'failed',
  parked: 'failed',
  dropped: 'failed',
};

/** The worst that became of a push of each of these documents. @throws ParityError `database_unavailable` */
export async function pushOutcomesOf(
  { ledger }: Pick<Notifying, 'ledger'>,
  ids: readonly DocumentId[],
): Promise<PushOutcomes> {
  const pushes: Record<string, PushOutcome> = Object.fromEntries(ids.map(id => [id, 'none']));
  if (ids.length === 0) return { pushes };
  const rows = await ledger.find({ where: { document: { $in: ids } }, limit: ids.length * maxDevices });
  for (const { document, state } of rows) {
    pushes[document] = worse(pushes[document] ?? 'none', outcomeOf[state]);
  }
  return { pushes };
}

function worse(one: PushOutcome, other: PushOutcome): PushOutcome {
  return pushOutcomeStates.indexOf(one) <= pushOutcomeStates.indexOf(other) ? one : other;
}
