import { InvalidArgumentError, Option } from 'commander';

/** The record carries it about, and every reader of the record with it. */
const longest = 500;

/** `--why`, which the record and the journal keep; `otherwise` when nobody says why. */
export function whyOption(otherwise?: string): Option {
  const option = new Option('--why <reason>', 'for the journal').argParser(reason);
  return otherwise === undefined ? option : option.default(otherwise);
}

function reason(text: string): string {
  const why = text.trim();
  if (why !== '' && why.length <= longest && !/\p{Cc}/u.test(why)) return why;
  throw new InvalidArgumentError(`Say why in one line of at most ${longest} characters, or leave --why out.`);
}
