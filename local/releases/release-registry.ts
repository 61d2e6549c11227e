import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { parseFaults } from '../../domain/faults.ts';
import { nextRepair, type Release } from '../../domain/release.ts';
import type { RegisteredRelease } from '../control/control-api.ts';
import type { Registration } from '../control/control-requests.ts';
import { parseKept } from '../state/parse-kept.ts';
import { makePrivateFolder, readIfThere, writePrivateFile } from '../state/private-file.ts';
import { askContract, type ReleaseContract } from './contract/release-contract.ts';
import { describeCheckout, exportSource, resolveRef } from './export-source.ts';
import { installPackages } from './install-packages.ts';
import { pruneBuilds } from './prune-builds.ts';

const kept = z.strictObject({
  /** Undefined for the present checkout. */
  commit: z.string().optional(),
  fault: z.string().optional(),
});
type Kept = z.infer<typeof kept>;

/** A release whose source, packages and contract are at hand. */
export interface PreparedRelease extends Omit<RegisteredRelease, 'checkout'> {
  /** The Node that runs it: its own. */
  readonly node: string;
  readonly contract: ReleaseContract;
}

/** What each release's name means on this machine. */
export interface ReleaseRegistry {
  /**
   * Says what `release` is, and brings its source and packages; the same again changes nothing.
   * @throws ParityError `conflict` when it is something else and still part of the pair; `not_a_checkout`,
   *   `ref_unknown`, `install_failed`, `release_unfit`; `invalid_request` for a fault that is none
   */
  register(registration: Registration): Promise<RegisteredRelease>;
  /** Brings what was registered before; what never was is the present checkout. @throws as `register` */
  restore(release: Release): Promise<PreparedRelease>;
  /** @throws ParityError `release_unknown` */
  prepared(release: Release): PreparedRelease;
  /** The same; undefined when nobody registered it. */
  find(release: Release): PreparedRelease | undefined;
  /** Deletes what was registered and is not prepared now; only before anybody can register. */
  prune(): Promise<void>;
}

/** What a registry needs. */
export interface RegistrySurroundings {
  /** Keeps registrations, sources and packages. */
  readonly folder: string;
  /** The present checkout. */
  readonly project: string;
  /** The Node that runs the present checkout. */
  readonly node: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True while the pair has a use for a release. */
  readonly isNamed: (release: Release) => boolean;
  readonly tell: (line: string) => void;
  /** Aborted when the pair is stopped. */
  readonly stop: AbortSignal;
}

/** Patience enough for an empty cache and a slow registry; what is not there by then does not come. */
const installWithinMs = 10 * 60_000;

/** Opens the registry in its folder; nothing is prepared yet. */
export async function openReleaseRegistry(given: RegistrySurroundings): Promise<ReleaseRegistry> {
  const around = { ...given, folder: resolve(given.folder) };
  await makePrivateFolder(around.folder);
  const known = new Map<Release, PreparedRelease>();
  const fileOf = (release: Release) => join(around.folder, `release-${release}.json`);
  const read = async (release: Release): Promise<Kept | undefined> => {
    const text = await readIfThere(fileOf(release));
    const path = fileOf(release);
    return text === undefined ? undefined : parseKept(text, kept, { path, wayOut: wayOutOf(release) });
  };
  const keep = (release: Release, what: Kept) => writePrivateFile(fileOf(release), JSON.stringify(what));
  const prepare = async (release: Release, what: Kept) => {
    const prepared = await prepareRelease(release, what, around);
    known.set(release, prepared);
    return prepared;
  };
  return {
    register: async ({ release, source: { ref }, fault }) => {
      if (fault !== undefined) parseFaults(fault);
      const project = { ...around, folder: around.project };
      const commit = ref === undefined ? undefined : await resolveRef(project, ref);
      const checkout = ref === undefined ? await describeCheckout(project) : undefined;
      const wanted: Kept = { commit, fault };
      const before = await read(release);
      if (before !== undefined && !isSame(before, wanted) && around.isNamed(release))
        throw taken(release, before);
      const running = around.isNamed(release) ? known.get(release) : undefined;
      // A checkout may have changed under a release that is shipped already: it stays what it was asked as.
      if (running !== undefined) return { ...told(running), checkout };
      const prepared = await prepare(release, wanted);
      await keep(release, wanted);
      return { ...told(prepared), checkout };
    },
    restore: async release => {
      const what = (await read(release)) ?? {};
      await keep(release, what);
      return await prepare(release, what);
    },
    prepared: release => {
      const prepared = known.get(release);
      if (prepared !== undefined) return prepared;
      throw new ParityError(
        'release_unknown',
        `Nobody has said what release ${release} is made of: register it first.`,
      );
    },
    find: release => known.get(release),
    prune: () => pruneBuilds(around.folder, [...known.values()]),
  };
}

async function prepareRelease(
  release: Release,
  { commit, fault }: Kept,
  around: RegistrySurroundings,
): Promise<PreparedRelease> {
  const { folder, node } =
    commit === undefined ? { folder: around.project, node: around.node } : await build(commit, around);
  const contract = await askContract(folder, node);
  if (fault !== undefined && !contract.environmentOf(contract.services).optional.includes(faultVariable)) {
    throw new ParityError(
      'release_unfit',
      `The source of release ${release} knows no faults: leave --fault out.`,
    );
  }
  return { release, folder, commit, fault, node, contract };
}

/** Tells the processes of a release which fault they are to show. */
export const faultVariable = 'PARITY_FAULT';

function wayOutOf(release: Release): string {
  return `put back what it was, { "commit": "…" }, or delete it: release ${release} is then the present checkout`;
}

async function build(
  commit: string,
  around: RegistrySurroundings,
): Promise<{ folder: string; node: string }> {
  const folder = join(around.folder, `source-${commit.slice(0, 12)}`);
  await exportSource({ ...around, folder: around.project }, commit, folder);
  await installPackages(folder, { ...around, withinMs: installWithinMs });
  return { folder, node: join(folder, 'node_modules', '.bin', 'node') };
}

function isSame(a: Kept, b: Kept): boolean {
  return a.commit === b.commit && a.fault === b.fault;
}

function taken(release: Release, { commit, fault }: Kept): ParityError {
  const what = `${commit ?? 'the present checkout'}${fault === undefined ? '' : ` with the fault ${fault}`}`;
  return new ParityError(
    'conflict',
    `Release ${release} is ${what}, and stays that while it is part of the pair: ship another build under a name of its own, such as ${nextRepair(release)}.`,
  );
}

function told({ release, folder, commit, fault }: PreparedRelease): Omit<RegisteredRelease, 'checkout'> {
  return { release, folder, commit, fault };
}
