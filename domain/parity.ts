/** A cluster's identity, fixed for ever. Only this file knows the two words. */
export type Parity = 'odd' | 'even';

/** Both identities, in the order in which everything that lists them lists them. */
export const parities = ['odd', 'even'] as const satisfies readonly Parity[];

/** The other cluster of the pair. */
export function peerOf(parity: Parity): Parity {
  return parity === 'odd' ? 'even' : 'odd';
}

/** The cluster that a sprint ships to: sprint 41 to odd, sprint 42 to even. */
export function parityOfSprint(sprint: number): Parity {
  return sprint % 2 === 1 ? 'odd' : 'even';
}

/** True when `text` names a cluster. */
export function isParity(text: string): text is Parity {
  return (parities as readonly string[]).includes(text);
}

/** One value per cluster, made by `make`. */
export function perParity<T>(make: (parity: Parity) => T): Record<Parity, T> {
  return { odd: make('odd'), even: make('even') };
}

/** `perParity` for what takes its time: both at once. Rejects as soon as one of them does. */
export async function perParityAsync<T>(make: (parity: Parity) => Promise<T>): Promise<Record<Parity, T>> {
  const [odd, even] = await Promise.all([make('odd'), make('even')]);
  return { odd, even };
}
