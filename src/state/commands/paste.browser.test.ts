import { afterEach, beforeEach, expect, test } from 'vitest'
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

function paste(selector: string): boolean {
  const before = currentProject().graph.nodes.length
  const target = document.querySelector<HTMLElement>(selector) ?? document.body
  target.focus()
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', 'question -> answer')
  target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  return currentProject().graph.nodes.length > before
}

test('a paste lands on the canvas wherever the caret was, unless a text box has it', () => {
  for (const selector of ['.react-flow', 'body', 'button', 'input[type=checkbox]'])
    expect({ selector, lands: paste(selector) }).toEqual({ selector, lands: true })
  window.getSelection()?.selectAllChildren(document.querySelector('p') ?? document.body)
  expect(paste('body')).toBe(true)
  expect(paste('input:not([type])')).toBe(false)
})

test('an open dialog, and a screen without a canvas, take no paste for the canvas', () => {
  const dialog = document.body.appendChild(document.createElement('div'))
  dialog.setAttribute('role', 'dialog')
  expect(paste('button')).toBe(false)
  dialog.remove()
  expect(paste('button')).toBe(true)
  document.querySelector('.react-flow')?.remove()
  expect(paste('button')).toBe(false)
})
