import type { Parity } from '../../domain/parity.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { recentlyUsed } from '../../services/kit/recently-used.ts';

/** How clients look the name up. */
export interface LookUpSettings {
  /** How long a client keeps an answer; 0: it asks for every connection. */
  readonly ttlMs: number;
  /** The share of clients, 0 to 1, that keep their first answer for ever. */
  readonly stubbornShare: number;
}

/** Clients whose answers are kept; beyond that whoever was away longest asks again. */
const rememberedClients = 100_000;

/** One client of so many is the unit in which the stubborn are counted out. */
const clientsInTurn = 1_000;

/**
 * What each client believes, by its address: one address is one machine, whose resolver keeps the answer for all that
 * runs on it. On a laptop that is 127.0.0.1; a test that wants to be many machines binds its connections to 127.x.y.z.
 */
export function cachedLookUps(
  { ttlMs, stubbornShare }: LookUpSettings,
  { clock, lookUp }: { clock: Clock; lookUp: () => Parity },
): (address: string) => Parity {
  const answers = recentlyUsed<{ readonly parity: Parity; readonly untilMs: number }>(rememberedClients);
  return address => {
    const kept = answers.get(address);
    if (kept !== undefined && clock.monotonic() < kept.untilMs) return kept.parity;
    const parity = lookUp();
    const untilMs = isStubborn(address, stubbornShare) ? Infinity : clock.monotonic() + ttlMs;
    answers.set(address, { parity, untilMs });
    return parity;
  };
}

/**
 * Whether the client at an IPv4 address never asks again: the last `share` of every thousand addresses, so that a test
 * can pick either kind, and 127.0.0.1 is stubborn only when all are.
 */
export function isStubborn(address: string, share: number): boolean {
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const own = (number - loopback + clientsInTurn) % clientsInTurn;
  return own >= clientsInTurn - Math.round(share * clientsInTurn);
}

/** 127.0.0.1 as a number: the first of the thousand. */
const loopback = 127 * 2 ** 24 + 1;
