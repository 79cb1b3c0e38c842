/** The measured part of docs/benchmarks.md: versions, one table with both sides on the simulated LM, one for the Sandbox. */
export function report({ ours, theirs, capped, optimizers, tasks, seeds, contests, versions }) {
  const of = (rows, task, optimizer, lm) =>
    rows.filter(row => row.task === task && row.optimizer === optimizer && (lm === undefined || row.lm === lm))
  const hasTheirs = theirs.length > 0
  const facts = [
    `DSPy Studio ${versions.studio}`,
    `Node ${versions.node}`,
    ...(versions.dspy
      ? [`DSPy ${versions.dspy}`, `Python ${versions.python}`, `gepa ${versions.gepa}`, `Optuna ${versions.optuna}`]
      : ['no DSPy']),
    `seeds ${seeds[0]}–${seeds.at(-1)}`,
    new Date().toISOString().slice(0, 10),
  ]
  const sections = [`Measured with ${facts.join(', ')}.`]

  const contest = tasks.flatMap(task =>
    optimizers.flatMap(optimizer => {
      const mine = of(ours, task, optimizer, 'simulated')
      const other = of(theirs, task, optimizer)
      if (mine.length === 0) return []
      const name = contests[optimizer]?.dspy?.name
      return [
        [
          task,
          optimizer,
          ...scores(mine),
          milliseconds(mine),
          ...(hasTheirs ? (name && other.length > 0 ? [...scores(other).slice(1), difference(mine, other)] : ['–', '–', '–', '–']) : []),
        ],
      ]
    }),
  )
  const columns = ['task', 'optimizer', 'baseline', 'best val', 'test', 'paid calls', 'CPU ms a trial']
  sections.push(
    '### On the simulated LM',
    table([...columns, ...(hasTheirs ? ['DSPy: best val', 'DSPy: test', 'DSPy: paid calls', 'test, ours − DSPy'] : [])], contest),
  )
  if (hasTheirs) sections.push('### Both tasks together', summary({ ours, theirs, capped, optimizers, contests }))

  const sandbox = tasks.flatMap(task =>
    optimizers.flatMap(optimizer => {
      const mine = of(ours, task, optimizer, 'sandbox')
      return mine.length === 0 ? [] : [[task, optimizer, ...scores(mine), milliseconds(mine)]]
    }),
  )
  if (sandbox.length > 0) sections.push('### On the Sandbox', table(columns, sandbox))
  const failed = [...ours, ...theirs].filter(row => row.error)
  if (failed.length > 0)
    sections.push('Failed:', failed.map(row => `- ${row.task}, ${row.optimizer}, seed ${row.seed}: ${row.error}`).join('\n'))
  return `${sections.join('\n\n')}\n`
}

/** The goal: no lower a mean than DSPy's, at no more paid calls; where equal sizes cost more, the runs within DSPy's calls decide. */
function summary({ ours, theirs, capped, optimizers, contests }) {
  const rows = optimizers.flatMap(optimizer => {
    const others = theirs.filter(row => row.optimizer === optimizer)
    const pairs = paired(
      ours.filter(row => row.optimizer === optimizer && row.lm === 'simulated'),
      others,
    )
    if (pairs.length === 0) return []
    const within = paired(
      capped.filter(row => row.optimizer === optimizer),
      others,
    )
    const calls = [0, 1].map(side => mean(pairs.map(pair => pair[side].calls)))
    return [
      [
        contests[optimizer].dspy.name,
        ...[0, 1].map(side => (100 * mean(pairs.map(pair => pair[side].test))).toFixed(1)),
        gap(pairs),
        ...calls.map(count => count.toFixed(0)),
        gap(within),
        mean(within.map(pair => pair[0].calls)).toFixed(0),
      ],
    ]
  })
  return table(
    [
      'optimizer',
      'test, ours',
      'test, DSPy',
      'difference (± standard error)',
      'paid calls, ours',
      'paid calls, DSPy',
      "difference within DSPy's calls",
      'paid calls then',
    ],
    rows,
  )
}

function gap(pairs) {
  const gaps = pairs.map(([mine, other]) => mine.test - other.test)
  return `${signed(mean(gaps))} (± ${(100 * standardError(gaps)).toFixed(1)})`
}

function scores(rows) {
  const done = rows.filter(row => !row.error)
  return [...['baseline', 'val', 'test'].map(name => percent(done.map(row => row[name]))), mean(done.map(row => row.calls)).toFixed(0)]
}

function milliseconds(rows) {
  const values = rows.filter(row => !row.error).map(row => row.cpuMsPerTrial)
  return mean(values).toFixed(1)
}

function difference(ours, theirs) {
  const gaps = paired(ours, theirs).map(([mine, other]) => mine.test - other.test)
  return `${signed(mean(gaps))} ± ${(100 * deviation(gaps)).toFixed(1)}`
}

/** Runs of both sides with the same task and seed. */
function paired(ours, theirs) {
  return ours.flatMap(mine => {
    const other = theirs.find(row => row.seed === mine.seed && row.task === mine.task)
    return other && !other.error && !mine.error ? [[mine, other]] : []
  })
}

function table(heading, rows) {
  return [heading, heading.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function percent(values) {
  return values.length === 0 ? '–' : `${(100 * mean(values)).toFixed(1)} ± ${(100 * deviation(values)).toFixed(1)}`
}

function signed(share) {
  return `${share < 0 ? '−' : '+'}${(100 * Math.abs(share)).toFixed(1)}`
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function deviation(values) {
  const middle = mean(values)
  return values.length < 2 ? 0 : Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}

function standardError(values) {
  return deviation(values) / Math.sqrt(Math.max(1, values.length))
}
