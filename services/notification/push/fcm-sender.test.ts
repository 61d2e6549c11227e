import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createServiceAccount, publicAccount } from '../../../local/fcm/service-account.ts';
import type { ServiceAccountFile } from '../../../local/fcm/service-account.ts';
import { startFcmStandIn } from '../../../local/fcm/stand-in.ts';
import type { FcmStandIn } from '../../../local/fcm/stand-in.ts';
import type { Phone } from '../../../local/fcm/phones.ts';
import { manualClock } from '../../kit/manual-clock.ts';
import { systemClock, systemRandom } from '../../kit/ports.ts';
import { createFcmSender } from './fcm-sender.ts';
import { aPush, pushSenderContract } from './push-sender.contract.ts';
import type { PushWorld } from './push-sender.contract.ts';
import type { PushRecipient } from './push-sender.ts';
import { createServiceAccountCredential } from './service-account-credential.ts';

const projectId = 'parity-test';
const account: ServiceAccountFile = await createServiceAccount({
  projectId,
  tokenUri: 'http://127.0.0.1/token',
});

const world = { clock: systemClock, random: systemRandom };
let standIn: FcmStandIn;
let folder: string;

const start = (port: number) => startFcmStandIn({ port, folder, account: publicAccount(account), ...world });

/** Long enough for a loaded machine to answer; only `hang` ever waits for it. */
const TIMEOUT_MS = 1500;

function aSender(given: { rate?: { perSecond: number; burst: number } } = {}) {
  const key = { ...account, token_uri: `${standIn.url}/token` };
  const credential = createServiceAccountCredential(key, systemClock);
  return createFcmSender({
    baseUrl: standIn.url,
    projectId,
    credential,
    timeoutMs: TIMEOUT_MS,
    ...world,
    ...given,
  });
}

let count = 0;
const aRecipient = (prefix = ''): PushRecipient => ({
  kind: count % 2 === 0 ? 'fid' : 'token',
  value: `${prefix}phone-${String((count += 1))}`,
});

async function phoneOf(recipient: PushRecipient): Promise<Phone | undefined> {
  const response = await fetch(`${standIn.url}/phones`);
  const { phones } = (await response.json()) as { phones: Phone[] };
  return phones.find(phone => phone.token === recipient.value);
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parity-fcm-'));
  standIn = await start(0);
});
after(async () => {
  await standIn.close();
  await rm(folder, { recursive: true });
});

pushSenderContract('FcmSender against the stand-in', async (): Promise<PushWorld> => {
  const sender = aSender();
  await sender.send(aPush({ recipient: aRecipient() })); // Connects, so that a deadline falls on a live connection.
  return {
    sender,
    recipient: fault => aRecipient(fault && `${fault}-1x-`),
    async phone(recipient) {
      const phone = await phoneOf(recipient);
      return { received: phone?.receivedCount ?? 0, shown: phone?.shownCount ?? 0 };
    },
    close: () => sender.close(),
  };
});

