import { useState } from 'react'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { Dialog } from './dialog'
import { render } from './render-for-test'
import { Select } from './select'

const fruits = [
  { value: 'apple', label: 'Apple' },
  { value: 'apricot', label: 'Apricot', disabled: true },
  { value: 'banana', label: 'Banana', hint: 'Yellow' },
  { value: 'blackberry', label: 'Blackberry' },
] as const

function Fruit() {
  const [value, setValue] = useState<(typeof fruits)[number]['value']>('apple')
  return <Select label="Fruit" value={value} onChange={setValue} options={fruits} />
}

function Basket() {
  const [isOpen, setOpen] = useState(true)
  return (
    <Dialog open={isOpen} onOpenChange={setOpen} title="Basket">
      <Fruit />
    </Dialog>
  )
}

const box = () => page.getByRole('combobox', { name: 'Fruit' })
const active = () => document.getElementById(box().element().getAttribute('aria-activedescendant') ?? '')?.textContent

it('is used by keyboard alone, with the focus on the box all the time', async () => {
  await render(<Fruit />)
  await userEvent.tab()
  await userEvent.keyboard('{ArrowDown}')
  await expect.element(page.getByRole('listbox', { name: 'Fruit' })).toBeVisible()
  expect(active()).toContain('Apple')
  await userEvent.keyboard('{ArrowDown}')
  expect(active()).toContain('Banana')
  await userEvent.keyboard('{End}')
  expect(active()).toContain('Blackberry')
  await userEvent.keyboard('{Escape}')
  await expect.element(page.getByRole('listbox')).not.toBeInTheDocument()
  await expect.element(box()).toHaveTextContent('Apple')
  await userEvent.keyboard(' {ArrowDown} ')
  await expect.element(box()).toHaveTextContent('Banana')
  await expect.element(box()).toHaveAttribute('aria-expanded', 'false')
  await expect.element(box()).toHaveFocus()
})

it('goes to what is typed, and to the next of the same letter', async () => {
  await render(<Fruit />)
  await userEvent.tab()
  await userEvent.keyboard('{Enter}b')
  expect(active()).toContain('Banana')
  await userEvent.keyboard('b')
  expect(active()).toContain('Blackberry')
  await userEvent.keyboard('{Enter}')
  await expect.element(box()).toHaveTextContent('Blackberry')
})

it('takes a press on an option, none on a disabled one, and closes on a press elsewhere', async () => {
  await render(<Fruit />)
  await userEvent.click(box())
  await expect.element(page.getByRole('option', { name: 'Banana' })).toHaveAccessibleDescription('Yellow')
  await userEvent.click(page.getByRole('option', { name: 'Apricot' }), { force: true })
  await expect.element(page.getByRole('listbox')).toBeVisible()
  await userEvent.click(page.getByRole('option', { name: 'Banana' }))
  await expect.element(box()).toHaveTextContent('Banana')
  await userEvent.click(box())
  await userEvent.click(document.body, { position: { x: 2, y: 300 } })
  await expect.element(page.getByRole('listbox')).not.toBeInTheDocument()
})

it('leaves a dialog around it open when Escape closes the list', async () => {
  await render(<Basket />)
  await userEvent.click(box())
  await userEvent.keyboard('{Escape}')
  await expect.element(page.getByRole('listbox')).not.toBeInTheDocument()
  await expect.element(page.getByRole('dialog', { name: 'Basket' })).toBeVisible()
  await userEvent.keyboard('{Escape}')
  await expect.element(page.getByRole('dialog', { name: 'Basket' })).not.toBeInTheDocument()
})
