import { beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { blankProject } from '@/state/document/blank-project'
import { addNode } from '@/state/document/edits/graph-edits'
import { currentProject, openProject } from '@/state/document/project-store'
import { undo } from '@/state/document/undo'
import { askForPython, usePythonAsk } from '@/state/session/python-ask'
import { putProject } from '@/storage/projects'
import { render } from '@/ui/render-for-test'
import { PythonDialog } from './python-dialog'

const classes = `import dspy
from pydantic import BaseModel, Field

class Comment(BaseModel):
    text: str
    replies: list["Comment"] = []

class Team(BaseModel):
    people: list["Person"]

class Person(BaseModel):
    team: Team | None = None

class Moderate(dspy.Signature):
    """Say what to do with the comment."""
    comment: Comment = dspy.InputField(desc="with its replies")
    author: Person = dspy.InputField()
    limit: int = dspy.InputField(default=3, ge=1)
    verdict: str = dspy.OutputField()
    shout: Loud = dspy.OutputField()
`

beforeEach(async () => {
  const id = `project_${crypto.randomUUID()}`
  await putProject(blankProject(id, 'Python test', Date.now()))
  await openProject(id)
  askForPython(undefined)
})

function Asked() {
  const ask = usePythonAsk()
  return ask && <PythonDialog ask={ask} />
}

it('shows what a class says, what is read otherwise and what is not, and takes it over as one step to undo', async () => {
  const node = addNode('signature', { x: 0, y: 0 })
  const before = currentProject().graph
  await render(<Asked />)
  askForPython({ text: '', node })
  const dialog = page.getByRole('dialog', { name: 'Signature from Python' })
  await expect.element(dialog.getByRole('button', { name: 'Take it over' })).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'Python' }).fill(classes)
  await expect.element(dialog.getByRole('region', { name: 'Not read' })).toHaveTextContent('Line 20: `shout`: There is no type `Loud`')
  const otherwise = dialog.getByRole('region', { name: 'Read otherwise' })
  await expect.element(otherwise).toHaveTextContent('a class may hold itself, but not by way of another class')
  const preview = dialog.getByRole('region', { name: 'Signature Moderate' })
  await expect.element(preview).toHaveTextContent('limit: int = 3')
  await expect.element(preview).toHaveTextContent('Field(ge=1)')
  await userEvent.click(dialog.getByRole('button', { name: 'Take it over' }))
  await expect.element(dialog).not.toBeInTheDocument()
  const taken = currentProject().graph.nodes.find(({ id }) => id === node)
  expect(taken?.fields.map(({ name, role, type }) => [name, role, type.kind])).toEqual([
    ['comment', 'input', 'class'],
    ['author', 'input', 'class'],
    ['limit', 'input', 'int'],
    ['verdict', 'output', 'str'],
  ])
  expect(JSON.stringify(taken?.fields[0]?.type)).toContain('{"kind":"itself","name":"Comment"}')
  expect(currentProject().state[node]?.instructions).toBe('Say what to do with the comment.')
  await undo()
  expect(currentProject().graph).toEqual(before)
})

it('says of a text that is no Python where it ends, and adds a node for each class', async () => {
  await render(<Asked />)
  askForPython({ text: 'class A(dspy.Signature)\n    x: str' })
  const dialog = page.getByRole('dialog', { name: 'Signature from Python' })
  await expect.element(dialog.getByText(/Put a colon/)).toBeVisible()
  await dialog
    .getByRole('textbox', { name: 'Python' })
    .fill('import dspy\nA = dspy.Signature("q -> a")\nB = dspy.Signature("a -> b: bool", "Judge it.")')
  await userEvent.click(dialog.getByRole('button', { name: 'Add 2 nodes' }))
  await expect.poll(() => currentProject().graph.nodes.length).toBe(2)
})
