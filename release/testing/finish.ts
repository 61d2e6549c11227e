import type { TestWorld } from './test-world.ts';

/** Lets virtual time pass until the work is over, at most ten minutes of it. */
export async function finish<T>(
  { clock }: Pick<TestWorld, 'clock'>,
  work: Promise<T>,
  look: () => void = () => {},
): Promise<T> {
  let over = false;
  const watched = work.finally(() => (over = true));
  watched.catch(() => {});
  await clock.run({ isOver: () => over, forMs: 600_000, look });
  if (!over) throw new TypeError('the work hangs: ten minutes of virtual time are over');
  return await watched;
}
