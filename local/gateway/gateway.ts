import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import type { Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import type { HealthyPlaces, Routing } from '../../domain/routing.ts';
import { isOlder, type Rendered } from '../../release/keeper/render.ts';
import type { Clock } from '../../services/kit/ports.ts';
import type { Machine } from '../engines/engine.ts';
import type { Envoy } from '../engines/install-envoy.ts';
import { writePrivateFile } from '../state/private-file.ts';
import { supervise, type Workload, type WorkloadStatus } from '../supervisor/workload.ts';
import type { TokenTrust } from './envoy/access-tokens.ts';
import { renderBootstrap } from './envoy/bootstrap.ts';
import { resourceName } from './envoy/names.ts';
import type { EnvoyObject } from './envoy/resource.ts';
import { fileOf } from './envoy/sources.ts';
import type { GatewayIdentity } from './envoy/tls.ts';
import { configurationFolder } from './configuration-folder.ts';
import type { GatewayLimits, GatewayPorts, ReleaseView } from './gateway-view.ts';
import { nowhere, placesSeen, requestsUnderWay } from './placed-requests.ts';
import { readBack, worksBy } from './read-back.ts';
import {
  renderClusterFile,
  renderFiles,
  renderForValidation,
  watchedFolder,
  type ConfigurationFile,
  type GatewayInputs,
} from './render-gateway.ts';
import { startEnvoy, type RunningEnvoy } from './start-envoy.ts';
import { configurationValidator, type ValidateConfiguration } from './validate-configuration.ts';

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly parity: Parity;
  readonly folder: string;
  readonly ports: GatewayPorts;
  readonly peerPort: number;
  readonly limits: GatewayLimits;
  readonly rendered: Rendered;
  /** The releases that a routing names, and all others that run here now. */
  readonly releasesOf: (routing: Routing) => readonly ReleaseView[];
  readonly trust: TokenTrust;
  readonly identity: GatewayIdentity;
  readonly envoy: Envoy;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly onChange?: (status: WorkloadStatus) => void;
}

/**
 * A cluster's gateway: an Envoy that is kept running, and the files that it works by. Every change is validated, put in
 * place by a rename and read back; changes come one after the other.
 */
export interface Gateway {
  readonly workload: Workload<RunningEnvoy>;
  /**
   * Routes as a record says; what follows from an older one than what is applied changes nothing. Resolves when Envoy
   * works by it, or will when it runs again.
   * @throws ParityError `gateway_refused`, and the gateway works by what it had; `unreachable`
   */
  applyRecord(rendered: Rendered): Promise<void>;
  /** Looks again at what runs here. @throws as `applyRecord` */
  applyReleases(): Promise<void>;
  /** Believes other signing keys. @throws as `applyRecord` */
  applyTrust(trust: TokenTrust): Promise<void>;
  /** Shows another certificate, believes other authorities. @throws as `applyRecord` */
  applyIdentity(identity: GatewayIdentity): Promise<void>;
  /** What it was told last. */
  rendered(): Rendered;
  /**
   * How Envoy routes, asked of itself; undefined while that is not what it was told last.
   * @throws ParityError `unreachable` when it does not run
   */
  readBack(): Promise<Rendered | undefined>;
  /**
   * Where all services of a release are ready in its eyes. Taking a record is no proof of that: a place whose first
   * health check failed is left out until the next, and requests go elsewhere. Nowhere while the gateway is dead.
   */
  sees(release: Release): Promise<HealthyPlaces>;
  /**
   * Requests that services of a release are answering here, whichever gateway they entered by.
   * @throws ParityError `unreachable` when it does not run
   */
  underWay(release: Release): Promise<number>;
}

/** Writes the whole configuration and starts the gateway. @throws ParityError `gateway_refused` */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { folder, parity } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writePrivateFile(
    join(folder, 'bootstrap.json'),
    JSON.stringify(renderBootstrap(parity, watchedFolder)),
  );
  const gateway = new ConfiguredGateway(options);
  await gateway.begin();
  return gateway;
}

interface Settings {
  readonly rendered: Rendered;
  readonly trust: TokenTrust;
  readonly identity: GatewayIdentity;
}

class ConfiguredGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #files;
  readonly #validate: ValidateConfiguration;
  #settings: Settings;
  #clusters: readonly EnvoyObject[] = [];
  #workload: Workload<RunningEnvoy> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#settings = options;
    const { envoy, folder } = options;
    this.#files = configurationFolder(folder);
    this.#validate = configurationValidator({ program: envoy.program, folder });
  }

  async begin(): Promise<void> {
    await this.#become(this.#settings);
    const { clock, onChange, parity } = this.#options;
    const start = () => startEnvoy({ ...this.#options, name: `gateway of ${parity}` });
    this.#workload = supervise({ start, clock, ...(onChange && { onChange }) });
  }

  get workload(): Workload<RunningEnvoy> {
    return this.#workload as Workload<RunningEnvoy>;
  }

  rendered(): Rendered {
    return this.#settings.rendered;
  }

  async readBack(): Promise<Rendered | undefined> {
    const { admin } = this.#demandRunning();
    const settings = this.#settings;
    const name = fileOf.routes(resourceName.ingressRoutes);
    const routes = renderFiles(this.#inputs(settings)).filter(file => file.name === name);
    return (await worksBy(admin, routes)) ? settings.rendered : undefined;
  }

  async sees(release: Release): Promise<HealthyPlaces> {
    const { admin } = this.#running() ?? {};
    const { routing } = this.#settings.rendered;
    const view = this.#options.releasesOf(routing).find(known => known.release === release);
    return admin === undefined || view === undefined ? nowhere : await placesSeen(admin, view);
  }

  async underWay(release: Release): Promise<number> {
    return await requestsUnderWay(this.#demandRunning().admin, release);
  }

  async applyRecord(rendered: Rendered): Promise<void> {
    const withIt = (all: Settings) => (isOlder(rendered, all.rendered) ? all : { ...all, rendered });
    // Before its turn comes: what is newer, and may have been validated long ago, does not wait meanwhile.
    await this.#examine(this.#inputs(withIt(this.#settings)));
    await this.#inTurn(withIt);
  }

  applyReleases(): Promise<void> {
    return this.#inTurn(settings => settings);
  }

  applyTrust(trust: TokenTrust): Promise<void> {
    return this.#inTurn(settings => ({ ...settings, trust }));
  }

  applyIdentity(identity: GatewayIdentity): Promise<void> {
    return this.#inTurn(settings => ({ ...settings, identity }));
  }

  #inTurn(change: (settings: Settings) => Settings): Promise<void> {
    const mine = this.#turn.then(async () => {
      const next = change(this.#settings);
      try {
        await this.#become(next);
      } catch (error) {
        await this.#goBack();
        throw error;
      }
      this.#settings = next;
    });
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #become(settings: Settings): Promise<void> {
    const inputs = this.#inputs(settings);
    const next = renderClusterFile(inputs);
    const grown = renderClusterFile(inputs, this.#clusters);
    const files = renderFiles(inputs);
    if (!(await this.#examine(inputs))) return;
    // What routes lead to comes before them, and goes after them. Where a step fails, it is not known which routes hold.
    this.#clusters = grown.clusters;
    for (const step of [[grown.file], files, [next.file]]) await this.#put(step);
    this.#clusters = next.clusters;
  }

  /** True when something differs from what lies there, and is valid. @throws ParityError `gateway_refused` */
  async #examine(inputs: GatewayInputs): Promise<boolean> {
    const changed = this.#files.changed([renderClusterFile(inputs).file, ...renderFiles(inputs)]);
    if (changed.length > 0) await this.#validate(renderForValidation(inputs));
    return changed.length > 0;
  }

  /** What was refused must not be what Envoy begins with when it is started again; it need not answer now. */
  async #goBack(): Promise<void> {
    const inputs = this.#inputs(this.#settings);
    const clusters = renderClusterFile(inputs, this.#clusters).file;
    const files = this.#files.changed([clusters, ...renderFiles(inputs)]);
    await this.#files.put(files);
    this.#files.forget(files);
  }

  async #put(files: readonly ConfigurationFile[]): Promise<void> {
    const changed = this.#files.changed(files);
    if (changed.length === 0) return;
    await this.#files.put(changed);
    const running = this.#running();
    if (running === undefined) return;
    try {
      await readBack(running.admin, changed, this.#options.clock);
    } catch (error) {
      this.#files.forget(changed);
      throw error;
    }
  }

  #running(): RunningEnvoy | undefined {
    return this.#workload?.status().state === 'running' ? this.#workload.lastLife() : undefined;
  }

  #demandRunning(): RunningEnvoy {
    const running = this.#running();
    if (running !== undefined) return running;
    throw new ParityError('unreachable', `The gateway of ${this.#options.parity} does not run.`);
  }

  #inputs({ rendered: { routing }, trust, identity }: Settings): GatewayInputs {
    const { parity, ports, peerPort, limits, releasesOf } = this.#options;
    const view = { parity, ports, peerPort, routing, releases: releasesOf(routing), limits };
    return { view, trust, identity };
  }
}
