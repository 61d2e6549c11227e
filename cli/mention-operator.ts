import { laptopPolicy } from '../release/policies.ts';
import type { ReleaseWorld } from '../release/ports.ts';
import { presentDuration } from '../release/present/duration.ts';
import { operatorOf } from '../release/store/operator-lock.ts';

/** Says who has the lock before it is asked for: to find out whether he is still there takes a lease. */
export async function mentionOperator(
  { objects }: Pick<ReleaseWorld, 'objects'>,
  say: (line: string) => void,
): Promise<void> {
  const operator = await operatorOf(objects);
  if (operator === undefined) return;
  const { who, since } = operator;
  const lease = presentDuration(laptopPolicy.leaseMs);
  say(`${who} has the lock since ${since.slice(11, 19)}; whether he is still there shows within ${lease} …`);
}
