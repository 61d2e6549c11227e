import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { probes } from '../../domain/catalogue.ts';
import { parities, perParity, type Parity } from '../../domain/parity.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { chooseTarget, type Target } from './choose-target.ts';
import type { FrontDoorMode } from './front-door-mode.ts';
import { askOverHttp, startHealthCheck } from './health-check.ts';
import { cachedLookUps } from './look-ups.ts';
import { relay, type Relay, type RelaySettings } from './relay.ts';

/** Connections held at once; beyond it new ones are closed at once. */
const maxConnections = 4_096;

/** What the front door needs to know. */
export interface FrontDoorOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The gateway port of each cluster on this machine. */
  readonly gateways: Record<Parity, number>;
  /** Asked for every look-up. */
  readonly weights: () => Record<Parity, number>;
  readonly mode: FrontDoorMode;
  readonly relay: RelaySettings;
  readonly clock: Clock;
  /** A number in [0, 1) that decides between weights. */
  readonly draw: () => number;
  readonly onHealthChange?: (parity: Parity, healthy: boolean) => void;
}

/** The open front door. */
export interface FrontDoor {
  readonly port: number;
  /** What the health checks believe. */
  health(): Record<Parity, boolean>;
  /** Cuts every connection and stops. */
  close(): Promise<void>;
}

/**
 * A TCP listener that plays Route 53 and its clients' resolvers (docs/decisions/0003-the-front-door-plays-dns.md).
 * @throws Error of `listen` when the port is taken.
 */
export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const { mode, clock } = options;
  const relays = perParity(() => new Set<Relay>());
  const checks = perParity(parity =>
    startHealthCheck({
      look: stop => askOverHttp(livenessOf(options.gateways[parity]), mode.health.timeoutMs, stop),
      settings: mode.health,
      clock,
      onChange: healthy => options.onHealthChange?.(parity, healthy),
      onLook: (healthy, seen) => {
        // A gateway that answers serves its connections through its peer. And with nowhere else to go a cut would only
        // turn slow answers into none.
        const elsewhere = parities.some(other => checks[other].healthy());
        if (!healthy && seen === 'silent' && mode.cutsSilent && elsewhere) cutAll(relays[parity]);
      },
    }),
  );
  const health = () => perParity(parity => checks[parity].healthy());
  const lookUp = () => chooseTarget(targets(options.weights(), health()), options.draw());
  const clusterFor = cachedLookUps(mode.lookUps, { clock, lookUp });
  const admit = (client: Socket) => {
    const parity = clusterFor(client.remoteAddress ?? '');
    hold(relays[parity], relay(client, options.gateways[parity], options.relay));
  };
  const stopChecks = () => Promise.all(parities.map(parity => checks[parity].close()));
  const server = await listen(options.port, admit).catch(async (error: unknown) => {
    await stopChecks();
    throw error;
  });
  const close = async () => {
    server.close();
    for (const parity of parities) cutAll(relays[parity]);
    await Promise.all([stopChecks(), once(server, 'close')]);
  };
  return { port: (server.address() as AddressInfo).port, health, close };
}

function livenessOf(port: number): string {
  return `http://127.0.0.1:${port}${probes.liveness}`;
}

function targets(
  weights: Record<Parity, number>,
  health: Record<Parity, boolean>,
): readonly [Target, ...Target[]] {
  const target = (parity: Parity) => ({ parity, weight: weights[parity], healthy: health[parity] });
  const [first, second] = parities;
  return [target(first), target(second)];
}

function hold(relays: Set<Relay>, held: Relay): void {
  relays.add(held);
  void held.closed.then(() => relays.delete(held));
}

function cutAll(relays: Set<Relay>): void {
  for (const held of relays) held.cut();
}

async function listen(port: number, admit: (client: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, admit);
  server.maxConnections = maxConnections;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
