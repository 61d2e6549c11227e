import { z } from 'zod';
import { catalogue } from '../../domain/catalogue.ts';
import { ParityError } from '../../domain/errors.ts';
import { routeClasses } from '../../domain/route-classes.ts';
import { readJsonBody } from '../kit/http/json-body.ts';
import type { ReachableDevice } from './ledger.ts';
import type { Notifying } from './notifying.ts';
import type { PushRecipient } from './push/push-sender.ts';

const registration = z.strictObject({
  kind: z.enum(['token', 'fid']),
  value: z.string().min(1).max(4096),
});

/** What the gateway lets through for such a route, and nothing more. */
const maxBodyBytes = routeClasses[catalogue.notification.routes.device.class].bodyBytes;
const maxTries = 5;

/** Reads a registration: `{ "kind": "token" | "fid", "value": "…" }`. @throws ParityError `invalid_request`, `body_too_slow`. */
export async function readRegistration(
  body: AsyncIterable<Buffer>,
  { clock }: Notifying,
): Promise<PushRecipient> {
  const parsed = registration.safeParse(
    await readJsonBody(body, { what: 'A registration', maxBytes: maxBodyBytes, clock }),
  );
  if (parsed.success) return parsed.data;
  const form = '{ "kind": "token" | "fid", "value": "…" }';
  throw new ParityError('invalid_request', `A registration is ${form}: ${z.prettifyError(parsed.error)}`);
}

/** Gives an installation of the app to a user; the newest registration wins (failures.md 46). */
export async function registerDevice(
  { devices, clock }: Notifying,
  device: { installation: string; user: string; recipient: PushRecipient },
): Promise<void> {
  const { installation, user, recipient } = device;
  if (!/^[\w.:-]{1,128}$/.test(installation)) {
    throw new ParityError('invalid_request', 'An installation is named by 1–128 letters, digits and . : - _');
  }
  const set = { user, recipient, updatedAt: new Date(clock.now()) };
  for (let tries = 0; tries < maxTries; tries++) {
    if ((await devices.insert({ _id: installation, revision: 1, ...set })) === 'inserted') return;
    const row = await devices.read(installation);
    if (row !== undefined && (await devices.change(row, set)) !== undefined) return;
  }
  throw new ParityError('overloaded', 'The device is being registered by others at once: try again.', {
    retryAfterS: 1,
  });
}

/**
 * Forgets a registration whose app is gone, unless a newer one took its place. The row stays, so that its revision
 * never begins again and a late call can only mean the registration that it saw. False when there is a newer one.
 */
export async function forgetDevice({ devices }: Notifying, seen: ReachableDevice): Promise<boolean> {
  if ((await devices.change(seen, { recipient: undefined })) !== undefined) return true;
  return (await devices.read(seen._id))?.recipient === undefined;
}
