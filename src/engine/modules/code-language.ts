/** What a model is told of the language of the code it writes: ours runs JavaScript, and DSPy's file goes to where Python runs. */
export interface CodeLanguage {
  readonly name: string
  /** What holds for its programs, as lines of a prompt. */
  readonly rules: readonly string[]
  /** A name in an object that is written out. */
  key(name: string): string
}

export const codeLanguages: Readonly<Record<'javascript' | 'python', CodeLanguage>> = {
  javascript: {
    name: 'JavaScript',
    rules: [
      'It finds the values of the inputs in the object `inputs`, by name. It has the language itself and nothing else: no modules, no network, no files, no async or await. The date and random numbers are always the same.',
    ],
    key: name => name,
  },
  python: {
    name: 'Python',
    rules: ['It holds the values of the inputs it needs as literals, and uses the standard library alone.'],
    key: name => `"${name}"`,
  },
}
