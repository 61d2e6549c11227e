import { settledWeights } from '../domain/dns-weights.ts';
import { isBaking } from '../domain/record-laws.ts';
import { followDns, isSame } from './follow-dns.ts';
import type { Policy } from './policy.ts';
import type { ReleaseWorld, Word } from './ports.ts';
import { done, unlessStopped, waiting, type StepResult } from './shipment.ts';
import { turnRoles } from './turn-roles.ts';
import { withOperatorLock } from './with-operator-lock.ts';

/**
 * The cover takes over because a person says so. One that was interrupted is finished and not turned back: while DNS is
 * on its way to the live cluster, that way is gone to its end first.
 * @throws ParityError `already_shipping`, `release_refused` while a release is shipped, `unreachable`
 */
export async function turnPair(
  world: ReleaseWorld,
  { policy, signal, ...word }: Word & { readonly policy: Policy; readonly signal?: AbortSignal },
): Promise<StepResult> {
  return await withOperatorLock(world, { who: word.who, leaseMs: policy.leaseMs }, async lock => {
    if (signal?.aborted === true) return waiting(`${word.who} left; nothing was turned`);
    const record = await world.store.read();
    const { live } = record;
    if (!isBaking(record) && !isSame(await world.dns.weights(), settledWeights(record))) {
      await followDns(world);
      return done(`${live.parity} is live with ${live.release}: what was interrupted is finished`);
    }
    const shipment = { ...word, policy, signal, release: live.release, world, lock };
    const end = await turnRoles(shipment, word.why).catch(
      error => unlessStopped(error) ?? waiting(`${word.who} left`),
    );
    return end.outcome === 'waiting' ? await halfWay(world, end.why) : end;
  });
}

/** Roles have changed in the record; where DNS is there too, another turn would be one back. */
async function halfWay({ store, dns }: ReleaseWorld, why: string): Promise<StepResult> {
  const record = await store.read();
  const now = `${record.live.parity} is live with ${record.live.release}`;
  if (isSame(await dns.weights(), settledWeights(record))) return done(now);
  return waiting(`${now}, and DNS does not point there yet: ${why}. To turn again finishes it`);
}
