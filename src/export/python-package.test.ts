import { mkdtempSync, readFileSync } from 'node:fs'
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
import { settingPrograms, typedLm, typedPrograms, typedRows } from '@/testing/typed-programs'
import { toyRows } from '@/testing/toy-programs'

const python = packagePython()

const cases: Readonly<Record<string, Program>> = {
  ...stepPrograms,
  ...settingPrograms,
  ...typedPrograms,
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
    for (const program of Object.values(cases)) {
      const isTyped = Object.values(typedPrograms).includes(program)
      const [rows, lm] = isTyped ? [typedRows, typedLm(program)] : [toyRows(12), simulatedLm()]
      const ran = (await studioRuns(program, rows, lm, runner)).filter(run => !run.requests.some(tellsOfError))
      packages.push({ program, runs: ran.slice(0, 3) })
    }
    runner.dispose()
    const answers = packageRuns(python ?? '', packages, await rulesText())
    Object.keys(cases).forEach((name, index) => {
      const [own, made] = [packages[index], answers[index]]
      if (own && made) runs.set(name, { studio: own.runs, python: made })
    })
  }, 120_000)

  it.each(Object.keys(cases))('sends the requests of the studio, and returns the same: %s', name => {
    const { studio = [], python: made = [] } = runs.get(name) ?? {}
    expect(studio).toHaveLength(3)
    expect(made.map(({ error }) => error)).toEqual([undefined, undefined, undefined])
    expect(made.map(({ requests }) => requests.toSorted())).toEqual(studio.map(({ requests }) => requests.toSorted()))
    expect(made.map(({ outputs }) => outputs)).toEqual(studio.map(({ outputs }) => outputs))
  })
})

/** The QuickJS of Python words what goes wrong in a model's own JavaScript otherwise: a remark says so. */
function tellsOfError(request: string): boolean {
  return request.includes('[[ ## previous_code ## ]]') || request.includes('The code failed: ')
}

/** Built of the sources as they stand. */
async function rulesText(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dspy-studio-rules-'))
  const bundle: { buildRules(outFolder: string): Promise<void> } = await import(new URL('../../scripts/bundle.mjs', import.meta.url).href)
  await bundle.buildRules(folder)
  return readFileSync(join(folder, 'rules.js'), 'utf8')
}
