import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import { endByFault, type EndingProcess } from './end-by-fault.ts';

/** A process that notes how it was ended. */
function aProcess() {
  const events = new EventEmitter();
  const said: string[] = [];
  const exits: unknown[] = [];
  const process = Object.assign(events, {
    exit: (code: unknown) => void exits.push(code),
    stderr: { write: (line: string) => said.push(line) > 0 },
  }) as unknown as EndingProcess;
  return { process, events, said, exits };
}

describe('endByFault', () => {
  it('ends the process at what nobody caught, and says it in one line', () => {
    for (const event of ['uncaughtException', 'unhandledRejection']) {
      const { process, events, said, exits } = aProcess();
      endByFault(process);
      events.emit(event, new ParityError('engine_missing', 'There is no broker.'));
      assert.deepEqual([said, exits], [['engine_missing: There is no broker.\n'], [1]]);
    }
  });

  it('ends it at what was caught, with the stack of a fault of its own', () => {
    const { process, said, exits } = aProcess();
    endByFault(process)(new TypeError('broken'));
    assert.match(said[0] ?? '', /^TypeError: broken\n {4}at /);
    assert.deepEqual(exits, [1]);
  });
});
