import { FormField } from './form-field'
import { useState } from 'react'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { NumberInput } from './number-input'
import { render } from './render-for-test'

function Box(props: { readonly onValue: (value: number | undefined) => void; readonly start?: number; readonly integer?: boolean }) {
  const [value, setValue] = useState(props.start)
  const change = (next: number | undefined) => {
    setValue(next)
    props.onValue(next)
  }
  return <NumberInput label="Temperature" value={value} onChange={change} min={0} max={2} step={0.1} integer={props.integer} />
}

async function draw(start?: number, integer?: boolean) {
  const values: (number | undefined)[] = []
  await render(<Box start={start} integer={integer} onValue={value => values.push(value)} />)
  return { box: page.getByRole('spinbutton', { name: 'Temperature' }), values }
}

it('keeps half-typed numbers and hands on only numbers in range', async () => {
  const { box, values } = await draw()
  await userEvent.type(box, '0.')
  await expect.element(box).toHaveValue('0.')
  await userEvent.type(box, '75')
  expect(values.at(-1)).toBe(0.75)
  await userEvent.fill(box, '9')
  expect(values.at(-1)).toBe(0.75)
})

it('settles at the limit when the box is left', async () => {
  const { box, values } = await draw(1)
  await userEvent.fill(box, '9')
  await userEvent.tab()
  expect(values.at(-1)).toBe(2)
  await expect.element(box).toHaveValue('2')
})

it('steps by arrows without the dust of floating point', async () => {
  const { box, values } = await draw(0.1)
  await userEvent.click(box)
  await userEvent.keyboard('{ArrowUp}{ArrowUp}')
  expect(values.at(-1)).toBe(0.3)
  await userEvent.keyboard('{Shift>}{ArrowDown}{/Shift}')
  expect(values.at(-1)).toBe(0)
})

it('is undefined when emptied, and refuses fractions where whole numbers are asked for', async () => {
  const { box, values } = await draw(1, true)
  await userEvent.clear(box)
  expect(values.at(-1)).toBeUndefined()
  await userEvent.type(box, '1.5')
  expect(values.at(-1)).toBe(1)
})

it('says at the field which numbers it takes, and what became of another', async () => {
  const { useState: useValue } = await import('react')
  function Field() {
    const [value, setValue] = useValue<number | undefined>(3)
    return (
      <FormField label="Programs asked" help="How many.">
        <NumberInput value={value} onChange={setValue} min={1} max={64} integer />
        <button type="button" onClick={() => setValue(7)}>
          Back to default
        </button>
      </FormField>
    )
  }
  await render(<Field />)
  const box = page.getByRole('spinbutton', { name: 'Programs asked' })
  await userEvent.fill(box, '100')
  await expect.element(page.getByRole('status')).toHaveTextContent('Must be a whole number from 1 to 64.')
  await userEvent.tab()
  await expect.element(box).toHaveValue('64')
  await expect.element(page.getByRole('status')).toHaveTextContent('Must be a whole number from 1 to 64: 100 was changed to 64.')
  await expect.element(box).toHaveAccessibleDescription(/100 was changed to 64/)
  await userEvent.click(page.getByRole('button', { name: 'Back to default' }))
  await expect.element(page.getByRole('status')).not.toBeInTheDocument()
  await userEvent.fill(box, '12')
  await expect.element(page.getByRole('status')).not.toBeInTheDocument()
})
