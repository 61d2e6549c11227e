import { ParityError } from './errors.ts';
import { parityOfSprint, type Parity } from './parity.ts';

/** A release's name: its sprint, `42`, or a repaired build of it, `42.1`. Made by `parseRelease` alone. */
export type Release = string & { readonly brand: 'Release' };

const pattern = /^([1-9]\d{0,5})(?:\.([1-9]\d{0,3}))?$/;

/** @throws ParityError `invalid_request` when `text` is no release name. */
export function parseRelease(text: string): Release {
  if (!pattern.test(text)) {
    throw new ParityError(
      'invalid_request',
      `"${text}" is no release: a sprint such as 42, or a repair such as 42.1.`,
    );
  }
  return text as Release;
}

/** The sprint that a release belongs to: 42 for `42.1`. */
export function sprintOf(release: Release): number {
  return Number(pattern.exec(release)?.[1]);
}

/** The cluster that a release ships to; a repair ships where its sprint did. */
export function parityOfRelease(release: Release): Parity {
  return parityOfSprint(sprintOf(release));
}

/** What a repair of this release would be called: 42.1 for `42`, 42.2 for `42.1`. */
export function nextRepair(release: Release): string {
  const [sprint, repair] = numbersOf(release);
  return `${sprint}.${repair + 1}`;
}

/** Negative when `a` came before `b`: by sprint, then by repair. */
export function compareReleases(a: Release, b: Release): number {
  const [sprintA, repairA] = numbersOf(a);
  const [sprintB, repairB] = numbersOf(b);
  return sprintA - sprintB || repairA - repairB;
}

function numbersOf(release: Release): [number, number] {
  const [, sprint, repair] = pattern.exec(release) ?? [];
  return [Number(sprint), Number(repair ?? 0)];
}
