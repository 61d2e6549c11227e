import { acceptTargets, type AcceptFigures, type AcceptTarget } from './accept-figures.ts';
import type { ContestantName } from './contestant.ts';

/** What a target leaves of the machine's cores for one document, beside what its parts cost where each is alone. */
export interface CpuBudget {
  readonly target: AcceptTarget;
  /** Microseconds of CPU for a document, of all cores together, at the rate that the target asks for. */
  readonly leavesUs: number;
  /** Hash and files, the broker, a server that takes the request and throws it away, and its client. */
  readonly partsUs: number;
}

/** One for each target that was measured. */
export function cpuBudgets({ contestants, disk }: AcceptFigures, cores: number): CpuBudget[] {
  return acceptTargets.flatMap(target => {
    const of = (name: ContestantName) =>
      contestants.find(({ size, contestant }) => size === target.size && contestant === name);
    const [files, other] = [disk.find(({ size }) => size === target.size), of(target.against)];
    const { broker } = of('processor')?.cpuUs ?? {};
    const { sink, client } = of('sink')?.cpuUs ?? {};
    if (!files || !other || !broker || !sink || !client) return [];
    const leavesUs = (cores * 1e6) / (other.requestsPerSecond * target.atLeast);
    return [{ target, leavesUs, partsUs: files.filesCpuUs + broker + sink + client }];
  });
}
