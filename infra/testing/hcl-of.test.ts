import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hclOf } from './hcl-of.ts';

const ofBucket = (block: Record<string, unknown>) =>
  hclOf(JSON.stringify({ resource: { aws_s3_bucket: { papers: block } } }));

describe('hclOf', () => {
  it('writes objects as blocks, and lists of them as many', () => {
    const rule = [{ id: 'a' }, { id: 'b' }];
    assert.equal(
      ofBucket({ versioning: { enabled: true }, rule, zones: ['x'], tags: { Name: 'papers' } }),
      [
        'resource "aws_s3_bucket" "papers" {',
        'versioning {\nenabled = true\n}',
        'rule {\nid = "a"\n}',
        'rule {\nid = "b"\n}',
        'zones = ["x"]',
        'tags = { "Name" = "papers" }',
        '}\n',
      ].join('\n'),
    );
  });

  it('leaves quotes inside an expression as they are, and escapes them outside', () => {
    const policy = '{"Resource":"${lookup(local.x, "y")}"}';
    assert.match(
      ofBucket({ policy }),
      /^policy = "\{\\"Resource\\":\\"\$\{lookup\(local\.x, "y"\)\}\\"\}"$/m,
    );
  });

  it('leaves out what is not judged, at the top alone', () => {
    const text = ofBucket({ '//': { a: 1 }, provider: 'aws.x', encryption: { provider: { key: 'k' } } });
    assert.doesNotMatch(text, /\/\/|aws\.x/);
    assert.match(text, /provider \{\nkey = "k"\n\}/);
  });
});
