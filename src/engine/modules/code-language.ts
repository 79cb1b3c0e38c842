/** What a model is told of the language of the code it writes: ours runs JavaScript, and DSPy's file goes to where Python runs. */
export interface CodeLanguage {
  readonly name: string
  /** What holds for its programs, as lines of a prompt. */
  readonly rules: readonly string[]
  /** How one block of code finds what another left, and shows what it found. */
  readonly blocks: string
  /** A name in an object that is written out. */
  key(name: string): string
  /** An example of a call. */
  call(tool: string, args: readonly { readonly name: string }[]): string
}

export const codeLanguages: Readonly<Record<'javascript' | 'python', CodeLanguage>> = {
  javascript: {
    name: 'JavaScript',
    rules: [
      'Code finds the values of the inputs in the object `inputs`, by name. It has the language itself and nothing else: no modules, no network, no files, no async or await. The date and random numbers are always the same.',
    ],
    blocks: 'Print with `print(…)`. What is declared by `var` or `function` is there in later blocks.',
    key: name => name,
    call: (tool, args) => `${tool}({ ${args.map(({ name }) => `${name}: …`).join(', ')} })`,
  },
  python: {
    name: 'Python',
    rules: ['Code holds the values of the inputs it needs as literals, and uses the standard library alone.'],
    blocks: 'Print with `print(…)`. Variables and functions are there in later blocks.',
    key: name => `"${name}"`,
    call: (tool, args) => `${tool}(${args.map(({ name }) => `${name}=…`).join(', ')})`,
  },
}
