import { Component, type ReactNode } from 'react'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import { PartNotLoaded } from '@/lib/on-use'
import { render } from './render-for-test'
import { whenShown } from './when-shown'

class Boundary extends Component<{ readonly children: ReactNode }, { readonly error?: Error | undefined }> {
  override state: { readonly error?: Error | undefined } = {}
  static getDerivedStateFromError = (error: Error) => ({ error })
  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return <button onClick={() => this.setState({ error: undefined })}>{error instanceof PartNotLoaded ? 'Try again' : 'A bug'}</button>
  }
}

test('shows what stands in for it until its code is there, and the second time at once', async () => {
  const waited: string[] = []
  let arrive = (): void => undefined
  const arrived = new Promise<void>(resolve => (arrive = resolve))
  const Greeting = whenShown<{ readonly name: string }>(
    async () => {
      await arrived
      return ({ name }) => <p>Hello {name}</p>
    },
    ({ name }) => {
      waited.push(name)
      return <p>Waiting for {name}</p>
    },
  )
  await render(<Greeting name="Ada" />)
  await expect.element(page.getByText('Waiting for Ada')).toBeVisible()
  arrive()
  await expect.element(page.getByText('Hello Ada')).toBeVisible()
  await render(<Greeting name="Grace" />)
  await expect.element(page.getByText('Hello Grace')).toBeVisible()
  expect(waited).not.toContain('Grace')
})

test('asks again for a file that did not come when it is shown again', async () => {
  let tries = 0
  const Part = whenShown(async () => {
    if (++tries < 3) throw new TypeError('Failed to fetch dynamically imported module')
    return () => <p>Here it is</p>
  })
  await render(
    <Boundary>
      <Part />
    </Boundary>,
  )
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => tries).toBe(2)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.element(page.getByText('Here it is')).toBeVisible()
  expect(tries).toBe(3)
})

test('is there at once where it was loaded before', async () => {
  let wasMissing = false
  const Part = whenShown(
    async () => () => <p>Loaded</p>,
    () => {
      wasMissing = true
      return null
    },
  )
  await Part.load()
  await render(<Part />)
  await expect.element(page.getByText('Loaded')).toBeVisible()
  expect(wasMissing).toBe(false)
})
