import type { ServerResponse } from 'node:http';
import type { Clock } from '../../services/kit/ports.ts';
import type { KeptPhones } from './phone-journal.ts';
import type { Phone } from './phones.ts';

/** Changes within this time travel together, so that a burst of pushes does not redraw the page for each. */
const gatherMs = 50;
/** The page shows this many pushes of a phone; `GET /phones` has all. */
const shownMax = 30;
/** A page that has stopped reading is cut off here; its browser connects again. */
const backlogMaxBytes = 8 * 1024 * 1024;

/** Streams every phone as it is, then each one that changes, as server-sent events named `phone`. */
export function streamPhones(
  response: ServerResponse,
  { phones, clock }: { readonly phones: KeptPhones; readonly clock: Clock },
): void {
  let changed = new Map<string, Phone>();
  const closed = new AbortController();

  function flush(): void {
    const batch = changed;
    changed = new Map();
    for (const phone of batch.values()) response.write(toEvent(phone));
    if (response.writableLength > backlogMaxBytes) response.destroy();
  }

  function gather(phone: Phone): void {
    changed.set(phone.token, phone);
    if (changed.size === 1) clock.delay(gatherMs, closed.signal).then(flush, () => {});
  }

  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 1000\n\n');
  for (const phone of phones.list().reverse()) response.write(toEvent(phone));
  const stop = phones.onChange(gather);
  response.on('close', () => {
    stop();
    closed.abort();
  });
}

function toEvent(phone: Phone): string {
  return `event: phone\ndata: ${JSON.stringify({ ...phone, shown: phone.shown.slice(0, shownMax) })}\n\n`;
}
