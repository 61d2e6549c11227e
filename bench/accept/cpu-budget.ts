import { acceptTargets, type AcceptFigures, type AcceptTarget } from './accept-figures.ts';

/** What a target leaves of the machine's cores for one document, and what cannot be had for less. */
export interface CpuBudget {
  readonly target: AcceptTarget;
  /** Microseconds of CPU for a document, of all cores together, at the rate that the target asks for. */
  readonly leavesUs: number;
  /** Of that: the calls on files, the broker, and a server that takes the request and throws it away. */
  readonly leastUs: number;
}

/** One for each target that was measured. The client's share comes on top. */
export function cpuBudgets({ contestants, disk }: AcceptFigures, cores: number): CpuBudget[] {
  return acceptTargets.flatMap(target => {
    const of = (name: string) =>
      contestants.find(({ size, contestant }) => size === target.size && contestant === name);
    const files = disk.find(({ size }) => size === target.size)?.filesCpuUs;
    const wanted = (of(target.against)?.requestsPerSecond ?? 0) * target.atLeast;
    const [broker, sink] = [of('processor')?.cpuUs['broker'], of('sink')?.cpuUs['sink']];
    if (files === undefined || broker === undefined || sink === undefined) return [];
    return [{ target, leavesUs: (cores * 1e6) / wanted, leastUs: files + broker + sink }];
  });
}
