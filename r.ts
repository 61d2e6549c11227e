import fc from 'fast-check';
import { liveThrough, scenario } from './release/testing/random-run.ts';
const t = performance.now();
const seed = Number(process.argv[3] ?? 1);
try {
await fc.assert(fc.asyncProperty(scenario, liveThrough), { numRuns: Number(process.argv[2] ?? 100), seed, endOnFailure: false });
} catch (e) { console.log(String((e as Error).message).slice(0, 3000)); console.log((e as any).cause?.stack?.slice(0,1500)) }
console.log(Math.round(performance.now() - t), 'ms');
