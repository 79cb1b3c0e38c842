/** A reminder where all outputs come beside the words: calls of tools, and thoughts. */
const goOn = 'Now go on by calling tools.'

/**
 * Every sentence of ours that stands in a prompt, in one table. What optimizers learn is instructions and demos;
 * this frame around them may be reworded without touching a saved program, but each change is a new prompt for the
 * call cache and for every score measured before. The markers (`[[ ## name ## ]]`, `# note:`) are DSPy's wire format.
 */
export const frameText = {
  inputsHeading: 'Fields you are given:',
  outputsHeading: 'Fields you write:',
  introduction: 'Every message keeps to the layout below. Braces mark the place where the value of a field stands.',
  /** The instructions follow on the next lines. */
  objective: 'Within this layout, your task: ',
  jsonInputs: 'The given fields arrive in this form:',
  jsonOutputs: 'You answer with one JSON object in this form:',

  /** Stands in the place of an output's value, before its type in the short notation. */
  bamlOutput: (name: string, type: string) => `The value of \`${name}\` has this type: ${type}`,

  /** The first question of two, in plain words: its headings are those of all prompts. */
  twoStepIntroduction: 'You solve tasks for others, from the fields that they give you.',
  twoStepOutputs:
    'Answer in your own words, and write out each of these fields in full, so that somebody else can pick it out of your text.',
  /** The instructions follow on the same line. */
  twoStepInstructions: 'The instructions for this task: ',
  /** The second question: the answer to the first stands in its only input. */
  extraction: (outputs: readonly string[]) =>
    `Someone has answered a task in plain words. Find the values of ${outputs.join(', ')} in that text and copy each one exactly as it stands there.`,

  /** In a prompt that is only shown: the first answer is not known yet. */
  answerHere: '(the answer to the first request)',

  /** Opens the user turn of a demo that lacks some fields. */
  incompleteDemo: 'A worked example of the task. Some of its fields were left out.',
  /** Stands for an output that such a demo lacks. */
  leftOut: '(left out of this example)',

  /** Notes behind the placeholder of an output, by type. */
  boolNote: 'write True or False',
  numberNote: (type: 'int' | 'float') => `write a single ${type} and nothing else`,
  optionsNote: (options: readonly string[]) => `write one of these options, letter for letter and nothing else: ${options.join('; ')}`,
  schemaNote: (schema: string) => `write JSON that fits this schema: ${schema}`,
  anyNote: 'write plain text or any JSON value',

  /** Stand under the line of a field, for types whose names do not say how their values are written. */
  typeWords: (words: string) => `    Form: ${words}`,
  codeWords: (language: string) =>
    `a program as text, in ${language}. Where you write it, set it in a fence:\n\`\`\`${language.toLowerCase()}\n{code}\n\`\`\``,
  toolCallsWords:
    'one JSON object whose `tool_calls` lists the calls, each with a `name` and its `args`, as in {"tool_calls": [{"name": "search", "args": {"query": "cats"}}]}',
  documentWords: 'a text to read and to cite from, with a title where it has one.',
  citationsWords: 'passages quoted word for word, each with the place where it stands in its document.',
  /** Stands between the instructions and the demos of a step whose outputs are decided by probabilities; the demos follow as one list. */
  decisionExamples: 'Examples of the task, with answers or with probabilities:',
  noulWords: (criteria: string) => `a decision between true and false.${criteria}`,
  choiceWords: (options: string) => `one option out of these, each with what it stands for: ${options}`,
  scoreWords: (top: number, levels: string) => `a number from 0 to ${top}; its whole numbers stand for ${levels}`,
  toolResults: 'tool_call_results',

  /** Closes the last user turn; each name comes with its marker and, unless it is a text, a remark from `valueOf`. */
  chatReminder: (outputs: readonly string[], completed: string) =>
    `Now write ${[...outputs, `the closing marker ${completed}`].join(', then ')}.`,
  jsonReminder: (outputs: readonly string[]) =>
    outputs.length === 0
      ? goOn
      : `Now answer with one JSON object and nothing around it, its fields in this order: ${outputs.join(', then ')}.`,
  xmlReminder: (outputs: readonly string[], skeletons: readonly string[]) =>
    outputs.length === 0
      ? goOn
      : `Now write these tags, each around its value: ${outputs.join(', then ')}.${skeletons.length > 0 ? ` Nest what has parts in this way: ${skeletons.join(' ')}` : ''}`,
  /** Labels of the bounds of a field, each before its value. */
  bounds: {
    gt: 'more than',
    ge: 'at least',
    lt: 'less than',
    le: 'at most',
    minLength: 'no shorter than',
    maxLength: 'no longer than',
    multipleOf: 'a multiple of',
    allowInfNan: 'infinity and nan may stand here',
  },
  valueOf: (type: string) => `(a valid Python value of type ${type})`,
  valueOfToolCalls: '(a JSON object such as {"tool_calls": [{"name": "...", "args": {...}}]})',
} as const
