import { isReadable } from '../../domain/document.ts';
import { judge, type Verdict } from '../verdict.ts';
import type { StreamFigures } from './measure-stream.ts';

const mib = 1024 * 1024;

/** Holds a long upload against what is asked of it: it arrived whole, over both gateways, and nothing kept it in memory. */
export function judgeStream(figures: StreamFigures): Verdict[] {
  const { processes, sameConnection, servedBefore, servedBy, state, hashIsRight } = figures;
  const wentOver = sameConnection && servedBefore !== servedBy;
  const arrived = isReadable(state) && hashIsRight;
  const truth = { unit: '', kind: 'required', bound: { atLeast: 1 } } as const;
  return [
    judge({ ...truth, what: 'long uploads that are stored with the right hash' }, Number(arrived)),
    judge({ ...truth, what: 'long uploads that went over both gateways' }, Number(wentOver)),
    ...processes.map(({ name, growth }) =>
      judge(
        { what: `growth of ${name}`, unit: ' MiB', kind: 'required', bound: { atMost: 64 } },
        growth / mib,
      ),
    ),
  ];
}
