import { synthesized } from './synthesized.ts';

/** Synthesizes everything once and prints what it took, for a test that limits it. */
await synthesized();
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
process.stdout.write(JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb: maxRSS / 1024 }));
