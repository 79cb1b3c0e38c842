/** What people read of the choice to follow DSPy to the letter. */
export const dspyExactHelp = {
  title: 'Read answers to DSPy’s letter',
  help: 'For scores as in DSPy: an answer that DSPy refuses is refused here too, such as one with its markers in bold or a bare < in XML. Left off, it is read where it is clear.',
} as const
