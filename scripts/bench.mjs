import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { ensureBrowser, ensureInstalled, root } from './install.mjs'

// Speed as ratios to an ideal or to a peer of the same run. Prints; never fails a test.
ensureInstalled()
const { bundleForNode } = await import('./bundle.mjs')
const { evaluateRows, bareFetch, instantLm } = await import(await bundleForNode('scripts/bench/engine.ts', 'bench-engine'))

await withServer(50, async url => {
  await evaluateRows(64, 32, { url })
  const { seconds } = await evaluateRows(1000, 32, { url })
  const ideal = (Math.ceil(1000 / 32) * 50) / 1000
  const bare = (await bareFetch(1000, 32, url)) / ideal
  print('1,000 rows at 50 ms, concurrency 32: wall ÷ ideal', (seconds / ideal).toFixed(3), `goal ≤ 1.05; bare fetch ${bare.toFixed(3)}`)
})
const slowLm = { ...instantLm, generate: (...asked) => setTimeout(50).then(() => instantLm.generate(...asked)) }
const { seconds: apart } = await evaluateRows(1000, 32, { lm: slowLm })
print('the same without a network', (apart / 1.6).toFixed(3), '')
await withServer(0, async url => {
  await bareFetch(2000, 32, url)
  await evaluateRows(2000, 32, { url })
  const bare = 10_000 / (await bareFetch(10_000, 32, url))
  const run = await evaluateRows(10_000, 32, { url })
  const engine = run.calls / run.seconds
  print(
    'calls a second over HTTP at zero latency',
    engine.toFixed(0),
    `goal ≥ 2,400; bare fetch ${bare.toFixed(0)}, ratio ${(engine / bare).toFixed(2)}`,
  )
})
const inProcess = await evaluateRows(20_000, 32, { lm: instantLm })
print('calls a second without a network', (inProcess.calls / inProcess.seconds).toFixed(0), '')

await withFolder(async folder => {
  const { recordRun } = await import(await bundleForNode('scripts/bench/replay.ts', 'bench-replay'))
  const recordedAt = performance.now()
  const calls = await recordRun(folder, 20_000)
  const recording = (performance.now() - recordedAt) / 1000
  const megabytes = statSync(`${folder}/calls.jsonl`).size / 1e6
  const startedAt = performance.now()
  const { stdout, stderr } = spawnSync(process.execPath, [`${root}scripts/cli.mjs`, 'replay', '--journal', folder, '--json'], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  const seconds = (performance.now() - startedAt) / 1000
  const report = stdout ? JSON.parse(stdout) : { error: stderr }
  if (!report.isSame || report.calls !== 0) throw new Error(`the replay went wrong: ${JSON.stringify(report).slice(0, 500)}`)
  print(
    `replay of ${calls.toLocaleString('en-US')} calls from disk, whole process`,
    `${seconds.toFixed(2)} s`,
    `goal ≤ 5 s; ${megabytes.toFixed(0)} MB of answers, recorded at ${(calls / recording).toFixed(0)} calls/s`,
  )
  if (existsSync(`${root}dist/index.html`)) await printReplayInPage(folder)
})

{
  const { stdout, stderr } = spawnSync(process.execPath, [await bundleForNode('scripts/bench/estimate.ts', 'bench-estimate')], {
    encoding: 'utf8',
  })
  if (!stdout) throw new Error(`the estimates went wrong: ${stderr.slice(0, 500)}`)
  const { small, large } = JSON.parse(stdout)
  print(
    'an estimate while its form is typed in: 100,000 rows ÷ 1,000 rows',
    (large / small).toFixed(2),
    `goal ≤ 2; ${small.toFixed(2)} ms and ${large.toFixed(2)} ms`,
  )
}

{
  const { stdout, stderr } = spawnSync(process.execPath, [await bundleForNode('scripts/bench/readers.ts', 'bench-readers')], {
    encoding: 'utf8',
  })
  if (!stdout) throw new Error(`the readers went wrong: ${stderr.slice(0, 500)}`)
  const { ms, reader, text } = JSON.parse(stdout)
  print(
    'an answer of 1 MB made to be slow, the worst of all',
    `${ms.toFixed(0)} ms`,
    `goal ≤ 200 ms of processor time; ${text} in ${reader}`,
  )
}

if (existsSync(`${root}dist/index.html`)) {
  const { measure } = await import('./size.mjs')
  const sizes = measure()
  print('first page, JavaScript', `${sizes.firstPage.toFixed(0)} KB gzip`, 'goal ≤ 240 KB')
  print('first load of the engine worker', `${sizes.worker.toFixed(0)} KB gzip`, 'goal ≤ 60 KB')
  await ensureBrowser()
  const { coldStart, timeToCanvas } = await import('./bench/page.mjs')
  print('time to a usable canvas, median of 5', `${(await timeToCanvas()).toFixed(2)} s`, 'goal ≤ 1 s')
  const { busyWithGraph } = await import('./bench/graph-page.mjs')
  // The first fills the browser's own caches.
  const [, few, many] = await busyWithGraph([100, 100, 1000])
  for (const what of ['open', 'select', 'drag', 'type', 'estimate']) {
    const [small, large] = [few, many].map(({ figures }) => Math.max(0.05, figures[what].total))
    print(
      `a program of 1,000 nodes ÷ one of 100, ${what}: seconds the page is busy`,
      (large / small).toFixed(2),
      `goal ≤ 10; ${few.figures[what].total.toFixed(2)} s and ${many.figures[what].total.toFixed(2)} s`,
    )
  }
  const { gallery, compile, requests } = await coldStart()
  print('cold start to the gallery, median of 5', `${gallery.toFixed(2)} s`, '')
  print('cold start to a running compile of a template, median of 5', `${compile.toFixed(2)} s`, `${requests} requests`)
} else console.log('There is no build: run `npm run build` for the figures of the page.')

function print(what, figure, note) {
  console.log(`${what}: ${figure}${note ? `  (${note})` : ''}`)
}

async function printReplayInPage(folder) {
  await ensureBrowser()
  const { replayInPage } = await import('./bench/replay-page.mjs')
  const { seconds, cpuSeconds, importSeconds, megabytes } = await replayInPage(folder)
  print(
    'replay of the same run in Chromium, from the press to the report',
    `${seconds.toFixed(2)} s`,
    `goal ≤ 5 s; ${cpuSeconds.toFixed(1)} s of CPU time; a file of ${megabytes.toFixed(0)} MB, imported in ${importSeconds.toFixed(0)} s`,
  )
}

async function withFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'dspy-studio-bench-'))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function withServer(latencyMs, work) {
  const child = spawn(process.execPath, [await bundleForNode('scripts/bench/server.ts', 'bench-server'), String(latencyMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [url] = await once(createInterface({ input: child.stdout }), 'line')
  try {
    await work(url)
  } finally {
    child.kill()
  }
}
