import { useState } from 'react'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { Button } from './button'
import { Dialog } from './dialog'
import { Menu } from './menu'
import { render } from './render-for-test'
import { TextInput } from './text-input'

function Page() {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>Open</Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title="Rename node" description="Wires stay." footer={<Button>Rename</Button>}>
        <TextInput label="Name" value="classify" onChange={() => {}} />
      </Dialog>
    </>
  )
}

it('takes the focus in, keeps it while tabbing, and gives it back on Escape', async () => {
  await render(<Page />)
  const opener = page.getByRole('button', { name: 'Open' })
  await userEvent.click(opener)
  const dialog = page.getByRole('dialog', { name: 'Rename node' })
  await expect.element(dialog).toBeVisible()
  await expect.element(dialog).toHaveAccessibleDescription('Wires stay.')
  for (let press = 0; press < 5; press += 1) {
    await userEvent.tab()
    expect(dialog.element().contains(document.activeElement)).toBe(true)
  }
  await userEvent.keyboard('{Escape}')
  await expect.element(dialog).not.toBeInTheDocument()
  await expect.element(opener).toHaveFocus()
})

it('gives the focus back to the menu that opened it', async () => {
  function MenuPage() {
    const [isOpen, setOpen] = useState(false)
    return (
      <>
        <Menu trigger={<Button>More</Button>} items={[{ id: 'delete', label: 'Delete', onSelect: () => setOpen(true) }]} />
        <Dialog open={isOpen} onOpenChange={setOpen} title="Delete node?" />
      </>
    )
  }
  await render(<MenuPage />)
  await userEvent.click(page.getByRole('button', { name: 'More' }))
  await userEvent.click(page.getByRole('menuitem', { name: 'Delete' }))
  await expect.element(page.getByRole('dialog', { name: 'Delete node?' })).toBeVisible()
  await userEvent.keyboard('{Escape}')
  await expect.element(page.getByRole('button', { name: 'More' })).toHaveFocus()
})
