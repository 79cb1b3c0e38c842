import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseJson, type Json } from '@/lib/json'

/** One Python process for all that a test file asks: to import DSPy takes longer than the questions do. */
export interface PythonSession {
  /** The answer of the script's `answer(question)`. Throws what Python wrote where it failed. */
  ask(question: Json): Promise<Json>
  end(): void
}

/** Starts a script that defines `answer(question)`; it lies in a file, since DSPy reads the source of some functions. */
export function pythonSession(python: string, script: string): PythonSession {
  const file = join(mkdtempSync(join(tmpdir(), 'dspy-studio-')), 'session.py')
  writeFileSync(file, `${script}\n${loop}`)
  const child = spawn(python, [file], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, PYTHONIOENCODING: 'utf-8' } })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let written = ''
  child.stderr.on('data', piece => (written += String(piece)))
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      const { value, done } = await lines.next()
      const parsed = parseJson(String(value))
      if (done === true || !parsed.ok) throw new Error(`Python gave no answer: ${written.slice(-3000)}`)
      return parsed.value
    },
    end: () => void child.kill(),
  }
}

// What DSPy prints must not be taken for an answer.
const loop = `
import sys as _sys, json as _json
_out, _sys.stdout = _sys.stdout, _sys.stderr
for _line in _sys.stdin:
    _out.write(_json.dumps(answer(_json.loads(_line))) + "\\n")
    _out.flush()
`
