import { exit, stdout } from 'node:process';
import { startPairProcess } from '../faults/running-pair.ts';
import { createClosing } from '../local/pair/closing.ts';
import { takeTour } from './take-tour.ts';

/**
 * `npm run tour`: everything that Parity is for, on a pair of its own, in a few minutes. Exits with 1 when a paper was
 * lost or shown twice, or when a release did not end as it should.
 */
const print = (line: string) => void stdout.write(`${line}\n`);
const closing = createClosing(error => print(`closing: ${String(error)}`));
const leave = (code: number) => () => void closing.close().finally(() => exit(code));
process.once('SIGINT', leave(130)).once('SIGTERM', leave(143));

try {
  print('Parity: a sprint shipped, a bad one taken back, a cluster killed, while drivers send papers.\n');
  const pair = await startPairProcess({});
  await closing.opened(() => pair.forget());
  await closing.opened(() => pair.stop());
  const isGood = await takeTour(pair, print);
  await closing.close();
  exit(isGood ? 0 : 1);
} catch (error) {
  print(String(error));
  await closing.close();
  exit(1);
}
