import { expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { ErrorBoundary, RowBoundary, ScreenBoundary } from './error-boundary'
import { PanelSection } from './panel'
import { render } from './render-for-test'
import { TabPanel, Tabs } from './tabs'
import { VirtualTable } from './virtual-table'

function Broken(): never {
  throw new Error('an unknown thing')
}

// React tells the console of each error that a boundary has caught.
vi.spyOn(console, 'error').mockImplementation(() => undefined)

it('keeps a fault in the row, the card or the screen it happened in', async () => {
  await render(
    <ScreenBoundary place="The screen">
      <p>before</p>
      <ul>
        <RowBoundary isItem place="“First”">
          <Broken />
        </RowBoundary>
        <li>second</li>
      </ul>
      <ErrorBoundary place="The card">
        <Broken />
      </ErrorBoundary>
      <p>after</p>
    </ScreenBoundary>,
  )
  await expect.element(page.getByText('before')).toBeInTheDocument()
  await expect.element(page.getByText('after')).toBeInTheDocument()
  await expect.element(page.getByText('second')).toBeInTheDocument()
  await expect.element(page.getByRole('listitem').first()).toHaveTextContent('“First” could not be shown')
  await expect.element(page.getByText('The card could not be shown')).toBeInTheDocument()
})

it('shows again what is repaired, on a try and when what is shown is another thing', async () => {
  let isBroken = true
  const Part = () => (isBroken ? <Broken /> : <p>whole</p>)
  const { rerender } = await render(
    <ErrorBoundary place="The card" resetKey={1}>
      <Part />
    </ErrorBoundary>,
  )
  isBroken = false
  await userEvent.click(page.getByRole('button', { name: 'Try again' }))
  await expect.element(page.getByText('whole')).toBeInTheDocument()
  isBroken = true
  const draw = (key: number) =>
    rerender(
      <ErrorBoundary place="The card" resetKey={key}>
        <Part />
      </ErrorBoundary>,
    )
  await draw(2)
  await expect.element(page.getByText('The card could not be shown')).toBeInTheDocument()
  isBroken = false
  await draw(3)
  await expect.element(page.getByText('whole')).toBeInTheDocument()
})

it('keeps a fault in one row of a table', async () => {
  await render(
    <VirtualTable
      label="Things"
      rows={['a', 'b', 'c']}
      rowKey={row => row}
      columns={[{ id: 'name', title: 'Name', width: 100, render: row => (row === 'b' ? <Broken /> : `thing ${row}`) }]}
    />,
  )
  await expect.element(page.getByText('thing a')).toBeInTheDocument()
  await expect.element(page.getByText('thing c')).toBeInTheDocument()
  await expect.element(page.getByRole('row').nth(2)).toHaveTextContent('This row could not be shown: an unknown thing')
})

it('keeps a fault in one tab and in one section of a panel', async () => {
  const draw = (value: string) => (
    <Tabs label="Parts" value={value} onChange={() => undefined} tabs={['one', 'two'].map(each => ({ value: each, label: each }))}>
      <TabPanel value="one">
        <Broken />
      </TabPanel>
      <TabPanel value="two">
        <PanelSection title="Section A">
          <Broken />
        </PanelSection>
        <PanelSection title="Section B">fine</PanelSection>
      </TabPanel>
    </Tabs>
  )
  const { rerender } = await render(draw('one'))
  await expect.element(page.getByText('This tab could not be shown')).toBeInTheDocument()
  await expect.element(page.getByRole('tab', { name: 'two' })).toBeInTheDocument()
  await rerender(draw('two'))
  await expect.element(page.getByText('“Section A” could not be shown')).toBeInTheDocument()
  await expect.element(page.getByText('fine')).toBeInTheDocument()
})
