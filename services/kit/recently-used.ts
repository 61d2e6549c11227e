/** A bounded map that forgets what was not asked for longest. */
export interface RecentlyUsed<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/** Keeps at most `limit` values. */
export function recentlyUsed<V>(limit: number): RecentlyUsed<V> {
  // A Map lists its keys in the order in which they were set: the first one is the oldest.
  const kept = new Map<string, V>();
  const set = (key: string, value: V) => {
    kept.delete(key);
    kept.set(key, value);
    if (kept.size > limit) for (const oldest of kept.keys()) return void kept.delete(oldest);
  };
  return {
    get: key => {
      const value = kept.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
  };
}
