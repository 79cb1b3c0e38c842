import { useState } from 'react'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { FieldType } from '@/engine/signature/types/field-type'
import { parseTypeName } from '@/engine/signature/parse-type-name'
import { typeName } from '@/engine/signature/type-name'
import { render } from '@/ui/render-for-test'
import { TypeDetails } from './type-picker'

/** The details of a type, with the type in words below them. */
function Picker({ first }: { readonly first: FieldType }) {
  const [type, setType] = useState(first)
  return (
    <>
      <TypeDetails type={type} onChange={setType} name="a" />
      <output>{typeName(type)}</output>
    </>
  )
}

const show = (type: string) => render(<Picker first={parseTypeName(type)} />)

const shown = () => page.getByRole('status')

it('adds, changes and removes the values of a tuple', async () => {
  await show('tuple[int, str]')
  await userEvent.click(page.getByRole('button', { name: 'Value', exact: true }))
  await expect.element(shown()).toHaveTextContent('tuple[int, str, str]')
  await userEvent.click(page.getByRole('button', { name: 'Remove value 1 of a' }))
  await expect.element(shown()).toHaveTextContent('tuple[str, str]')
})

it('chooses what the keys of a dictionary are', async () => {
  await show('dict[str, int]')
  await userEvent.click(page.getByRole('combobox', { name: 'Keys of a' }))
  await userEvent.click(page.getByRole('option', { name: 'days' }))
  await expect.element(shown()).toHaveTextContent('dict[datetime.date, int]')
})

it('leaves a union two types', async () => {
  await show('Union[int, str]')
  await expect.element(page.getByRole('button', { name: /^Remove type/ })).not.toBeInTheDocument()
  await userEvent.click(page.getByRole('button', { name: 'Type', exact: true }))
  await userEvent.click(page.getByRole('button', { name: 'Remove type 2 of a' }))
  await expect.element(shown()).toHaveTextContent('Union[int, str]')
})