describe('createFcmSender', () => {
  it('shows title, body and link, and marks the push so that the app knows it again', async () => {
    const sender = aSender();
    const push = aPush({ recipient: aRecipient(), version: 3 });
    await sender.send(push);
    const shown = (await phoneOf(push.recipient))?.shown[0];
    assert.partialDeepStrictEqual(shown, {
      title: push.title,
      body: push.body,
      link: push.link,
      document: push.document,
      version: '3',
      tag: push.collapseId,
    });
    await sender.close();
  });

  it('waits at least a minute on quota, longer when FCM says so, and never less by jitter', async () => {
    const sender = aSender();
    const outcome = await sender.send(aPush({ recipient: aRecipient('quota-') }));
    assert.ok(outcome.kind === 'retry_later' && outcome.reason === 'quota');
    assert.ok(outcome.afterMs >= 90_000 && outcome.afterMs <= 135_000, String(outcome.afterMs));
    await sender.close();
  });

  it('gives up within one deadline for token and push together, for a claim lasts little longer', async () => {
    const clock = manualClock();
    const arrived = Promise.withResolvers<void>();
    const fcm = createServer().on('stream', () => arrived.resolve());
    const sessions: ServerHttp2Session[] = [];
    fcm.on('session', session => sessions.push(session)).listen(0, '127.0.0.1');
    await once(fcm, 'listening');
    const slow = async () => {
      clock.advance(9_000);
      return 'a token';
    };
    const sender = createFcmSender({
      baseUrl: `http://127.0.0.1:${String((fcm.address() as AddressInfo).port)}`,
      credential: { token: slow, drop: () => {} },
      ...{ projectId, clock, random: systemRandom },
    });
    const sending = sender.send(aPush());
    await arrived.promise;
    clock.advance(1_000);
    const outcome = await Promise.race([sending, setImmediate({ kind: 'still waiting' })]);
    assert.equal(outcome.kind, 'unknown');
    await sender.close();
    for (const session of sessions) session.destroy();
    fcm.close();
  });

  it('has sent nothing while no token comes', async () => {
    const clock = manualClock();
    const credential = { token: () => new Promise<string>(() => {}), drop: () => {} };
    const sender = createFcmSender({
      baseUrl: standIn.url,
      projectId,
      credential,
      clock,
      random: systemRandom,
    });
    const sending = sender.send(aPush());
    clock.advance(10_000);
    const outcome = await Promise.race([sending, setImmediate({ kind: 'still waiting' })]);
    assert.partialDeepStrictEqual(outcome, { kind: 'not_sent', reason: 'no access token in time' });
    await sender.close();
  });

  it('keeps to its rate, whoever the pushes are for', async () => {
    const sender = aSender({ rate: { perSecond: 0.001, burst: 2 } });
    const sends = [1, 2, 3].map(() => sender.send(aPush({ recipient: aRecipient() })));
    const kinds = (await Promise.all(sends)).map(outcome => outcome.kind);
    assert.deepEqual(kinds.sort(), ['retry_later', 'sent', 'sent']);
    await sender.close();
  });

  it('says why FCM refuses a message, without its content', async () => {
    const sender = aSender();
    const push = aPush({ recipient: aRecipient(), body: 'long '.repeat(1000) });
    assert.deepEqual(await sender.send(push), {
      kind: 'invalid',
      detail: '400 INVALID_ARGUMENT Android message is too big',
    });
    await sender.close();
  });

  it('answers a 401 with a fresh token, and goes on after FCM was restarted', async () => {
    const sender = aSender();
    const recipient = aRecipient();
    await sender.send(aPush({ recipient }));
    const { port } = standIn;
    await standIn.close();
    // The first may still have left on the connection that is being cut; the second finds nobody.
    await sender.send(aPush({ recipient, version: 2 }));
    const outcome = await sender.send(aPush({ recipient, version: 2 }));
    assert.ok(outcome.kind === 'not_sent', outcome.kind);
    assert.match(outcome.reason, /ECONNREFUSED/);
    assert.ok(outcome.afterMs >= 1000, 'no hot loop against an FCM that is down');
    standIn = await start(port);
    assert.equal((await sender.send(aPush({ recipient, version: 2 }))).kind, 'sent');
    assert.equal((await phoneOf(recipient))?.shownCount, 2);
    await sender.close();
  });

  it('says credential when the account is not accepted', async () => {
    const stranger = await createServiceAccount({ projectId, tokenUri: `${standIn.url}/token` });
    const credential = createServiceAccountCredential(stranger, systemClock);
    const sender = createFcmSender({ baseUrl: standIn.url, projectId, credential, ...world });
    const outcome = await sender.send(aPush());
    assert.ok(outcome.kind === 'retry_later' && outcome.reason === 'credential', JSON.stringify(outcome));
    await sender.close();
  });
});
