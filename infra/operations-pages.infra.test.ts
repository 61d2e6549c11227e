import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runProgram } from './engine/run-program.ts';

/** AWS' own models of its APIs, as the command line is made from them: they come with moto. */
const ask = `
import json, sys
import botocore.session
from botocore import xform_name
session = botocore.session.get_session()
faults = []
for line in json.loads(sys.argv[1]):
    service, operation, *options = line
    try:
        model = session.get_service_model(service)
    except Exception:
        faults.append(f'aws {service}: no such service')
        continue
    known = {xform_name(name, '-'): name for name in model.operation_names}
    if operation not in known:
        faults.append(f'aws {service} {operation}: no such operation')
        continue
    shape = model.operation_model(known[operation]).input_shape
    members = {xform_name(name, '-') for name in (shape.members if shape else {})}
    faults += [f'aws {service} {operation}: no --{name}' for name in options if name not in members]
json.dump(faults, sys.stdout)
`;

describe('the pages for operators', () => {
  it('name only services, operations and options that AWS has', async () => {
    const lines: string[][] = [];
    const folder = join(import.meta.dirname, '..', 'docs');
    for await (const file of glob('**/*.md', { cwd: folder })) {
      const text = await readFile(join(folder, file), 'utf8');
      for (const [, shown = ''] of text.matchAll(/`aws ([^`]+)`/g)) {
        const [service = '', operation = '', ...rest] = shown.split(/\s+/);
        const options = rest.filter(word => word.startsWith('--')).map(word => word.slice(2));
        lines.push([service, operation, ...options]);
      }
    }
    assert.ok(lines.length >= 8, JSON.stringify(lines));
    const args = ['-c', ask, JSON.stringify(lines)];
    const { code, stdout, stderr } = await runProgram('python3', args, { cwd: '.', env: process.env });
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), []);
  });
});
