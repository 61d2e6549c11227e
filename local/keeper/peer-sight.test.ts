import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { peerSight } from './peer-sight.ts';

describe('peerSight', () => {
  const seen = (...looks: [answered: number, unanswered: number][]) => {
    const sight = peerSight();
    return looks.map(([answered, unanswered]) => sight({ answered, unanswered })).at(-1);
  };

  it('knows nothing from one look', () => {
    assert.equal(seen([5, 2]), undefined);
  });

  it('sees a peer of which anything answers, whatever else does not', () => {
    assert.equal(seen([5, 2], [6, 9]), true);
  });

  it('sees none where every check went unanswered, and believes that until there is an answer', () => {
    assert.equal(seen([5, 2], [6, 2], [6, 4]), false);
    assert.equal(seen([5, 2], [6, 2], [6, 4], [6, 4]), false);
    assert.equal(seen([5, 2], [6, 4], [7, 4]), true);
  });

  it('takes a gateway that counts anew for no news', () => {
    assert.equal(seen([5, 2], [6, 2], [0, 0]), true);
  });
});
