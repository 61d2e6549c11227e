import type { PeerChecks } from '../control/control-api.ts';

/**
 * Whether a gateway's peer can be reached, from one look at its health checks after another: one answer since the last
 * look is enough, and where all went unanswered it can not. Undefined until that is known.
 */
export function peerSight(): (checks: PeerChecks) => boolean | undefined {
  let last: PeerChecks | undefined;
  let sees: boolean | undefined;
  return checks => {
    if (last !== undefined && checks.answered > last.answered) sees = true;
    else if (last !== undefined && checks.unanswered > last.unanswered) sees = false;
    last = checks;
    return sees;
  };
}
