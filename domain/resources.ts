import type { ServiceName } from './catalogue.ts';

/** What a process of a service asks for and is held to. CPU in thousandths of a core, memory in MiB. */
export interface Resources {
  /** Kept free for it: what it needs at rest and under ordinary load. */
  readonly requests: { readonly cpuMilli: number; readonly memoryMiB: number };
  /** Beyond it the kernel kills. CPU has no limit: a throttled process misses its readiness deadline. */
  readonly limits: { readonly memoryMiB: number };
}

/**
 * Per replica. Requests lie a quarter above what a process of its own takes at rest, which
 * `services/alone.engine.test.ts` measures and holds them to. Limits leave room for what the code can have in hand at
 * once: the processor gathers 128 MiB of all bodies that come in at once; storage works on eight documents from each
 * broker, each with three buffers of 1 MiB (what is read, framed and encrypted), and serves downloads of 1 MiB frames;
 * notification holds 64 small messages from each broker.
 * CPU requests are no measurements but shares, for when a node is full: storage and processor hash or encrypt every
 * byte, notification mostly waits for FCM.
 */
export const resources = {
  processor: { requests: { cpuMilli: 250, memoryMiB: 192 }, limits: { memoryMiB: 512 } },
  storage: { requests: { cpuMilli: 250, memoryMiB: 224 }, limits: { memoryMiB: 512 } },
  notification: { requests: { cpuMilli: 100, memoryMiB: 192 }, limits: { memoryMiB: 384 } },
} as const satisfies Record<ServiceName, Resources>;
