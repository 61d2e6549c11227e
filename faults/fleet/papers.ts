import { sampleDocument, type SampleDocument } from '../sample-documents.ts';

/** How large papers are, in bytes, and how many of a hundred are so large. */
export interface PaperMix {
  readonly name: string;
  readonly kinds: readonly {
    readonly share: number;
    readonly kind: 'photo' | 'pdf';
    readonly bytes: number;
  }[];
}

/** What a fleet sends (issue 5): photos, PDFs and others, one in fifty a photo of 12 megapixels. */
export const usualMix: PaperMix = {
  name: '70 % photos of 200 KB (one in fifty of 12 megapixels, 4 MB), 20 % PDF of 150 KB, 10 % others of 30 KB',
  kinds: [
    { share: 0.68, kind: 'photo', bytes: 200_000 },
    { share: 0.02, kind: 'photo', bytes: 4_000_000 },
    { share: 0.2, kind: 'pdf', bytes: 150_000 },
    { share: 0.1, kind: 'pdf', bytes: 30_000 },
  ],
};

/** Light papers, for looking at a pair without loading it. */
export const lightMix: PaperMix = {
  name: 'photos of 8 KB',
  kinds: [{ share: 1, kind: 'photo', bytes: 8_000 }],
};

/** Papers made beforehand, by kind: bytes are dear to make, and a fleet must cost little. */
export function papersOf(mix: PaperMix, seed: string): (index: number) => SampleDocument {
  const variants = 4;
  const kinds = mix.kinds.map(({ kind, bytes }, at) =>
    Array.from({ length: variants }, (_, n) => sampleDocument(`${seed}-${at}-${n}`, { kind, bytes })),
  );
  return index => {
    // The golden ratio spreads the kinds evenly, whatever their shares.
    let place = (index * 0.618034) % 1;
    const at = mix.kinds.findIndex(({ share }) => (place -= share) < 0);
    const made = kinds[at < 0 ? 0 : at] ?? [];
    return made[index % variants] as SampleDocument;
  };
}
