import { z } from 'zod';
import type { Machine } from '../engine.ts';
import { isInRange } from '../version-range.ts';
import { apiVersion, dockerApi, type DockerApi } from './docker-api.ts';

/** Where an engine listens when nobody says otherwise; a rootless one in the user's own folder for such things. */
const usualSocket = '/var/run/docker.sock';

const answerWithinMs = 2_000;

const versionSchema = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  MinAPIVersion: z.string(),
  Os: z.string(),
  Arch: z.string(),
});

const infoSchema = z.object({ SecurityOptions: z.array(z.string()).nullish() });

/** Under these, users inside are not the users outside, and what a container writes would not be ours. */
const otherUsers = ['name=rootless', 'name=userns'];

/**
 * The Docker engine of this machine, if one answers: what counts is not whether a `docker` program is there, but that
 * somebody behind the socket runs Linux containers for this processor and speaks our version of the API. Only a Unix
 * socket is tried, for a folder of ours can be mounted only where we are ourselves.
 */
export async function findDocker(machine: Machine): Promise<DockerApi | undefined> {
  for (const socketPath of socketsOf(machine)) {
    const api = dockerApi(socketPath);
    const engine = await engineBehind(api).catch(() => undefined);
    if (engine === undefined) continue;
    const { version, hasOurUsers } = engine;
    if (isOurs(version) && hasOurUsers) return api;
    machine.progress(
      `engines: the Docker engine ${version.Version} at ${socketPath} (API ${version.ApiVersion}, ${version.Os}, ` +
        `${version.Arch}) does not run Linux containers for x86-64 by API ${apiVersion} with our own users: left alone`,
    );
  }
  return undefined;
}

function socketsOf({ env }: Machine): string[] {
  const given = env['DOCKER_HOST'];
  if (given !== undefined && given !== '') {
    return given.startsWith('unix://') ? [given.slice('unix://'.length)] : [];
  }
  const own = env['XDG_RUNTIME_DIR'];
  return own === undefined ? [usualSocket] : [usualSocket, `${own}/docker.sock`];
}

async function engineBehind(api: DockerApi) {
  const signal = AbortSignal.timeout(answerWithinMs);
  const version = await api.ask({ method: 'GET', path: '/version' }, signal);
  const info = await api.ask({ method: 'GET', path: '/info' }, signal);
  const { SecurityOptions } = infoSchema.parse(JSON.parse(info.text));
  return {
    version: versionSchema.parse(JSON.parse(version.text)),
    hasOurUsers: !SecurityOptions?.some(option => otherUsers.includes(option)),
  };
}

function isOurs({ ApiVersion, MinAPIVersion, Os, Arch }: z.infer<typeof versionSchema>): boolean {
  const speaksOurs = isInRange(ApiVersion, { from: apiVersion, below: '2' });
  const stillTakesOurs = isInRange(apiVersion, { from: MinAPIVersion, below: '2' });
  return speaksOurs && stillTakesOurs && Os === 'linux' && Arch === 'amd64';
}
