import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What may have passed before the memory that it lay in is given back. */
const collectEvery = 4 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;

let passed = 0;

/**
 * Says that so many bytes have passed through buffers of this process: from a socket to a socket, or out of a file. V8 knows that such buffers lie outside its heap, but lets more than 64 MiB of them gather before it looks; what a
 * long upload makes of that is printed by `npm run bench -- stream`.
 */
export function bytesPassed(count: number): void {
  passed += count;
  if (passed < collectEvery) return;
  passed = 0;
  collect({ type: 'minor' });
}

/**
 * Gives back at once the memory of bytes that nobody will look at again; they are empty afterwards. Nothing happens to
 * bytes that share their memory with others, as small ones from Node's pool do. Left to itself, V8 marks its whole heap
 * several times a second to find what uploads leave behind; what that cost is printed by `npm run bench -- accept`.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
