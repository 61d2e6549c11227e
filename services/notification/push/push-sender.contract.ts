import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { PushMessage, PushOutcome, PushRecipient, PushSender } from './push-sender.ts';

/** The ways in which FCM can fail one push. */
export type PushFault =
  | 'unregistered'
  | 'sender-mismatch'
  | 'invalid'
  | 'quota'
  | 'unavailable'
  | 'internal'
  | 'reset'
  | 'hang'
  | 'refused'
  | 'goaway';

/** A sender with phones behind it, as the contract needs them. */
export interface PushWorld {
  readonly sender: PushSender;
  /** Somebody whose first push fails so and whose further pushes arrive; without a fault all arrive. */
  recipient(fault?: PushFault): PushRecipient;
  /** How many pushes reached the phone, and how many its driver saw. */
  phone(recipient: PushRecipient): Promise<{ received: number; shown: number }>;
  close(): Promise<void>;
}

/** A push as the notification service makes it; give what the test is about. */
export function aPush(given: Partial<PushMessage> = {}): PushMessage {
  const { document = '0198c1de-0000-7000-8000-000000000001', version = 1 } = given;
  return {
    recipient: { kind: 'fid', value: 'anna' },
    title: 'Freight letter',
    body: 'Your paper is ready.',
    link: 'http://127.0.0.1:8080/l/token',
    document,
    version,
    ttlMs: 86_400_000,
    collapseId: `${document}.${String(version)}`,
    ...given,
  };
}

const refusals: readonly [PushFault, PushOutcome['kind'], string][] = [
  ['unregistered', 'unregistered', 'an app that is gone'],
  ['sender-mismatch', 'sender_mismatch', 'a recipient of another project'],
  ['invalid', 'invalid', 'an argument that FCM refuses'],
  ['quota', 'retry_later', 'a quota that is used up'],
  ['unavailable', 'retry_later', 'an FCM that is overloaded'],
  ['internal', 'retry_later', 'an FCM that fails'],
  ['refused', 'not_sent', 'a refused stream'],
  ['goaway', 'not_sent', 'a connection that goes away before the stream'],
];

/** What every PushSender does; the fake and the real one both pass it. */
export function pushSenderContract(name: string, start: () => Promise<PushWorld>): void {
  describe(`${name}, as a PushSender`, () => {
    let world: PushWorld;
    beforeEach(async () => (world = await start()));
    afterEach(() => world.close());

    describeDelivery(() => world);
    describeFaults(() => world);
  });
}

function describeDelivery(world: () => PushWorld): void {
  it('brings a push to the phone and says its id', async () => {
    const recipient = world().recipient();
    const outcome = await world().sender.send(aPush({ recipient }));
    assert.equal(outcome.kind, 'sent');
    assert.match(outcome.kind === 'sent' ? outcome.messageId : '', /./);
    assert.deepEqual(await world().phone(recipient), { received: 1, shown: 1 });
  });

  it('shows a push that is sent twice once', async () => {
    const recipient = world().recipient();
    await world().sender.send(aPush({ recipient }));
    await world().sender.send(aPush({ recipient }));
    assert.deepEqual(await world().phone(recipient), { received: 2, shown: 1 });
  });

  it('shows each version of a paper', async () => {
    const recipient = world().recipient();
    await world().sender.send(aPush({ recipient, version: 1 }));
    await world().sender.send(aPush({ recipient, version: 2 }));
    assert.deepEqual(await world().phone(recipient), { received: 2, shown: 2 });
  });

  it('asks nobody about a message that no phone could take', async () => {
    const recipient = world().recipient();
    const long = await world().sender.send(aPush({ recipient, collapseId: 'x'.repeat(65) }));
    assert.deepEqual(long, { kind: 'invalid', detail: 'collapseId has 65 bytes; 1 to 64 are allowed' });
    const stale = await world().sender.send(aPush({ recipient, ttlMs: 0 }));
    assert.deepEqual(stale, {
      kind: 'invalid',
      detail: 'ttlMs is 0; the link has expired, mint a new one',
    });
    assert.equal((await world().phone(recipient)).received, 0);
  });

  it('sends nothing after it was closed', async () => {
    const recipient = world().recipient();
    await world().sender.close();
    const { kind, ...rest } = await world().sender.send(aPush({ recipient }));
    assert.equal(kind, 'not_sent');
    assert.equal('reason' in rest && rest.reason, 'the sender is closed');
    assert.equal((await world().phone(recipient)).received, 0);
  });
}

function describeFaults(world: () => PushWorld): void {
  for (const [fault, kind, what] of refusals) {
    it(`says ${kind} for ${what}, shows nothing, and sends the next one`, async () => {
      const recipient = world().recipient(fault);
      const outcome = await world().sender.send(aPush({ recipient }));
      assert.equal(outcome.kind, kind);
      assert.equal((await world().phone(recipient)).received, 0);
      assert.equal((await world().sender.send(aPush({ recipient }))).kind, 'sent');
      assert.deepEqual(await world().phone(recipient), { received: 1, shown: 1 });
    });
  }

  it('says unknown when the stream is reset after the push arrived; sent again, it is shown once', async () => {
    const recipient = world().recipient('reset');
    assert.equal((await world().sender.send(aPush({ recipient }))).kind, 'unknown');
    assert.equal((await world().sender.send(aPush({ recipient }))).kind, 'sent');
    assert.deepEqual(await world().phone(recipient), { received: 2, shown: 1 });
  });

  it('says unknown when no answer comes in time; sent again, it is shown once', async () => {
    const recipient = world().recipient('hang');
    assert.equal((await world().sender.send(aPush({ recipient }))).kind, 'unknown');
    assert.equal((await world().sender.send(aPush({ recipient }))).kind, 'sent');
    assert.deepEqual(await world().phone(recipient), { received: 1, shown: 1 });
  });

  it('lets the others go on while one is out of quota', async () => {
    const [held, free] = [world().recipient('quota'), world().recipient()];
    const outcomes = await Promise.all([held, free].map(to => world().sender.send(aPush({ recipient: to }))));
    assert.deepEqual(
      outcomes.map(outcome => outcome.kind),
      ['retry_later', 'sent'],
    );
  });
}
