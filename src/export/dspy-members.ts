import type { ModelId, Program } from '@/engine/program/program'
import type { ModelSpec } from '@/engine/lm/lm'
import { memberPrograms } from './plain-state'
import { dspyStateText } from './to-dspy-json'
import type { ExportedFile } from './zip'

/** Every member of an ensemble as a state file of its own, and how DSPy puts them together again. Empty for a program that is one. */
export function dspyMemberFiles(program: Program, models?: Readonly<Record<ModelId, ModelSpec>>): readonly ExportedFile[] {
  const members = memberPrograms(program)
  if (members.length === 0) return []
  const files = members.map((member, index) => ({
    path: `member-${index + 1}.json`,
    text: dspyStateText(member, models),
  }))
  return [...files, { path: 'README.md', text: readme(members.length) }]
}

function readme(count: number): string {
  return `# Members of an ensemble

Each file is one program. With a DSPy class \`Program\` of the same structure, they answer together like this:

\`\`\`python
import dspy

def member(number):
    program = Program()
    program.load(f"member-{number}.json")
    return program

together = dspy.Ensemble(reduce_fn=dspy.majority).compile([member(number) for number in range(1, ${count + 1})])
\`\`\`
`
}
