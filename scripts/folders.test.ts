import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'

const source = resolve(import.meta.dirname, '../src')

/** What each folder of the product imports from other folders, types included: `a -> b`, and one file that does so. */
function imports(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const file of filesIn(source)) {
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"]((?:@\/|\.)[^'"?]+)/g)) {
      const target = specifier.startsWith('@/') ? join(source, specifier.slice(2)) : resolve(dirname(file), specifier)
      const [from, to] = [dirname(file), dirname(target)].map(folder => relative(source, folder))
      if (from !== to) found.set(`${from} -> ${to}`, relative(source, file))
    }
  }
  return found
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return path === join(source, 'testing') ? [] : filesIn(path)
    return /\.tsx?$/.test(name) && !/\.(test|fixture)\.tsx?$/.test(name) ? [path] : []
  })
}

it('reads the imports of the house', () => {
  const known = imports()
  expect(known.size).toBeGreaterThan(200)
  expect(known.has('engine/run/story -> engine/run/work')).toBe(true)
})

it('has no two folders that import each other, however deep they lie', () => {
  const known = imports()
  const bothWays = [...known].flatMap(([edge, file]) => {
    const [from = '', to = ''] = edge.split(' -> ')
    const back = known.get(`${to} -> ${from}`)
    return from < to && back !== undefined ? [`${from} and ${to}: ${file}, ${back}`] : []
  })
  expect(bothWays).toEqual([])
})
