import type { Machine } from '../engine.ts';
import type { DockerApi } from './docker-api.ts';
import { findDocker } from './find-docker.ts';
import { haveImage, type Image } from './have-image.ts';

/** The machine's Docker engine, which has the image by then; undefined when it cannot run that. */
export async function dockerWith(machine: Machine, image: Image): Promise<DockerApi | undefined> {
  const docker = await findDocker(machine);
  return docker && (await haveImage(machine, docker, image)) ? docker : undefined;
}

/** Us, as a container is told whom to run as. */
export function ourselves(): string {
  return `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
}
