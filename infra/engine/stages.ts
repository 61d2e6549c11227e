import { ParityError } from '../../domain/errors.ts';

/** A synthesized stack: where it lies and which stacks must stand before it. */
export interface SynthesizedStack {
  readonly name: string;
  readonly folder: string;
  readonly dependencies: readonly string[];
}

/**
 * Stacks in the order in which they can be applied: all of a stage at once, for none of it needs another of it. The
 * foundation comes alone and first, for it holds everybody's state.
 * @throws ParityError `internal` when stacks need each other in a circle.
 */
export function stagesOf<Stack extends Pick<SynthesizedStack, 'name' | 'dependencies'>>(
  stacks: readonly Stack[],
): Stack[][] {
  const stages: Stack[][] = [];
  const done = new Set<string>();
  let left = [...stacks];
  while (left.length > 0) {
    const ready = left.filter(({ name, dependencies }) =>
      done.size === 0 ? name === foundation : dependencies.every(dependency => done.has(dependency)),
    );
    if (ready.length === 0) {
      throw new ParityError(
        'internal',
        `These stacks need each other: ${left.map(({ name }) => name).join(', ')}`,
      );
    }
    stages.push(ready);
    for (const { name } of ready) done.add(name);
    left = left.filter(stack => !ready.includes(stack));
  }
  return stages;
}

/** The stack that `bootstrap` makes. */
export const foundation = 'foundation';

/** Does `work` for every item, at most `width` at once; the first failure is thrown after all that began have ended. */
export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const failures: unknown[] = [];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined && failures.length === 0; item = left.shift()) {
      await work(item).catch((error: unknown) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  if (failures.length > 0) throw failures[0];
}
