import { InvalidArgumentError, Option } from 'commander';

/** An option that may be given several times, each with one of `choices`; undefined when it is not given. */
export function repeatableChoice<T extends string>(
  flags: string,
  description: string,
  choices: readonly T[],
): Option {
  const isChoice = (text: string): text is T => (choices as readonly string[]).includes(text);
  return new Option(flags, description).choices(choices).argParser((text, before: readonly T[] = []) => {
    if (!isChoice(text)) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
    return [...before, text];
  });
}

/** An option that may be given several times; undefined when it is not given. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text, before: readonly string[] = []) => [
    ...before,
    text,
  ]);
}
