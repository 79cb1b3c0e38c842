/** What people read of the choice to follow DSPy to the letter. */
export const dspyExactHelp = {
  title: 'Read answers exactly as DSPy does',
  help: 'Refuses what DSPy refuses, such as markers in bold. Off: reads what is clear.',
} as const
