import { parities } from '../domain/parity.ts';
import type { Configuration } from './configuration.ts';
import { openEstate, type EstateSettings } from './stack.ts';
import { brokerStack } from './stacks/broker.ts';
import { clusterStack } from './stacks/cluster.ts';
import { dataStack } from './stacks/documents.ts';
import { deliveryStack } from './stacks/delivery.ts';
import { edgeStack } from './stacks/edge.ts';
import { foundationStack } from './stacks/foundation.ts';
import { networkStack } from './stacks/network.ts';
import type { App } from './terraform.ts';

/** The whole estate as cdktf sees it; `app.synth()` writes it to `outdir`. Which stack needs which, cdktf finds out. */
export function buildEstate(outdir: string, configuration: Configuration, settings?: EstateSettings): App {
  const estate = openEstate(outdir, configuration, settings);
  const foundation = foundationStack(estate);
  const network = networkStack(estate);
  const data = dataStack(estate, network);
  edgeStack(estate, { foundation, network });
  const delivery = deliveryStack(estate, { foundation, network });
  for (const parity of parities) {
    brokerStack(estate, parity, network);
    clusterStack(estate, parity, { network, data, delivery });
  }
  return estate.app;
}
