import { readFileSync } from 'node:fs'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import { adapterIds } from '@/engine/program/adapter-id'
import type { Program } from '@/engine/program/program'
import { codeProgram } from '@/testing/code-program'
import { packagePython, packageRuns, studioRuns, type PackageCase, type PackageRun } from '@/testing/exported-python'
import { simulatedLm } from '@/testing/simulated-lm'
import { stepPrograms } from '@/testing/step-programs'
import { toyRows } from '@/testing/toy-programs'

const python = packagePython()

const cases: Readonly<Record<string, Program>> = {
  ...stepPrograms,
  'code between steps': codeProgram(),
  ...Object.fromEntries(
    adapterIds.map((adapter): [string, Program] => {
      const program = codeProgram()
      return [`the adapter ${adapter}`, { ...program, graph: { ...program.graph, adapter } }]
    }),
  ),
}

describe.skipIf(python === undefined)('an exported Python package, run by DSPy', () => {
  const runs = new Map<string, { readonly studio: PackageCase['runs']; readonly python: readonly PackageRun[] }>()

  beforeAll(async () => {
    const runner = await createQuickJsRunner()
    const packages: PackageCase[] = []
    for (const program of Object.values(cases)) packages.push({ program, runs: await studioRuns(program, toyRows(3), simulatedLm(), runner) })
    runner.dispose()
    const answers = packageRuns(python ?? '', packages, await rulesText())
    Object.keys(cases).forEach((name, index) => {
      const [own, made] = [packages[index], answers[index]]
      if (own && made) runs.set(name, { studio: own.runs, python: made })
    })
  }, 120_000)

  it.each(Object.keys(cases))('sends the requests of the studio, and returns the same: %s', name => {
    const { studio = [], python: made = [] } = runs.get(name) ?? {}
    expect(made.map(({ error }) => error)).toEqual([undefined, undefined, undefined])
    expect(made.map(({ requests }) => requests.toSorted())).toEqual(studio.map(({ requests }) => requests.toSorted()))
    expect(made.map(({ outputs }) => outputs)).toEqual(studio.map(({ outputs }) => outputs))
  })
})

/** Built of the sources as they stand. */
async function rulesText(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dspy-studio-rules-'))
  const bundle: { buildRules(outFolder: string): Promise<void> } = await import(new URL('../../scripts/bundle.mjs', import.meta.url).href)
  await bundle.buildRules(folder)
  return readFileSync(join(folder, 'rules.js'), 'utf8')
}
