import type { Random } from '../ports.ts';

/** A name that nobody else will ever give: 64 random bits. */
export function newNonce(random: Random): string {
  return Buffer.from(random.bytes(8)).toString('hex');
}
