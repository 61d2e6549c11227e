import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createPhones } from './phones.ts';
import type { Phones, Push } from './phones.ts';

function aPush(given: Partial<Push> & { to?: string } = {}): Push {
  const { to = 'anna', ...rest } = given;
  return {
    recipient: { kind: 'fid', value: to },
    messageId: 'm',
    title: 'Freight letter',
    body: 'Your paper is ready.',
    link: 'http://127.0.0.1:8080/l/token',
    document: 'paper',
    version: '1',
    tag: '',
    at: 0,
    ...rest,
  };
}

const receive = (phones: Phones, given?: Parameters<typeof aPush>[0]) =>
  phones.apply({ event: 'received', push: aPush(given) });

const statesOf = (phones: Phones) => phones.list().flatMap(phone => phone.shown.map(push => push.state));

describe('createPhones', () => {
  it('shows a push, newest first, and drops a repeat', () => {
    const phones = createPhones();
    receive(phones, { document: 'a' });
    receive(phones, { document: 'b' });
    const phone = receive(phones, { document: 'a' });
    assert.deepEqual(
      phone?.shown.map(push => [push.document, push.receivedCount]),
      [
        ['b', 1],
        ['a', 2],
      ],
    );
    assert.partialDeepStrictEqual(phone, { receivedCount: 3, shownCount: 2 });
  });

  it('does not show a dismissed push again', () => {
    const phones = createPhones();
    receive(phones);
    assert.ok(phones.apply({ event: 'dismissed', token: 'anna', key: 'paper/1' }));
    assert.partialDeepStrictEqual(receive(phones), { receivedCount: 2, shownCount: 1 });
    assert.deepEqual(statesOf(phones), ['dismissed']);
  });

  it('changes nothing when what is dismissed is not on screen', () => {
    const phones = createPhones();
    receive(phones);
    assert.equal(phones.apply({ event: 'dismissed', token: 'anna', key: 'other/1' }), undefined);
    assert.equal(phones.apply({ event: 'dismissed', token: 'nobody', key: 'paper/1' }), undefined);
    assert.deepEqual(statesOf(phones), ['on screen']);
  });

  it('puts a push in the place of the one with its tag', () => {
    const phones = createPhones();
    receive(phones, { version: '1', tag: 'paper' });
    receive(phones, { version: '2', tag: 'paper' });
    assert.deepEqual(statesOf(phones), ['on screen', 'replaced']);
  });

  it('knows a push without a document by its tag, and without a tag not at all', () => {
    const phones = createPhones();
    for (const messageId of ['1', '2']) receive(phones, { document: '', tag: 't', messageId });
    for (const messageId of ['3', '4']) receive(phones, { document: '', messageId });
    assert.partialDeepStrictEqual(phones.list()[0], { receivedCount: 4, shownCount: 3 });
  });

  it('forgets the oldest push of the phone untouched for longest, when there are too many', () => {
    const phones = createPhones({ phones: 10, pushes: 3 });
    for (const document of ['1', '2']) receive(phones, { to: 'anna', document });
    for (const document of ['3', '4']) receive(phones, { to: 'ben', document });
    const documents = phones.list().map(phone => phone.shown.map(push => push.document));
    assert.deepEqual(documents, [['4', '3'], ['2']]);
  });

  it('forgets the phone untouched for longest, when there are too many', () => {
    const phones = createPhones({ phones: 2, pushes: 100 });
    for (const to of ['anna', 'ben', 'anna', 'cleo']) receive(phones, { to });
    assert.deepEqual(
      phones.list().map(phone => phone.token),
      ['cleo', 'anna'],
    );
  });

  it('shows each (document, version) once, in whatever order pushes and swipes come', () => {
    const step = fc.record({
      document: fc.constantFrom('a', 'b', 'c'),
      version: fc.constantFrom('1', '2'),
      swipe: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step), steps => {
        const phones = createPhones();
        for (const { document, version, swipe } of steps) {
          if (swipe) phones.apply({ event: 'dismissed', token: 'anna', key: `${document}/${version}` });
          else receive(phones, { document, version, tag: document });
        }
        const pushed = steps.filter(one => !one.swipe).map(one => `${one.document}/${one.version}`);
        const phone = phones.list()[0];
        assert.equal(phone?.shownCount ?? 0, new Set(pushed).size);
        assert.equal(phone?.receivedCount ?? 0, pushed.length);
        const screens = phone?.shown.filter(push => push.state === 'on screen') ?? [];
        assert.equal(new Set(screens.map(push => push.tag)).size, screens.length);
      }),
    );
  });
});
