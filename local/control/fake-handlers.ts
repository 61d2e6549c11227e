import { ParityError } from '../../domain/errors.ts';
import type { ControlHandlers } from './control-api.ts';
import type { ControlAction } from './control-requests.ts';

/** For tests: a pair that does what is given, and refuses everything else. */
export function fakeHandlers(given: Partial<ControlHandlers>): ControlHandlers {
  const refuse = (action: ControlAction) => async () => {
    throw new ParityError('internal', `Nobody was to ask for ${action}.`);
  };
  return {
    status: refuse('status'),
    look: refuse('look'),
    kill: refuse('kill'),
    heal: refuse('heal'),
    rotate: refuse('rotate'),
    register: refuse('register'),
    source: refuse('source'),
    run: refuse('run'),
    workload: refuse('workload'),
    stop: refuse('stop'),
    unpublish: refuse('unpublish'),
    backlog: refuse('backlog'),
    deleteQueues: refuse('deleteQueues'),
    workloadsOf: refuse('workloadsOf'),
    applyRecord: refuse('applyRecord'),
    readBackRouting: refuse('readBackRouting'),
    peerChecks: refuse('peerChecks'),
    ...given,
  };
}
