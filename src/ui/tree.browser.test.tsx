import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from './render-for-test'
import { Tree, type TreeEntry } from './tree'

const entry = (id: string, entries: readonly TreeEntry[] = []): TreeEntry => ({
  id,
  line: <span>{id}</span>,
  body: () => <input aria-label={`Note on ${id}`} />,
  entries,
})
const garden = [entry('Pear'), entry('Berries', [entry('Currant'), entry('Black sloe')]), entry('Plum')]

const item = (name: string) => page.getByRole('treeitem', { name, exact: true })
const here = () => document.activeElement?.getAttribute('aria-labelledby') ?? ''
const name = () => document.getElementById(here())?.textContent

async function walk(keys: string): Promise<string | null | undefined> {
  await userEvent.keyboard(keys)
  return name()
}

it('is walked by arrows, Home and End through what is seen', async () => {
  await render(<Tree label="Garden" entries={garden} />)
  await userEvent.tab()
  expect(name()).toBe('Pear')
  expect(await walk('{ArrowUp}')).toBe('Pear')
  expect(await walk('{ArrowDown}')).toBe('Berries')
  expect(await walk('{ArrowDown}')).toBe('Plum')
  expect(await walk('{ArrowDown}')).toBe('Plum')
  expect(await walk('{Home}')).toBe('Pear')
  expect(await walk('{End}')).toBe('Plum')
})

it('unfolds and goes in to the right, folds and goes out to the left', async () => {
  await render(<Tree label="Garden" entries={garden} />)
  await userEvent.tab()
  await userEvent.keyboard('{ArrowDown}')
  await expect.element(item('Berries')).toHaveAttribute('aria-expanded', 'false')
  expect(await walk('{ArrowRight}')).toBe('Berries')
  await expect.element(item('Berries')).toHaveAttribute('aria-expanded', 'true')
  expect(await walk('{ArrowRight}')).toBe('Currant')
  await expect.element(item('Currant')).toHaveAttribute('aria-level', '2')
  await expect.element(item('Currant')).toHaveAttribute('aria-setsize', '2')
  expect(await walk('{End}')).toBe('Plum')
  expect(await walk('{ArrowUp}')).toBe('Black sloe')
  expect(await walk('{ArrowLeft}')).toBe('Berries')
  expect(await walk('{ArrowLeft}')).toBe('Berries')
  await expect.element(item('Berries')).toHaveAttribute('aria-expanded', 'false')
  await expect.element(item('Black sloe')).not.toBeInTheDocument()
})

it('folds and unfolds by Enter, Space and a press, and all of one parent by an asterisk', async () => {
  await render(<Tree label="Garden" entries={garden} />)
  await userEvent.tab()
  await userEvent.keyboard('{Enter}')
  await expect.element(page.getByLabelText('Note on Pear')).toBeVisible()
  await userEvent.keyboard(' ')
  await expect.element(page.getByLabelText('Note on Pear')).not.toBeInTheDocument()
  await userEvent.click(page.getByText('Plum'))
  await expect.element(page.getByLabelText('Note on Plum')).toBeVisible()
  expect(name()).toBe('Plum')
  await userEvent.keyboard('*')
  await expect.element(page.getByLabelText('Note on Berries')).toBeVisible()
  expect(document.querySelectorAll('[role=treeitem][aria-expanded=true]')).toHaveLength(3)
})

it('keeps one tab stop, and leaves the keys in a body to what stands there', async () => {
  await render(<Tree label="Garden" entries={garden} />)
  await userEvent.tab()
  await userEvent.keyboard('{ArrowDown}{Enter}')
  expect(document.querySelectorAll('[role=treeitem][tabindex="0"]')).toHaveLength(1)
  await userEvent.tab()
  const note = page.getByLabelText('Note on Berries')
  await expect.element(note).toHaveFocus()
  await userEvent.keyboard('ab{Home}c{ArrowLeft} ')
  await expect.element(note).toHaveValue(' cab')
  await expect.element(item('Berries')).toHaveAttribute('aria-expanded', 'true')
})
