import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useDatabase } from '@/storage/db'
import { createBlank } from '../document/project-commands'
import { closeProject, currentProject, openProject } from '../document/project-store'
import { installShortcuts } from './run-command'

let stop = () => {}

beforeEach(async () => {
  await useDatabase(`paste-${Math.random()}`)
  await openProject(await createBlank('Blank'))
  document.body.innerHTML =
    '<div class="react-flow" tabindex="0"></div><aside><button>Panel</button><input type="checkbox"><input><p>Words to select</p></aside>'
  stop = installShortcuts()
})
afterEach(async () => {
  stop()
  document.body.innerHTML = ''
  await closeProject()
})

/** Whether a text pasted there becomes nodes, and whether the browser is kept from pasting it itself. */
async function paste(selector: string): Promise<boolean> {
  const before = currentProject().graph.nodes.length
  const target = document.querySelector<HTMLElement>(selector) ?? document.body
  target.focus()
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', 'question -> answer')
  const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
  target.dispatchEvent(event)
  // What reads a pasted text is loaded with the first one.
  if (event.defaultPrevented) await vi.waitUntil(() => currentProject().graph.nodes.length > before)
  return event.defaultPrevented
}

test('a paste lands on the canvas wherever the caret was, unless a text box has it', async () => {
  for (const selector of ['.react-flow', 'body', 'button', 'input[type=checkbox]'])
    expect({ selector, lands: await paste(selector) }).toEqual({ selector, lands: true })
  window.getSelection()?.selectAllChildren(document.querySelector('p') ?? document.body)
  expect(await paste('body')).toBe(true)
  expect(await paste('input:not([type])')).toBe(false)
})

test('an open dialog, and a screen without a canvas, take no paste for the canvas', async () => {
  const dialog = document.body.appendChild(document.createElement('div'))
  dialog.setAttribute('role', 'dialog')
  expect(await paste('button')).toBe(false)
  dialog.remove()
  expect(await paste('button')).toBe(true)
  document.querySelector('.react-flow')?.remove()
  expect(await paste('button')).toBe(false)
})
