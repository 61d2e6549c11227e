import assert from 'node:assert/strict';
import { parseRelease } from './domain/release.ts';
import { shipUndisturbed, shipKilledAt } from './release/testing/killed-engine.ts';
import { testPolicy } from './release/testing/test-world.ts';
const order = { release: parseRelease(process.argv[2] ?? '42'), policy: testPolicy, who: 'anna', why: 'sprint' };
let t = performance.now();
const { calls, end } = await shipUndisturbed(order);
console.log(calls.length, Math.round(performance.now() - t), end.outcome);
t = performance.now();
const bad: string[] = [];
for (let call = 1; call <= calls.length; call++) for (const when of ['before', 'after'] as const) {
  try { assert.deepEqual(await shipKilledAt(order, { call, when }), end); }
  catch (e) { bad.push(`${call} ${calls[call - 1]} ${when}: ${(e as Error).message.slice(0, 300)}`); }
}
console.log(bad.length, Math.round(performance.now() - t), 'ms');
console.log(bad.slice(0, 10).join('\n'));
