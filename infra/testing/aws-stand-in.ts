import { createServer, request as httpRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readAwsRequest, type AwsAnswer, type AwsRequest } from './aws-request.ts';
import { BucketPolicies } from './bucket-policies.ts';
import { CorrectedAnswers } from './corrected-answers.ts';
import { engineForMoto, engineForUs } from './documentdb-as-neptune.ts';
import { RuleDescriptions } from './rule-descriptions.ts';
import { SecretRotations } from './secret-rotations.ts';
import { FileSystemReplications } from './file-system-replications.ts';
import { faultAnswer, losesAnswer, type Fault } from './faults.ts';
import { withoutItsOwnTags } from './launch-template-tags.ts';
import { MissingOperations } from './missing-operations.ts';
import { suspendsVersioning } from './suspended-versioning.ts';
import { GlobalClusterMembers } from './global-cluster-members.ts';
import { OneWriteAtATime } from './one-write-at-a-time.ts';

/** One call that came in, and the status it got. */
export interface SeenCall {
  readonly service: string;
  readonly operation: string;
  readonly status: number;
}

/** A stand-in for AWS: moto, with what it lacks added, what it answers wrongly corrected, and faults on demand. */
export interface AwsStandIn {
  readonly url: string;
  readonly calls: readonly SeenCall[];
  /** What the added operations keep: nothing after a destroy. */
  readonly left: () => readonly string[];
  /** Injects a fault until it is taken back by the function given. */
  inject(fault: Fault): () => void;
  stop(): Promise<void>;
}

/** Starts the front before a running moto at `motoUrl`. */
export async function startAwsStandIn(motoUrl: string): Promise<AwsStandIn> {
  const calls: SeenCall[] = [];
  const faults = new Set<Fault>();
  const answers = openAnswers(motoUrl);
  const answerTo = async (call: AwsRequest): Promise<AwsAnswer> => {
    const injected = [...faults].map(fault => faultAnswer(fault, call)).find(answer => answer !== undefined);
    return injected ?? (await answers.answer(call));
  };
  const server = createServer((incoming, outgoing) => {
    void readAwsRequest(incoming)
      .then(async call => {
        const answer = await answerTo(call);
        calls.push({ service: call.service, operation: call.operation, status: answer.status });
        if ([...faults].some(fault => losesAnswer(fault, call))) outgoing.destroy();
        else send(outgoing, answer);
      })
      // The caller went away in the middle of his call, or moto was stopped.
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    left: answers.left,
    inject: fault => {
      faults.add(fault);
      return () => void faults.delete(fault);
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What AWS would answer: by operations of our own, or by moto, put right. */
function openAnswers(motoUrl: string) {
  const missing = new MissingOperations();
  const policies = new BucketPolicies();
  const corrected = new CorrectedAnswers();
  const rules = new RuleDescriptions();
  const writes = new OneWriteAtATime();
  const halves = new GlobalClusterMembers();
  const rotations = new SecretRotations();
  const replications = new FileSystemReplications();
  const ownAnswer = (call: AwsRequest) =>
    missing.answer(call) ??
    policies.answer(call) ??
    halves.answer(call) ??
    rotations.answer(call) ??
    replications.answer(call) ??
    suspendsVersioning(call);
  return {
    left: () => [...missing.left, ...replications.left],
    answer: async (call: AwsRequest): Promise<AwsAnswer> => {
      const own = ownAnswer(call);
      if (own !== undefined) return own;
      const forMoto = engineForMoto(policies.forMoto(call));
      const answer = await writes.answer(call, () => ask(motoUrl, forMoto));
      const known = halves.correct(call, corrected.correct(call, engineForUs(call, answer)));
      const learnt = replications.correct(call, rotations.correct(call, rules.correct(call, known)));
      return honest(call, withoutItsOwnTags(call, learnt));
    },
  };
}

/** What moto does not know it answers with 500, which clients repeat for minutes: said as a refusal instead. */
function honest(call: AwsRequest, answer: AwsAnswer): AwsAnswer {
  if (answer.status !== 500) return answer;
  const message = `the stand-in lacks ${call.service} ${call.operation}: ${answer.body.toString().slice(-300)}`;
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'NotInTheStandIn' };
  return { status: 400, headers, body: JSON.stringify({ __type: 'NotInTheStandIn', message }) };
}

function send(outgoing: ServerResponse, { status, headers, body }: AwsAnswer): void {
  outgoing.writeHead(status, headers);
  outgoing.end(body);
}

/** Hands a call to moto and brings its answer back. */
function ask(motoUrl: string, { method, path, query, headers, body }: AwsRequest): Promise<AwsAnswer> {
  const url = new URL(motoUrl);
  const text = query.toString();
  return new Promise((resolve, reject) => {
    const options = {
      host: url.hostname,
      port: url.port,
      method,
      path: text === '' ? path : `${path}?${text}`,
      headers,
    };
    const outgoing = httpRequest(options, incoming => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        // These two are said anew for our own connection.
        const own = new Set(['connection', 'transfer-encoding']);
        const kept = Object.entries(incoming.headers).filter(([name]) => !own.has(name));
        resolve({
          status: incoming.statusCode ?? 500,
          headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
          body: Buffer.concat(chunks),
        });
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
