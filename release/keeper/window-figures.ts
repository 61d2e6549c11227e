import type { Release } from '../../domain/release.ts';
import type { Sample } from '../gates/sample.ts';
import type { JudgedWindow } from '../gates/windows.ts';
import type { Measure } from '../ports.ts';
import { maxUsers, userFold, type UserFold } from './user-fold.ts';

/** Something that a user met, as far as gates care. */
export interface Observation {
  readonly atMs: number;
  readonly user: string;
  readonly measure: Measure;
  /** The release that answers for it. */
  readonly release: Release;
  /** Undefined where it has none that we know. */
  readonly routeClass: string | undefined;
  readonly bad: boolean;
}

/** The figures of one measure of one release in one window; of all route classes together where none is named. */
export interface Figure {
  readonly fromMs: number;
  readonly measure: Measure;
  readonly release: Release;
  readonly routeClass: string | undefined;
  readonly sample: Sample;
}

/** What users met, folded per window. */
export interface WindowFigures {
  /** From now on these windows are judged, and no others. */
  judge(windows: readonly JudgedWindow[]): void;
  windows(): readonly JudgedWindow[];
  observe(observation: Observation): void;
  figures(): Figure[];
}

interface Cell extends Omit<Figure, 'fromMs' | 'sample'> {
  readonly fold: UserFold;
}
type Cells = Map<string, Cell>;
interface Slice {
  readonly cells: Cells;
  readonly startMs: number;
}

/** So many slices make the time that is remembered before anybody judges it; together they fill a window. */
const slicesKept = 12;
const maxUsersOfSlice = maxUsers / 4;

/**
 * Folds observations into the windows that are judged, and into slices of the last `rememberMs`: what the live release
 * was like before is asked for only afterwards. Memory is bounded by users, not by requests.
 */
export function windowFigures({ rememberMs }: { readonly rememberMs: number }): WindowFigures {
  const sliceMs = Math.max(1, Math.ceil(rememberMs / slicesKept));
  const slices = new Map<number, Slice>();
  let judged = new Map<number, { window: JudgedWindow; cells: Cells }>();

  const remembered = (window: JudgedWindow): Cells => {
    const cells: Cells = new Map();
    for (const { startMs, cells: some } of slices.values()) {
      if (!holds(window, startMs + sliceMs / 2)) continue;
      for (const cell of some.values()) cellOf(cells, cell).fold.addAll(cell.fold);
    }
    return cells;
  };
  return {
    judge: windows => {
      judged = new Map(
        windows.map(window => {
          const cells = judged.get(window.fromMs)?.cells ?? remembered(window);
          return [window.fromMs, { window, cells }];
        }),
      );
    },
    windows: () => [...judged.values()].map(({ window }) => window),
    observe: observation => {
      const { atMs } = observation;
      const slice = sliceAt(slices, { startMs: atMs - (atMs % sliceMs), sliceMs });
      addTo(slice, observation, maxUsersOfSlice);
      for (const { window, cells } of judged.values()) if (holds(window, atMs)) addTo(cells, observation);
    },
    figures: () =>
      [...judged].flatMap(([fromMs, { cells }]) =>
        [...cells.values()].map(({ fold, ...cell }) => ({ fromMs, ...cell, sample: fold.sample() })),
      ),
  };
}

function holds({ fromMs, toMs }: JudgedWindow, atMs: number): boolean {
  return atMs >= fromMs && atMs < (toMs ?? Infinity);
}

/** The cells of a slice; the oldest is forgotten for a new one. What comes too late for any belongs to none. */
function sliceAt(slices: Map<number, Slice>, at: { startMs: number; sliceMs: number }): Cells {
  const known = slices.get(at.startMs);
  if (known !== undefined) return known.cells;
  const cells: Cells = new Map();
  const newest = Math.max(at.startMs, ...slices.keys());
  if (at.startMs < newest - slicesKept * at.sliceMs) return cells;
  slices.set(at.startMs, { startMs: at.startMs, cells });
  for (const startMs of slices.keys()) {
    if (startMs < newest - slicesKept * at.sliceMs) slices.delete(startMs);
  }
  return cells;
}

function addTo(cells: Cells, { user, bad, ...what }: Observation, limit = maxUsers): void {
  cellOf(cells, { ...what, routeClass: undefined }, limit).fold.add(user, bad);
  if (what.routeClass !== undefined) cellOf(cells, what, limit).fold.add(user, bad);
}

function cellOf(cells: Cells, { measure, release, routeClass }: Omit<Cell, 'fold'>, limit = maxUsers): Cell {
  const key = `${measure} ${release} ${routeClass ?? ''}`;
  const known = cells.get(key);
  if (known !== undefined) return known;
  const made = { measure, release, routeClass, fold: userFold(limit) };
  cells.set(key, made);
  return made;
}
