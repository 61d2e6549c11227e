import { settledWeights } from '../domain/dns-weights.ts';
import { isBaking } from '../domain/record-laws.ts';
import { followDns, isSame } from './follow-dns.ts';
import type { Word } from './orders.ts';
import type { Policy } from './policy.ts';
import type { ReleaseWorld } from './ports.ts';
import { done, type StepResult } from './shipment.ts';
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
    const record = await world.store.read();
    const { live } = record;
    if (!isBaking(record) && !isSame(await world.dns.weights(), settledWeights(record))) {
      await followDns(world);
      return done(`${live.parity} is live with ${live.release}: what was interrupted is finished`);
    }
    return await turnRoles({ ...word, policy, signal, release: live.release, world, lock }, word.why);
  });
}
