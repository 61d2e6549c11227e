import type { AwsAnswer, AwsRequest } from './aws-request.ts';

type Fields = { [field: string]: unknown };

/** What moto forgets of a request and AWS would repeat: remembered by key, and laid over its answers. */
interface Correction {
  readonly service: string;
  /** Calls that say something worth remembering, and under which key. */
  readonly learns?: {
    readonly from: RegExp;
    readonly what: (request: Fields, path: readonly string[]) => [string, Fields];
  };
  /** Answers that are put right. */
  readonly corrects: RegExp;
  readonly correct: (answer: Fields, recall: (key: string) => Fields) => void;
}

const object = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const pick = (from: Fields, ...names: string[]): Fields =>
  Object.fromEntries(names.filter(name => from[name] !== undefined).map(name => [name, from[name]]));

const corrections: readonly Correction[] = [
  {
    // The primary key is marked as a replica too, once there is one.
    service: 'kms',
    corrects: /^DescribeKey$/,
    correct: answer => {
      const key = object(answer['KeyMetadata']);
      const regions = object(key['MultiRegionConfiguration']);
      const primary = object(regions['PrimaryKey'])['Arn'] === key['Arn'];
      regions['MultiRegionKeyType'] = primary ? 'PRIMARY' : 'REPLICA';
    },
  },
  {
    // Every certificate is RSA, whatever was asked for.
    service: 'acm',
    learns: { from: /^RequestCertificate$/, what: request => ['key', pick(request, 'KeyAlgorithm')] },
    corrects: /^DescribeCertificate$/,
    correct: (answer, recall) => void Object.assign(object(answer['Certificate']), recall('key')),
  },
  {
    service: 'codebuild',
    learns: {
      from: /^CreateProject$/,
      what: request => [String(request['name']), pick(request, 'encryptionKey', 'concurrentBuildLimit')],
    },
    corrects: /^BatchGetProjects$/,
    correct: (answer, recall) => {
      for (const project of answer['projects'] as Fields[])
        Object.assign(project, recall(String(project['name'])));
    },
  },
  {
    service: 'lambda',
    learns: {
      from: /^POST \/2015-03-31\/functions\/?$/,
      what: request => [String(request['FunctionName']), pick(request, 'KMSKeyArn', 'LoggingConfig')],
    },
    corrects: /^GET \/2015-03-31\/functions\/[^/]+$/,
    correct: (answer, recall) => {
      const made = object(answer['Configuration']);
      Object.assign(made, recall(String(made['FunctionName'])));
    },
  },
  {
    service: 'eks',
    learns: {
      from: /^POST \/clusters$/,
      what: request => [
        String(request['name']),
        pick(request, 'accessConfig', 'upgradePolicy', 'zonalShiftConfig'),
      ],
    },
    corrects: /^GET \/clusters\/[^/]+$/,
    correct: (answer, recall) => {
      const cluster = object(answer['cluster']);
      Object.assign(cluster, recall(String(cluster['name'])));
    },
  },
  {
    // A node group that nobody may sign in to answers with a key pair of moto's own.
    service: 'eks',
    learns: {
      from: /^POST \/clusters\/([^/]+)\/node-groups$/,
      what: (request, [cluster]) => [
        `${cluster}/${String(request['nodegroupName'])}`,
        pick(request, 'updateConfig', 'nodeRepairConfig', 'labels'),
      ],
    },
    corrects: /^GET \/clusters\/[^/]+\/node-groups\/[^/]+$/,
    correct: (answer, recall) => {
      const group = object(answer['nodegroup']);
      delete group['remoteAccess'];
      Object.assign(group, recall(`${String(group['clusterName'])}/${String(group['nodegroupName'])}`));
    },
  },
];

/** Puts right what moto answers otherwise than AWS would, where it makes a second plan differ or a call fail. */
export class CorrectedAnswers {
  readonly #learnt = new Map<string, Fields>();

  /** The answer as AWS would have given it. */
  correct(call: AwsRequest, answer: AwsAnswer): AwsAnswer {
    if (answer.status >= 300) return answer;
    const ours = corrections.filter(({ service }) => service === call.service);
    for (const { learns } of ours) this.#learn(call, learns);
    const due = ours.filter(({ corrects }) => corrects.test(call.operation));
    if (due.length === 0) return answer;
    const said = JSON.parse(answer.body.toString()) as Fields;
    for (const { correct } of due) correct(said, key => this.#learnt.get(`${call.service}/${key}`) ?? {});
    return withBody(answer, JSON.stringify(said));
  }

  #learn(call: AwsRequest, learns: Correction['learns']): void {
    const match = learns?.from.exec(call.operation);
    if (learns === undefined || match === undefined || match === null) return;
    const [key, fields] = learns.what(JSON.parse(call.body.toString()) as Fields, match.slice(1));
    this.#learnt.set(`${call.service}/${key}`, fields);
  }
}

/** The same answer with another body. */
export function withBody(answer: AwsAnswer, body: string): AwsAnswer {
  return {
    ...answer,
    body,
    headers: { ...answer.headers, 'content-length': String(Buffer.byteLength(body)) },
  };
}
