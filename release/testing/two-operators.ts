import { isParityError } from '../../domain/errors.ts';
import { seededRandom } from './simulate-release.ts';
import { takeOperatorLock } from '../store/operator-lock.ts';
import { finish } from './finish.ts';
import { memoryObjects } from './memory-objects.ts';
import { virtualClock } from './virtual-clock.ts';

/** How many of so many races for the lock exactly one of two operators won, the other being told who has it. */
export async function fairRaces(races: number, seed: number): Promise<number> {
  const random = seededRandom(seed);
  const bytes = (count: number) =>
    Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)));
  let fair = 0;
  for (let race = 0; race < races; race += 1) {
    const clock = virtualClock();
    // A slow store shuffles who asks when.
    const objects = memoryObjects(
      () => (random() < 0.5 ? 'slow' : 'none'),
      ms => clock.delay(ms * random()),
    );
    const world = { objects, clock, random: { bytes } };
    const both = ['anna', 'otto'].map(who => takeOperatorLock(world, { who, leaseMs: 1 }));
    const results = await finish({ clock }, Promise.allSettled(both));
    const losers = results.filter(result => result.status === 'rejected');
    if (losers.length === 1 && isParityError(losers[0]?.reason, 'already_shipping')) fair += 1;
  }
  return fair;
}
