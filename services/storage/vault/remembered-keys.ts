import type { Clock } from '../../kit/ports.ts';
import type { EncryptionContext, KeyWrapper } from './key-wrapper.ts';

/** How long a key that was opened or wrapped opens again without the key service: an outage of minutes is bridged. */
export const rememberedMs = 5 * 60_000;

/** Keys of 32 bytes, with names a few times as long: well below a megabyte. */
const limit = 1_000;

/**
 * Asks the key service once for a document that is read several times, and lets reads go on for a while when it is down
 * (failures.md 38). A key opens only under the very context that it was opened or wrapped under, and is forgotten at the
 * first call after its time.
 */
export function rememberedKeys(keys: KeyWrapper, clock: Pick<Clock, 'monotonic'>): KeyWrapper {
  // All live equally long, so the Map has them in the order in which they are forgotten.
  const known = new Map<string, { readonly key: Buffer; readonly untilMs: number }>();
  const forget = () => {
    for (const [name, { untilMs }] of known) {
      if (known.size <= limit && untilMs > clock.monotonic()) return;
      known.delete(name);
    }
  };
  const remember = (name: string, key: Buffer) => {
    known.delete(name);
    known.set(name, { key: Buffer.from(key), untilMs: clock.monotonic() + rememberedMs });
    forget();
  };
  return {
    wrap: async (key, context) => {
      const wrapped = await keys.wrap(key, context);
      remember(nameOf(wrapped, context), key);
      return wrapped;
    },
    unwrap: async (wrapped, context) => {
      forget();
      const name = nameOf(wrapped, context);
      const kept = known.get(name);
      if (kept !== undefined) return Buffer.from(kept.key);
      const key = await keys.unwrap(wrapped, context);
      remember(name, key);
      return key;
    },
  };
}

function nameOf(wrapped: string, { document, version, owner }: EncryptionContext): string {
  return JSON.stringify([wrapped, document, version, owner]);
}
