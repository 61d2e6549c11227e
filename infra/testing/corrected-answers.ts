import type { AwsAnswer, AwsRequest } from './aws-request.ts';

/** An object in an answer, open to correction. */
type Loose = { [field: string]: Loose & string & boolean };

interface Correction {
  readonly service: string;
  readonly operation: RegExp;
  /** What moto says, and what AWS would. */
  readonly why: string;
  readonly correct: (answer: Loose) => void;
}

const corrections: readonly Correction[] = [
  {
    service: 'kms',
    operation: /^DescribeKey$/,
    why: 'moto marks the primary key as a replica too, once there is one',
    correct: ({ KeyMetadata: key }) => {
      const regions = key?.['MultiRegionConfiguration'];
      if (regions === undefined) return;
      const primary = regions['PrimaryKey']?.['Arn'] === key?.['Arn'];
      Object.assign(regions, { MultiRegionKeyType: primary ? 'PRIMARY' : 'REPLICA' });
    },
  },
];

/** Puts right what moto answers otherwise than AWS would, where it makes a second plan differ or a call fail. */
export function correctAnswer({ service, operation }: AwsRequest, answer: AwsAnswer): AwsAnswer {
  const due = corrections.filter(each => each.service === service && each.operation.test(operation));
  if (due.length === 0 || answer.status >= 300) return answer;
  const said = JSON.parse(answer.body.toString()) as Loose;
  for (const { correct } of due) correct(said);
  const body = JSON.stringify(said);
  const headers = { ...answer.headers, 'content-length': String(Buffer.byteLength(body)) };
  return { ...answer, headers, body };
}
