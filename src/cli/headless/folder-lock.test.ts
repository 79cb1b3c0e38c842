import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { workplace, type Workplace } from '@/testing/cli-process'
import { lockFolder } from './folder-lock'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.remove())

const lockOf = (holder: object): void => writeFileSync(place.path('lock'), JSON.stringify(holder))

describe('the lock of a folder', () => {
  it('lets one in at a time, and leaves nothing behind', () => {
    const unlock = lockFolder(place.folder)
    expect(() => lockFolder(place.folder)).toThrow(`Process ${process.pid} is running this journal.`)
    unlock()
    lockFolder(place.folder)()
    expect(readdirSync(place.folder)).toEqual([])
  })

  it('takes over from a process that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    lockOf({ pid: child.pid, host: hostname(), startedAt: null })
    expect(() => lockFolder(place.folder)).toThrow(`Process ${child.pid}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockFolder(place.folder)()
  })

  it.runIf(existsSync('/proc/self/stat'))('takes over from a dead process whose number was given to another one', () => {
    // This very process has the number, but began at another time.
    lockOf({ pid: process.pid, host: hostname(), startedAt: '1' })
    lockFolder(place.folder)()
    expect(readdirSync(place.folder)).toEqual([])
  })

  it('takes over a lock that says nothing', () => {
    writeFileSync(place.path('lock'), '')
    lockFolder(place.folder)()
  })

  it('does not guess about another machine', () => {
    lockOf({ pid: 1, host: 'elsewhere', startedAt: null })
    expect(() => lockFolder(place.folder)).toThrow(/on elsewhere.*delete the file "lock"/)
  })

  it('keeps the lock of whoever came after a takeover', () => {
    const unlock = lockFolder(place.folder)
    lockOf({ pid: 1, host: 'elsewhere', startedAt: null })
    unlock()
    expect(existsSync(place.path('lock'))).toBe(true)
  })
})
