import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { runProgram } from '../engine/run-program.ts';

/** The scanners, pinned, in a virtual environment of their own. */
export interface Scanners {
  /** Of Python and of each scanner, for whoever reads a log. */
  readonly versions: string;
  /** Checkov's findings in stacks, given as Terraform's JSON by name. */
  checkov(stacks: ReadonlyMap<string, string>): Promise<Finding[]>;
  /** What cloudsplaining says of policies, given by name. */
  cloudsplaining(policies: ReadonlyMap<string, string>): Promise<PolicyFinding[]>;
}

/** A check that failed. */
export interface Finding {
  readonly check: string;
  readonly stack: string;
  readonly resource: string;
}

/** A policy that lets its holder become more than it says. */
export interface PolicyFinding {
  readonly policy: string;
  readonly kind: string;
  readonly actions: string;
}

const packages = ['checkov==3.3.30', 'cloudsplaining==0.7.0'] as const;

/**
 * The scanners of an earlier run, or new ones from PyPI: half a minute, once.
 * @throws ParityError `engine_missing` when Python or the registry is not there.
 */
export async function openScanners(folder: string, env: NodeJS.ProcessEnv): Promise<Scanners> {
  const home = join(folder, 'venv');
  const stamp = join(home, 'parity-installed.json');
  const must = async (program: string, ...args: string[]) => {
    const { code, stdout, stderr } = await runProgram(program, args, { cwd: folder, env }).catch(
      (cause: unknown) => {
        throw new ParityError('engine_missing', `${program} cannot be started: the scanners need Python 3.`, {
          cause,
        });
      },
    );
    if (code !== 0)
      throw new ParityError('engine_missing', `${program} ${args.join(' ')} failed:\n${stderr || stdout}`);
    return stdout;
  };
  await mkdir(folder, { recursive: true });
  if ((await readFile(stamp, 'utf8').catch(() => '')) !== JSON.stringify(packages)) {
    await rm(home, { recursive: true, force: true });
    await must('python3', '-m', 'venv', home);
    await must(join(home, 'bin', 'pip'), 'install', '--quiet', ...packages);
    await writeFile(stamp, JSON.stringify(packages));
  }
  const bin = (name: string) => join(home, 'bin', name);
  const versions = [(await must(bin('python'), '--version')).trim(), ...packages].join(', ');
  return {
    versions,
    checkov: stacks => runCheckov({ folder, stacks, bin: bin('checkov'), env }),
    cloudsplaining: async policies => {
      const file = join(folder, 'policies.json');
      await writeFile(file, JSON.stringify([...policies]));
      return policyFindings.parse(JSON.parse(await must(bin('python'), '-c', askCloudsplaining, file)));
    },
  };
}

const report = z.looseObject({
  results: z.looseObject({
    failed_checks: z.array(
      z.looseObject({ check_id: z.string(), file_path: z.string(), resource: z.string() }),
    ),
  }),
  summary: z.looseObject({ parsing_errors: z.number(), passed: z.number() }),
});

interface CheckovRun {
  readonly folder: string;
  readonly stacks: ReadonlyMap<string, string>;
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
}

async function runCheckov({ folder, stacks, bin, env }: CheckovRun): Promise<Finding[]> {
  const scanned = join(folder, 'scanned');
  await rm(scanned, { recursive: true, force: true });
  for (const [name, text] of stacks) {
    await mkdir(join(scanned, name), { recursive: true });
    await writeFile(join(scanned, name, 'cdk.tf.json'), scannable(text));
  }
  const args = [
    '-d',
    scanned,
    '--framework',
    'terraform_json',
    '-o',
    'json',
    '--compact',
    '--quiet',
    '--skip-download',
  ];
  const { stdout, stderr } = await runProgram(bin, args, { cwd: folder, env });
  const { results, summary } = report.parse(JSON.parse(stdout));
  if (summary.parsing_errors > 0 || summary.passed === 0) {
    throw new ParityError('engine_failed', `checkov could not read what it was given:\n${stderr}`);
  }
  return results.failed_checks.map(({ check_id, file_path, resource }) => ({
    check: check_id,
    stack: file_path.split('/').at(-2) ?? '',
    resource,
  }));
}

/** Its parser falls over what is not a resource (`required_version` is a string where it wants an object). */
function scannable(text: string): string {
  const { resource, data, provider } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify({ resource, data, provider }, null, 1);
}

const policyFindings = z.array(z.strictObject({ policy: z.string(), kind: z.string(), actions: z.string() }));

/** Cloudsplaining as a library, for its command starts anew for every policy. */
const askCloudsplaining = `
import json, sys
from cloudsplaining.scan.policy_document import PolicyDocument
found = []
for name, text in json.load(open(sys.argv[1])):
    policy = PolicyDocument(json.loads(text))
    for kind, value in (
        ('privilege escalation', policy.allows_privilege_escalation),
        ('resource exposure', policy.permissions_management_without_constraints),
        ('data exfiltration', policy.allows_data_exfiltration_actions),
        ('infrastructure modification', policy.infrastructure_modification),
        ('service wildcard', policy.service_wildcard),
    ):
        if value:
            found.append({'policy': name, 'kind': kind, 'actions': json.dumps(value)})
json.dump(found, sys.stdout)
`;
