import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { systemClock } from '../../services/kit/ports.ts';
import type { PeerChecks } from '../control/control-api.ts';
import { peerChecks } from './peer-checks.ts';
import { openPeerLink, type PeerLink } from './peer-link.ts';
import { sharedGatewayWorld } from './shared-gateway-world.ts';

describe('peerChecks', { timeout: 120_000 }, () => {
  const links: PeerLink[] = [];
  const world = sharedGatewayWorld({
    linkTo: async (_to, port) => {
      const link = await openPeerLink(port);
      links.push(link);
      return link.port;
    },
  });
  after(() => Promise.all(links.map(link => link.close())));

  /** Looks until both counts have moved as expected since `from`. */
  const until = async (isSo: (now: PeerChecks) => boolean): Promise<PeerChecks> => {
    const admin = world().gateways.odd.workload.lastLife()?.admin ?? assert.fail();
    for (;;) {
      const now = await peerChecks(admin);
      if (isSo(now)) return now;
      await systemClock.delay(50);
    }
  };

  it('count what is answered while the way is there, and what is not while it is cut', async () => {
    const { answered } = await until(now => now.answered > 0);
    await until(now => now.answered > answered);
    links.forEach(link => link.cut());
    const cut = await until(() => true);
    // What was under way when it was cut may still have been answered.
    const gone = await until(now => now.unanswered > cut.unanswered + 4);
    const later = await until(now => now.unanswered > gone.unanswered + 4);
    assert.equal(later.answered, gone.answered);
    links.forEach(link => link.mend());
    await until(now => now.answered > later.answered);
  });
});
