import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What may have passed before the memory that it lay in is given back. */
const collectEvery = 4 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;

let passed = 0;

/**
 * Says that so many bytes have passed through buffers of this process: from a socket to a socket, into a file, out of
 * one. V8 knows that such buffers lie outside its heap, but lets more than 64 MiB of them gather before it looks; what a
 * long upload makes of that is printed by `npm run bench -- stream`.
 */
export function bytesPassed(count: number): void {
  passed += count;
  if (passed < collectEvery) return;
  passed = 0;
  collect({ type: 'minor' });
}
