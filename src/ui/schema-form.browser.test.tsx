import { useState } from 'react'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { z } from 'zod'
import { render } from './render-for-test'
import { SchemaForm } from './schema-form'

const schema = z.object({
  max_labeled_demos: z.int().min(0).default(16).meta({ help: 'Most demos from labelled rows.' }),
  threshold: z.number().min(0).max(1).nullable().default(null),
  // Without bounds its JSON schema is of another shape: two types in one.
  reach: z.number().nullable().default(1),
  order: z.enum(['given', 'shuffled']).default('given').meta({ title: 'Order' }),
  stop_early: z.boolean().default(false),
  note: z.string().optional(),
  inner: z.string().meta({ widget: 'hidden' }).default('x'),
})

type Value = Readonly<Record<string, unknown>>

async function draw(start: Value, errors?: Readonly<Record<string, string>>) {
  const values: Value[] = []
  function Form() {
    const [value, setValue] = useState(start)
    return (
      <SchemaForm
        schema={schema}
        value={value}
        errors={errors}
        onChange={next => {
          values.push(next)
          setValue(next)
        }}
      />
    )
  }
  await render(<Form />)
  return values
}

it('draws one labelled control for each key and none for hidden ones', async () => {
  await draw({})
  await expect.element(page.getByRole('spinbutton', { name: 'max_labeled_demos' })).toHaveValue('16')
  await expect.element(page.getByRole('spinbutton', { name: 'reach' })).toHaveValue('1')
  await expect.element(page.getByRole('combobox', { name: 'Order order' })).toHaveTextContent('given')
  await expect.element(page.getByRole('switch', { name: 'stop_early' })).not.toBeChecked()
  await expect.element(page.getByRole('textbox', { name: 'note' })).toHaveValue('')
  expect(document.body.textContent).not.toContain('inner')
})

it('tells help and default to assistive tools', async () => {
  await draw({})
  await expect
    .element(page.getByRole('spinbutton', { name: 'max_labeled_demos' }))
    .toHaveAccessibleDescription('Most demos from labelled rows. Default 16.')
})

it('hands on a changed key, and drops it when it goes back to its default', async () => {
  const values = await draw({})
  await userEvent.fill(page.getByRole('spinbutton', { name: 'max_labeled_demos' }), '8')
  expect(values.at(-1)).toEqual({ max_labeled_demos: 8 })
  await userEvent.click(page.getByRole('button', { name: 'Back to default: 16' }))
  expect(values.at(-1)).toEqual({})
})

it('keeps null apart from absent', async () => {
  const values = await draw({ threshold: 0.5 })
  await userEvent.clear(page.getByRole('spinbutton', { name: 'threshold' }))
  expect(values.at(-1)).toEqual({ threshold: null })
})

it('chooses from an enum by keyboard', async () => {
  const values = await draw({})
  await userEvent.click(page.getByRole('combobox', { name: 'Order order' }))
  await expect.element(page.getByRole('option', { name: 'given' })).toHaveAttribute('aria-selected', 'true')
  await userEvent.keyboard('{ArrowDown}{Enter}')
  expect(values.at(-1)).toEqual({ order: 'shuffled' })
})

it('shows the complaint of the schema at its key, and another one given from outside in its place', async () => {
  await draw({ threshold: 7 })
  await expect.element(page.getByRole('spinbutton', { name: 'threshold' })).toHaveAccessibleDescription(/Must be at most 1\./)
  await expect.element(page.getByRole('spinbutton', { name: 'threshold' })).toBeInvalid()
})

it('prefers errors from outside', async () => {
  await draw({}, { note: 'There is no such label.' })
  await expect.element(page.getByText('There is no such label.')).toBeVisible()
})
