import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Configuration } from '../configuration.ts';
import type { Workshop } from '../engine/estate-commands.ts';
import { runProgram } from '../engine/run-program.ts';
import { openTerraform } from '../engine/terraform-program.ts';
import { startAwsStandIn, type AwsStandIn } from './aws-stand-in.ts';
import { startMoto } from './start-moto.ts';
import { exampleConfiguration } from './synthesized.ts';

/** An empty account, and everything to fill it with. */
export interface StandInWorld {
  readonly aws: AwsStandIn;
  /** The address of moto itself, behind the front. */
  readonly motoUrl: string;
  /** What was told so far. */
  readonly told: readonly string[];
  /** The commands' workshop, with `changes` laid over the example configuration. */
  workshop(changes?: Partial<Configuration>): Promise<Workshop>;
  stop(): Promise<void>;
}

/** Real terraform, real provider, and a stand-in for everything that they talk to. */
export async function openStandInWorld(env: NodeJS.ProcessEnv): Promise<StandInWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-infra-'));
  const moto = await startMoto(env);
  const aws = await startAwsStandIn(moto.url);
  const told: string[] = [];
  const toStandIn = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'stand-in',
    AWS_SECRET_ACCESS_KEY: 'stand-in',
    AWS_EC2_METADATA_DISABLED: 'true',
    // A call that the stand-in lacks shall fail at once, not after 25 attempts.
    AWS_MAX_ATTEMPTS: '4',
  };
  const terraform = await openTerraform({
    env: { ...env, ...toStandIn },
    folder,
    run: runProgram,
    mirrorOnly: true,
  });
  return {
    aws,
    motoUrl: moto.url,
    told,
    workshop: async changes => ({
      configuration: await exampleConfiguration(changes),
      folder,
      terraform,
      tell: line => void told.push(line),
      width: 3,
    }),
    stop: async () => {
      await aws.stop();
      await moto.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
