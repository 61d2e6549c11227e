import { setTimeout as pause } from 'node:timers/promises';
import { ParityError } from '../../domain/errors.ts';
import { parities } from '../../domain/parity.ts';
import { signAccessToken } from '../../local/keys/sign-access-token.ts';
import type { TokenSigningKey } from '../../local/keys/token-signing-key.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { papersOf, type PaperMix } from './papers.ts';
import { sendPaper, type Sender, type Upload } from './upload.ts';

/** How many drivers there are, and what they send. */
export interface FleetOptions {
  /** The front door. */
  readonly url: string;
  readonly phonesUrl: string;
  readonly signing: TokenSigningKey;
  /** The cohorts that a driver's token names. */
  readonly cohortsOf: (user: string) => readonly string[];
  readonly clock: Clock;
  readonly drivers: number;
  readonly perSecond: number;
  readonly mix: PaperMix;
  /** Before every user's name, so that fleets do not meet. */
  readonly name: string;
}

/** Drivers who send papers steadily, whatever happens to the pair. */
export interface Fleet {
  readonly senders: readonly Sender[];
  readonly phonesUrl: string;
  /** Everything that was sent until now. */
  readonly uploads: readonly Upload[];
  /** Sends so many a second from now on. */
  setRate(perSecond: number): void;
  /** Begins no more; resolves when every paper that was begun is taken, or refused for good. */
  stop(): Promise<void>;
}

/** Registering a phone is one request per driver; so many at once do no harm. */
const atOnce = 8;
const tickMs = 10;
/** After that the app gives up: whatever is not taken by then is failed. */
const giveUpAfterMs = 60_000;

/** Signs everybody in, registers their phones and begins to send: an open loop, which a slow answer does not slow. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { clock, mix, name, phonesUrl } = options;
  const senders = await signIn(options);
  const paper = papersOf(mix, name);
  const uploads: Upload[] = [];
  const underWay = new Set<Promise<void>>();
  let { perSecond } = options;
  let due = 0;
  let sent = 0;
  let stoppedAt = Infinity;
  const isOver = () => clock.monotonic() > stoppedAt + giveUpAfterMs;
  const sendNext = () => {
    const sender = senders[sent % senders.length] as Sender;
    const one = sendPaper(sender, paper(sent), { begun: upload => uploads.push(upload), isOver });
    sent += 1;
    underWay.add(one);
    void one.finally(() => underWay.delete(one));
  };
  let last = clock.monotonic();
  const timer = setInterval(() => {
    const now = clock.monotonic();
    due += ((now - last) / 1000) * perSecond;
    last = now;
    for (; due >= 1; due -= 1) sendNext();
  }, tickMs);
  return {
    senders,
    phonesUrl,
    uploads,
    setRate: rate => void (perSecond = rate),
    stop: async () => {
      clearInterval(timer);
      stoppedAt = clock.monotonic();
      await Promise.all(underWay);
    },
  };
}

async function signIn(options: FleetOptions): Promise<Sender[]> {
  const { drivers, name, url, signing, clock, cohortsOf } = options;
  const users = Array.from({ length: drivers }, (_, at) => `${name}-${at + 1}`);
  const senders: Sender[] = [];
  for (let from = 0; from < users.length; from += atOnce) {
    const some = users.slice(from, from + atOnce).map(async user => {
      const holder = { user, roles: ['driver'] as const, cohorts: cohortsOf(user) };
      const authorization = `Bearer ${await signAccessToken(holder, { key: signing, clock })}`;
      const sender = { user, authorization, url };
      await registerPhone(sender);
      return sender;
    });
    senders.push(...(await Promise.all(some)));
  }
  return senders;
}

/**
 * The phone's token is the user's name: the stand-in lists what it shows under it.
 * @throws ParityError `send_failed` when it is not taken: without a phone every paper would count as lost
 */
async function registerPhone({ url, user, authorization }: Sender): Promise<void> {
  const body = JSON.stringify({ kind: 'token', value: user });
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(`${url}/v1/devices/${user}`, {
      method: 'PUT',
      headers: { authorization },
      body,
    }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 204) return;
    if (tries === 20)
      throw new ParityError(
        'send_failed',
        `The phone of ${user} was refused: ${answer?.status ?? 'no answer'}.`,
      );
    await pause(250);
  }
}

/** The releases that answered, and how many requests each. */
export function answeredBy(uploads: readonly Upload[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { tries } of uploads)
    for (const { servedBy, status } of tries) {
      const isNamed = parities.some(parity => servedBy.startsWith(`${parity}/`));
      if (status !== 0 && isNamed) counts.set(servedBy, (counts.get(servedBy) ?? 0) + 1);
    }
  return counts;
}
