import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { isParity, type Parity } from '../../domain/parity.ts';

/** What the process of a keeper is told. */
export interface KeeperSettings {
  readonly cluster: Parity;
  /** The state folder of its pair. */
  readonly stateFolder: string;
  /** Where it answers, on 127.0.0.1. */
  readonly port: number;
  readonly prometheusUrl: string;
}

const shape = z.object({
  PARITY_CLUSTER: z.string().refine(isParity, 'odd or even'),
  PARITY_STATE: z.string().min(1),
  PARITY_KEEPER_PORT: z.coerce.number().int().min(1).max(65_535),
  PARITY_PROMETHEUS_URL: z.url(),
});

/** The environment that says this. */
export function keeperEnvironment(settings: KeeperSettings): Record<keyof z.infer<typeof shape>, string> {
  return {
    PARITY_CLUSTER: settings.cluster,
    PARITY_STATE: settings.stateFolder,
    PARITY_KEEPER_PORT: `${settings.port}`,
    PARITY_PROMETHEUS_URL: settings.prometheusUrl,
  };
}

/** What an environment says. @throws ParityError `invalid_configuration` that names every fault */
export function readKeeperSettings(env: Readonly<Record<string, string | undefined>>): KeeperSettings {
  const parsed = shape.safeParse(env);
  if (!parsed.success) {
    const message = `The keeper cannot be started like this:\n${z.prettifyError(parsed.error)}`;
    throw new ParityError('invalid_configuration', message);
  }
  const { PARITY_CLUSTER, PARITY_STATE, PARITY_KEEPER_PORT, PARITY_PROMETHEUS_URL } = parsed.data;
  return {
    cluster: PARITY_CLUSTER,
    stateFolder: PARITY_STATE,
    port: PARITY_KEEPER_PORT,
    prometheusUrl: PARITY_PROMETHEUS_URL,
  };
}
