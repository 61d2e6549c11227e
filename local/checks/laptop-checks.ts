import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { perParityAsync } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import { smokeCohort, type Check, type ChecksPort } from '../../release/ports.ts';
import type { Clock, Random } from '../../services/kit/ports.ts';
import type { Control } from '../control/control-client.ts';
import { signAccessToken } from '../keys/sign-access-token.ts';
import { readTokenSigningKey } from '../keys/token-signing-key.ts';
import type { StatePaths } from '../state/state-paths.ts';
import { neighbourCheck, type ReleaseSource } from './neighbour-contract.ts';
import { pairChecks } from './pair-checks.ts';
import { runSmoke } from './smoke.ts';
import { answerWithinMs, smokeClient } from './smoke-client.ts';

/** What the laptop's checks look with. */
export interface LaptopChecks {
  readonly paths: Pick<StatePaths, 'keys'>;
  readonly control: Pick<Control, 'status' | 'workloadsOf'>;
  /** Where a release's source lies. @throws ParityError for one that nobody registered */
  readonly sourceOf: (release: Release) => Promise<ReleaseSource>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * A release that fails a random request, or a push, works all the same; whether too many fail is for the gates. One that
 * does not work at all fails every time.
 */
const smokeTries = 3;

const paperFile = join(import.meta.dirname, '..', '..', 'samples', 'licence.jpg');

/**
 * Looks at the pair on this machine. What a laptop does not have, such as backups, is not looked at.
 * Each method throws ParityError `not_running`.
 */
export function laptopChecks(options: LaptopChecks): ChecksPort {
  return {
    neighbours: async ({ live, candidate }) => {
      const [one, other] = await Promise.all([neighbour(options, live), neighbour(options, candidate)]);
      return Promise.all([neighbourCheck(one, other), neighbourCheck(other, one)]);
    },
    pair: async () => {
      const { control } = options;
      const [status, running] = await Promise.all([
        control.status(),
        perParityAsync(cluster => control.workloadsOf({ cluster })),
      ]);
      return pairChecks(status, running);
    },
    smoke: async candidate => {
      for (let tries = 1; ; tries++) {
        const checks = await smokeOnce(options, candidate);
        if (tries === smokeTries || checks.every(({ ok }) => ok)) return checks;
      }
    },
  };
}

async function neighbour({ sourceOf }: LaptopChecks, release: Release) {
  return { release, ...(await sourceOf(release)) };
}

/** As a new user each time, with a phone of his own. */
async function smokeOnce(options: LaptopChecks, release: Release): Promise<Check[]> {
  const { paths, control, fetch, clock, random } = options;
  const { url, phonesUrl } = await control.status();
  const user = `smoke-${random.bytes(6).toString('hex')}`;
  const key = await readTokenSigningKey(paths.keys);
  const token = await signAccessToken({ user, roles: ['driver'], cohorts: [smokeCohort] }, { key, clock });
  const bounded = (from: string) => fetch(from, { signal: AbortSignal.timeout(answerWithinMs) });
  return runSmoke({
    client: smokeClient({ url, token, release, fetch, clock }),
    paper: await readFile(paperFile),
    key: user,
    phone: user,
    shown: async () => shownOn(await (await bounded(`${phonesUrl}/phones`)).json(), user),
    open: async link => {
      const answer = await bounded(link);
      if (answer.ok) return Buffer.from(await answer.arrayBuffer());
      throw new ParityError('release_unfit', `it was answered ${answer.status}`);
    },
    clock,
  });
}

const phones = z.object({
  phones: z.array(
    z.object({
      token: z.string(),
      shown: z.array(z.object({ document: z.string(), link: z.string() })),
    }),
  ),
});

function shownOn(answer: unknown, token: string) {
  return phones.parse(answer).phones.find(phone => phone.token === token)?.shown ?? [];
}
